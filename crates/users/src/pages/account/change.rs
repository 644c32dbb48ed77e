//! The forms of the display name and of the password.

use axum::response::{IntoResponse, Redirect, Response};
use store::DisplayName;
use web::session::{Issued, with_cookie};
use web::{Fields, Form, FromFields, Problem};

use super::Visit;
use crate::input::{Changes, password_change};

/// The form of the display name, which must be filled.
struct Renaming(Changes);

/// The form of the password.
struct NewPassword(Changes);

/// `POST /account`.
pub(crate) async fn rename(visit: Visit, Form(fields): Form) -> Response {
    let renaming = visit.read(&fields).map(|Renaming(changes)| changes);
    visit.change(renaming, &fields, "/account?done=name").await
}

/// `POST /account/password`.
pub(crate) async fn change_password(visit: Visit, Form(fields): Form) -> Response {
    let changes = visit.read(&fields).map(|NewPassword(changes)| changes);
    visit.change(changes, &fields, "/account?done=password").await
}

impl Visit {
    async fn change(&self, changes: Result<Changes, Problem>, fields: &Fields, done: &str) -> Response {
        let changed = match changes {
            Ok(changes) => self.app.accounts.change(self.user.clone(), changes).await,
            Err(problem) => Err(problem),
        };
        match changed {
            Ok((_, issued)) => self.go_on(issued.as_ref(), done),
            Err(problem) => self.again(&problem, fields),
        }
    }

    /// This browser goes on with the new token, if there is one.
    fn go_on(&self, issued: Option<&Issued>, done: &str) -> Response {
        let is_own = |cookie: &auth::Claims| cookie.sub == self.user.id.0;
        let replace = |issued| self.app.sessions.replace_cookie_if(&self.headers, issued, is_own);
        with_cookie(Redirect::to(done).into_response(), issued.and_then(replace))
    }
}

impl FromFields for Renaming {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let display_name = fields.required("display_name", |name| DisplayName::parse(&name))?;
        Some(Self(Changes { display_name: Some(display_name), ..Changes::default() }))
    }
}

impl FromFields for NewPassword {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        for name in ["current_password", "new_password"] {
            if !fields.has(name) {
                fields.refuse(name, "is missing");
            }
        }
        password_change(fields, "new_password").map(Self)
    }
}
