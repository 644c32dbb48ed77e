//! Access: the one check that every operation passes before it acts.

use store::{User, UserId};
use web::{Credential, Principal, Refusal, Scope, find_user};

use super::UserService;

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Creates an account.
    SignUp,
    /// Begins a session by a password.
    LogIn,
    /// Reads what the first submission of a form did. The form's signed key is the proof.
    ReadSubmission,
    /// Reads users.
    Read,
    /// Reads the own account, for a page of its user.
    ReadOwn,
    /// Changes an account, but not its password.
    Change,
    /// Changes the password of an account, for which its current one is verified.
    ChangePassword,
    /// Ends every session of an account.
    SignOutEverywhere,
    /// Deletes an account.
    Delete,
    /// Deletes an account after its password is verified.
    DeleteByPassword,
    /// Exports everything that is stored about an account.
    Export,
}

/// Who may do something.
enum Rule {
    /// Everybody, without a session.
    Anyone,
    /// Every user, with this scope.
    Users(Scope),
    /// The owner of the account, with this scope.
    Owner(Scope),
}

/// The account that an operation is about.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// By id, by user name, or `me`.
    Named(&'a str),
    /// One that was read before.
    Loaded(&'a User),
}

impl Operation {
    fn rule(self) -> Rule {
        match self {
            Self::SignUp | Self::LogIn | Self::ReadSubmission => Rule::Anyone,
            Self::Read | Self::ReadOwn => Rule::Users(Scope::Read),
            Self::Change
            | Self::ChangePassword
            | Self::SignOutEverywhere
            | Self::Delete
            | Self::DeleteByPassword
            | Self::Export => Rule::Owner(Scope::Account),
        }
    }
}

/// Whether `caller` may do this to the account of `owner`.
///
/// # Errors
/// `signed_out` without a principal where one is needed, `forbidden` without the scope or for another user's account.
pub(super) fn check(
    operation: Operation,
    caller: Option<&Principal>,
    owner: Option<UserId>,
) -> Result<(), Refusal> {
    match (operation.rule(), caller) {
        (Rule::Anyone, _) => Ok(()),
        (Rule::Users(scope), Some(caller)) => caller.require(scope),
        (Rule::Owner(scope), Some(caller)) if owner == Some(caller.user_id) => caller.require(scope),
        (Rule::Owner(_), Some(_)) => Err(Refusal::forbidden("This is another user's account.")),
        (Rule::Users(_) | Rule::Owner(_), None) => Err(Refusal::signed_out()),
    }
}

impl UserService {
    /// The account that an operation is about, if `caller` may do this to it.
    ///
    /// # Errors
    /// `not_found` when there is no such user, `rate_limited`, `unavailable`, and the errors of [`check`].
    pub(super) async fn admit(
        &self,
        operation: Operation,
        caller: &Principal,
        target: Target<'_>,
    ) -> Result<User, Refusal> {
        self.count(operation, caller)?;
        // The session may have ended while the body arrived.
        self.authenticator.verify_session(caller).await?;
        let user = match target {
            Target::Named(name) => self.find(name, caller).await?,
            Target::Loaded(user) => user.clone(),
        };
        check(operation, Some(caller), Some(user.id))?;
        Ok(user)
    }

    /// Counts an operation of a user, before it costs anything. What asks for a password is counted with the passwords.
    /// What ends sessions is not counted: a thief of a token must not keep its owner from them.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(super) fn count(&self, operation: Operation, caller: &Principal) -> Result<(), Refusal> {
        let Credential::Session(session) = caller.credential();
        match operation {
            Operation::Read => self.rates.read(caller.user_id),
            Operation::Change => self.rates.change(session.id),
            Operation::Export => self.rates.export(caller.user_id),
            Operation::SignUp
            | Operation::LogIn
            | Operation::ReadSubmission
            | Operation::ReadOwn
            | Operation::ChangePassword
            | Operation::SignOutEverywhere
            | Operation::Delete
            | Operation::DeleteByPassword => Ok(()),
        }
    }

    async fn find(&self, name: &str, caller: &Principal) -> Result<User, Refusal> {
        let found = find_user(&*self.stores.accounts, name, caller).await?;
        found.ok_or_else(|| Refusal::not_found("There is no such user."))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth::{Claims, Lifetimes};
    use web::{Code, Scopes};

    use super::*;

    fn principal(scopes: &[Scope]) -> Principal {
        let lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };
        let claims = Claims::issue(UserId::new().0, "ada", 1, web::now_secs(), lifetimes);
        Principal::of_session(&claims).with_scopes(Scopes::of(scopes))
    }

    fn refusal(operation: Operation, caller: Option<&Principal>, owner: Option<UserId>) -> Option<Code> {
        check(operation, caller, owner).err().map(|refusal| refusal.code())
    }

    #[test]
    fn an_account_is_changed_by_its_owner_only() {
        let caller = principal(&[Scope::Account]);
        for operation in [
            Operation::Change,
            Operation::ChangePassword,
            Operation::SignOutEverywhere,
            Operation::Delete,
            Operation::DeleteByPassword,
            Operation::Export,
        ] {
            assert_eq!(refusal(operation, Some(&caller), Some(caller.user_id)), None, "{operation:?}");
            assert_eq!(
                refusal(operation, Some(&caller), Some(UserId::new())),
                Some(Code::Forbidden),
                "{operation:?}"
            );
            assert_eq!(refusal(operation, Some(&caller), None), Some(Code::Forbidden), "{operation:?}");
            assert_eq!(
                refusal(operation, None, Some(caller.user_id)),
                Some(Code::SignedOut),
                "{operation:?}"
            );
        }
    }

    #[test]
    fn each_scope_allows_its_own_operations_only() {
        let (reader, owner) = (principal(&[Scope::Read]), principal(&[Scope::Account]));
        assert_eq!(refusal(Operation::Read, Some(&reader), None), None);
        assert_eq!(refusal(Operation::Change, Some(&reader), Some(reader.user_id)), Some(Code::Forbidden));
        assert_eq!(refusal(Operation::Read, Some(&owner), None), Some(Code::Forbidden));
    }

    #[test]
    fn signing_up_and_logging_in_need_no_principal() {
        for (operation, code) in [
            (Operation::SignUp, None),
            (Operation::LogIn, None),
            (Operation::ReadSubmission, None),
            (Operation::Read, Some(Code::SignedOut)),
        ] {
            assert_eq!(refusal(operation, None, None), code, "{operation:?}");
        }
    }
}
