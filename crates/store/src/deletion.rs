//! The deletion of a user: steps that may each be repeated, so that a crash between them loses nothing.

use crate::{StoreError, Stores, UserId};

/// Deletes a user and all that the user said: ends every session, blanks the entries, drops what is personal and
/// frees the name. False when there is no such user.
///
/// # Errors
/// [`StoreError`] when the store is away; what was begun is finished by [`resume`].
pub async fn delete_user(stores: &Stores, id: UserId) -> Result<bool, StoreError> {
    if !stores.users.begin_deletion(id).await? {
        return Ok(false);
    }
    finish(stores, id).await?;
    Ok(true)
}

/// Finishes every deletion that a crash or an outage left half-done, and tells how many there were.
///
/// # Errors
/// [`StoreError`] when the store is away.
pub async fn resume(stores: &Stores) -> Result<usize, StoreError> {
    let unfinished = stores.users.unfinished_deletions().await?;
    for &id in &unfinished {
        finish(stores, id).await?;
    }
    Ok(unfinished.len())
}

/// Goes through what is left of a deletion that has begun ([`crate::Users::begin_deletion`]).
///
/// # Errors
/// [`StoreError`] when the store is away; [`resume`] does it later.
pub async fn finish(stores: &Stores, id: UserId) -> Result<(), StoreError> {
    stores.log.erase_sender(id).await?;
    stores.users.finish_deletion(id).await
}
