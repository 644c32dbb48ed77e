//! The command as an operator uses it.

#![expect(clippy::unwrap_used, reason = "a failing test names the place")]

mod backup;
mod health;
mod move_store;
mod natter;
mod on_mongodb;
