//! The description of the API, made from the handlers: `/openapi.json` for programs, `/docs` for people.

mod inputs;

use axum::Router;
use utoipa::OpenApi as Derive;
use utoipa::openapi::OpenApi;
use web::HealthCalls;
use web::openapi::{Failure, TokenScheme};

use crate::state::App;

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
    modifiers(&TokenScheme)
)]
pub(crate) struct Document;

/// The failures that calls of an account share.
const FAILURES: &[Failure] = &[
    Failure {
        status: "403",
        name: "Forbidden",
        description: "Another user's account (`forbidden`), or a request from a page of another site (`cross_site`)",
        headers: &[],
        applies: |call| call.path.contains("{id}") && call.method != "get",
    },
    Failure {
        status: "404",
        name: "NotFound",
        description: "There is no such user (`not_found`)",
        headers: &[],
        applies: |call| call.path.contains("{id}"),
    },
];

/// `/openapi.json` and `/docs`.
pub(crate) fn routes(mut document: OpenApi) -> Router<App> {
    document.merge(HealthCalls::openapi());
    let mut document = web::openapi::document(document, FAILURES);
    inputs::complete(&mut document);
    web::openapi::routes("users", &document)
}
