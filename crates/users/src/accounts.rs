//! What can be done with accounts: each deed once, for the API and the pages alike.
//!
//! It never sends a password or a hash anywhere but to the hasher and the store.

mod deletion;
mod sent_twice;

use auth::{Hasher, Match, Password};
use axum::http::StatusCode;
use store::{Account, Created, DisplayName, NewUser, Stores, Timestamp, User, UserId, Username};
use web::session::Issued;
use web::{Authenticator, FieldErrors, Problem, SignedIn};

use crate::input::{Changes, Credentials, Registration, Secret};
use crate::suggestion;
pub(crate) use deletion::{Deletion, finish_all};

/// The `code` of a sign-up whose name somebody has.
pub(crate) const USERNAME_TAKEN: &str = "username_taken";

/// The accounts, and what their deeds take.
#[derive(Clone)]
pub(crate) struct Accounts {
    stores: Stores,
    hasher: Hasher,
    authenticator: Authenticator,
}

/// Somebody who has just given the right password.
pub(crate) struct LoggedIn {
    pub(crate) user: User,
    pub(crate) issued: Issued,
}

impl Accounts {
    pub(crate) fn new(stores: Stores, hasher: Hasher, authenticator: Authenticator) -> Self {
        Self { stores, hasher, authenticator }
    }

    /// Signs somebody up: 409 when the name is taken, in whatever letter case.
    pub(crate) async fn register(&self, new: Registration) -> Result<User, Problem> {
        // A taken name is told before the hash is made; of two at once the store lets one through.
        if self.stores.users.by_username(&new.username).await?.is_some() {
            return Err(taken());
        }
        let display_name = new.display_name.unwrap_or_else(|| DisplayName::from(&new.username));
        let password_hash = self.hasher.hash(new.password).await?;
        let user = NewUser { username: new.username, display_name, password_hash };
        match self.stores.users.create(user).await? {
            Created::User(user) => Ok(user),
            Created::Taken => Err(taken()),
        }
    }

