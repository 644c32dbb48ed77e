//! The page of a problem, for a browser that navigated to an address that failed.

use std::sync::Arc;

use axum::http::StatusCode;
use web::{Origin, Problem, ProblemPage, ProblemRenderer};

/// Renders the pages of problems, each with a link to continue.
pub(crate) fn renderer(users_url: &Origin, chat_url: &Origin) -> ProblemRenderer {
    let (log_in, chat) = (users_url.join("/login"), chat_url.to_string());
    Arc::new(move |problem: &Problem| {
        let page = match problem.status() {
            StatusCode::UNAUTHORIZED => {
                ProblemPage::new(problem, &log_in, "Log in").with_detail("Log in to continue.")
            }
            StatusCode::MISDIRECTED_REQUEST => ProblemPage::new(problem, &chat, &chat),
            _ => ProblemPage::new(problem, "/", "To the chat"),
        };
        page.html()
    })
}
