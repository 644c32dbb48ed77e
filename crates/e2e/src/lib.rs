//! The whole system from outside: what its tests stand on.
//!
//! Everything here talks to the built binary as strangers do: by processes, sockets and browsers. It never
//! links a part of Natter, so that a mistake made there is not repeated here. Helpers panic with what they saw:
//! they are for tests alone.

#[cfg(feature = "system")]
pub mod accessibility;
#[cfg(feature = "system")]
mod axe;
#[cfg(feature = "system")]
pub mod browser;
#[cfg(feature = "system")]
pub mod chat_page;
#[cfg(feature = "system")]
pub mod cluster;
#[cfg(feature = "system")]
pub mod distance;
#[cfg(feature = "system")]
pub mod http;
#[cfg(feature = "system")]
mod inspection;
#[cfg(feature = "system")]
pub mod keyboard;
#[cfg(feature = "system")]
mod lan;
#[cfg(feature = "system")]
mod layout;
#[cfg(feature = "system")]
pub mod long_log;
#[cfg(feature = "system")]
pub mod long_texts;
#[cfg(feature = "system")]
pub mod mongod;
#[cfg(feature = "system")]
pub mod natter;
#[cfg(feature = "system")]
pub mod node;
#[cfg(feature = "system")]
pub mod people;
pub mod polling;
#[cfg(feature = "system")]
mod printed;
#[cfg(feature = "system")]
mod process_group;
#[cfg(feature = "system")]
pub mod proxy;
#[cfg(feature = "system")]
pub mod raw_http;
pub mod socket_io;
#[cfg(feature = "system")]
pub mod stage;
#[cfg(feature = "system")]
pub mod store;
#[cfg(feature = "system")]
pub mod stream;
pub mod wait;
