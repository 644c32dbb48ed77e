//! The pages. They work without JavaScript: a form that is done is answered 303, one that is not by the same page
//! with the REST call's status, what was typed kept. A password is never sent back.

pub(crate) mod account;
pub(crate) mod docs;
mod errors;
pub(crate) mod go_on;
pub(crate) mod log_in;
mod moment;
pub(crate) mod problem;
pub(crate) mod sign_up;

use askama::Template;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use web::session::{Issued, with_cookies};
use web::{Problem, cookie};

use crate::App;
use crate::api::log_in::chat_link;

/// A page with a status.
pub(crate) fn html(status: StatusCode, page: &str) -> Response {
    (status, Html(page.to_owned())).into_response()
}

/// A rendered template with a status.
fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => html(status, &page),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Problem::internal().into_response()
        }
    }
}

/// The same page again, with the status and the waiting time of what went wrong. Nothing keeps it: it bears what was
/// typed, and on the account page whose it is.
fn again(problem: &Problem, page: &impl Template) -> Response {
    let mut response = not_kept(render(problem.status(), page));
    if let Some(secs) = problem.retry_after_secs() {
        response.headers_mut().insert(RETRY_AFTER, secs.into());
    }
    response
}

/// Whoever goes back to it later does not find it in the browser.
fn not_kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page that says who is signed in, if somebody is.
fn shown_to(somebody: bool, page: Response) -> Response {
    if somebody { not_kept(page) } else { page }
}

/// 303 to the chat with a token as URL parameter. The chat keeps it for later loads if it sees that the browser comes
/// from here: the redirect says so, though the policy of the pages would not.
fn to_the_chat(app: &App, token: &str) -> Response {
    let mut response = not_kept(Redirect::to(&chat_link(&app.chat_url, token)).into_response());
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("origin"));
    response
}

/// [`to_the_chat`] after a log-in, and the cookie for what comes later.
fn into_the_chat(app: &App, headers: &HeaderMap, issued: &Issued) -> Response {
    let response = to_the_chat(app, &issued.token);
    match cookie::may_set(headers) {
        true => with_cookies(response, app.sessions.leave_with(headers, issued)),
        false => response,
    }
}
