//! Export of everything that is stored about one's own account.

mod lines;
mod room_lines;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use store::UserId;
use web::{Code, Full, Permit, Permits, Principal, Refusal};

use super::UserService;
use super::access::{Operation, Target};
pub(crate) use lines::ReadError;

/// Maximum number of exports at once in this process: each holds a connection, some pages and perhaps a cursor of the store.
const MAX_EXPORTS: usize = 16;
/// Maximum number per user; two, so that a retry can start before the first is found dead.
const MAX_EXPORTS_PER_USER: usize = 2;
/// When a user who has too many may try again.
const RETRY_DELAY: Duration = Duration::from_secs(10);

/// An export that may begin. It counts as running until it is dropped.
pub(crate) struct Export {
    /// Whose data it is.
    pub(crate) username: String,
    /// The lines of the file, in pieces. They are read as they are consumed.
    pub(crate) pieces: BoxStream<'static, Result<Bytes, ReadError>>,
    _permit: Permit<UserId>,
}

impl UserService {
    /// Begins an export of an account, of the rooms that its user is in, and of every message that its user wrote.
    ///
    /// # Errors
    /// `too_many_exports` when too many of this user are running, `overloaded` when too many are running in all,
    /// `unavailable`.
    pub(crate) async fn export(&self, caller: &Principal, target: Target<'_>) -> Result<Export, Refusal> {
        let user = self.admit(Operation::Export, caller, target).await?;
        let permit = self.exports.take(user.id).map_err(too_many)?;
        let rooms = room_lines::read(&self.stores, user.id).await?;
        let pieces = lines::stream(Arc::clone(&self.stores.entries_by_sender), &user, rooms).boxed();
        Ok(Export { username: user.username, pieces, _permit: permit })
    }
}

/// The permits of one process.
pub(super) fn permits() -> Permits<UserId> {
    Permits::new(MAX_EXPORTS, Some(MAX_EXPORTS_PER_USER))
}

fn too_many(full: Full) -> Refusal {
    match full {
        Full::Total => Refusal::overloaded(),
        Full::Key => Refusal::new(
            Code::TooManyExports,
            "Two exports of yours are under way already. Wait until one of them is done.",
        )
        .retry_after(RETRY_DELAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_two_permits_and_all_together_have_sixteen() {
        let permits = permits();
        let ada = UserId::new();
        let first = permits.take(ada).ok();
        let second = permits.take(ada).ok();
        assert!(first.is_some() && second.is_some());
        let refused = |user| permits.take(user).map_err(too_many).err().map(|refusal| refusal.code());
        assert_eq!(refused(ada), Some(Code::TooManyExports));
        let others: Vec<_> = (2..MAX_EXPORTS).map(|_| permits.take(UserId::new()).ok()).collect();
        assert!(others.iter().all(Option::is_some));
        assert_eq!(refused(UserId::new()), Some(Code::Overloaded));
        drop(first);
        assert!(permits.take(ada).is_ok());
    }
}
