//! The one place where a typed password is compared or hashed. Every question costs the same, is counted if the password is
//! wrong, and has a share of the hash queue.

use auth::{Hasher, KnownBrowser, Match, Password};
use store::{Account, UserId, Username};
use web::{ClientNetwork, Credential, Permit, Permits, Principal, Refusal, Share, shares_of};

use crate::input::Secret;
use crate::rates::{PasswordSource, Rates};

/// Who types a password, before it is known who it is.
#[derive(Debug, Clone)]
pub(crate) struct PasswordClient {
    pub(crate) network: ClientNetwork,
    /// The browser, if somebody has typed the right password there before.
    pub(crate) browser: Option<KnownBrowser>,
}

/// Whether a password is that of an account.
pub(super) struct Question {
    /// For what passwords are counted together: a folded user name, or a user's id. It is empty where no account can have the
    /// name.
    account: String,
    hash: Option<String>,
    source: PasswordSource,
    share: Share,
}

/// Compares and hashes passwords. Clones share the queue and the counts.
#[derive(Clone)]
pub(super) struct Passwords {
    hasher: Hasher,
    rates: Rates,
    shares: Permits<Share>,
}

impl PasswordClient {
    /// Asks about the account of a name as typed, if there is one.
    pub(super) fn asks(&self, typed: &str, account: Option<&Account>) -> Question {
        let name = Username::parse(typed).map(|name| name.folded().to_owned()).unwrap_or_default();
        let known = account.zip(self.browser.as_ref());
        let known = known.filter(|(account, browser)| browser.knows(account.user.id.0));
        let (source, share) = match known {
            Some((account, browser)) => (PasswordSource::Known(browser.id), Share::User(account.user.id)),
            None => (PasswordSource::Network(self.network), Share::Network(self.network)),
        };
        Question { account: name, hash: account.map(|account| account.password_hash.clone()), source, share }
    }
}

impl Question {
    /// A signed-in user's, about the own account.
    pub(super) fn of(caller: &Principal, account: &Account) -> Self {
        let Credential::Session(session) = caller.credential();
        Self {
            account: account.user.id.to_string(),
            hash: Some(account.password_hash.clone()),
            source: PasswordSource::Known(session.id),
            share: Share::User(caller.user_id),
        }
    }
}

impl Passwords {
    /// With a queue of this length.
    pub(super) fn new(queue: usize, rates: Rates) -> Self {
        Self { hasher: Hasher::new(queue), rates, shares: shares_of(queue) }
    }

    /// Whether the password is right.
    ///
    /// # Errors
    /// `rate_limited` after too many wrong ones, whether there is such an account or not; `overloaded`.
    pub(super) async fn verify(&self, question: Question, password: Secret) -> Result<Match, Refusal> {
        let share = self.share(question.share)?;
        let Question { account, hash, source, .. } = question;
        let attempt = self.rates.password(account, source)?;
        let this = self.clone();
        finish(async move {
            let _share = share;
            let found = this.hasher.verify(password.0, hash).await;
            match &found {
                Ok(Match::Wrong) => {}
                Ok(_) => this.rates.was_right(&attempt)?,
                Err(_) => this.rates.was_not_compared(&attempt),
            }
            Ok(found?)
        })
        .await
    }

    /// The hash of a visitor's new password.
    ///
    /// # Errors
    /// `overloaded`.
    pub(super) async fn hash_of_visitor(
        &self,
        network: ClientNetwork,
        password: Password,
    ) -> Result<String, Refusal> {
        self.hash(Share::Network(network), password).await
    }

    /// The hash of a user's new password.
    ///
    /// # Errors
    /// `overloaded`.
    pub(super) async fn hash_of_user(&self, user: UserId, password: Password) -> Result<String, Refusal> {
        self.hash(Share::User(user), password).await
    }

    async fn hash(&self, share: Share, password: Password) -> Result<String, Refusal> {
        let (share, hasher) = (self.share(share)?, self.hasher.clone());
        finish(async move {
            let _share = share;
            Ok(hasher.hash(password).await?)
        })
        .await
    }

    fn share(&self, share: Share) -> Result<Permit<Share>, Refusal> {
        self.shares.take(share).map_err(|_| Refusal::overloaded())
    }
}

/// Runs to its end although the client may have gone away: a hash cannot be interrupted, so its share is in use until then.
async fn finish<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(work).await.map_err(|_| Refusal::internal())?
}
