//! Why something is not done to a room or a membership, each with its bound.

use store::{MAX_OWNERS, MAX_ROOMS_MADE, MAX_ROOMS_OF_USER};
use web::{Code, FieldError, Refusal};

pub(super) fn name_taken() -> Refusal {
    Refusal::invalid_field("name", "is taken by another public room")
}

pub(super) fn too_many_made() -> Refusal {
    Refusal::forbidden(format!(
        "You have made {MAX_ROOMS_MADE} rooms that are not archived, which is the most. Archive one first."
    ))
}

pub(super) fn too_many_rooms() -> Refusal {
    Refusal::forbidden(format!("You are in {MAX_ROOMS_OF_USER} rooms, which is the most. Leave one first."))
}

pub(super) fn too_many_rooms_of(username: &str) -> Refusal {
    Refusal::forbidden(format!("{username} is in {MAX_ROOMS_OF_USER} rooms, which is the most."))
}

pub(super) fn too_many_owners() -> Refusal {
    Refusal::forbidden(format!("The room has {MAX_OWNERS} owners, which is the most."))
}

pub(super) fn last_owner() -> Refusal {
    Refusal::forbidden("You are the only owner: hand the room over to another member, or archive it first.")
}

pub(super) fn no_such_user() -> Refusal {
    Refusal::invalid_field("user", FieldError::new(Code::NotFound, "there is no such user"))
}

pub(super) fn not_a_member() -> Refusal {
    Refusal::invalid_field("user", FieldError::new(Code::NotFound, "this user is not in the room"))
}
