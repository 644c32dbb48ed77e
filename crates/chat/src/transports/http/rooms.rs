//! Calls about rooms.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{Json, Problem, Query, Refusal, Requester};

use super::paths::{RoomPath, of_path};
use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::room_requests::{ChangeRequest, CreateRequest, DirectRequest, RoomListing};
use crate::ops::{direct, rooms};
use crate::wire::rooms::{Room, RoomList};

/// List the rooms that you are in, and public ones to join, by name, a page at a time.
#[utoipa::path(
    get,
    path = "/rooms",
    tag = "rooms",
    params(
        ("find" = Option<String>, Query, description = "A part of a name, in any letter case", max_length = 64),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "Maximum number of public rooms; 50 when absent", minimum = 1,
            maximum = 100),
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The rooms", body = RoomList<'static>),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn list(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    Query(listing): Query<RoomListing>,
) -> Result<Response, Refusal> {
    let list = rooms::list(&chat, Caller::Request(&requester), listing).await?;
    let answer = JsonBody(RoomList::from(&list)).into_response();
    Ok(chat.reads.count(requester.network, answer).await)
}

/// Create a public or a private room. You are its first member and owner.
#[utoipa::path(
    post,
    path = "/rooms",
    tag = "rooms",
    request_body = CreateRequest,
    security(("token" = [])),
    responses(
        (status = 201, description = "The room", body = Room<'static>),
        (status = 403, description = "You have made 100 rooms that are not archived, or are in 1,000 (`forbidden`), or a page \
            of another site sent the request (`cross_site`)", body = Problem),
        (status = 422, description = "Some fields are wrong, or the name is taken (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn create(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    Json(request): Json<CreateRequest>,
) -> Result<Response, Refusal> {
    let view = rooms::create(&chat, Caller::Request(&requester), request).await?;
    Ok((StatusCode::CREATED, JsonBody(Room::from(&view))).into_response())
}

/// Begin a direct message among yourself and 1 to 8 others. For the same people it is always the same room.
#[utoipa::path(
    post,
    path = "/direct",
    tag = "rooms",
    request_body = DirectRequest,
    security(("token" = [])),
    responses(
        (status = 201, description = "The room is new", body = Room<'static>),
        (status = 200, description = "It exists", body = Room<'static>),
        (status = 403, description = "Somebody is in 1,000 rooms (`forbidden`), or a page of another site sent the request \
            (`cross_site`)", body = Problem),
        (status = 422, description = "`usernames` is wrong or names nobody (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn begin_direct(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    Json(request): Json<DirectRequest>,
) -> Result<Response, Refusal> {
    let (view, is_new) = direct::begin(&chat, Caller::Request(&requester), request).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, JsonBody(Room::from(&view))).into_response())
}

/// Look up a room.
#[utoipa::path(
    get,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = String, Path, description = "The room", example = "lobby")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The room", body = Room<'static>),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
    )
)]
pub(crate) async fn read(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
) -> Result<Response, Refusal> {
    let view = rooms::one(&chat, Caller::Request(&requester), room).await.map_err(of_path)?;
    Ok(JsonBody(Room::from(&view)).into_response())
}

/// Rename a room, change its topic, archive it or bring it back, as one of its owners.
#[utoipa::path(
    patch,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = String, Path, description = "The room")),
    request_body = ChangeRequest,
    security(("token" = [])),
    responses(
        (status = 200, description = "The room", body = Room<'static>),
        (status = 403, description = "You are no owner, or the room cannot be changed (`forbidden`), or a page of another site \
            sent the request (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
        (status = 422, description = "Some fields are wrong, or the name is taken (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn change(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    Json(request): Json<ChangeRequest>,
) -> Result<Response, Refusal> {
    let view = rooms::change(&chat, Caller::Request(&requester), room, request).await.map_err(of_path)?;
    Ok(JsonBody(Room::from(&view)).into_response())
}

/// Archive a room, as one of its owners. It can still be read.
#[utoipa::path(
    delete,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = String, Path, description = "The room")),
    security(("token" = [])),
    responses(
        (status = 204, description = "The room is archived"),
        (status = 403, description = "You are no owner, or the room cannot be archived (`forbidden`), or a page of another \
            site sent the request (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
    )
)]
pub(crate) async fn archive(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
) -> Result<StatusCode, Refusal> {
    rooms::archive(&chat, Caller::Request(&requester), room).await.map_err(of_path)?;
    Ok(StatusCode::NO_CONTENT)
}
