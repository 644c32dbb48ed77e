//! The chat service from outside, through `chat::serve()`, on the embedded store.

#![expect(clippy::unwrap_used, reason = "what a test does not expect may panic")]

mod access;
mod app;
mod backlog;
mod bounds;
mod broadcasts;
mod chat_message;
mod connect;
mod disconnects;
mod engine;
mod faults;
mod history;
mod http_calls;
mod journal_queue;
mod newest_page;
mod openapi;
mod page;
mod payloads;
mod presence;
mod presence_calls;
mod presence_in_rooms;
mod presence_on_nodes;
mod rates;
mod read_marks;
mod reads;
mod refusal_log;
mod removed_members;
mod renewal;
mod retention;
mod room_subscriptions;
mod rooms;
mod typing;
mod watcher;
