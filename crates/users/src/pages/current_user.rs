//! The user who is signed in in a visitor's browser.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use store::User;
use web::Principal;

use crate::state::App;

/// The user of the token that the browser sent, if it is valid. While the store is not available there is none,
/// and the page is shown as to a visitor.
pub(crate) struct CurrentUser(pub(crate) Option<User>);

impl FromRequestParts<App> for CurrentUser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let Ok(caller) = Principal::from_request_parts(parts, app).await else { return Ok(Self(None)) };
        Ok(Self(app.ops.read_own(&caller).await.ok()))
    }
}
