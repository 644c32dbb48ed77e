//! The operations of this service, each written once, for both the REST API and the pages.
//!
//! An operation takes a typed request, checks access ([`access`]), acts, and returns a typed reply. It knows no HTTP, no
//! HTML and no cookie, and passes passwords and hashes only to the hasher and the store.

mod access;
mod change;
mod delete;
mod deletion;
mod duplicate;
mod export;
mod free_name;
mod log_in;
mod passwords;
mod read;
mod sign_out;
mod sign_up;

use store::{Stores, User, UserId};
use web::{Authenticator, IssuedToken, Permits, Reads};

pub(crate) use access::Target;
pub(crate) use change::AccountChanged;
pub(crate) use deletion::{Deletion, resume_deletions};
pub(crate) use duplicate::Submission;
pub(crate) use export::{Export, ReadError};
pub(crate) use passwords::PasswordClient;

use crate::Config;
use crate::rates::Rates;
use passwords::Passwords;

/// The operations and what they need.
#[derive(Clone)]
pub(crate) struct UserService {
    stores: Stores,
    passwords: Passwords,
    rates: Rates,
    reads: Reads,
    authenticator: Authenticator,
    exports: Permits<UserId>,
}

/// A user with the token of a new session.
pub(crate) struct LoggedIn {
    pub(crate) user: User,
    pub(crate) issued: IssuedToken,
}

impl UserService {
    pub(crate) fn new(config: &Config, stores: Stores, authenticator: Authenticator) -> Self {
        let rates = Rates::new(config);
        let passwords = Passwords::new(config.hash_queue, rates.clone());
        Self { stores, passwords, rates, reads: Reads::default(), authenticator, exports: export::permits() }
    }

    /// The reads of this service.
    pub(crate) fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Begins a session of a user at a token version.
    fn begin_session(&self, user: User, token_version: u32) -> LoggedIn {
        let (token, principal) = self.authenticator.open_session(user.id, &user.username, token_version);
        LoggedIn { user, issued: IssuedToken::new(token, &principal) }
    }
}
