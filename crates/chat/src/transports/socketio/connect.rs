//! CONNECT: authenticated each time, also the second one over the same engine session.

use std::sync::Arc;

use serde::Deserialize;
use socketioxide::extract::{HttpExtension, SocketRef, State, TryData};
use socketioxide::socket::DisconnectReason;
use store::{RoomId, Sender};
use uuid::Uuid;
use web::{AuthError, Authenticator, ClientNetwork, Requester, SessionStatus, token_of_connect};

use super::connect_refusal::{ConnectError, ConnectRefusal};
use super::engine_sessions::EngineSession;
use super::events;
use super::refusal_log;
use super::sockets::{ConnectedSocket, SocketSlot};
use super::transport::SocketTransport;
use crate::chat::Chat;
use crate::hub::{Cause, ClientCapabilities, Subscription};
use crate::room_subscriptions;

/// What a client sends as `auth`.
#[derive(Default, Deserialize)]
pub(super) struct Auth {
    token: Option<String>,
    /// The id of the user that the client expects: two tabs may be two people.
    user: Option<Uuid>,
    batch: Option<bool>,
    tip: Option<bool>,
    rooms: Option<bool>,
    /// Whether it reconnects by itself after a refusal that is not about its token.
    reason: Option<bool>,
}

/// Lets a socket in or refuses it. A client with an invalid token gets a `connect_error`, after which stock clients stop.
/// If the token cannot be verified, or the user has too many sockets, the connection is shut, and the client tries again
/// later; a client that asked for reasons gets a `connect_error` for the latter.
///
/// An `auth` that cannot be read is refused: a token in another place may be that of another user.
pub(super) async fn authenticate(
    State(transport): State<Arc<SocketTransport>>,
    HttpExtension(session): HttpExtension<Arc<EngineSession>>,
    socket: SocketRef,
    TryData(auth): TryData<Option<Auth>>,
) -> Result<(), ConnectError> {
    let admitted = match auth {
        Ok(auth) => let_in(&transport, &socket, &session, auth.unwrap_or_default()).await,
        Err(_) => Err(ConnectRefusal::invalid("its auth cannot be read", None)),
    };
    match admitted {
        Ok(()) => Ok(()),
        Err(refused) => {
            session.mark_explained();
            refusal_log::connect_refused(session.address(), refused.user, refused.reason);
            let Some(error) = refused.error else {
                session.shut();
                // The connection is closed before it arrives.
                return Err(ConnectError::TokenRefused);
            };
            session.mark_refused();
            Err(error)
        }
    }
}

async fn let_in(
    transport: &SocketTransport,
    socket: &SocketRef,
    session: &Arc<EngineSession>,
    auth: Auth,
) -> Result<(), ConnectRefusal> {
    let connected = identify(transport, socket, session, auth).await?;
    let user = connected.subscription.user();
    let rooms = rooms_of(&transport.chat, &connected.subscription).await?;
    prepare(transport, socket, connected, &rooms);
    // Before the client is connected: it must miss nothing afterwards.
    match transport.chat.follower.follow(&rooms).await {
        true => Ok(()),
        false => Err(ConnectRefusal::for_now("the log cannot be read", Some(user))),
    }
}

/// The rooms whose entries a socket gets, in order.
async fn rooms_of(chat: &Chat, subscription: &Subscription) -> Result<Vec<RoomId>, ConnectRefusal> {
    if !subscription.capabilities.rooms {
        return Ok(vec![RoomId::LOBBY]);
    }
    let rooms = chat.access.room_ids_of(subscription.user()).await;
    let mut rooms = rooms
        .map_err(|_| ConnectRefusal::for_now("the store is not available", Some(subscription.user())))?;
    rooms.sort_unstable();
    Ok(rooms)
}

