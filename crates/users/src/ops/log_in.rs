//! Log-in: a password begins a session.

use auth::Match;
use store::{Account, Username};
use web::{Code, Refusal};

use super::access::{Operation, check};
use super::{LoggedIn, PasswordClient, UserService};
use crate::input::Credentials;

impl UserService {
    /// Begins a session.
    ///
    /// # Errors
    /// `bad_credentials` for an unknown user name and for a wrong password; both do the same work, so they take the same time.
    /// `rate_limited` after too many of them.
    pub(crate) async fn log_in(
        &self,
        client: &PasswordClient,
        credentials: Credentials,
    ) -> Result<LoggedIn, Refusal> {
        check(Operation::LogIn, None, None)?;
        let account = match Username::parse(&credentials.username) {
            Ok(username) => self.stores.accounts.account_by_username(&username).await?,
            Err(_) => None,
        };
        let question = client.asks(&credentials.username, account.as_ref());
        let found = self.passwords.verify(question, credentials.password).await?;
        let account = account.filter(|_| found.is_right()).ok_or_else(bad_credentials)?;
        if let Match::RightAsTyped { fresh } = found {
            self.replace_hash(&account, &fresh).await;
        }
        Ok(self.begin_session(account.user, account.token_status.version))
    }

    /// A failure is only logged: the stored hash stays valid, and the next log-in tries again.
    async fn replace_hash(&self, account: &Account, fresh: &str) {
        let result = self.stores.accounts.replace_hash(account.user.id, &account.password_hash, fresh).await;
        if let Err(error) = result {
            tracing::warn!(%error, "the hash of a password that was not normalised could not be replaced");
        }
    }
}

fn bad_credentials() -> Refusal {
    Refusal::new(Code::BadCredentials, "The user name or the password is wrong.")
}
