//! Passwords and tokens.
//!
//! Pure: this crate knows no store, no HTTP, and of a user only the claims of a token.

#![warn(clippy::too_many_lines)]

mod claims;
mod hasher;
mod password;
mod renewal;
mod token;

pub use claims::{AUDIENCE, Claims, ISSUER, Lifetimes};
pub use hasher::{Busy, Hasher, Match};
pub use password::{Password, PasswordError};
pub use renewal::{RENEWAL_AUDIENCE, Renewal};
pub use token::{
    FormKey, KnownBrowser, LEEWAY_SECS, MAX_CLOCK_DIFFERENCE_SECS, TokenError, TokenKey, WeakSecret, now_secs,
};
