//! CONNECT: authenticated each time, also the second one over the same engine session.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use socketioxide::extract::{Extension, HttpExtension, MaybeExtension, SocketRef, State, TryData};
use socketioxide::socket::DisconnectReason;
use store::{RoomId, Sender};
use uuid::Uuid;
use web::{AuthError, Authenticator, SessionStatus, token_of_connect};

use super::engine_sessions::EngineSession;
use super::events;
use super::refusal_log::{self, Refused};
use super::socket_rooms::Audience;
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::hub::{ClientCapabilities, Subscription};

/// What a client sends as `auth`.
#[derive(Default, Deserialize)]
pub(super) struct Auth {
    token: Option<String>,
    /// The id of the user whose token the client believes to have: two tabs may be two people.
    user: Option<Uuid>,
    batch: Option<bool>,
    tip: Option<bool>,
    /// Whether it comes back by itself after a refusal that is not about its token.
    reason: Option<bool>,
}

/// The message of a `connect_error`.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// In the words of the first version.
    TokenRefused,
    /// Only for clients that asked for reasons: a stock client would not come back.
    TooManySockets,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenRefused => web::TOKEN_REFUSED,
            Self::TooManySockets => "Too many sockets",
        })
    }
}

/// Lets a socket in or refuses it. A client with an invalid token gets a `connect_error`, after which stock clients stop.
/// Where the token cannot be judged, or the user has too many sockets, the connection is shut, and the client tries
/// again later; one that asked for reasons gets a `connect_error` for the latter.
///
/// An `auth` that cannot be read is refused: another token at hand may be somebody else's.
pub(super) async fn authenticate(
    State(transport): State<Arc<SocketTransport>>,
    HttpExtension(session): HttpExtension<Arc<EngineSession>>,
    socket: SocketRef,
    TryData(auth): TryData<Option<Auth>>,
) -> Result<(), ConnectError> {
    let admitted = match auth {
        Ok(auth) => let_in(&transport, &socket, &session, auth.unwrap_or_default()).await,
        Err(_) => Err(Refused::bad("what it says in auth cannot be read", None)),
    };
    match admitted {
        Ok(()) => Ok(()),
        Err(refused) => {
            refused.note(&session);
            let Some(told) = refused.told else {
                session.shut();
                // The connection is closed before it arrives.
                return Err(ConnectError::TokenRefused);
            };
            session.mark_refused();
            Err(told)
        }
    }
}

async fn let_in(
    transport: &SocketTransport,
    socket: &SocketRef,
    session: &Arc<EngineSession>,
    auth: Auth,
) -> Result<(), Refused> {
    let connected = identify(transport, socket, session, auth).await?;
    let user = connected.subscription.user();
    prepare(transport, socket, connected);
    // Before the client is connected: it must miss nothing afterwards.
    match transport.chat.follower.follow(RoomId::LOBBY).await {
        true => Ok(()),
        false => Err(Refused::for_now("the log cannot be read", Some(user))),
    }
}

async fn identify(
    transport: &SocketTransport,
    socket: &SocketRef,
    session: &Arc<EngineSession>,
    auth: Auth,
) -> Result<Arc<ConnectedSocket>, Refused> {
    if session.is_over() {
        return Err(Refused::bad("its session has ended already", None));
    }
    let (chat, request) = (&transport.chat, socket.req_parts());
    let token = token_of_connect(auth.token, request).ok_or(Refused::bad("there is no token", None))?;
    let who = chat
        .authenticator
        .authenticate(&token)
        .await
        .map_err(|refusal| why(&chat.authenticator, &token, refusal))?;
    let theirs = Some(who.user_id);
    if auth.user.is_some_and(|user| user != who.user_id.0) {
        return Err(Refused::bad("the token is of another user than the client believes", theirs));
    }
    let user = chat.stores.accounts.by_id(who.user_id).await;
    let user = user.map_err(|_| Refused::for_now("the store is away", theirs))?;
    let user = user.ok_or(Refused::bad("the token's user is gone", theirs))?;
    let wants_reason = auth.reason.unwrap_or(false);
    let permit = transport.sockets.permit(user.id).ok_or_else(|| Refused::full(theirs, wants_reason))?;
    let capabilities =
        ClientCapabilities { batch: auth.batch.unwrap_or(false), log_head: auth.tip.unwrap_or(false) };
    let subscription = Subscription::new(who, Sender::from(&user), capabilities, transport.sink());
    Ok(transport.sockets.register(socket.id, subscription, Arc::clone(session), permit))
}

fn why(authenticator: &Authenticator, token: &str, refusal: AuthError) -> Refused {
    match refusal {
        AuthError::Unavailable => Refused::for_now("the store is away", authenticator.user_of_token(token)),
        AuthError::Invalid => {
            Refused::bad(authenticator.refusal_reason(token), authenticator.user_of_token(token))
        }
    }
}

/// Makes a socket ready before its CONNECT is acknowledged: an event that the client sends at once must find its
/// handler, and the client must miss no entry.
fn prepare(transport: &SocketTransport, socket: &SocketRef, connected: Arc<ConnectedSocket>) {
    events::register(socket);
    socket.on_disconnect(disconnected);
    let (room, capabilities) = (RoomId::LOBBY, connected.subscription.capabilities);
    socket.join(if capabilities.batch { Audience::Batches.of(room) } else { Audience::Singles.of(room) });
    // A room of its own, by which a batch leaves its sender out.
    socket.join(socket.id);
    if capabilities.log_head {
        socket.join(Audience::Tips.of(room));
    }
    transport.chat.hub.subscribe(&connected.subscription, room);
    socket.extensions.insert(connected);
}

/// Registers a socket once it is connected. Registering earlier would leak it: `on_disconnect` is not called for a
/// socket that fails before that.
pub(super) fn connected(
    State(transport): State<Arc<SocketTransport>>,
    Extension(connected): Extension<Arc<ConnectedSocket>>,
    socket: SocketRef,
) -> std::future::Ready<()> {
    let (hub, subscription) = (&transport.chat.hub, &connected.subscription);
    transport.sessions.name(&connected.session, &socket.id.to_string());
    connected.session.joined();
    hub.register(subscription);
    if !socket.connected() {
        // It went before it was registered.
        leave(&transport, &socket, &connected);
    } else if transport.chat.authenticator.session_status(&subscription.principal) == SessionStatus::Ended {
        // It was revoked while it came in.
        hub.close_for_good(subscription);
    }
    std::future::ready(())
}

/// The extractor must not fail: the library would keep the socket then.
fn disconnected(
    State(transport): State<Arc<SocketTransport>>,
    MaybeExtension(connected): MaybeExtension<Arc<ConnectedSocket>>,
    socket: SocketRef,
    reason: DisconnectReason,
) -> std::future::Ready<()> {
    if let Some(connected) = connected {
        // An end that came from here is in the log already.
        if !connected.subscription.is_over() {
            refusal_log::ended(&connected.session, connected.subscription.user(), reason);
        }
        leave(&transport, &socket, &connected);
    }
    std::future::ready(())
}

fn leave(transport: &SocketTransport, socket: &SocketRef, connected: &ConnectedSocket) {
    if socket.extensions.remove::<Arc<ConnectedSocket>>().is_some() {
        connected.session.left();
    }
    transport.chat.hub.leave(&connected.subscription);
}
