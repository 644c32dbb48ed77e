//! A problem as a page, wherever a browser navigated into one.

use askama::Template;
use axum::http::StatusCode;
use web::Problem;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    title: &'a str,
    detail: &'a str,
    link_href: &'a str,
    link_text: &'a str,
}

/// The page, and where to go from there.
pub(crate) fn page(problem: &Problem) -> Option<String> {
    let (link_href, link_text) = match problem.status() {
        StatusCode::UNAUTHORIZED => ("/login", "Log in"),
        StatusCode::CONFLICT => ("/account", "Go to the account"),
        _ => ("/", "Go to the start"),
    };
    let title = match problem.status() {
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::UNAUTHORIZED => "You are not signed in",
        StatusCode::CONFLICT => "You are somebody else here",
        StatusCode::SERVICE_UNAVAILABLE => "Not right now",
        _ => problem.title(),
    };
    Page { title, detail: problem.detail(), link_href, link_text }.render().ok()
}
