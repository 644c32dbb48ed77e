//! Access: the one check that every operation passes before it acts.

use store::{User, UserId, Username};
use web::{Principal, Problem};

use super::Operations;

/// What an operation does, as far as access depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Creates an account.
    SignUp,
    /// Begins a session by a password.
    LogIn,
    /// Asks for the current password again, inside a session.
    CheckPassword,
    /// Reads users.
    Read,
    /// Changes an account.
    Change,
    /// Ends every session of an account.
    SignOutEverywhere,
    /// Deletes an account.
    Delete,
    /// Exports everything that is stored about an account.
    Export,
}

/// Who may do something.
enum Rule {
    /// Everybody, without a session.
    Anyone,
    /// Every user.
    Users,
    /// The owner of the account.
    Owner,
}

/// The account that an operation is about.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// By id, by user name, or `me`.
    Named(&'a str),
    /// One that was read before.
    Loaded(&'a User),
}

impl Action {
    fn rule(self) -> Rule {
        match self {
            Self::SignUp | Self::LogIn => Rule::Anyone,
            Self::Read => Rule::Users,
            Self::CheckPassword | Self::Change | Self::SignOutEverywhere | Self::Delete | Self::Export => {
                Rule::Owner
            }
        }
    }
}

/// Whether `caller` may do this to the account of `owner`.
///
/// # Errors
/// 401 without a session where one is needed, 403 for another user's account.
pub(super) fn check(
    action: Action,
    caller: Option<&Principal>,
    owner: Option<UserId>,
) -> Result<(), Problem> {
    match (action.rule(), caller) {
        (Rule::Anyone, _) | (Rule::Users, Some(_)) => Ok(()),
        (Rule::Owner, Some(caller)) if owner == Some(caller.user_id) => Ok(()),
        (Rule::Owner, Some(_)) => Err(Problem::forbidden("This is another user's account.")),
        (Rule::Users | Rule::Owner, None) => Err(Problem::signed_out()),
    }
}

impl Operations {
    /// The account that an operation is about, if `caller` may do this to it.
    ///
    /// # Errors
    /// 404 when there is no such user, and the errors of [`check`].
    pub(super) async fn admit(
        &self,
        action: Action,
        caller: &Principal,
        target: Target<'_>,
    ) -> Result<User, Problem> {
        let user = match target {
            Target::Named(name) => self.find(name, caller).await?,
            Target::Loaded(user) => user.clone(),
        };
        check(action, Some(caller), Some(user.id))?;
        Ok(user)
    }

    async fn find(&self, name: &str, caller: &Principal) -> Result<User, Problem> {
        let users = &self.stores.accounts;
        let found = match (name, UserId::parse(name), Username::parse(name)) {
            ("me", ..) => users.by_id(caller.user_id).await?,
            (_, Some(id), _) => users.by_id(id).await?,
            (_, None, Ok(username)) => users.by_username(&username).await?,
            _ => None,
        };
        found.ok_or_else(|| Problem::not_found("There is no such user."))
    }
}
