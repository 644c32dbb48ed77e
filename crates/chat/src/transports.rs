//! How clients reach the operations: Socket.IO and HTTP. Nothing here decides what an operation does.

pub(crate) mod http;
pub(crate) mod socketio;
