//! The whole system from outside: what its tests stand on.
//!
//! Everything here talks to the built binary as strangers do: by processes, sockets and browsers. It never
//! links a part of Natter, so that a mistake made there is not repeated here. Helpers panic with what they saw:
//! they are for tests alone.

pub mod browser;
pub mod chat_page;
pub mod natter;
pub mod node;
pub mod people;
pub mod polling;
mod process_group;
pub mod proxy;
pub mod raw_http;
pub mod socket_io;
pub mod wait;
