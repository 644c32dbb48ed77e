//! Who types a password, read from a request: its network, and the browser's cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use web::{ClientNetwork, Problem};

use crate::ops::PasswordClient;
use crate::state::App;

impl FromRequestParts<App> for PasswordClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let browser = app.session_routes.cookies().known_browser(&parts.headers);
        Ok(Self { network: ClientNetwork::from_request_parts(parts, app).await?, browser })
    }
}
