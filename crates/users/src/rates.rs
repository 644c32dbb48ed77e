//! How often a client may ask for what the users service does.

use std::hash::Hash;
use std::time::Duration;

use store::UserId;
use uuid::Uuid;
use web::{ClientNetwork, Rate, Refusal};

use crate::Config;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// The reads of this time may happen at once, in seconds.
const READ_BURST_SECS: u32 = 10;
/// Changes of an account a minute.
const CHANGES_PER_MINUTE: u32 = 60;
/// Exports of an account an hour.
const EXPORTS_PER_HOUR: u32 = 60;

/// The rates of one users service. What is counted by the minute or the hour may all be done at once.
#[derive(Clone)]
pub(crate) struct Rates {
    sign_up: Rate<ClientNetwork>,
    /// Wrong passwords of a network.
    wrong_by_network: Rate<ClientNetwork>,
    /// Wrong passwords for an account.
    wrong_by_account: Rate<(String, PasswordSource)>,
    read: Rate<UserId>,
    change: Rate<UserId>,
    export: Rate<UserId>,
}

/// Whose wrong passwords for an account are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PasswordSource {
    /// Everybody in a network.
    Network(ClientNetwork),
    /// A browser or a session in which the account's user has logged in before. Wrong passwords from elsewhere do not count
    /// against it, so nobody can lock a user out.
    Known(Uuid),
}

impl Rates {
    /// The rates of a configuration.
    pub(crate) fn new(config: &Config) -> Self {
        let reads = config.read_per_second;
        Self {
            sign_up: each(HOUR, config.sign_up_per_address_per_hour),
            wrong_by_network: each(MINUTE, config.log_in_per_address_per_minute),
            wrong_by_account: each(MINUTE, config.log_in_per_account_per_minute),
            read: Rate::new(reads, SECOND, reads.saturating_mul(READ_BURST_SECS)),
            change: each(MINUTE, CHANGES_PER_MINUTE),
            export: each(HOUR, EXPORTS_PER_HOUR),
        }
    }

    /// A network signs somebody up.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn sign_up(&self, network: ClientNetwork) -> Result<(), Refusal> {
        self.sign_up.take(&network).map_err(|exceeded| exceeded.refusal("sign-ups"))
    }

    /// A user reads about users.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn read(&self, user: UserId) -> Result<(), Refusal> {
        self.read.take(&user).map_err(|exceeded| exceeded.refusal("requests"))
    }

    /// A user changes an account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn change(&self, user: UserId) -> Result<(), Refusal> {
        self.change.take(&user).map_err(|exceeded| exceeded.refusal("changes"))
    }

    /// A user exports an account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn export(&self, user: UserId) -> Result<(), Refusal> {
        self.export.take(&user).map_err(|exceeded| exceeded.refusal("exports"))
    }

    /// A password for an account is about to be compared. It counts as wrong until [`Rates::was_not_wrong`].
    ///
    /// # Errors
    /// `rate_limited`, whether there is such an account or not.
    pub(crate) fn password(&self, account: &str, source: PasswordSource) -> Result<(), Refusal> {
        let by_network = match source {
            PasswordSource::Network(network) => self.wrong_by_network.take(&network),
            PasswordSource::Known(_) => Ok(()),
        };
        let taken = by_network.and_then(|()| {
            let by_account = self.wrong_by_account.take(&(account.to_owned(), source));
            by_account.inspect_err(|_| self.give_back_by_network(source))
        });
        taken.map_err(|exceeded| exceeded.refusal("wrong passwords"))
    }

    /// The password was right, or it was not compared.
    pub(crate) fn was_not_wrong(&self, account: &str, source: PasswordSource) {
        self.give_back_by_network(source);
        self.wrong_by_account.give_back(&(account.to_owned(), source));
    }

    fn give_back_by_network(&self, source: PasswordSource) {
        if let PasswordSource::Network(network) = source {
            self.wrong_by_network.give_back(&network);
        }
    }
}

/// A count in each period, all of it at once if need be.
fn each<K: Hash + Eq + Clone>(period: Duration, count: u32) -> Rate<K> {
    Rate::new(count, period, count)
}