    /// A name like a taken one that is free at present, if one of the likeliest is.
    pub(crate) async fn free_name_like(
        &self,
        taken: &Username,
        display_name: &str,
    ) -> Result<Option<Username>, Problem> {
        for name in suggestion::like(taken, display_name) {
            if self.stores.users.by_username(&name).await?.is_none() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Begins a session: 401 alike for an unknown name and a wrong password, with the same work.
    pub(crate) async fn log_in(&self, credentials: Credentials) -> Result<LoggedIn, Problem> {
        let account = match Username::parse(&credentials.username) {
            Ok(username) => self.stores.users.account_by_username(&username).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        let found = self.hasher.verify(credentials.password, hash).await?;
        let account = account.filter(|_| found.is_right()).ok_or_else(bad_credentials)?;
        if let Match::RightAsTyped { fresh } = found {
            self.keep_fresh(&account, &fresh).await;
        }
        Ok(self.begin_session(account))
    }

    /// The user that a path names: by id, by user name, or `me`.
    pub(crate) async fn find(&self, name: &str, who: &SignedIn) -> Result<User, Problem> {
        let users = &self.stores.users;
        let found = match (name, UserId::parse(name), Username::parse(name)) {
            ("me", ..) => users.by_id(who.user_id).await?,
            (_, Some(id), _) => users.by_id(id).await?,
            (_, None, Ok(username)) => users.by_username(&username).await?,
            _ => None,
        };
        found.ok_or_else(|| Problem::not_found("There is no such user."))
    }

    /// The user that a path names, if it is the one who asks: 403 for anybody else.
    pub(crate) async fn own(&self, name: &str, who: &SignedIn) -> Result<User, Problem> {
        let user = self.find(name, who).await?;
        if user.id == who.user_id {
            Ok(user)
        } else {
            Err(Problem::forbidden("This is somebody else's account."))
        }
    }

    /// The users after an id, and whether there are more.
    pub(crate) async fn page(&self, after: Option<UserId>, limit: u32) -> Result<(Vec<User>, bool), Problem> {
        let page = self.stores.users.page(after, limit).await?;
        let more = match page.last().filter(|_| page.len() >= limit as usize) {
            Some(last) => !self.stores.users.page(Some(last.id), 1).await?.is_empty(),
            None => false,
        };
        Ok((page, more))
    }

    /// The user of a name.
    pub(crate) async fn by_username(&self, username: &Username) -> Result<Option<User>, Problem> {
        Ok(self.stores.users.by_username(username).await?)
    }

    /// Changes the own account. A new password takes the present one (422 when that is wrong), ends every session
    /// and begins a new one.
    pub(crate) async fn change(
        &self,
        user: User,
        changes: Changes,
    ) -> Result<(User, Option<Issued>), Problem> {
        let errors = differing(&user, &changes.unchanged);
        if !errors.is_empty() {
            return Err(Problem::invalid(errors));
        }
        let display_name = changes.display_name.filter(|name| name.as_str() != user.display_name);
        if let (Some(new), Some(current)) = (changes.password, changes.current_password) {
            let changed = self.change_password(user.id, current, new, display_name).await?;
            return Ok((changed.user, Some(changed.issued)));
        }
        match display_name {
            Some(name) => {
                Ok((self.stores.users.rename(user.id, &name).await?.ok_or_else(Problem::signed_out)?, None))
            }
            None => Ok((user, None)),
        }
    }

    /// Deletes an account for good once the password was given: 422 when it is wrong.
    pub(crate) async fn delete_by_password(&self, id: UserId, password: Secret) -> Result<Deletion, Problem> {
        self.check_password(id, password, "password").await?;
        self.delete(id).await
    }

    /// Deletes an account for good.
    pub(crate) async fn delete(&self, id: UserId) -> Result<Deletion, Problem> {
        deletion::delete(&self.stores, &self.authenticator, id).await
    }

    /// Ends every session of a user.
    pub(crate) async fn sign_out_everywhere(&self, id: UserId) -> Result<(), Problem> {
        self.stores.users.sign_out_everywhere(id).await?;
        self.authenticator.refresh(id).await;
        Ok(())
    }

    /// Sets a new password for the present one (422 when that is wrong), ends every session and begins a new one.
    pub(crate) async fn change_password(
        &self,
        id: UserId,
        current: Secret,
        new: Password,
        display_name: Option<DisplayName>,
    ) -> Result<LoggedIn, Problem> {
        let old_hash = self.check_password(id, current, "current_password").await?;
        let new_hash = self.hasher.hash(new).await?;
        let changed =
            self.stores.users.change_password(id, &old_hash, &new_hash, display_name.as_ref()).await?;
        let changed = changed.ok_or_else(changed_meanwhile)?;
        self.authenticator.refresh(id).await;
        Ok(self.begin_session(changed))
    }

    /// The present password's hash, if this is the password; else 422 for the field that held it.
    async fn check_password(&self, id: UserId, given: Secret, field: &str) -> Result<String, Problem> {
        let account = self.stores.users.account_by_id(id).await?.ok_or_else(Problem::signed_out)?;
        let hash = account.password_hash;
        if self.hasher.verify(given.0, Some(hash.clone())).await?.is_right() {
            Ok(hash)
        } else {
            Err(Problem::invalid_field(field, "is wrong"))
        }
    }

    /// A store that does not keep it stops nobody: the hash that there is opens next time too.
    async fn keep_fresh(&self, account: &Account, fresh: &str) {
        let kept = self.stores.users.replace_hash(account.user.id, &account.password_hash, fresh).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "a hash of a password that was not normalised could not be replaced");
        }
    }

    fn begin_session(&self, account: Account) -> LoggedIn {
        let Account { user, token_status, .. } = account;
        let (token, claims) = self.authenticator.open_session(user.id, &user.username, token_status.ver);
        LoggedIn { user, issued: Issued::new(token, &claims) }
    }
}

/// An error for each read-only field that is not as stored, however it is written.
fn differing(user: &User, given: &[(&'static str, String)]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (name, value) in given {
        let is_as_stored = match *name {
            "id" => UserId::parse(value) == Some(user.id),
            "username" => Username::parse(value).is_ok_and(|name| name.as_str() == user.username),
            "created_at" => Timestamp::parse(value) == Some(user.created_at),
            _ => Timestamp::parse(value) == Some(user.updated_at),
        };
        if !is_as_stored {
            errors.insert(name, "cannot be changed, and is not as it is stored");
        }
    }
    errors
}

fn taken() -> Problem {
    Problem::new(StatusCode::CONFLICT, USERNAME_TAKEN, "Somebody has this user name already.")
}

fn bad_credentials() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", "The user name or the password is wrong.")
}

fn changed_meanwhile() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "changed_meanwhile",
        "The password was changed by another request meanwhile.",
    )
}
