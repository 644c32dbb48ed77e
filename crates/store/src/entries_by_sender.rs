//! The entries of one sender in every room: reading them for an export, and erasing them.
//!
//! They are the log's entries, found by another key. Appending and reading by room is [`crate::Log`]'s.

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{Entry, StoreError, UserId};

/// Maximum number of entries that [`EntriesBySender::read_all`] sends at once.
pub const MAX_SENT_PAGE: usize = 50;

/// Maximum number of entries in a piece of [`Erasing`]: few enough that other writes do not wait long. A store may take
/// fewer.
pub const MAX_ERASED_PIECE: usize = 1_000;

/// The entries of one sender.
#[async_trait]
pub trait EntriesBySender: Send + Sync {
    /// Sends a sender's entries of every kind to `out`, without the erased ones: room by room in the order of the ids' text
    /// forms, in each room in the order of the numbers, in pages of 1 to [`MAX_SENT_PAGE`]. It leaves out what is appended
    /// to a room after the reading has reached that room.
    ///
    /// It reads one page ahead of the receiver. While a page waits for the receiver, the reading holds no snapshot, no
    /// reader and no connection of the store. So run it in a task of its own: the receiver must not poll it. It returns
    /// `Ok` after the last page, and when the receiver is dropped.
    async fn read_all(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError>;

    /// Begins to erase sender, text and mentions of each of a sender's entries, in every room, and to take the sender out of
    /// the mentions of others' entries. Numbers and ids stay. It may be repeated, also after it stopped at any point. What is erased may be in the store's files until
    /// [`crate::Accounts::finish_deletion`].
    fn erasing(&self, sender: UserId) -> Box<dyn Erasing>;

    /// Erases all at once.
    async fn erase_all(&self, sender: UserId) -> Result<(), StoreError> {
        let mut erasing = self.erasing(sender);
        while erasing.erase_some().await? {}
        Ok(())
    }
}

/// The erasing of one sender's entries and of what mentions the sender, piece by piece.
#[async_trait]
pub trait Erasing: Send {
    /// Looks at the next entries, at most [`MAX_ERASED_PIECE`], and erases those that are not erased yet, in one write. Returns
    /// whether there may be more.
    ///
    /// After an error the same piece may be tried again.
    async fn erase_some(&mut self) -> Result<bool, StoreError>;
}
