//! Whom a request names.

use store::{Accounts, StoreError, User, UserId, Username};

use crate::Principal;

/// The user that a text names: an id, a user name, or `me`.
///
/// # Errors
/// That of the store.
pub async fn find_user(
    accounts: &dyn Accounts,
    text: &str,
    caller: &Principal,
) -> Result<Option<User>, StoreError> {
    match (text, UserId::parse(text), Username::parse(text)) {
        ("me", ..) => accounts.by_id(caller.user_id).await,
        (_, Some(id), _) => accounts.by_id(id).await,
        (_, None, Ok(username)) => accounts.by_username(&username).await,
        _ => Ok(None),
    }
}

/// Whether a text names the caller, as far as [`find_user`] would find it.
pub fn names_caller(text: &str, caller: &Principal) -> bool {
    let folded = |name: &str| Username::parse(name).ok().map(|name| name.folded().to_owned());
    text == "me"
        || UserId::parse(text) == Some(caller.user_id)
        || folded(text).is_some_and(|name| folded(&caller.username) == Some(name))
}
