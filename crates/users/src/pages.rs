//! The pages. They work without JavaScript: a form that succeeds is answered with 303; one that fails with the same page,
//! the status of the REST call, and the submitted values. A password is never sent back.

pub(crate) mod account;
mod current_user;
mod display_time;
mod form_errors;
pub(crate) mod log_in;
pub(crate) mod open_chat;
pub(crate) mod problem;
pub(crate) mod sign_up;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use web::Problem;

use crate::render::{no_store, render};

/// The page of a form again, with the status and the `Retry-After` of the problem. It is not kept by the browser, since it
/// shows what was submitted.
fn show_again(problem: &Problem, page: &impl Template) -> Response {
    let mut response = no_store(render(problem.status(), page));
    if let Some(secs) = problem.retry_after_secs() {
        response.headers_mut().insert(RETRY_AFTER, secs.into());
    }
    response
}

/// 303 to the log-in page for a problem that a log-in solves; any other problem as it is.
fn redirect_to_log_in(problem: Problem) -> Response {
    match problem.status() {
        StatusCode::UNAUTHORIZED => Redirect::to("/login").into_response(),
        _ => problem.into_response(),
    }
}
