//! The description of the API, made from the handlers: for programs at `/openapi.json`, for people at `/docs`.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as Derive, ToSchema};

use crate::App;
use crate::pages::{self, docs};

/// The frame into which the handlers are put.
#[derive(Derive)]
#[openapi(
    info(title = "Natter: users", description = "Accounts and tokens. In bodies `userID` and `userName` are accepted for `username` (deprecated)."),
    tags((name = "users", description = "Accounts"), (name = "sessions", description = "Tokens")),
    modifiers(&Token)
)]
pub(crate) struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// A user as everybody may see it.
#[derive(ToSchema)]
#[schema(as = User)]
#[expect(dead_code, reason = "describes store::User, which knows nothing of this document")]
pub(crate) struct UserBody {
    id: uuid::Uuid,
    username: String,
    display_name: String,
    #[schema(format = DateTime, example = "2026-03-01T09:30:00.250Z")]
    created_at: String,
    #[schema(format = DateTime, example = "2026-03-01T09:30:00.250Z")]
    updated_at: String,
}

/// A whole user. `id`, `created_at` and `updated_at` may be there if they are as stored; `username` must.
#[derive(ToSchema)]
#[schema(as = Replacement)]
#[expect(dead_code, reason = "describes crate::input::Replacement")]
pub(crate) struct ReplacementBody {
    /// As it is stored: it is for life.
    username: String,
    /// 1 to 64 characters.
    display_name: String,
    /// The new password, 8 to 256 characters; absent: unchanged.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    password: Option<String>,
    /// The present password; needed with `password`, and only then.
    #[schema(format = Password)]
    current_password: Option<String>,
    /// As it is stored.
    id: Option<uuid::Uuid>,
    /// As it is stored.
    #[schema(format = DateTime)]
    created_at: Option<String>,
    /// As it is stored.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// A user after a change; with a token after a new password.
#[derive(ToSchema)]
#[schema(as = ChangedUser)]
#[expect(dead_code, reason = "describes what the handler flattens")]
pub(crate) struct ChangedBody {
    #[schema(inline)]
    #[serde(flatten)]
    user: UserBody,
    token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<u64>,
}

/// A token.
#[derive(ToSchema)]
#[schema(as = Token)]
#[expect(dead_code, reason = "describes web::session::Issued")]
pub(crate) struct TokenBody {
    token: String,
    #[schema(example = "Bearer")]
    token_type: String,
    /// Seconds.
    expires_in: u64,
}

/// A token, whose it is, and where it leads.
#[derive(ToSchema)]
#[schema(as = LogIn)]
#[expect(dead_code, reason = "describes what the handler flattens")]
pub(crate) struct LogInBody {
    token: String,
    #[schema(example = "Bearer")]
    token_type: String,
    /// Seconds.
    expires_in: u64,
    user: UserBody,
    /// The chat page with the token as URL parameter.
    chat_url: String,
}

/// What remains to be done of a deletion that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = Closed)]
pub(crate) struct ClosedBody {
    pub(crate) detail: &'static str,
}

/// What went wrong (RFC 9457, `application/problem+json`).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes web::Problem")]
pub(crate) struct ProblemBody {
    title: String,
    status: u16,
    detail: String,
    code: String,
    /// For 422: a message for each wrong field.
    errors: Option<std::collections::BTreeMap<String, String>>,
}

/// `/openapi.json` and `/docs`, both made once.
pub(crate) fn routes(document: OpenApi) -> Router<App> {
    let page = docs::page(&document);
    let json: Arc<str> = document.to_json().unwrap_or_else(|_| "{}".to_owned()).into();
    let json = async move || ([(CONTENT_TYPE, "application/json")], json.to_string()).into_response();
    let docs = async move || pages::html(StatusCode::OK, &page);
    Router::new().route("/openapi.json", get(json)).route("/docs", get(docs))
}