async fn identify(
    transport: &SocketTransport,
    socket: &SocketRef,
    session: &Arc<EngineSession>,
    auth: Auth,
) -> Result<Arc<ConnectedSocket>, ConnectRefusal> {
    if session.is_over() {
        return Err(ConnectRefusal::invalid("its session has ended already", None));
    }
    let (chat, request) = (&transport.chat, socket.req_parts());
    let token =
        token_of_connect(auth.token, request).ok_or(ConnectRefusal::invalid("there is no token", None))?;
    let principal = chat
        .authenticator
        .authenticate_once(&token)
        .await
        .map_err(|error| refusal(&chat.authenticator, &token, error))?;
    let user_id = Some(principal.user_id);
    if auth.user.is_some_and(|user| user != principal.user_id.0) {
        return Err(ConnectRefusal::invalid("the token is of another user than the client expects", user_id));
    }
    if chat.rates.connect(principal.user_id).is_err() {
        return Err(ConnectRefusal::for_now("the user connects too often", user_id));
    }
    let user = chat.stores.accounts.by_id(principal.user_id).await;
    let user = user.map_err(|_| ConnectRefusal::for_now("the store is not available", user_id))?;
    let user = user.ok_or(ConnectRefusal::invalid("the token's user is gone", user_id))?;
    let wants_reason = auth.reason.unwrap_or(false);
    let permit =
        transport.sockets.permit(user.id).ok_or_else(|| ConnectRefusal::full(user_id, wants_reason))?;
    let capabilities = ClientCapabilities {
        batch: auth.batch.unwrap_or(false),
        log_head: auth.tip.unwrap_or(false),
        rooms: auth.rooms.unwrap_or(false),
    };
    let requester = Requester { principal, network: ClientNetwork::of(session.address()) };
    let subscription = Subscription::new(requester, Sender::from(&user), capabilities, transport.sink());
    Ok(transport.sockets.register(socket.id, subscription, Arc::clone(session), permit))
}

fn refusal(authenticator: &Authenticator, token: &str, error: AuthError) -> ConnectRefusal {
    match error {
        AuthError::Unavailable => {
            ConnectRefusal::for_now("the store is not available", authenticator.user_of_token(token))
        }
        AuthError::Invalid => {
            ConnectRefusal::invalid(authenticator.refusal_reason(token), authenticator.user_of_token(token))
        }
    }
}

/// Makes a socket ready before its CONNECT is acknowledged: an event that the client sends at once must find its
/// handler, and the client must miss no entry.
fn prepare(
    transport: &SocketTransport,
    socket: &SocketRef,
    connected: Arc<ConnectedSocket>,
    rooms: &[RoomId],
) {
    events::register(socket, &connected);
    let leaving = Arc::clone(&connected);
    socket.on_disconnect(
        move |State(transport): State<Arc<SocketTransport>>, socket: SocketRef, reason: DisconnectReason| {
            on_disconnect(&transport, &leaving, &socket, reason)
        },
    );
    connected.entries.open(&connected.engine_session, socket, rooms);
    transport.chat.hub.subscribe(&connected.subscription, rooms);
    SocketSlot::fill(socket, &connected);
}

/// Registers a socket once it is connected. Registering earlier would leak it: `on_disconnect` is not called for a
/// socket that fails before that.
pub(super) fn on_connect(
    State(transport): State<Arc<SocketTransport>>,
    socket: SocketRef,
) -> std::future::Ready<()> {
    if let Some(connected) = SocketSlot::get(&socket) {
        begin(&transport, &socket, &connected);
    }
    std::future::ready(())
}

fn begin(transport: &SocketTransport, socket: &SocketRef, connected: &ConnectedSocket) {
    let (hub, subscription) = (&transport.chat.hub, &connected.subscription);
    transport.sessions.register(&connected.engine_session, socket.id);
    connected.engine_session.joined();
    hub.register(subscription);
    room_subscriptions::verify(&transport.chat, subscription);
    if !connected.entries.settle(&connected.engine_session, socket) {
        hub.disconnect(subscription.id, Cause::Slow);
    }
    if !socket.connected() {
        // It disconnected before it was registered.
        leave(transport, socket, connected);
    } else if transport.chat.authenticator.session_status(&subscription.principal) == SessionStatus::Ended {
        // Its session was revoked while it connected.
        hub.close_for_good(subscription);
    }
}

/// None of its extractors can fail: the library would keep the socket then.
fn on_disconnect(
    transport: &SocketTransport,
    connected: &ConnectedSocket,
    socket: &SocketRef,
    reason: DisconnectReason,
) -> std::future::Ready<()> {
    // An end that this server decided is in the log already.
    if !connected.subscription.is_over() {
        refusal_log::ended(connected.engine_session.address(), connected.subscription.user(), reason);
    }
    leave(transport, socket, connected);
    std::future::ready(())
}

fn leave(transport: &SocketTransport, socket: &SocketRef, connected: &ConnectedSocket) {
    if SocketSlot::clear(socket, connected) {
        connected.engine_session.left();
    }
    connected.entries.close();
    transport.chat.hub.leave(&connected.subscription);
}
