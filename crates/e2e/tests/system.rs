//! The whole system, through the built binary, as strangers meet it.
//!
//! One module for each concern. Every test starts a Natter of its own; nothing here waits for a time to pass,
//! only for things to happen within one.

#[path = "system/account_calls.rs"]
mod account_calls;
#[path = "system/attacks.rs"]
mod attacks;
#[path = "system/browsers.rs"]
mod browsers;
#[path = "system/chat_calls.rs"]
mod chat_calls;
#[path = "system/crashes.rs"]
mod crashes;
#[path = "system/identity.rs"]
mod identity;
#[path = "system/overload.rs"]
mod overload;
#[path = "system/pages.rs"]
mod pages;
#[path = "system/readme.rs"]
mod readme;
#[path = "system/seed.rs"]
mod seed;
#[path = "system/sessions.rs"]
mod sessions;
#[path = "system/sockets.rs"]
mod sockets;
#[path = "system/start.rs"]
mod start;
#[path = "system/tokens.rs"]
mod tokens;
#[path = "system/user_calls.rs"]
mod user_calls;
