//! Sign-out everywhere: every session of an account ends.

use web::{Principal, Refusal};

use super::UserService;
use super::access::{Operation, Target};

impl UserService {
    /// Ends every session of the account.
    pub(crate) async fn sign_out_everywhere(
        &self,
        caller: &Principal,
        target: Target<'_>,
    ) -> Result<(), Refusal> {
        let user = self.admit(Operation::SignOutEverywhere, caller, target).await?;
        if let Err(error) = self.stores.tokens.sign_out_everywhere(user.id).await {
            self.authenticator.unless_ended(caller, error).await?;
        }
        self.authenticator.refresh(user.id).await;
        Ok(())
    }
}
