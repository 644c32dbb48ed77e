//! `POST /login` with JSON.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use web::resources::User;
use web::{IssuedToken, Json, Problem};

use crate::input::Credentials;
use crate::ops::{LoggedIn, PasswordClient};
use crate::state::App;

/// A token, its user, and the chat page.
#[derive(Serialize, ToSchema)]
#[schema(as = LogIn)]
struct Reply<'a> {
    token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the token expires.
    expires_in: u64,
    user: User<'a>,
    /// The chat page, with the token as URL parameter.
    chat_url: String,
}

/// Log in. The token is valid for both services; `chat_url` opens the chat page with it.
#[utoipa::path(
    post,
    path = "/login",
    tag = "sessions",
    request_body = Credentials,
    responses(
        (status = 200, description = "A token", body = Reply),
        (status = 401, description = "The user name or the password is wrong (`bad_credentials`)", body = Problem,
            headers(("WWW-Authenticate"))),
        (status = 422, description = "Some fields are wrong (`invalid`)", body = Problem),
        (status = 429, description = "Too many wrong passwords (`rate_limited`)", body = Problem,
            headers(("Retry-After" = u64, description = "Seconds"))),
        (status = 503, description = "Too many log-ins at once (`overloaded`), or the store is not available \
            (`unavailable`)",
            body = Problem),
    )
)]
pub(crate) async fn log_in(
    State(app): State<App>,
    client: PasswordClient,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Problem> {
    let LoggedIn { user, issued } = app.ops.log_in(&client, credentials).await?;
    let chat_url = app.chat_link("/", &issued.token);
    let IssuedToken { token, token_type, expires_in } = issued;
    let reply = Reply { token, token_type, expires_in, user: User::from(&user), chat_url };
    Ok(([(CACHE_CONTROL, "no-store")], JsonBody(reply)).into_response())
}
