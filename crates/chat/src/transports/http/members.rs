//! Calls about the members of a room.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{OptionalJson, Problem, Query, Refusal, Requester};

use super::paths::{MemberPath, RoomPath, of_path};
use crate::chat::ChatState;
use crate::ops::admission::Caller;
use crate::ops::members;
use crate::ops::room_requests::{MemberListing, RoleRequest};
use crate::wire::rooms::{Member, MemberPage};

/// List the members of a room in the order of their ids, a page at a time; of the lobby, all users.
#[utoipa::path(
    get,
    path = "/rooms/{id}/members",
    tag = "rooms",
    params(("id" = String, Path, description = "The room", example = "lobby"), MemberListing),
    security(("token" = [])),
    responses(
        (status = 200, description = "The members", body = MemberPage<'static>),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`)", body = Problem),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn list(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    RoomPath(room): RoomPath,
    Query(listing): Query<MemberListing>,
) -> Result<Response, Refusal> {
    let page = members::list(&chat, Caller::Request(&requester), room, listing).await.map_err(of_path)?;
    let answer = JsonBody(MemberPage::from(&page)).into_response();
    Ok(chat.reads.count(requester.network, answer).await)
}

/// Join a public room (`me`), or add somebody to a room that you are in. As one of its owners, give somebody a role.
#[utoipa::path(
    put,
    path = "/rooms/{id}/members/{user}",
    tag = "rooms",
    params(
        ("id" = String, Path, description = "The room"),
        ("user" = String, Path, description = "An id, a user name, or `me`"),
    ),
    request_body = Option<RoleRequest>,
    security(("token" = [])),
    responses(
        (status = 201, description = "The member is new", body = Member<'static>),
        (status = 200, description = "The member was in the room", body = Member<'static>),
        (status = 403, description = "You may not do that, or a bound is reached (`forbidden`), or a page of another site sent \
            the request (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`); there is no such user \
            (`not_found`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
        (status = 422, description = "`role` is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn add(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    MemberPath(room, user): MemberPath,
    OptionalJson(RoleRequest { role }): OptionalJson<RoleRequest>,
) -> Result<Response, Refusal> {
    let caller = Caller::Request(&requester);
    let added = match role {
        None => members::add(&chat, caller, room, &user).await,
        Some(role) => members::add_with_role(&chat, caller, room, &user, role).await,
    };
    let (member, is_new) = added.map_err(of_path)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, JsonBody(Member::from(&member))).into_response())
}

/// Leave a room (`me`), or as one of its owners remove somebody.
#[utoipa::path(
    delete,
    path = "/rooms/{id}/members/{user}",
    tag = "rooms",
    params(
        ("id" = String, Path, description = "The room"),
        ("user" = String, Path, description = "An id, a user name, or `me`"),
    ),
    security(("token" = [])),
    responses(
        (status = 204, description = "The user is no longer in the room"),
        (status = 403, description = "You may not do that, or are the only owner (`forbidden`), or a page of another site sent \
            the request (`cross_site`)", body = Problem),
        (status = 404, description = "There is no such room, or it may not be seen (`unknown_room`); there is no such member \
            (`not_found`)", body = Problem),
        (status = 409, description = "The room is archived (`archived`)", body = Problem),
    )
)]
pub(crate) async fn remove(
    State(ChatState(chat)): State<ChatState>,
    requester: Requester,
    MemberPath(room, user): MemberPath,
) -> Result<StatusCode, Refusal> {
    members::remove(&chat, Caller::Request(&requester), room, &user).await.map_err(of_path)?;
    Ok(StatusCode::NO_CONTENT)
}
