//! Calls about rooms.

use axum::Json as JsonBody;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use store::RoomId;
use web::media::wants_html;
use web::{ClientNetwork, Json, PrincipalByLink, Problem, Query, Refusal, Requester};

use super::paths::{RoomPath, of_path};
use crate::access::unknown_room;
use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::room_requests::{ChangeRequest, CreateRequest, DirectRequest, RoomListing};
use crate::ops::{direct, rooms};
use crate::page;
use crate::wire::rooms::{Room, RoomList};

/// List the rooms that you are in, and public ones to join, by name, a page at a time.
#[utoipa::path(
    get,
    path = "/rooms",
    tag = "rooms",
    params(RoomListing),
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

/// Look up a room. With `Accept: text/html` the chat page, opened at the room; it also takes the token as `?jwt=`.
#[utoipa::path(
    get,
    path = "/rooms/{id}",
    tag = "rooms",
    params(("id" = String, Path, description = "The room", example = "lobby")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The room, or the page",
            content((Room<'static> = "application/json"), (String = "text/html"))),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
    )
)]
pub(crate) async fn read(State(state): State<ChatState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    if wants_html(&parts.headers) {
        return open_page(&state, &mut parts).await;
    }
    let requester = Requester::from_request_parts(&mut parts, &state).await?;
    let room = RoomPath::from_request_parts(&mut parts, &state).await;
    let Ok(RoomPath(room)) = room else { return Err(of_path(unknown_room()).into()) };
    let view = rooms::one(&state.0, Caller::Request(&requester), room).await.map_err(of_path)?;
    Ok(JsonBody(Room::from(&view)).into_response())
}

/// An address of no room leads to the log-in, too: who is signed out does not learn which rooms exist.
async fn open_page(state: &ChatState, parts: &mut Parts) -> Result<Response, Problem> {
    let who = PrincipalByLink::from_request_parts(parts, state).await;
    let network = ClientNetwork::from_request_parts(parts, state).await?;
    let room = RoomPath::from_request_parts(parts, state).await;
    let (room, who) = match (room, who) {
        (Ok(RoomPath(room)), who) => (room, who),
        (Err(_), Ok(_)) => return Err(of_path(unknown_room()).into()),
        (Err(_), Err(problem)) => (RoomId::LOBBY, Err(problem)),
    };
    page::open(&state.0, room, who, network, &parts.headers).await
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
