//! The page of a problem, for a browser that navigated to an address that failed.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use web::{Origin, Problem, ProblemPage};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemView<'a> {
    title: &'a str,
    detail: &'a str,
    link_href: &'a str,
    link_text: &'a str,
}

/// Renders the pages of problems, each with a link to continue.
pub(crate) fn renderer(users_url: &Origin, chat_url: &Origin) -> ProblemPage {
    let (log_in, chat) = (users_url.join("/login"), chat_url.to_string());
    Arc::new(move |problem: &Problem| {
        let (detail, link_href, link_text) = match problem.status() {
            StatusCode::UNAUTHORIZED => ("Log in to continue.", log_in.as_str(), "Log in"),
            StatusCode::MISDIRECTED_REQUEST => (problem.detail(), chat.as_str(), chat.as_str()),
            _ => (problem.detail(), "/", "To the chat"),
        };
        ProblemView { title: problem.heading(), detail, link_href, link_text }.render().ok()
    })
}
