//! Socket.IO: which clients may connect, which events a socket may send and receives, and how it ends.
//!
//! The library (socketioxide) has the protocols, acknowledgements and all events but entries. Entries go to websockets
//! past it ([`broadcast`], [`websocket`]).
//!
//! There are three ends. *Close for good*: the session is over; the client gets a disconnect and its connection is
//! closed. *Disconnect*: a slow reader; the connection is closed without a disconnect packet, so that the client
//! reconnects and catches up. *Drain*: the server stops; as a disconnect, after the last acknowledgement.

mod ack;
mod backlog;
mod broadcast;
mod connect;
mod connect_refusal;
mod cors;
mod drain;
mod engine_middleware;
mod engine_polls;
mod engine_refusals;
mod engine_request;
mod engine_sessions;
mod engine_transports;
mod entry_path;
mod event_request;
mod events;
mod handover;
mod library_event;
mod read_budget;
mod refusal_log;
mod room_events;
mod sink;
mod sockets;
mod transport;
mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use socketioxide::handler::ConnectHandler;
use socketioxide::{ParserConfig, SocketIo};
use tokio_util::sync::CancellationToken;

use backlog::{MAX_BACKLOG_BYTES, PACKET_BYTES};
use broadcast::Broadcasts;
use cors::AllowedOrigins;
use engine_middleware::EngineMiddleware;
use engine_sessions::{CONNECT_TIMEOUT, EngineSessions};
use handover::Handover;
use sink::SocketSink;
use sockets::SocketRegistry;
pub(crate) use transport::SocketTransport;

use crate::Config;
use crate::chat::Chat;
use crate::hub::{Cause, Hub, SubscriptionId};

/// Maximum bytes of one message or frame of either transport. The longest text takes 48,000 when a client escapes all of
/// it.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Maximum binary arguments of one event. No event takes any, but they are refused by name, and the connection stays.
const MAX_BINARIES: usize = 16;
/// Maximum packets of the library that wait for one socket. As many as its bytes allow have room ([`backlog`]), with what is
/// not counted, so nothing that is sent finds it full.
const MAX_BUFFERED_PACKETS: usize = (MAX_BACKLOG_BYTES / PACKET_BYTES) as usize + 1024;
/// Bytes that the library's read buffer begins with. It grows with the first packet, the token. With less than 22 bytes, too
/// little of it is left then for the head of a next frame, so that an idle socket has a small buffer again. What has no room
/// waits in [`websocket::WireStream`], so a small buffer costs no system call.
const READ_BUFFER_BYTES: usize = 16;

/// The transport, and its routes. No new session begins after the shutdown.
///
/// The library's service is behind plain routes and one layer: as a fallback it would lose its session table.
pub(crate) fn open(
    config: &Config,
    chat: &Arc<Chat>,
    shutdown: CancellationToken,
) -> (Arc<SocketTransport>, Router) {
    let sessions = EngineSessions::new(config.max_sockets, config.max_sockets_per_address);
    let broadcasts = Arc::new(Broadcasts::new(disconnect_slow(&chat.hub)));
    let sockets = SocketRegistry::new(config.max_sockets_per_user, Arc::clone(&broadcasts));
    let transport = Arc::new(SocketTransport::new(Arc::clone(chat), sessions, sockets));
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_BINARIES)
        .max_incoming_binary_buf_size(MAX_MESSAGE_BYTES);
    let (service, io) = SocketIo::builder()
        .with_parser(parser)
        .with_state(Arc::clone(&transport))
        .max_payload(MAX_MESSAGE_BYTES as u64)
        .ws_max_message_size(MAX_MESSAGE_BYTES)
        .ws_max_frame_size(MAX_MESSAGE_BYTES)
        .ws_read_buffer_size(READ_BUFFER_BYTES)
        .max_buffer_size(MAX_BUFFERED_PACKETS)
        .connect_timeout(CONNECT_TIMEOUT)
        .build_svc();
    transport.set_sink(Arc::new(SocketSink::new(
        io.clone(),
        Arc::clone(&chat.hub),
        Arc::clone(&transport.sockets),
        broadcasts,
    )));
    io.ns("/", connect::on_connect.with(connect::authenticate));
    transport.sessions.set_closer(service.clone());
    let handover = Arc::new(Handover::new(io, Arc::clone(&chat.hub), service.clone()));
    let router =
        Router::new().route_service("/socket.io/", service.clone()).route_service("/socket.io", service);
    let engine = Arc::new(engine(config, &transport, handover, shutdown));
    (transport, router.layer(from_fn_with_state(engine, engine_middleware::handle)))
}

/// A socket that does not keep up is disconnected.
fn disconnect_slow(hub: &Arc<Hub>) -> impl Fn(SubscriptionId) + Send + Sync + 'static {
    let hub = Arc::clone(hub);
    move |id| hub.disconnect(id, Cause::Slow)
}

fn engine(
    config: &Config,
    transport: &SocketTransport,
    handover: Arc<Handover>,
    shutdown: CancellationToken,
) -> EngineMiddleware {
    let (chat_url, listed) = (config.shared.chat_url.clone(), config.allowed_origins.clone());
    EngineMiddleware {
        chat: Arc::clone(&transport.chat),
        origins: AllowedOrigins::new(chat_url, listed, config.shared.hosts()),
        sessions: Arc::clone(&transport.sessions),
        handover,
        shutdown,
    }
}
