//! The command from outside: what an operator types, sees and gets.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

mod copies;
mod health;
mod natter;
mod on_mongodb;
