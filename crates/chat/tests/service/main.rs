//! The chat service from outside, through its one door, on the embedded store.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

mod app;
mod ends;
mod engine;
mod faults;
mod joining;
mod over_http;
mod page;
mod payloads;
mod people;
mod presence;
mod reading;
mod refusal_log;
mod renewal;
mod sending;
mod typing;
