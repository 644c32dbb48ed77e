//! Calls about messages.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use web::{Json, Part, Problem, Query, Refusal, Requester};

use super::paths::{RoomPath, of_path};
use crate::chat::{Chat, ChatState};
use crate::ops::admission::Caller;
use crate::ops::history::{self, HistoryPart, HistoryQuery, ReadPage};
use crate::ops::send::{MessageRequest, SendRequest, send_and_wait};
use crate::recent::Form;
use crate::wire;

/// Read a part of the lobby's log, or of another room's: the newest messages, those before a number, or the entries after a
/// number.
#[utoipa::path(
    get,
    path = "/messages",
    tag = "messages",
    params(
        ("room" = Option<String>, Query, description = "The room; `lobby` when absent", example = "lobby"),
        HistoryPart,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The part", body = wire::HistoryPage<'static>),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn read_lobby(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    headers: HeaderMap,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, Refusal> {
    answer_read(&chat, &requester, &headers, query).await
}

/// Read a part of a room's log: the newest messages, those before a number, or the entries after a number.
#[utoipa::path(
    get,
    path = "/rooms/{id}/messages",
    tag = "messages",
    params(("id" = String, Path, description = "The room", example = "lobby"), HistoryPart),
    security(("token" = [])),
    responses(
        (status = 200, description = "The part", body = wire::HistoryPage<'static>),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn read(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    headers: HeaderMap,
    Query(part): Query<HistoryPart>,
) -> Result<Response, Refusal> {
    answer_read(&chat, &requester, &headers, HistoryQuery { room, part }).await.map_err(of_path)
}

async fn answer_read(
    chat: &Chat,
    requester: &Requester,
    headers: &HeaderMap,
    query: HistoryQuery,
) -> Result<Response, Refusal> {
    let (room, network) = (query.room, requester.network);
    let answer = match history::read(chat, Caller::Request(requester), query).await? {
        ReadPage::Newest(page) => {
            let made = chat.recent.form_of(&page, room, Form::Json, |page| {
                serde_json::to_string(&wire::HistoryPage::from(page)).map_err(|_| Refusal::internal())
            })?;
            web::assemble(headers, "application/json", &[Part::Shared(made.part())])
        }
        ReadPage::Part(page) => JsonBody(wire::HistoryPage::from(&page)).into_response(),
    };
    Ok(chat.reads.count(network, answer).await)
}

/// Send a message to the lobby, or to another room.
#[utoipa::path(
    post,
    path = "/messages",
    tag = "messages",
    request_body = SendRequest,
    security(("token" = [])),
    responses(
        (status = 201, description = "The message is stored", body = wire::Entry<'static>),
        (status = 200, description = "It was stored before, under the same `id`", body = wire::Entry<'static>),
        (status = 403, description = "The room must be joined first (`forbidden`), or a page of another site sent the \
            request (`cross_site`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
        (status = 422, description = "Some fields are wrong, or `id` names another message (`invalid`)",
            body = Problem),
        (status = 503, description = "The store is not available (`unavailable`) or too much is waiting (`overloaded`): \
            nothing was stored; or it is not known whether it was stored (`unknown_outcome`). With `Retry-After`, the same \
            `id` may be sent again", body = Problem, headers(("Retry-After" = u64, description = "Seconds"))),
    )
)]
pub(crate) async fn send_to_lobby(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    Json(request): Json<SendRequest>,
) -> Result<Response, Refusal> {
    answer_send(&chat, &requester, request).await
}

/// Send a message.
#[utoipa::path(
    post,
    path = "/rooms/{id}/messages",
    tag = "messages",
    params(("id" = String, Path, description = "The room", example = "lobby")),
    request_body = MessageRequest,
    security(("token" = [])),
    responses(
        (status = 201, description = "The message is stored", body = wire::Entry<'static>),
        (status = 200, description = "It was stored before, under the same `id`", body = wire::Entry<'static>),
        (status = 403, description = "The room must be joined first (`forbidden`), or a page of another site sent the \
            request (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
        (status = 422, description = "Some fields are wrong, or `id` names another message (`invalid`)",
            body = Problem),
        (status = 503, description = "As for `POST /messages`", body = Problem,
            headers(("Retry-After" = u64, description = "Seconds"))),
    )
)]
pub(crate) async fn send(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    Json(request): Json<MessageRequest>,
) -> Result<Response, Refusal> {
    answer_send(&chat, &requester, SendRequest::in_room(room, request)).await.map_err(of_path)
}

async fn answer_send(chat: &Chat, requester: &Requester, request: SendRequest) -> Result<Response, Refusal> {
    let sent = send_and_wait(chat, requester, request).await?;
    let status = if sent.is_resend { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, JsonBody(wire::Entry::from(&sent.entry))).into_response())
}
