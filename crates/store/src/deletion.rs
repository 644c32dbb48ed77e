//! Deleting a user in steps. Each step may be repeated, so a crash between two steps loses nothing.
//!
//! The steps reach over several aggregates. An aggregate with personal data joins by a line in [`finish`].

use crate::{StoreError, Stores, UserId};

/// Deletes a user with everything that the user wrote: ends every session, erases the entries, removes the personal data
/// and frees the name. False when there is no such user.
///
/// # Errors
/// [`StoreError`] when the store is not available. [`resume`] then finishes what has begun.
pub async fn delete_user(stores: &Stores, id: UserId) -> Result<bool, StoreError> {
    if !stores.accounts.begin_deletion(id).await? {
        return Ok(false);
    }
    finish(stores, id).await?;
    Ok(true)
}

/// Finishes every deletion that a crash or an outage interrupted, and returns their number.
///
/// # Errors
/// [`StoreError`] when the store is not available.
pub async fn resume(stores: &Stores) -> Result<usize, StoreError> {
    let unfinished = stores.accounts.unfinished_deletions().await?;
    for &id in &unfinished {
        finish(stores, id).await?;
    }
    Ok(unfinished.len())
}

/// Runs the steps after the first one ([`crate::Accounts::begin_deletion`]).
///
/// # Errors
/// [`StoreError`] when the store is not available. [`resume`] repeats the steps later.
pub async fn finish(stores: &Stores, id: UserId) -> Result<(), StoreError> {
    stores.entries_by_sender.erase_all(id).await?;
    stores.accounts.finish_deletion(id).await
}
