//! The one check before every operation, for every transport: session, scope, room and rate.

use std::sync::Arc;

use store::{RoomId, UserId};
use web::{ClientNetwork, Principal, ReadPermit, Refusal, Requester, SessionStatus};

use super::operation::Operation;
use crate::access::Standing;
use crate::chat::Chat;
use crate::hub::{Subscription, SubscriptionId};

/// The caller of an operation.
#[derive(Clone, Copy)]
pub(crate) enum Caller<'a> {
    /// An open channel. Its session may have ended since it was opened.
    Subscription(&'a Arc<Subscription>),
    /// A request whose token was verified when its head arrived. Its session may have ended before its body did.
    Request(&'a Requester),
}

/// What was found at once. What is not known must be asked before the operation has an effect ([`verify`], or the journal).
#[derive(Debug)]
#[must_use]
pub(crate) struct Admission {
    operation: Operation,
    room: RoomId,
    /// Never `Ended`.
    session: SessionStatus,
    /// Good enough for the operation; `None` if it is not known.
    standing: Option<Standing>,
}

impl<'a> Caller<'a> {
    pub(crate) fn principal(self) -> &'a Principal {
        match self {
            Self::Subscription(subscription) => &subscription.principal,
            Self::Request(requester) => &requester.principal,
        }
    }

    /// The principal, for work that goes on without the caller.
    pub(crate) fn shared_principal(self) -> Arc<Principal> {
        match self {
            Self::Subscription(subscription) => Arc::clone(&subscription.principal),
            Self::Request(requester) => Arc::new(requester.principal.clone()),
        }
    }

    pub(crate) fn subscription(self) -> Option<&'a Arc<Subscription>> {
        match self {
            Self::Subscription(subscription) => Some(subscription),
            Self::Request(_) => None,
        }
    }

    pub(crate) fn subscription_id(self) -> Option<SubscriptionId> {
        self.subscription().map(|subscription| subscription.id)
    }

    pub(crate) fn user(self) -> UserId {
        self.principal().user_id
    }

    pub(crate) fn network(self) -> ClientNetwork {
        match self {
            Self::Subscription(subscription) => subscription.network,
            Self::Request(requester) => requester.network,
        }
    }

    fn session_status(self, chat: &Chat) -> SessionStatus {
        match self {
            Self::Subscription(subscription) if subscription.is_over() => SessionStatus::Ended,
            _ => chat.authenticator.session_status(self.principal()),
        }
    }
}

impl Admission {
    /// Whether nothing is left to ask.
    pub(crate) fn is_settled(&self) -> bool {
        self.session == SessionStatus::Active && self.standing.is_some()
    }
}

/// Checks at once whether an operation may be done in a room, as far as that is known. An operation passes this check once,
/// since it counts; a refusal for another reason than the rate is not counted, unless the store must be asked for it.
///
/// # Errors
/// `signed_out`, `forbidden`, `unknown_room`, `archived`, `rate_limited`.
pub(crate) fn admit(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
) -> Result<Admission, Refusal> {
    let session = require_session(chat, caller)?;
    caller.principal().require(operation.scope())?;
    let standing = chat.access.standing(caller.user(), room);
    if let Some(standing) = &standing {
        operation.rule().judge(standing)?;
    }
    operation.count(&chat.rates, caller.user(), caller.network())?;
    Ok(Admission { operation, room, session, standing })
}

/// Asks what an admission left open. Returns where the caller stands in the room.
///
/// # Errors
/// `signed_out`, `unknown_room`, `archived`, `forbidden`, `unavailable`.
pub(crate) async fn verify(
    chat: &Chat,
    caller: Caller<'_>,
    admission: Admission,
) -> Result<Standing, Refusal> {
    verify_session(chat, caller, admission.session).await?;
    if let Some(standing) = admission.standing {
        return Ok(standing);
    }
    let standing = chat.access.ask(caller.user(), admission.room).await?;
    admission.operation.rule().judge(&standing)?;
    Ok(standing)
}

/// Checks whether an operation may be done that reads, and waits for a permit to read. Returns where the caller stands in
/// the room.
///
/// # Errors
/// Those of [`admit`] and [`verify`], and `overloaded` when too much is read.
pub(crate) async fn admit_read<'a>(
    chat: &'a Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
) -> Result<(Standing, ReadPermit<'a>), Refusal> {
    let admission = admit(chat, operation, caller, room)?;
    let standing = verify(chat, caller, admission).await?;
    Ok((standing, chat.reads.permit(caller.user(), caller.network()).await?))
}

/// Checks whether an operation may be done that is about no room yet, or about all of them.
///
/// # Errors
/// `signed_out`, `forbidden`, `rate_limited`, `unavailable`.
pub(crate) async fn admit_anywhere(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
) -> Result<(), Refusal> {
    let session = require_session(chat, caller)?;
    caller.principal().require(operation.scope())?;
    operation.count(&chat.rates, caller.user(), caller.network())?;
    verify_session(chat, caller, session).await
}

/// Checks at once that the session has not ended. Transports check it before they read what the client sent: a client
/// whose session has ended gets that answer, whatever it sent. The status is never `Ended`.
///
/// # Errors
/// `signed_out`.
pub(crate) fn require_session(chat: &Chat, caller: Caller<'_>) -> Result<SessionStatus, Refusal> {
    match caller.session_status(chat) {
        SessionStatus::Ended => Err(Refusal::signed_out()),
        status => Ok(status),
    }
}

async fn verify_session(chat: &Chat, caller: Caller<'_>, status: SessionStatus) -> Result<(), Refusal> {
    if status == SessionStatus::Unknown {
        chat.authenticator.verify_session(caller.principal()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
