//! The page of a problem, the same in both services. Each gives the link to continue.

use askama::Template;
use axum::http::StatusCode;

use super::Problem;

/// The page of a problem: what happened, and a link to continue.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage<'a> {
    title: &'static str,
    detail: &'a str,
    link_href: &'a str,
    link_text: &'a str,
}

impl<'a> ProblemPage<'a> {
    /// The page of a problem, with a link.
    pub fn new(problem: &'a Problem, link_href: &'a str, link_text: &'a str) -> Self {
        Self { title: heading(problem.status()), detail: problem.detail(), link_href, link_text }
    }

    /// The page with a text of its own in place of the problem's `detail`.
    #[must_use]
    pub fn with_detail(self, detail: &'a str) -> Self {
        Self { detail, ..self }
    }

    /// The page as HTML, if it can be rendered.
    pub fn html(&self) -> Option<String> {
        self.render().ok()
    }
}

/// The title and heading of the page, for people; [`Problem::title`] is for programs.
fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "You are signed out",
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::CONFLICT => "You are signed in as another user",
        StatusCode::MISDIRECTED_REQUEST => "Not at this address",
        StatusCode::TOO_MANY_REQUESTS => "Too much at once",
        StatusCode::SERVICE_UNAVAILABLE => "Not right now",
        status if status.is_server_error() => "Something went wrong",
        _ => "That did not work",
    }
}
