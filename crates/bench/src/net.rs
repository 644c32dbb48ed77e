//! The network side of the generator: connections, frames, HTTP responses.

mod connection;
pub(crate) mod frame;
mod poller;
pub(crate) mod request;
pub(crate) mod response;

pub(crate) use connection::{Connection, ReadBuffer};
pub(crate) use poller::Poller;
