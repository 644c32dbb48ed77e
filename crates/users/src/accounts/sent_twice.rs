//! Forms that were sent twice, by a double click or an impatient Enter. A browser shows the answer to the second one
//! alone, and the first has ended the session that both bear, or taken the name that both want.
//!
//! Whether the first has just done what the second asks for is read from the store, so it does not matter to which node
//! either of them came, and nothing is kept in memory. A form tells by its key whom it was made for and which sessions
//! were good then. Nobody gets a session by it who does not give the password of the account.

use std::time::Duration;

use auth::FormKey;
use store::{Account, DisplayName, State, Timestamp, UserId};
use web::Problem;

use super::{Accounts, Deletion, LoggedIn, deletion};
use crate::input::{Registration, Secret};

/// The second one comes within moments, however busy the server is. What comes later is judged as any other form.
const MOMENTS: Duration = Duration::from_secs(60);

impl Accounts {
    /// Whether an account has just been made by a sign-up like this one. Whether with the same password, a log-in shows.
    pub(crate) async fn has_just_signed_up(&self, new: &Registration) -> Result<bool, Problem> {
        let display_name = new.display_name.clone().unwrap_or_else(|| DisplayName::from(&new.username));
        let found = self.stores.users.by_username(&new.username).await?;
        Ok(found.is_some_and(|user| {
            is_recent(user.created_at)
                && user.username == new.username.as_str()
                && user.display_name == display_name.as_str()
        }))
    }

    /// A session for who gives the password that has just been set, since the form was made.
    pub(crate) async fn has_just_set_password(
        &self,
        form: Option<FormKey>,
        new: Secret,
    ) -> Result<Option<LoggedIn>, Problem> {
        let Some(account) = self.ended_since(form).await?.filter(has_new_password) else { return Ok(None) };
        let found = self.hasher.verify(new.0, Some(account.password_hash.clone())).await?;
        Ok(found.is_right().then(|| self.begin_session(account)))
    }

    /// Whether every session has just been ended, since the form was made, and by nothing but that.
    pub(crate) async fn has_just_signed_out_everywhere(
        &self,
        form: Option<FormKey>,
    ) -> Result<Option<()>, Problem> {
        let ended = self.ended_since(form).await?;
        Ok(ended.filter(|account| !has_new_password(account)).map(drop))
    }

    /// How far the account's deletion came that has just begun.
    pub(crate) async fn has_just_been_deleted(
        &self,
        form: Option<FormKey>,
    ) -> Result<Option<Deletion>, Problem> {
        let Some(id) = form.map(|form| UserId(form.user)) else { return Ok(None) };
        let token_status = self.stores.users.token_status(id).await?;
        let is_going = |token_status: &store::TokenStatus| {
            token_status.state != State::Active && is_recent(token_status.changed_at)
        };
        match token_status.filter(is_going) {
            Some(_) => Ok(Some(deletion::end_of(&self.stores, id).await)),
            None => Ok(None),
        }
    }

    /// The account for which a form was made, if all the sessions of that time have just ended.
    async fn ended_since(&self, form: Option<FormKey>) -> Result<Option<Account>, Problem> {
        let Some(form) = form else { return Ok(None) };
        let account = self.stores.users.account_by_id(UserId(form.user)).await?;
        Ok(account.filter(|account| {
            account.token_status.ver > form.ver && is_recent(account.token_status.changed_at)
        }))
    }
}

/// What ended the sessions: a new password changes the user in the same moment as the token status
/// ([`store::Users::change_password`]).
fn has_new_password(account: &Account) -> bool {
    account.user.updated_at == account.token_status.changed_at
}

fn is_recent(moment: Timestamp) -> bool {
    let age = Timestamp::now().as_millis().saturating_sub(moment.as_millis());
    u128::from(age.unsigned_abs()) <= MOMENTS.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_moments_ago_by_clocks_that_differ_too() {
        for (millis, recent) in [(0, true), (-59_000, true), (-61_000, false), (5_000, true), (61_000, false)]
        {
            assert_eq!(is_recent(Timestamp::now().plus_millis(millis)), recent, "{millis}");
        }
    }
}
