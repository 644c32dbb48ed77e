//! How often a client may ask for what the users service does.

use std::time::Duration;

use store::UserId;
use uuid::Uuid;
use web::{ClientNetwork, Rate, RateExceeded, Refusal};

use crate::Config;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Changes of an account a minute.
const CHANGES_PER_MINUTE: u32 = 60;
/// Exports of an account an hour.
const EXPORTS_PER_HOUR: u32 = 60;

/// Right passwords count too, since each costs a hash: this many times as many as wrong ones.
const RIGHT_PER_WRONG: u32 = 5;
/// Names that a network may try at sign-up in a minute.
const NAMES_PER_MINUTE: u32 = 60;
/// Wrong passwords a minute for an account from a network whose own count is exhausted: neighbours cannot keep a user out.
const SPARE_PER_MINUTE: u32 = 3;

/// The rates of one users service. What is counted by the minute or the hour may all be done at once.
#[derive(Clone)]
pub(crate) struct Rates {
    sign_up: Rate<ClientNetwork>,
    name: Rate<ClientNetwork>,
    wrong: PasswordRates,
    right: PasswordRates,
    spare: Rate<(String, PasswordSource)>,
    read: Rate<UserId>,
    change: Rate<Uuid>,
    export: Rate<UserId>,
}

/// How many passwords may be compared.
#[derive(Clone)]
struct PasswordRates {
    by_network: Rate<ClientNetwork>,
    by_account: Rate<(String, PasswordSource)>,
}

/// Whose passwords for an account are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PasswordSource {
    /// Everybody in a network.
    Network(ClientNetwork),
    /// A browser or a session in which the account's user has typed the right password before. Wrong ones from elsewhere do
    /// not count against it, so nobody can lock a user out.
    Known(Uuid),
}

/// A password that counts as wrong until it is compared.
pub(crate) struct Attempt {
    key: (String, PasswordSource),
    /// Whether the count of the network was exhausted.
    is_spare: bool,
}

impl Rates {
    /// The rates of a configuration.
    pub(crate) fn new(config: &Config) -> Self {
        let sign_ups = config.sign_up_per_address_per_hour;
        let (wrong, for_account) =
            (config.log_in_per_address_per_minute, config.log_in_per_account_per_minute);
        let right = |wrong: u32| wrong.saturating_mul(RIGHT_PER_WRONG);
        Self {
            sign_up: Rate::per(HOUR, sign_ups),
            name: Rate::per(MINUTE, if sign_ups == 0 { 0 } else { NAMES_PER_MINUTE }),
            wrong: PasswordRates::new(wrong, for_account),
            right: PasswordRates::new(right(wrong), right(for_account)),
            spare: Rate::per(MINUTE, SPARE_PER_MINUTE),
            read: Rate::per_second(config.read_per_second),
            change: Rate::per(MINUTE, CHANGES_PER_MINUTE),
            export: Rate::per(HOUR, EXPORTS_PER_HOUR),
        }
    }

    /// A network tries to sign somebody up.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn sign_up(&self, network: ClientNetwork) -> Result<(), Refusal> {
        let taken = self.name.take(&network).and_then(|()| self.sign_up.take(&network));
        taken.map_err(|exceeded| exceeded.refusal("sign-ups"))
    }

    /// The sign-up created no account.
    pub(crate) fn was_no_sign_up(&self, network: ClientNetwork) {
        self.sign_up.give_back(&network);
    }

    /// A user reads about users.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn read(&self, user: UserId) -> Result<(), Refusal> {
        self.read.take(&user).map_err(|exceeded| exceeded.refusal("requests"))
    }

    /// A session changes its user's account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn change(&self, session: Uuid) -> Result<(), Refusal> {
        self.change.take(&session).map_err(|exceeded| exceeded.refusal("changes"))
    }

    /// A user exports an account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn export(&self, user: UserId) -> Result<(), Refusal> {
        self.export.take(&user).map_err(|exceeded| exceeded.refusal("exports"))
    }

    /// A password for an account is about to be compared. It counts as wrong until [`Rates::was_right`] or
    /// [`Rates::was_not_compared`].
    ///
    /// # Errors
    /// `rate_limited`, whether there is such an account or not.
    pub(crate) fn password(&self, account: String, source: PasswordSource) -> Result<Attempt, Refusal> {
        let key = (account, source);
        self.wrong.by_account.take(&key).map_err(too_many_wrong)?;
        let by_network = self.wrong.of_network(source);
        if let Err(exceeded) = by_network
            && self.spare.take(&key).is_err()
        {
            self.wrong.by_account.give_back(&key);
            return Err(too_many_wrong(exceeded));
        }
        Ok(Attempt { key, is_spare: by_network.is_err() })
    }

    /// The password was right.
    ///
    /// # Errors
    /// `rate_limited` after very many right ones.
    pub(crate) fn was_right(&self, attempt: &Attempt) -> Result<(), Refusal> {
        self.was_not_compared(attempt);
        let by_account = self.right.by_account.take(&attempt.key);
        let taken = by_account.and_then(|()| self.right.of_network(attempt.key.1));
        taken.map_err(|exceeded| exceeded.refusal("log-ins"))
    }

    /// The password was not compared.
    pub(crate) fn was_not_compared(&self, attempt: &Attempt) {
        self.wrong.by_account.give_back(&attempt.key);
        if let (PasswordSource::Network(network), false) = (attempt.key.1, attempt.is_spare) {
            self.wrong.by_network.give_back(&network);
        }
    }
}

fn too_many_wrong(exceeded: RateExceeded) -> Refusal {
    exceeded.refusal("wrong passwords")
}

impl PasswordRates {
    fn new(by_network: u32, by_account: u32) -> Self {
        Self { by_network: Rate::per(MINUTE, by_network), by_account: Rate::per(MINUTE, by_account) }
    }

    fn of_network(&self, source: PasswordSource) -> Result<(), RateExceeded> {
        match source {
            PasswordSource::Network(network) => self.by_network.take(&network),
            PasswordSource::Known(_) => Ok(()),
        }
    }
}
