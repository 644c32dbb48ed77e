//! The page of a problem, for a browser that navigated to an address that failed.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use web::{Problem, ProblemPage, ProblemRenderer, SOMEBODY_ELSE, Settings};

#[derive(Template)]
#[template(path = "another-user.html")]
struct AnotherUserPage<'a> {
    chat_url: &'a str,
    detail: &'a str,
}

/// Renders the pages of problems, each with a link to continue.
pub(crate) fn renderer(settings: &Settings) -> ProblemRenderer {
    let (users_url, chat_url) = (settings.users_url.to_string(), settings.chat_url.to_string());
    Arc::new(move |problem: &Problem| match problem.code() {
        SOMEBODY_ELSE => AnotherUserPage { chat_url: &chat_url, detail: problem.detail() }.render().ok(),
        _ => page(problem, &users_url),
    })
}

fn page(problem: &Problem, users_url: &str) -> Option<String> {
    let (link_href, link_text) = match problem.status() {
        StatusCode::UNAUTHORIZED => ("/login", "Log in"),
        StatusCode::MISDIRECTED_REQUEST => (users_url, users_url),
        _ => ("/", "Go to the start"),
    };
    ProblemPage::new(problem, link_href, link_text).html()
}
