//! The chat service from outside, through `chat::serve()`, on the embedded store.

#![expect(clippy::unwrap_used, reason = "what a test does not expect may panic")]

mod app;
mod bounds;
mod description;
mod ends;
mod engine;
mod faults;
mod joining;
mod over_http;
mod page;
mod payloads;
mod presence;
mod presence_calls;
mod presence_on_nodes;
mod reading;
mod refusal_log;
mod renewal;
mod sending;
mod typing;
mod watcher;
