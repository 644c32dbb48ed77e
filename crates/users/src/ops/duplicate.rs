//! Duplicate submissions: a form submitted twice, by a double click or a second Enter. The browser shows the answer to
//! the second submission only, but the first one has already ended the session that both send, or taken the user name
//! that both contain. Each method returns the result of the first submission, if there was one.
//!
//! The stored account shows whether the first submission took effect, so the two may reach different nodes, and nothing
//! is kept in memory. A form's key says for which user, and at which token version, the form was made. A session is
//! issued only for the account's password.

use std::time::Duration;

use auth::FormKey;
use store::{Account, State, Timestamp, UserId};
use web::Refusal;

use super::access::{Operation, check};
use super::{Deletion, LoggedIn, PasswordClient, UserService, deletion};
use crate::input::{Registration, Secret};

/// How long after the first submission a second one counts as its duplicate, also on a busy server. After that it is
/// handled as another form.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(60);

/// A form of the account page, perhaps submitted a second time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Submission {
    /// For which user and token version the form was made.
    pub(crate) key: Option<FormKey>,
    /// Whether the request has already passed the check, for the user of its token.
    pub(crate) is_checked: bool,
}

impl Submission {
    /// Checks the request, unless it has passed already.
    fn check(self, operation: Operation) -> Result<(), Refusal> {
        match self.is_checked {
            true => Ok(()),
            false => check(operation, None, None),
        }
    }
}

impl UserService {
    /// A session for a sign-up whose account was just created by the same form. The sign-up has passed the check.
    pub(super) async fn repeated_sign_up(
        &self,
        client: &PasswordClient,
        new: Registration,
    ) -> Result<Option<LoggedIn>, Refusal> {
        let display_name = new.effective_display_name();
        let account = self.stores.accounts.account_by_username(&new.username).await?;
        let account = account.filter(|Account { user, .. }| {
            user.username == new.username.as_str() && user.display_name == display_name.as_str()
        });
        let account = self.if_recent(account, |account| account.user.created_at).await?;
        self.session_by_password(client, account, Secret(new.password.as_str().to_owned())).await
    }

    /// A session for a password change that the same form just made.
    pub(crate) async fn repeated_password_change(
        &self,
        client: &PasswordClient,
        form: Submission,
        new: Secret,
    ) -> Result<Option<LoggedIn>, Refusal> {
        form.check(Operation::LogIn)?;
        let account = self.signed_out_since(form.key).await?.filter(was_password_changed);
        self.session_by_password(client, account, new).await
    }

    /// Whether the same form just ended every session.
    pub(crate) async fn repeated_sign_out_everywhere(&self, form: Submission) -> Result<Option<()>, Refusal> {
        form.check(Operation::ReadSubmission)?;
        let account = self.signed_out_since(form.key).await?;
        Ok(account.filter(|account| !was_password_changed(account)).map(drop))
    }

    /// How far the deletion came that the same form just began.
    pub(crate) async fn repeated_deletion(&self, form: Submission) -> Result<Option<Deletion>, Refusal> {
        form.check(Operation::ReadSubmission)?;
        let Some(id) = form.key.map(|key| UserId(key.user)) else { return Ok(None) };
        let begun = self.stores.tokens.token_status(id).await?.filter(|status| status.state != State::Active);
        match self.if_recent(begun, |status| status.changed_at).await? {
            Some(_) => Ok(Some(deletion::wait_for_end(&self.stores, id).await)),
            None => Ok(None),
        }
    }

    async fn session_by_password(
        &self,
        client: &PasswordClient,
        account: Option<Account>,
        password: Secret,
    ) -> Result<Option<LoggedIn>, Refusal> {
        let Some(account) = account else { return Ok(None) };
        let question = client.asks(&account.user.username, Some(&account));
        let found = self.passwords.verify(question, password).await?;
        Ok(found.is_right().then(|| self.begin_session(account.user, account.token_status.version)))
    }

    /// The account for which a form was made, if all sessions of that time have just ended.
    async fn signed_out_since(&self, key: Option<FormKey>) -> Result<Option<Account>, Refusal> {
        let Some(key) = key else { return Ok(None) };
        let account = self.stores.accounts.account_by_id(UserId(key.user)).await?;
        let account = account.filter(|account| account.token_status.version > key.token_version);
        self.if_recent(account, |account| account.token_status.changed_at).await
    }

    /// What was found, if its time is within the window by the store's clock, which set the time: this process's may differ.
    async fn if_recent<T>(
        &self,
        found: Option<T>,
        time: impl FnOnce(&T) -> Timestamp,
    ) -> Result<Option<T>, Refusal> {
        let Some(found) = found else { return Ok(None) };
        let now = self.stores.tokens.clock().await?;
        Ok(is_within_window(time(&found), now).then_some(found))
    }
}

/// Whether a new password ended the sessions. It sets `updated_at` and `changed_at` to the same time
/// ([`store::Accounts::change_password`]); nothing else that ends every session does.
fn was_password_changed(account: &Account) -> bool {
    account.user.updated_at == account.token_status.changed_at
}

fn is_within_window(time: Timestamp, now: Timestamp) -> bool {
    let age = now.as_millis().saturating_sub(time.as_millis());
    u128::from(age.unsigned_abs()) <= DUPLICATE_WINDOW.as_millis()
}

#[cfg(test)]
mod tests {
    use web::Code;

    use super::*;

    #[test]
    fn a_request_that_has_passed_the_check_is_not_checked_again() {
        // `Read` is refused without a principal.
        let checked = |is_checked| Submission { key: None, is_checked }.check(Operation::Read);
        assert_eq!(checked(true), Ok(()));
        assert_eq!(checked(false).unwrap_err().code(), Code::SignedOut);
    }

    #[test]
    fn the_window_is_a_minute_also_with_clocks_that_differ() {
        for (millis, recent) in [(0, true), (-59_000, true), (-61_000, false), (5_000, true), (61_000, false)]
        {
            let now = Timestamp::now();
            assert_eq!(is_within_window(now.plus_millis(millis), now), recent, "{millis}");
        }
    }
}
