//! Reporting that a user is typing.

use std::sync::Arc;

use store::RoomId;
use web::{Fields, FromFields, Refusal, SessionStatus};

use super::admission::{Caller, Operation, admit, verify};
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

/// Typing that counts once the session is verified.
pub(crate) struct UnverifiedTyping(RoomId);

/// Admits the call and shows the user as typing, at once: a message that is sent right after it ends the typing. Returns
/// what is left to do when the session must be verified first.
///
/// # Errors
/// Those of the admission.
pub(crate) fn begin(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    TypingRequest { room }: TypingRequest,
) -> Result<Option<UnverifiedTyping>, Refusal> {
    let status = admit(chat, Operation::Typing, Caller::Subscription(subscription), room)?;
    if status == SessionStatus::Unknown {
        return Ok(Some(UnverifiedTyping(room)));
    }
    chat.presence.type_on(room, subscription);
    Ok(None)
}

/// Verifies the session, and then shows the user as typing.
///
/// # Errors
/// `signed_out`, `unavailable`.
pub(crate) async fn finish(
    chat: &Chat,
    subscription: &Arc<Subscription>,
    UnverifiedTyping(room): UnverifiedTyping,
) -> Result<(), Refusal> {
    verify(chat, Caller::Subscription(subscription), SessionStatus::Unknown).await?;
    chat.presence.type_on(room, subscription);
    Ok(())
}
