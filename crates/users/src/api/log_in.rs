//! `POST /login`: a password becomes a token. A form is answered by the page, anything else by the API.

use axum::Json as JsonBody;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::User;
use web::session::Issued;
use web::{Json, Origin, Problem, media};

use crate::accounts::LoggedIn;
use crate::openapi::{CredentialsBody, LogInBody, ProblemBody};
use crate::{App, pages};

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    issued: Issued,
    user: User,
    chat_url: String,
}

/// Log in. The token is good for both services; `chat_url` opens the chat with it.
#[utoipa::path(
    post,
    path = "/login",
    tag = "sessions",
    request_body = CredentialsBody,
    responses(
        (status = 200, description = "A token", body = LogInBody),
        (status = 401, description = "The user name or the password is wrong (`bad_credentials`)", body = ProblemBody,
            headers(("WWW-Authenticate"))),
        (status = 422, description = "Some fields are wrong", body = ProblemBody),
        (status = 503, description = "Too many log in at once, or the store is away", body = ProblemBody),
    )
)]
pub(crate) async fn log_in(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    if media::is_form(request.headers()) {
        return pages::log_in::submit(app, request).await;
    }
    let Json(credentials) = Json::from_request(request, &()).await?;
    let LoggedIn { user, issued } = app.accounts.log_in(credentials).await?;
    let chat_url = chat_link(&app.chat_url, &issued.token);
    Ok(([(CACHE_CONTROL, "no-store")], JsonBody(Answer { issued, user, chat_url })).into_response())
}

/// The chat page with a token as URL parameter. A token is of base64url and dots, which need no escaping.
pub(crate) fn chat_link(chat_url: &Origin, token: &str) -> String {
    chat_url.join(&format!("/?jwt={token}"))
}
