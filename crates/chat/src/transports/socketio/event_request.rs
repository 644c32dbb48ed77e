//! Reading the arguments of an event.

use socketioxide::ParserError;
use web::{Arguments, Fields, FromFields, Refusal};

use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::ops::admission::{Caller, require_session};

/// What a client asks for, if its session has not ended.
pub(super) fn request<T: FromFields>(
    transport: &SocketTransport,
    socket: &ConnectedSocket,
    arguments: Result<Arguments, ParserError>,
    positional: &'static [&'static str],
) -> Result<T, Refusal> {
    require_session(&transport.chat, Caller::Subscription(&socket.subscription))?;
    Fields::from_arguments(arguments.unwrap_or_default(), positional)?.read()
}
