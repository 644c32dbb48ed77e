//! How requests name a room, and the one answer for rooms that are not there for somebody.

use store::RoomId;
use web::{Code, FieldError, Fields, Refusal};

/// Reads the field `room`; without it, the lobby. It does not check whether the room may be used.
pub(crate) fn room_field(fields: &mut Fields) -> Option<RoomId> {
    let is_given = fields.has("room");
    let room = fields.optional("room", |id| RoomId::parse(&id).ok_or_else(unknown));
    if is_given { room } else { Some(RoomId::LOBBY) }
}

/// Reads the field `room`, which must be there. It does not check whether the room may be used.
pub(crate) fn required_room_field(fields: &mut Fields) -> Option<RoomId> {
    fields.required("room", |id| RoomId::parse(&id).ok_or_else(unknown))
}

/// The room in the path of a request. It does not check whether the room may be used.
///
/// # Errors
/// `unknown_room`.
pub(crate) fn room_of_path(text: &str) -> Result<RoomId, Refusal> {
    RoomId::parse(text).ok_or_else(unknown_room)
}

/// There is no such room, or it may not be seen.
pub(crate) fn unknown_room() -> Refusal {
    Refusal::invalid_field("room", unknown())
}

fn unknown() -> FieldError {
    FieldError::new(Code::UnknownRoom, "there is no such room, or you are not in it")
}
