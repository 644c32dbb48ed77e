//! The forms of the display name and of the password.

use axum::response::Response;
use store::DisplayName;
use web::{Fields, FromFields, Problem, Refusal};

use super::form::AccountForm;
use crate::input::{AccountChanges, Secret, password_change};
use crate::ops::{AccountChanged, LoggedIn, Target};

/// The form of the display name, which is required.
struct Rename(AccountChanges);

/// The form of the password; both fields are required.
struct PasswordChange(AccountChanges);

/// `POST /account`.
pub(crate) async fn rename(form: AccountForm) -> Response {
    match change(&form, |Rename(changes)| changes).await {
        Ok(AccountChanged { user, .. }) => form.redirect_to_page(user.id, None, "/account?done=name"),
        Err(problem) => form.refused(problem),
    }
}

/// `POST /account/password`.
pub(crate) async fn change_password(form: AccountForm) -> Response {
    let changing = change(&form, |PasswordChange(changes)| changes);
    match form.result(changing, repeated_password_change(&form)).await {
        Ok(AccountChanged { user, issued }) => {
            form.redirect_to_page(user.id, issued.as_ref(), "/account?done=password")
        }
        Err(problem) => form.refused(problem),
    }
}

async fn change<T: FromFields>(
    form: &AccountForm,
    changes: fn(T) -> AccountChanges,
) -> Result<AccountChanged, Problem> {
    let request = form.request()?;
    let changes = request.parse(&form.fields).map(changes);
    form.app.ops.change(&request.caller, Target::Loaded(&request.user), changes).await
}

async fn repeated_password_change(form: &AccountForm) -> Result<Option<AccountChanged>, Refusal> {
    let new = Secret(form.fields.text("new_password").unwrap_or_default().to_owned());
    let changed = |LoggedIn { user, issued }| AccountChanged { user, issued: Some(issued) };
    Ok(form.app.ops.repeated_password_change(&form.client, form.submission(), new).await?.map(changed))
}

impl FromFields for Rename {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let display_name = fields.required("display_name", |name| DisplayName::parse(&name))?;
        Some(Self(AccountChanges { display_name: Some(display_name), ..AccountChanges::default() }))
    }
}

impl FromFields for PasswordChange {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        for name in ["current_password", "new_password"] {
            if !fields.has(name) {
                fields.refuse(name, "is missing");
            }
        }
        password_change(fields, "new_password").map(Self)
    }
}
