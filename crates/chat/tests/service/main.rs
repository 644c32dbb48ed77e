//! The chat service from outside, through its one door, on the embedded store.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

mod app;
mod ends;
mod engine;
mod fake_nodes;
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
