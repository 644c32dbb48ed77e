//! The ways out: of every session, and for good. The way out of this session alone is `POST /logout`.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use web::session::with_cookies;
use web::{Fields, FromFields, Problem, SignedIn};

use super::sent::Sent;
use super::{farewell, to_log_in};
use crate::App;
use crate::accounts::Deletion;
use crate::input::Secret;
use crate::pages::{not_kept, render};

#[derive(Template)]
#[template(path = "deleted.html")]
struct Deleted {
    /// What was written is still being taken out.
    is_begun: bool,
}

/// The form that ends every session, which holds nothing of its own.
struct Everywhere;

/// The form that deletes the account.
struct Confirmation {
    password: Secret,
}

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(sent: Sent) -> Response {
    let act = async {
        let visit = sent.visit()?;
        let Everywhere = visit.read(&sent.fields)?;
        visit.app.accounts.sign_out_everywhere(visit.user.id).await
    };
    match sent.outcome(act, sent.app.accounts.has_just_signed_out_everywhere(sent.form)).await {
        Ok(()) => sent.gone("/login?done=everywhere"),
        Err(problem) => sent.refused(problem),
    }
}

/// `POST /account/delete`. What is begun cannot be taken back, so it is not told as a failure.
pub(crate) async fn delete(sent: Sent) -> Response {
    let act = async {
        let visit = sent.visit()?;
        let Confirmation { password } = visit.read(&sent.fields)?;
        visit.app.accounts.delete_by_password(visit.user.id, password).await
    };
    match sent.outcome(act, sent.app.accounts.has_just_been_deleted(sent.form)).await {
        Ok(deletion) => {
            with_cookies(sent.gone(farewell::PATH), [farewell::cookie(deletion, sent.app.secure)])
        }
        Err(problem) => sent.refused(problem),
    }
}

/// `GET /account/deleted`: what was done, once, for whoever comes from there, also when the cookie is another tab's person.
/// Anybody else is told nothing that is not so.
pub(crate) async fn deleted(
    State(app): State<App>,
    headers: HeaderMap,
    who: Result<SignedIn, Problem>,
) -> Response {
    match (farewell::read(&headers), who) {
        (Some(deletion), _) => {
            let page = render(StatusCode::OK, &Deleted { is_begun: deletion == Deletion::Begun });
            with_cookies(not_kept(page), [farewell::clear(app.secure)])
        }
        (None, Ok(_)) => Redirect::to("/account").into_response(),
        (None, Err(problem)) => to_log_in(problem),
    }
}

impl FromFields for Everywhere {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

impl FromFields for Confirmation {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let password = fields.required("password", Ok::<_, std::convert::Infallible>)?;
        Some(Self { password: Secret(password) })
    }
}
