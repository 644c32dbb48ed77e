//! The ways out: of every session, and for good. The way out of this session alone is `POST /logout`.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use web::session::with_cookie;
use web::{Fields, Form, FromFields, Problem, SignedIn};

use super::Visit;
use crate::input::Secret;
use crate::pages::render;

#[derive(Template)]
#[template(path = "deleted.html")]
struct Deleted;

/// The form that ends every session, which holds nothing of its own.
struct Everywhere;

/// The form that deletes the account.
struct Deletion {
    password: Secret,
}

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(visit: Visit, Form(fields): Form) -> Response {
    let done = match visit.read(&fields) {
        Ok(Everywhere) => visit.app.accounts.sign_out_everywhere(visit.user.id).await,
        Err(problem) => Err(problem),
    };
    visit.gone(done, &fields, "/login?done=everywhere")
}

/// `POST /account/delete`.
pub(crate) async fn delete(visit: Visit, Form(fields): Form) -> Response {
    let done = match visit.read(&fields) {
        Ok(Deletion { password }) => visit.app.accounts.delete_by_password(visit.user.id, password).await,
        Err(problem) => Err(problem),
    };
    visit.gone(done, &fields, "/account/deleted")
}

/// `GET /account/deleted`: what was done, for whoever comes from there. Somebody who still has an account is told
/// nothing that is not so.
pub(crate) async fn deleted(who: Result<SignedIn, Problem>) -> Response {
    match who {
        Ok(_) => Redirect::to("/account").into_response(),
        Err(_) => render(StatusCode::OK, &Deleted),
    }
}

impl Visit {
    /// Away from here without the cookie, or the same page with what went wrong.
    fn gone(&self, done: Result<(), Problem>, fields: &Fields, to: &str) -> Response {
        if let Err(problem) = done {
            return self.again(&problem, fields);
        }
        let cookie = self.app.sessions.clear_cookie_if(&self.headers, |cookie| cookie.sub == self.user.id.0);
        with_cookie(Redirect::to(to).into_response(), cookie)
    }
}

impl FromFields for Everywhere {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

impl FromFields for Deletion {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let password = fields.required("password", Ok::<_, std::convert::Infallible>)?;
        Some(Self { password: Secret(password) })
    }
}
