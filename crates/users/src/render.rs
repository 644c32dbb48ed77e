//! Rendered templates as answers.

use askama::Template;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use web::Refusal;

/// An HTML page.
pub(crate) fn html(status: StatusCode, page: &str) -> Response {
    (status, Html(page.to_owned())).into_response()
}

/// A rendered template. A template that fails is logged and answered with 500.
pub(crate) fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => html(status, &page),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Refusal::internal().into_response()
        }
    }
}

/// Forbids the browser to keep the page, so that going back does not show it to the next person.
pub(crate) fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
