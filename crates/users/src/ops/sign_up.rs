//! Sign-up: a new account, and with the form also its first session.

use store::{Created, NewUser, User, Username};
use web::{ClientNetwork, Code, Refusal};

use super::access::{Operation, check};
use super::{LoggedIn, PasswordClient, UserService, free_name};
use crate::input::Registration;

/// The token version of a new account ([`Created::User`]).
const FIRST_VERSION: u32 = 1;

impl UserService {
    /// Creates an account.
    ///
    /// # Errors
    /// `username_taken`, in any letter case; `rate_limited`.
    pub(crate) async fn sign_up(&self, network: ClientNetwork, new: Registration) -> Result<User, Refusal> {
        check(Operation::SignUp, None, None)?;
        self.rates.sign_up(network)?;
        let signed_up = self.create_account(network, new).await;
        signed_up.inspect_err(|_| self.rates.was_no_sign_up(network))
    }

    async fn create_account(&self, network: ClientNetwork, new: Registration) -> Result<User, Refusal> {
        // A taken name is refused before the costly hash. If two requests race, the store lets one through.
        if self.stores.accounts.by_username(&new.username).await?.is_some() {
            return Err(username_taken());
        }
        let display_name = new.effective_display_name();
        let password_hash = self.passwords.hash_of_visitor(network, new.password).await?;
        let user = NewUser { username: new.username, display_name, password_hash };
        match self.stores.accounts.create(user).await? {
            Created::User(user) => Ok(user),
            Created::Taken => Err(username_taken()),
        }
    }

    /// Creates an account and begins its first session. The same form submitted twice creates one account, and both
    /// submissions get a session.
    ///
    /// # Errors
    /// As for [`UserService::sign_up`].
    pub(crate) async fn sign_up_and_log_in(
        &self,
        client: &PasswordClient,
        new: Registration,
    ) -> Result<LoggedIn, Refusal> {
        match self.sign_up(client.network, new.clone()).await {
            Ok(user) => Ok(self.begin_session(user, FIRST_VERSION)),
            Err(refusal) if refusal.code() == Code::UsernameTaken => {
                self.repeated_sign_up(client, new).await?.ok_or(refusal)
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// A user name similar to a taken one that is free at the moment, if there is one among the likeliest. It is part of
    /// the answer to a refused sign-up, which has passed the check.
    pub(crate) async fn suggest_username(
        &self,
        taken: &Username,
        display_name: &str,
    ) -> Result<Option<Username>, Refusal> {
        for name in free_name::candidates(taken, display_name) {
            if self.stores.accounts.by_username(&name).await?.is_none() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

fn username_taken() -> Refusal {
    Refusal::new(Code::UsernameTaken, "This user name is taken.")
}
