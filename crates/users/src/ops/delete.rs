//! Deletion of one's own account.

use web::{Principal, Refusal};

use super::access::{Operation, Target};
use super::{Deletion, UserService, deletion};
use crate::input::Secret;

impl UserService {
    /// Deletes an account for good.
    ///
    /// # Errors
    /// `unavailable` when the deletion has not begun, or when that is not known.
    pub(crate) async fn delete(&self, caller: &Principal, target: Target<'_>) -> Result<Deletion, Refusal> {
        let user = self.admit(Operation::Delete, caller, target).await?;
        deletion::delete(&self.stores, &self.authenticator, user.id).await
    }

    /// Deletes an account for good, if `password` is its password.
    ///
    /// # Errors
    /// `invalid` when the password is wrong, and the errors of [`UserService::delete`].
    pub(crate) async fn delete_by_password(
        &self,
        caller: &Principal,
        target: Target<'_>,
        password: Secret,
    ) -> Result<Deletion, Refusal> {
        let user = self.admit(Operation::DeleteByPassword, caller, target).await?;
        self.verify_password(caller, password, "password").await?;
        deletion::delete(&self.stores, &self.authenticator, user.id).await
    }
}
