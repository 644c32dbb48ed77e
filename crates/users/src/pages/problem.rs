//! A problem as a page, wherever a browser navigated into one.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use web::{Origin, Problem, ProblemPage};

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    title: &'a str,
    detail: &'a str,
    link_href: &'a str,
    link_text: &'a str,
}

/// Makes the pages of a service that browsers reach at `users_url`.
pub(crate) fn pages(users_url: &Origin) -> ProblemPage {
    let users_url = users_url.clone();
    Arc::new(move |problem: &Problem| page(problem, &users_url))
}

/// The page, and where to go from there.
fn page(problem: &Problem, users_url: &Origin) -> Option<String> {
    let (link_href, link_text) = match problem.status() {
        StatusCode::UNAUTHORIZED => ("/login", "Log in"),
        StatusCode::CONFLICT => ("/account", "Go to the account"),
        StatusCode::MISDIRECTED_REQUEST => (users_url.as_str(), users_url.as_str()),
        _ => ("/", "Go to the start"),
    };
    Page { title: problem.heading(), detail: problem.detail(), link_href, link_text }.render().ok()
}
