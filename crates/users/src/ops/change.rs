//! Changes to one's own account: the display name and the password.

use auth::Password;
use store::{Account, DisplayName, StoreError, Timestamp, User, UserId, Username};
use web::{Code, FieldErrors, IssuedToken, Principal, Refusal};

use super::access::{Operation, Target};
use super::passwords::Question;
use super::{LoggedIn, UserService};
use crate::input::{AccountChanges, Secret};

/// A user after a change.
pub(crate) struct AccountChanged {
    pub(crate) user: User,
    /// The token of a new session, after a new password.
    pub(crate) issued: Option<IssuedToken>,
}

impl UserService {
    /// Changes an account. A new password ends every session and begins a new one.
    ///
    /// # Errors
    /// `changes`' own error, once access is checked; `invalid` when the current password is wrong or a read-only field
    /// differs from what is stored; `changed_meanwhile` when another request changed the password at the same time.
    pub(crate) async fn change<E: From<Refusal>>(
        &self,
        caller: &Principal,
        target: Target<'_>,
        changes: Result<AccountChanges, E>,
    ) -> Result<AccountChanged, E> {
        let operation = match &changes {
            Ok(AccountChanges { password: Some(_), .. }) => Operation::ChangePassword,
            _ => Operation::Change,
        };
        let user = self.admit(operation, caller, target).await?;
        let changes = changes?;
        let errors = differing(&user, &changes);
        if !errors.is_empty() {
            return Err(Refusal::invalid(errors).into());
        }
        let display_name = changes.display_name.filter(|name| name.as_str() != user.display_name);
        if let (Some(new), Some(current)) = (changes.password, changes.current_password) {
            let LoggedIn { user, issued } = self.set_password(caller, current, new, display_name).await?;
            return Ok(AccountChanged { user, issued: Some(issued) });
        }
        let user = match display_name {
            Some(name) => self.rename(user.id, &name).await?,
            None => user,
        };
        Ok(AccountChanged { user, issued: None })
    }

    async fn rename(&self, id: UserId, name: &DisplayName) -> Result<User, Refusal> {
        self.stores.accounts.rename(id, name).await?.ok_or_else(Refusal::signed_out)
    }

    async fn set_password(
        &self,
        caller: &Principal,
        current: Secret,
        new: Password,
        display_name: Option<DisplayName>,
    ) -> Result<LoggedIn, Refusal> {
        let id = caller.user_id;
        let old_hash = self.verify_password(caller, current, "current_password").await?;
        let new_hash = self.passwords.hash_of_user(id, new).await?;
        let accounts = &self.stores.accounts;
        let account = match accounts.change_password(id, &old_hash, &new_hash, display_name.as_ref()).await {
            Ok(account) => account.ok_or_else(changed_concurrently)?,
            Err(error) => self.changed_all_the_same(id, &new_hash, error).await?,
        };
        self.authenticator.refresh(id).await;
        Ok(self.begin_session(account.user, account.token_status.version))
    }

    /// The account after a change of the password whose write failed, if it has taken effect: no other password has this
    /// hash.
    async fn changed_all_the_same(
        &self,
        id: UserId,
        new_hash: &str,
        error: StoreError,
    ) -> Result<Account, Refusal> {
        match self.stores.accounts.account_by_id(id).await {
            Ok(Some(account)) if account.password_hash == new_hash => Ok(account),
            _ => Err(Refusal::from(error).with_detail(
                "It is not known yet whether the password was changed. If it was, you are signed out; if not, try again.",
            )),
        }
    }

    /// The hash of the current password of the caller's own account, if `given` is that password. The operation that needs
    /// it has passed the check.
    ///
    /// # Errors
    /// `invalid` for `field` when it is not, `rate_limited` after too many wrong ones.
    pub(super) async fn verify_password(
        &self,
        caller: &Principal,
        given: Secret,
        field: &str,
    ) -> Result<String, Refusal> {
        let account = self.stores.accounts.account_by_id(caller.user_id).await?;
        let account = account.ok_or_else(Refusal::signed_out)?;
        if self.passwords.verify(Question::of(caller, &account), given).await?.is_right() {
            Ok(account.password_hash)
        } else {
            Err(Refusal::invalid_field(field, "is wrong"))
        }
    }
}

/// An error for each read-only field whose value differs from the stored one. Values are compared, not their spelling.
fn differing(user: &User, changes: &AccountChanges) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let mut compare = |name, given: &Option<String>, is_stored: fn(&User, &str) -> bool| {
        if given.as_ref().is_some_and(|text| !is_stored(user, text)) {
            errors.insert(name, "cannot be changed, and differs from the stored value");
        }
    };
    compare("id", &changes.id, |user, text| UserId::parse(text) == Some(user.id));
    compare("username", &changes.username, |user, text| {
        Username::parse(text).is_ok_and(|name| name.as_str() == user.username)
    });
    compare("created_at", &changes.created_at, |user, text| Timestamp::parse(text) == Some(user.created_at));
    compare("updated_at", &changes.updated_at, |user, text| Timestamp::parse(text) == Some(user.updated_at));
    errors
}

fn changed_concurrently() -> Refusal {
    let detail = "Another request changed the password at the same time.";
    Refusal::new(Code::ChangedConcurrently, detail)
}
