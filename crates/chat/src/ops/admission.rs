//! The one place that every operation passes before it acts: session, scope and room are checked here, whichever
//! transport asked.

use std::sync::Arc;

use store::{RoomId, UserId};
use web::{Principal, Refusal, Scope, SessionStatus};

use crate::access;
use crate::chat::Chat;
use crate::hub::Subscription;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Send,
    ReadHistory,
    Watch,
    Typing,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) enum Caller<'a> {
    /// An open channel, whose session may have ended since.
    Subscription(&'a Arc<Subscription>),
    /// A request whose token was verified just now.
    Request(&'a Principal),
}

impl Operation {
    fn scope(self) -> Scope {
        match self {
            Self::Send | Self::Typing => Scope::Send,
            Self::ReadHistory | Self::Watch => Scope::Read,
        }
    }
}

impl<'a> Caller<'a> {
    pub(crate) fn principal(self) -> &'a Principal {
        match self {
            Self::Subscription(subscription) => &subscription.principal,
            Self::Request(principal) => principal,
        }
    }

    pub(crate) fn user(self) -> UserId {
        self.principal().user_id
    }

    fn session_status(self, chat: &Chat) -> SessionStatus {
        match self {
            Self::Request(_) => SessionStatus::Active,
            Self::Subscription(subscription) if subscription.is_over() => SessionStatus::Ended,
            Self::Subscription(subscription) => chat.authenticator.session_status(&subscription.principal),
        }
    }
}

/// Checks at once whether an operation may be done in a room. `Unknown` means that the store must be asked about the
/// session before the operation has an effect; the status is never `Ended`.
///
/// # Errors
/// `signed_out`, `forbidden`, `unknown_room`.
pub(crate) fn admit(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
) -> Result<SessionStatus, Refusal> {
    let status = caller.session_status(chat);
    if status == SessionStatus::Ended {
        return Err(Refusal::signed_out());
    }
    caller.principal().require(operation.scope())?;
    access::require_room(caller.principal(), room)?;
    Ok(status)
}

/// Asks the store about the session if that is still to be done.
///
/// # Errors
/// `signed_out`, `unavailable`.
pub(crate) async fn verify(chat: &Chat, caller: Caller<'_>, status: SessionStatus) -> Result<(), Refusal> {
    if status == SessionStatus::Unknown {
        chat.authenticator.verify_session(caller.principal()).await?;
    }
    Ok(())
}
