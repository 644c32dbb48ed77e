//! Reporting that a user is typing.

use std::sync::Arc;

use store::RoomId;
use web::{Fields, FromFields, Refusal};

use super::admission::{Admission, Caller, admit, verify};
use super::operation::Operation;
use crate::access::room_field;
use crate::chat::Chat;
use crate::hub::Subscription;

/// `room?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypingRequest {
    room: RoomId,
}

impl FromFields for TypingRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        room_field(fields).map(|room| Self { room })
    }
}

/// Typing that counts once session and room are verified.
pub(crate) struct UnverifiedTyping {
    room: RoomId,
    admission: Admission,
}

/// Admits the call and shows the user as typing, at once: a message that is sent right after it ends the typing. Returns
/// what is left to do when session or room must be verified first.
///
/// # Errors
/// Those of the admission.
pub(crate) fn begin(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    TypingRequest { room }: TypingRequest,
) -> Result<Option<UnverifiedTyping>, Refusal> {
    let admission = admit(chat, Operation::Typing, Caller::Subscription(subscription), room)?;
    if !admission.is_settled() {
        return Ok(Some(UnverifiedTyping { room, admission }));
    }
    chat.presence.type_on(room, subscription);
    Ok(None)
}

/// Verifies session and room, and then shows the user as typing.
///
/// # Errors
/// Those of the verification.
pub(crate) async fn finish(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    UnverifiedTyping { room, admission }: UnverifiedTyping,
) -> Result<(), Refusal> {
    verify(chat, Caller::Subscription(subscription), admission).await?;
    chat.presence.type_on(room, subscription);
    Ok(())
}
