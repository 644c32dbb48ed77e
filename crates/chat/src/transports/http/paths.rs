//! What the path of a request names: a room, and a user. What is not found there is 404.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use store::RoomId;
use web::{Code, Refusal};

use crate::access::room_of_path;

/// The room in a path.
pub(super) struct RoomPath(pub(super) RoomId);

/// The room and the user in a path.
pub(super) struct MemberPath(pub(super) RoomId, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for RoomPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = Path::from_request_parts(parts, state).await;
        let Path(room): Path<String> = path.map_err(IntoResponse::into_response)?;
        named(&room).map(Self).map_err(IntoResponse::into_response)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MemberPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path = Path::from_request_parts(parts, state).await;
        let Path((room, user)): Path<(String, String)> = path.map_err(IntoResponse::into_response)?;
        named(&room).map(|room| Self(room, user)).map_err(IntoResponse::into_response)
    }
}

fn named(room: &str) -> Result<RoomId, Refusal> {
    room_of_path(room).map_err(of_path)
}

/// A refusal of what the path names.
pub(super) fn of_path(refusal: Refusal) -> Refusal {
    match refusal.code() {
        Code::UnknownRoom | Code::NotFound => refusal.without_field(),
        _ => refusal,
    }
}
