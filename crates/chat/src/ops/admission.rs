//! The one check before every operation, for every transport: session, scope, room and rate.

use std::sync::Arc;

use store::{RoomId, UserId};
use web::{ClientNetwork, Principal, Refusal, Requester, Scope, SessionStatus};

use crate::access;
use crate::chat::Chat;
use crate::hub::Subscription;

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Send,
    ReadHistory,
    Watch,
    Typing,
}

/// The caller of an operation.
#[derive(Clone, Copy)]
pub(crate) enum Caller<'a> {
    /// An open channel. Its session may have ended since it was opened.
    Subscription(&'a Arc<Subscription>),
    /// A request whose token was verified when its head arrived. Its session may have ended before its body did.
    Request(&'a Requester),
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

/// Checks at once whether an operation may be done in a room. `Unknown` means that the store must be asked about the
/// session before the operation has an effect; the status is never `Ended`. An operation passes this check once, since it
/// counts.
///
/// # Errors
/// `signed_out`, `forbidden`, `unknown_room`, `rate_limited`.
pub(crate) fn admit(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
) -> Result<SessionStatus, Refusal> {
    let status = require_session(chat, caller)?;
    caller.principal().require(operation.scope())?;
    access::require_room(caller.principal(), room)?;
    count(chat, operation, caller)?;
    Ok(status)
}

fn count(chat: &Chat, operation: Operation, caller: Caller<'_>) -> Result<(), Refusal> {
    let (rates, user) = (&chat.rates, caller.user());
    match operation {
        Operation::Send => rates.send(user, caller.network()),
        Operation::ReadHistory => rates.read(user),
        Operation::Watch | Operation::Typing => rates.presence(user),
    }
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

/// Asks the store about a session whose status is `Unknown`.
///
/// # Errors
/// `signed_out`, `unavailable`.
pub(crate) async fn verify(chat: &Chat, caller: Caller<'_>, status: SessionStatus) -> Result<(), Refusal> {
    if status == SessionStatus::Unknown {
        chat.authenticator.verify_session(caller.principal()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use auth::TokenKey;
    use tempfile::TempDir;
    use tokio_util::sync::CancellationToken;
    use web::{Code, Scopes, Settings, Timers};

    use super::*;
    use crate::Config;
    use crate::service::assemble;
    use crate::test_principal::{LIFETIMES, requester};

    const LOBBY: RoomId = RoomId::LOBBY;
    const ALL: [Operation; 4] =
        [Operation::Send, Operation::ReadHistory, Operation::Watch, Operation::Typing];

    fn chat() -> (Arc<Chat>, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let shared = Settings {
            users_url: "http://localhost:3000".parse().unwrap(),
            chat_url: "http://localhost:3001".parse().unwrap(),
            allowed_hosts: Vec::new(),
            trusted_proxy_hops: 0,
            max_connections: 1,
            max_connections_per_address: 1,
            timers: Timers::default(),
            token_key: TokenKey::new(&[7; 32]).unwrap(),
            lifetimes: LIFETIMES,
        };
        let config = Config {
            shared,
            allowed_origins: Vec::new(),
            max_sockets: 1,
            max_sockets_per_address: 1,
            max_sockets_per_user: 1,
            journal_queue: 1,
            retention_days: 0,
            send_per_second: 1,
            send_per_address_per_second: 0,
            read_per_second: 1,
        };
        let stores = store::sqlite::open(dir.path()).unwrap();
        (assemble(&config, stores, CancellationToken::new()).0, dir)
    }

    fn ada() -> Requester {
        requester(UserId::new(), "ada")
    }

    #[tokio::test]
    async fn every_operation_needs_its_scope() {
        let (chat, _dir) = chat();
        let mut reader = ada();
        reader.principal = reader.principal.with_scopes(Scopes::of(&[Scope::Read]));
        let admitted = ALL.map(|operation| {
            assert!(admit(&chat, operation, Caller::Request(&ada()), LOBBY).is_ok());
            admit(&chat, operation, Caller::Request(&reader), LOBBY).map_err(|refusal| refusal.code())
        });
        // The poll does not run.
        let (refused, unknown) = (Err(Code::Forbidden), Ok(SessionStatus::Unknown));
        assert_eq!(admitted, [refused, unknown, unknown, refused]);
    }

    #[tokio::test]
    async fn no_operation_finds_a_room_that_does_not_exist() {
        let (chat, _dir) = chat();
        for operation in ALL {
            let refusal = admit(&chat, operation, Caller::Request(&ada()), RoomId::generate()).unwrap_err();
            assert_eq!(refusal.code(), Code::UnknownRoom, "{operation:?}");
        }
    }

    #[tokio::test]
    async fn no_operation_may_be_done_as_often_as_one_likes() {
        let (chat, _dir) = chat();
        for operation in ALL {
            let ada = ada();
            let mut admitted = (0..1_000).map(|_| admit(&chat, operation, Caller::Request(&ada), LOBBY));
            let refusal = admitted.find_map(Result::err).expect("a refusal");
            assert_eq!(refusal.code(), Code::RateLimited, "{operation:?}");
            assert!(refusal.delay().is_some(), "{operation:?}");
        }
    }

    #[tokio::test]
    async fn what_is_refused_for_another_reason_is_not_counted() {
        let (chat, _dir) = chat();
        let ada = ada();
        for _ in 0..1_000 {
            let refusal =
                admit(&chat, Operation::Send, Caller::Request(&ada), RoomId::generate()).unwrap_err();
            assert_eq!(refusal.code(), Code::UnknownRoom);
        }
        assert!(admit(&chat, Operation::Send, Caller::Request(&ada), LOBBY).is_ok());
    }
}
