//! What tests share: clients, processes, browsers, test data and stores that fail on request.
//!
//! What is always compiled needs nothing but a network: HTTP and Socket.IO clients, proxies, waiting, captured logs.
//! The rest is behind features, so that the services' own tests stay light:
//!
//! - `store`: test data and faulty stores, for tests that run a service in their own process.
//! - `openapi`: comparing responses with the description of an API.
//! - `process`: the built binary, MongoDB and programs for Node.js as processes, for tests and load from outside.
//! - `browser`: real browsers; includes `process`.
//!
//! Except for `store`, nothing here links a part of Natter, so that a mistake made there is not repeated here. Helpers
//! panic with what they saw: they are never part of the product.

#[cfg(feature = "browser")]
pub mod browser;
#[cfg(feature = "store")]
pub mod builders;
pub mod captured_log;
#[cfg(feature = "store")]
pub mod fake_nodes;
#[cfg(feature = "store")]
pub mod faulty;
pub mod http;
pub mod network;
#[cfg(feature = "openapi")]
pub mod openapi;
#[cfg(feature = "process")]
pub mod process;
pub mod raw_http;
pub mod socket_io;
pub mod wait;
