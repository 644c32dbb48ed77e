//! The heading of a page about a problem, the same in both services.

use axum::http::StatusCode;

use super::Problem;

impl Problem {
    /// The title and heading of a page about it, for people; `title` is for programs.
    pub fn heading(&self) -> &'static str {
        match self.status() {
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
}
