//! The forms of the display name and of the password.

use auth::Password;
use axum::response::Response;
use store::DisplayName;
use web::{Fields, FromFields, Problem};

use super::sent::Sent;
use crate::accounts::LoggedIn;
use crate::input::{Changes, Secret, password_change};

/// The form of the display name, which must be filled.
struct Renaming(Changes);

/// The form of the password.
struct NewPassword {
    current: Secret,
    new: Password,
}

/// `POST /account`.
pub(crate) async fn rename(sent: Sent) -> Response {
    let renamed = async {
        let visit = sent.visit()?;
        let Renaming(changes) = visit.read(&sent.fields)?;
        visit.app.accounts.change(visit.user.clone(), changes).await
    };
    match renamed.await {
        Ok((user, _)) => sent.go_on(user.id, None, "/account?done=name"),
        Err(problem) => sent.refused(problem),
    }
}

/// `POST /account/password`.
pub(crate) async fn change_password(sent: Sent) -> Response {
    match sent.outcome(set_password(&sent), password_was_set(&sent)).await {
        Ok(LoggedIn { user, issued }) => sent.go_on(user.id, Some(&issued), "/account?done=password"),
        Err(problem) => sent.refused(problem),
    }
}

async fn set_password(sent: &Sent) -> Result<LoggedIn, Problem> {
    let visit = sent.visit()?;
    let NewPassword { current, new } = visit.read(&sent.fields)?;
    visit.app.accounts.change_password(visit.user.id, current, new, None).await
}

async fn password_was_set(sent: &Sent) -> Result<Option<LoggedIn>, Problem> {
    let new = Secret(sent.fields.text("new_password").unwrap_or_default().to_owned());
    sent.app.accounts.has_just_set_password(sent.form, new).await
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
        let changes = password_change(fields, "new_password")?;
        Some(Self { current: changes.current_password?, new: changes.password? })
    }
}
