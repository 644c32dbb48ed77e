//! Which rooms a principal may use: the one place that admits a room's id or answers `unknown_room`.
//!
//! A room that the principal may not see and a room that does not exist get the same answer.

use store::RoomId;
use web::{Code, FieldError, Fields, Principal, Refusal};

/// Checks that a principal may use a room. The lobby is the only one, and every user is in it.
///
/// # Errors
/// `unknown_room`.
pub(crate) fn require_room(_: &Principal, room: RoomId) -> Result<(), Refusal> {
    if room == RoomId::LOBBY { Ok(()) } else { Err(Refusal::invalid_field("room", unknown())) }
}

/// Reads the field `room`; without it, the lobby. It does not check whether the room may be used ([`require_room`]).
pub(crate) fn room_field(fields: &mut Fields) -> Option<RoomId> {
    let is_given = fields.has("room");
    let room = fields.optional("room", |id| RoomId::parse(&id).ok_or_else(unknown));
    if is_given { room } else { Some(RoomId::LOBBY) }
}

fn unknown() -> FieldError {
    FieldError::new(Code::UnknownRoom, "there is no such room; the only one is lobby")
}
