//! Reading: one user, or a page of the list of users.

use store::User;
use web::{Principal, Refusal};

use super::UserService;
use super::access::{Operation, Target, check};
use crate::input::Listing;

/// A page of the list of users.
pub(crate) struct UserPage {
    pub(crate) users: Vec<User>,
    /// Whether there are users after the last one.
    pub(crate) has_more: bool,
}

impl UserService {
    /// One user.
    ///
    /// # Errors
    /// `not_found` when there is no such user.
    pub(crate) async fn read(&self, caller: &Principal, target: Target<'_>) -> Result<User, Refusal> {
        self.admit(Operation::Read, caller, target).await
    }

    /// The users after an id, in the order of their ids; or the one user of a name.
    pub(crate) async fn list(&self, caller: &Principal, listing: &Listing) -> Result<UserPage, Refusal> {
        check(Operation::Read, Some(caller), None)?;
        if let Some(username) = &listing.username {
            let found = self.stores.accounts.by_username(username).await?;
            let users = found.into_iter().filter(|user| Some(user.id) > listing.after).collect();
            return Ok(UserPage { users, has_more: false });
        }
        let users = self.stores.accounts.page(listing.after, listing.limit).await?;
        let has_more = match users.last().filter(|_| users.len() >= listing.limit as usize) {
            Some(last) => !self.stores.accounts.page(Some(last.id), 1).await?.is_empty(),
            None => false,
        };
        Ok(UserPage { users, has_more })
    }
}
