//! Calls about what one has read, and wants to be notified of.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{Json, Problem, Refusal, Requester};

use super::paths::{RoomPath, of_path};
use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::read_marks::{self, NotifyRequest, ReadRequest};
use crate::wire::rooms::ReadMark;

/// Note how far you have read in a room, also back: what comes after is unread. Your sockets get the event `read`.
#[utoipa::path(
    put,
    path = "/rooms/{id}/read",
    tag = "rooms",
    params(("id" = String, Path, description = "The room", example = "lobby")),
    request_body = ReadRequest,
    security(("token" = [])),
    responses(
        (status = 200, description = "What is unread now", body = ReadMark),
        (status = 403, description = "You are not in the room (`forbidden`), or a page of another site sent the request \
            (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 422, description = "`seq` is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn mark(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    Json(request): Json<ReadRequest>,
) -> Result<Response, Refusal> {
    let view = read_marks::mark(&chat, Caller::Request(&requester), room, request).await.map_err(of_path)?;
    Ok(JsonBody(ReadMark::from(view)).into_response())
}

/// Mark everything as read, in all rooms that you are in.
#[utoipa::path(
    put,
    path = "/rooms/read",
    tag = "rooms",
    security(("token" = [])),
    responses(
        (status = 204, description = "Nothing is unread"),
        (status = 403, description = "A page of another site sent the request (`cross_site`)", body = Problem),
    )
)]
pub(crate) async fn mark_all(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
) -> Result<StatusCode, Refusal> {
    read_marks::mark_all(&chat, Caller::Request(&requester)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set the messages of a room that you want to be notified of.
#[utoipa::path(
    put,
    path = "/rooms/{id}/notify",
    tag = "rooms",
    params(("id" = String, Path, description = "The room", example = "lobby")),
    request_body = NotifyRequest,
    security(("token" = [])),
    responses(
        (status = 204, description = "It is set"),
        (status = 403, description = "You are not in the room (`forbidden`), or a page of another site sent the request \
            (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
        (status = 422, description = "`notify` is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn set_notify(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    Json(request): Json<NotifyRequest>,
) -> Result<StatusCode, Refusal> {
    read_marks::set_notify(&chat, Caller::Request(&requester), room, request).await.map_err(of_path)?;
    Ok(StatusCode::NO_CONTENT)
}
