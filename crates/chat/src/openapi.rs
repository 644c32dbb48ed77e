//! The description of the chat's calls over HTTP, made from the handlers and the wire types.
//!
//! Socket.IO is no HTTP API: its events are described in the README.

use axum::Router;
use utoipa::OpenApi as Derive;
use utoipa::openapi::OpenApi;
use web::HealthCalls;
use web::openapi::TokenScheme;

use crate::chat::ChatState;

/// The document without the calls, which the handlers add.
#[derive(Derive)]
#[openapi(
    info(
        title = "Natter: chat",
        description = "The chat page, and the rooms and their logs for programs without a socket. New messages arrive over \
            Socket.IO (protocol 5) at `/socket.io/`, which is no HTTP API and is not described here. In a request, `null` \
            stands for a field that is absent; an unknown field is rejected, and so is one that is given twice. Every \
            error is a problem (RFC 9457); a call marked with a token also accepts the cookie that the chat page sets \
            in a browser."
    ),
    tags(
        (name = "rooms", description = "Rooms, direct messages, and who is in them"),
        (name = "messages", description = "The log of a room"),
        (name = "pages", description = "For browsers"),
        (name = "sessions", description = "Tokens"),
    ),
    modifiers(&TokenScheme)
)]
pub(crate) struct Document;

/// `/openapi.json` and `/docs`.
pub(crate) fn routes(mut document: OpenApi) -> Router<ChatState> {
    document.merge(HealthCalls::openapi());
    web::openapi::routes("chat", &web::openapi::document(document, &[]))
}
