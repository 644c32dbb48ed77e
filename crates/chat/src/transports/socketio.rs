//! Socket.IO: who may connect, what a socket may ask, and how a socket ends.
//!
//! Three ends, never confused. *Kick*: the session is over; the client is told by a disconnect and its connection
//! closed. *Cut*: a slow reader, or one too many; the connection is closed without a disconnect, so that the client
//! comes back and catches up. *Drain*: the server stops; as a cut, after the last acknowledgement.

mod audience;
mod connect;
mod cors;
mod engine_middleware;
mod engine_sessions;
mod presence_events;
mod read_budget;
mod refusal_log;
mod sockets;

mod events;

mod sweeper;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::{ParserConfig, SocketIo};

pub(crate) use audience::Audience;
pub(crate) use cors::AllowedOrigins;
pub(crate) use engine_middleware::EngineMiddleware;
pub(crate) use engine_sessions::{EngineSession, EngineSessions};
pub(crate) use sockets::{ClientCapabilities, Member, Members, sender};
pub(crate) use sweeper::sweep;

use crate::chat::Chat;

/// Bytes of one message or frame, either transport. The longest text takes 48,000 when a client escapes all of it.
const MESSAGE_BYTES: usize = 64 * 1024;
/// Binary arguments of one event. None is taken, but its event is refused by name, and the connection stays.
const MAX_BINARIES: usize = 16;
/// Packets that may wait for one socket; one more and it is a slow reader.
const BUFFERED_PACKETS: usize = 1024;
/// A transport that joined no namespace is closed after so long.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Each idle socket holds a read buffer of this size.
const READ_BUFFER_BYTES: usize = 512;

/// The routes of Socket.IO, and the handle by which the rest of the service reaches sockets.
///
/// The service stands behind plain routes and one layer: as a fallback it would lose its session table.
pub(crate) fn routes(chat: &Arc<Chat>, engine: EngineMiddleware) -> (Router, SocketIo) {
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_BINARIES)
        .max_incoming_binary_buf_size(MESSAGE_BYTES);
    let (service, io) = SocketIo::builder()
        .with_parser(parser)
        .max_payload(MESSAGE_BYTES as u64)
        .ws_max_message_size(MESSAGE_BYTES)
        .ws_max_frame_size(MESSAGE_BYTES)
        .ws_read_buffer_size(READ_BUFFER_BYTES)
        .max_buffer_size(BUFFERED_PACKETS)
        .connect_timeout(CONNECT_TIMEOUT)
        .build_svc();
    let (authenticating, joining) = (Arc::clone(chat), Arc::clone(chat));
    let authenticate = move |socket: SocketRef, TryData(auth): TryData<Option<connect::Auth>>| {
        connect::authenticate(Arc::clone(&authenticating), socket, auth.ok())
    };
    let join = move |socket: SocketRef, io: SocketIo| {
        connect::join(&joining, &socket, &io);
        std::future::ready(())
    };
    io.ns("/", join.with(authenticate));
    engine.sessions.set_closer(service.clone());
    let router = Router::new()
        .route_service("/socket.io/", service.clone())
        .route_service("/socket.io", service)
        .layer(from_fn_with_state(Arc::new(engine), engine_middleware::handle));
    (router, io)
}
