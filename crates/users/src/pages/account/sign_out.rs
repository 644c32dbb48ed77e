//! The form that ends every session. The form that ends this session alone is `POST /logout`.

use axum::response::Response;
use web::{Fields, FromFields, Problem};

use super::form::AccountForm;
use crate::ops::Target;

/// The form, which has no field of its own.
struct SignOutEverywhere;

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(form: AccountForm) -> Response {
    let repeated = form.app.ops.repeated_sign_out_everywhere(form.submission());
    match form.result(end_sessions(&form), repeated).await {
        Ok(()) => form.redirect_signed_out("/login?done=everywhere"),
        Err(problem) => form.refused(problem),
    }
}

async fn end_sessions(form: &AccountForm) -> Result<(), Problem> {
    let request = form.request()?;
    let SignOutEverywhere = request.parse(&form.fields)?;
    Ok(form.app.ops.sign_out_everywhere(&request.caller, Target::Loaded(&request.user)).await?)
}

impl FromFields for SignOutEverywhere {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}
