//! Dropping what is older than the operator keeps: beginnings of the rooms' logs.
//!
//! Nothing is dropped out of the middle of a log, and no number is used again.

use std::time::Duration;

use async_trait::async_trait;

use crate::{NodeId, RoomId, StoreError};

/// Maximum number of entries that one write drops: few enough that other writes do not wait long.
pub const MAX_DROPPED: usize = 500;
/// Time by the store's clock after which a node that does not renew its claim has lost it.
pub const CLAIM_TIMEOUT: Duration = Duration::from_secs(60);

/// What one write dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Number of entries.
    pub entries: u64,
    /// Whether the log may begin with more that is old enough.
    pub has_more: bool,
}

impl Dropped {
    pub(crate) const NOTHING: Self = Self { entries: 0, has_more: false };
}

/// What one write drops from a log.
pub(crate) struct Droppable {
    /// The number of the last entry to drop.
    pub(crate) last: i64,
    /// See [`Dropped::has_more`].
    pub(crate) has_more: bool,
}

impl Droppable {
    /// Of the first entries of a log, at most one more than [`MAX_DROPPED`], each with its number and whether it is old
    /// enough: those up to the first that is not. The newest entry is never among them, since the last one is left out.
    pub(crate) fn of(mut oldest: Vec<(i64, bool)>) -> Option<Self> {
        let is_full = oldest.len() > MAX_DROPPED;
        oldest.pop();
        let old = oldest.iter().take_while(|(_, is_old)| *is_old).count();
        let (last, _) = *oldest[..old].last()?;
        Some(Self { last, has_more: is_full && old == oldest.len() })
    }
}

/// The beginnings of the rooms' logs.
///
/// What is dropped is gone for every reader: a page after a lower number begins with the first entry that is left, and the
/// page before that entry is empty. An id is unique among the entries that are kept, so a resend of a message that was
/// dropped is stored again.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Makes a node the one that drops, until [`CLAIM_TIMEOUT`] from now by the store's clock; the node renews its own claim
    /// so. False while another node has the claim. A store that only this process uses always returns true.
    ///
    /// It only saves work: several nodes may drop at the same time.
    async fn claim(&self, node: NodeId) -> Result<bool, StoreError>;

    /// Ends the claim of a node, if it still has it.
    async fn release(&self, node: NodeId) -> Result<(), StoreError>;

    /// The first room with entries after another one, in the order of their names in the store; from the first one if
    /// there is none.
    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError>;

    /// Drops the oldest entries of a room's log in one write, at most [`MAX_DROPPED`]: those that were accepted longer than
    /// `max_age` ago, up to the first one that was not. So a node whose clock was wrong can only delay it.
    ///
    /// The newest entry always stays, however old it is: its number is the end of the log.
    async fn drop_oldest(&self, room: RoomId, max_age: Duration) -> Result<Dropped, StoreError>;

    /// Removes from the disk what was dropped, where this process owns the files: afterwards it is in none of them.
    async fn purge(&self) -> Result<(), StoreError>;
}
