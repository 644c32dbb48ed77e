//! The users service from outside, through its one door, on the embedded store.

#![expect(clippy::unwrap_used, reason = "what a test does not expect may panic")]

mod account_page;
mod app;
mod changes;
mod deletion;
mod described;
mod description;
mod docs;
mod export;
mod faults;
mod guards;
mod log_in;
mod pages;
mod reading;
mod renewal;
mod secrets;
mod sent_twice;
mod sessions;
mod sign_up;
mod tokens;
