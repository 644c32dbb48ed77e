//! The description of the API, made from the handlers: `/openapi.json` for programs, `/docs` for people.

mod bodies;
mod common;
mod docs;
mod failures;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as Derive};

use crate::render::html;
use crate::state::App;

pub(crate) use bodies::{ProblemBody, TokenBody};

/// The document without the calls, which the handlers add.
#[derive(Derive)]
#[openapi(
    info(
        title = "Natter: users",
        description = "Accounts and tokens. In a request, `null` stands for a field that is absent; an unknown field is \
            rejected, and so is one that is given twice. `userID` and `userName` are accepted for `username` \
            (deprecated). Ids and times are compared by value, not by spelling. Every error is a problem \
            (RFC 9457); a call marked with a token also accepts the cookie that the chat page sets in a browser."
    ),
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

/// `/openapi.json` and `/docs`, both made once at the start.
pub(crate) fn routes(document: OpenApi) -> Router<App> {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    common::complete(&mut document);
    let page = docs::page(&document);
    let json = document.to_string();
    let json = async move || ([(CONTENT_TYPE, "application/json")], json.clone()).into_response();
    let docs = async move || html(StatusCode::OK, &page);
    Router::new().route("/openapi.json", get(json)).route("/docs", get(docs))
}
