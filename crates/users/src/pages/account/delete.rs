//! The form that deletes the account, and the page that confirms it.

use std::convert::Infallible;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use web::{Fields, FromFields, Principal, Problem, with_cookies};

use super::flash_cookie;
use super::form::AccountForm;
use crate::input::Secret;
use crate::ops::{Deletion, Target};
use crate::pages::redirect_to_log_in;
use crate::render::{no_store, render};
use crate::state::App;

#[derive(Template)]
#[template(path = "deleted.html")]
struct DeletedPage {
    /// The account is closed, but its messages are still being deleted.
    is_begun: bool,
}

/// The form.
struct Confirmation {
    password: Secret,
}

/// `POST /account/delete`. A deletion that has begun cannot be cancelled, so it is shown as a success.
pub(crate) async fn delete(form: AccountForm) -> Response {
    match form.result(delete_account(&form), form.app.ops.repeated_deletion(form.submission())).await {
        Ok(deletion) => {
            let cookie = flash_cookie::set(deletion, form.app.is_https);
            with_cookies(form.redirect_signed_out(flash_cookie::PATH), [cookie])
        }
        Err(problem) => form.refused(problem),
    }
}

async fn delete_account(form: &AccountForm) -> Result<Deletion, Problem> {
    let request = form.request()?;
    let Confirmation { password } = request.parse(&form.fields)?;
    Ok(form.app.ops.delete_by_password(&request.caller, Target::Loaded(&request.user), password).await?)
}

/// `GET /account/deleted`: shows the result once. Without the flash cookie it redirects.
pub(crate) async fn deleted(
    State(app): State<App>,
    headers: HeaderMap,
    caller: Result<Principal, Problem>,
) -> Response {
    match (flash_cookie::read(&headers), caller) {
        (Some(deletion), _) => {
            let page = render(StatusCode::OK, &DeletedPage { is_begun: deletion == Deletion::Begun });
            with_cookies(no_store(page), [flash_cookie::clear(app.is_https)])
        }
        (None, Ok(_)) => Redirect::to("/account").into_response(),
        (None, Err(problem)) => redirect_to_log_in(problem),
    }
}

impl FromFields for Confirmation {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let password = fields.required("password", Ok::<_, Infallible>)?;
        Some(Self { password: Secret(password) })
    }
}
