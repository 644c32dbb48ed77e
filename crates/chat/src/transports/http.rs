//! The calls over HTTP: the same operations for programs without a socket. Nothing here decides what an operation does.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Json, Part, Problem, Query, Refusal, Requester};

use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::history::{self, HistoryQuery, ReadPage};
use crate::ops::send::{SendRequest, send_and_wait};
use crate::recent::Form;
use crate::wire;

/// The table of calls.
pub(crate) fn routes() -> OpenApiRouter<ChatState> {
    OpenApiRouter::new().routes(routes!(read_history, send))
}

/// Read a part of a room's log: the newest messages, those before a number, or the entries after a number.
#[utoipa::path(
    get,
    path = "/messages",
    tag = "messages",
    params(
        ("room" = Option<String>, Query, description = "The room; `lobby` when absent", example = "lobby"),
        ("after" = Option<u64>, Query, description = "The first entries after this number, of every kind"),
        ("before" = Option<u64>, Query, description = "The last messages before this number; not together with `after`"),
        ("limit" = Option<u32>, Query, description = "Maximum number of entries; 50 when absent", minimum = 1,
            maximum = 100),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The part", body = wire::HistoryPage<'static>),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
async fn read_history(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    headers: HeaderMap,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Refusal> {
    let (room, network) = (query.room(), requester.network);
    let answer = match history::read(&chat, Caller::Request(&requester), query).await? {
        ReadPage::Newest(page) => {
            let made = chat.recent.form_of(&page, room, Form::Json, |page| {
                serde_json::to_string(&wire::HistoryPage::from(page)).map_err(|_| Refusal::internal())
            })?;
            web::assemble(&headers, "application/json", &[Part::Shared(made.part())])
        }
        ReadPage::Part(page) => JsonBody(wire::HistoryPage::from(&page)).into_response(),
    };
    Ok(chat.reads.count(network, answer).await)
}

/// Send a message.
#[utoipa::path(
    post,
    path = "/messages",
    tag = "messages",
    request_body = SendRequest,
    security(("token" = [])),
    responses(
        (status = 201, description = "The message is stored", body = wire::Entry<'static>),
        (status = 200, description = "It was stored before, under the same `id`", body = wire::Entry<'static>),
        (status = 422, description = "Some fields are wrong, or `id` names another message (`invalid`)",
            body = Problem),
        (status = 503, description = "The store is not available (`unavailable`) or too much is waiting (`overloaded`): \
            nothing was stored; or it is not known whether it was stored (`unknown_outcome`). With `Retry-After`, the same \
            `id` may be sent again", body = Problem, headers(("Retry-After" = u64, description = "Seconds"))),
    )
)]
async fn send(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    Json(request): Json<SendRequest>,
) -> Result<Response, Refusal> {
    let sent = send_and_wait(&chat, &requester, request).await?;
    let status = if sent.is_resend { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, JsonBody(wire::Entry::from(&sent.entry))).into_response())
}
