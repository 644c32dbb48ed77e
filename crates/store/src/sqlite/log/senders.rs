//! Which senders may write, kept while no account changes. Only the writing thread asks.

use rusqlite::Transaction;

use super::super::generations::{Generations, Kept, Part};
use crate::UserId;

/// Maximum number of senders that are kept.
const MAX_KEPT: u64 = 10_000;

/// The senders that wrote lately. Clones share them.
#[derive(Clone)]
pub(super) struct Senders {
    generations: Generations,
    active: Kept<UserId, bool>,
}

impl Senders {
    pub(super) fn new(generations: Generations) -> Self {
        Self { generations, active: Kept::new(MAX_KEPT, |_| 1) }
    }

    /// Whether a sender may write.
    pub(super) fn is_active(&self, tx: &Transaction<'_>, sender: UserId) -> rusqlite::Result<bool> {
        // No account changes in the meantime: this thread would have to do it.
        let generation = self.generations.of(Part::Accounts);
        if let Some(active) = self.active.get(&sender, generation) {
            return Ok(active);
        }
        let mut statement = tx.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND state = 'active'")?;
        let active = statement.exists([sender])?;
        self.active.keep(sender, generation, active);
        Ok(active)
    }
}
