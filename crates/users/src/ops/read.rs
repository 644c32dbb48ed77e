//! Reading: one user, or a page of the list of users.

use std::sync::Arc;

use store::{User, UserPage};
use web::{Principal, Refusal, Requester};

use super::UserService;
use super::access::{Operation, Target, check};
use crate::input::Listing;

impl UserService {
    /// One user.
    ///
    /// # Errors
    /// `not_found` when there is no such user.
    pub(crate) async fn read(&self, caller: &Principal, target: Target<'_>) -> Result<User, Refusal> {
        self.admit(Operation::Read, caller, target).await
    }

    /// The caller's own account, for a page. However often it is read, a user stays signed in there.
    ///
    /// # Errors
    /// `not_found` when it was deleted.
    pub(crate) async fn read_own(&self, caller: &Principal) -> Result<User, Refusal> {
        self.admit(Operation::ReadOwn, caller, Target::Named("me")).await
    }

    /// The users after an id, in the order of their ids; or the one user of a name.
    ///
    /// # Errors
    /// `rate_limited`, `overloaded` when too much is read, `unavailable`.
    pub(crate) async fn list(&self, caller: &Requester, listing: &Listing) -> Result<Arc<UserPage>, Refusal> {
        let Requester { principal, network } = caller;
        check(Operation::Read, Some(principal), None)?;
        self.count(Operation::Read, principal)?;
        let _permit = self.reads.permit(principal.user_id, *network).await?;
        if let Some(username) = &listing.username {
            let found = self.stores.accounts.by_username(username).await?;
            let users = found.into_iter().filter(|user| Some(user.id) > listing.after).collect();
            return Ok(Arc::new(UserPage { users, has_more: false }));
        }
        Ok(self.stores.accounts.page(listing.after, listing.limit).await?)
    }
}
