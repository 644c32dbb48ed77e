//! Deleting a user in steps. Each step may be repeated, so a crash between two steps loses nothing.
//!
//! The entries are erased in pieces, so that one piece never keeps others from writing for long, and a deletion that stopped
//! continues where entries are left. A claim keeps two processes from the same work. Deletions take turns: a large one
//! holds up no other.
//!
//! The steps reach over several aggregates. An aggregate with personal data joins by a line in `Run::turn`.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::{ClaimId, DELETION_CLAIM_TIMEOUT, Erasing, StoreError, Stores, UserId};

/// Number of pieces that are erased for a user in turn.
const PIECES_A_TURN: usize = 10;
/// Time after which a claim is renewed, long before it ends.
const RENEWAL_INTERVAL: Duration = DELETION_CLAIM_TIMEOUT.checked_div(6).expect("six is not zero");

/// Deletes a user with everything that the user wrote: ends every session, erases the entries, removes the personal data
/// and frees the name. False when there is no such user.
///
/// # Errors
/// [`StoreError`] when the store is not available. A [`Resumer`] then finishes what has begun.
pub async fn delete_user(stores: &Stores, id: UserId) -> Result<bool, StoreError> {
    if !stores.accounts.begin_deletion(id).await? {
        return Ok(false);
    }
    finish(stores, id).await?;
    Ok(true)
}

/// Runs the steps after the first one ([`crate::Accounts::begin_deletion`]). False when another process does, or somebody
/// else in this one.
///
/// # Errors
/// [`StoreError`] when the store is not available. A [`Resumer`] repeats the steps later.
pub async fn finish(stores: &Stores, id: UserId) -> Result<bool, StoreError> {
    let Some(mut run) = Run::claim(stores, id).await? else { return Ok(false) };
    loop {
        match run.turn(stores).await {
            Ok(Turn::Unfinished) => {}
            Ok(Turn::Finished) => return Ok(true),
            Ok(Turn::Lost) => return Ok(false),
            Err(error) => {
                run.release(stores).await;
                return Err(error);
            }
        }
    }
}

/// Finishes the deletions that a crash or an outage interrupted, and those that the store must go through a second time.
#[derive(Default)]
pub struct Resumer {
    runs: VecDeque<Run>,
}

/// What one pass of a [`Resumer`] did.
#[derive(Debug, Default)]
pub struct Pass {
    /// The number of users whose deletion it finished.
    pub finished: usize,
    /// The number of users whose deletion continues in the next pass.
    pub unfinished: usize,
    /// The first error. It stopped no other user's deletion.
    pub error: Option<StoreError>,
}

impl Resumer {
    /// Takes on the deletions that are due, and gives each one turn.
    pub async fn pass(&mut self, stores: &Stores) -> Pass {
        let mut pass = Pass::default();
        if let Err(error) = self.take_on_due(stores).await {
            pass.error.get_or_insert(error);
        }
        for _ in 0..self.runs.len() {
            let Some(next) = self.runs.front_mut() else { break };
            let turn = next.turn(stores).await;
            // Not before: a future that is dropped loses no claim.
            let Some(run) = self.runs.pop_front() else { break };
            match turn {
                Ok(Turn::Unfinished) => self.runs.push_back(run),
                Ok(Turn::Finished) => pass.finished += 1,
                Ok(Turn::Lost) => {}
                Err(error) => {
                    pass.error.get_or_insert(error);
                    run.release(stores).await;
                }
            }
        }
        pass.unfinished = self.runs.len();
        pass
    }

    /// Lets others continue at once with what is unfinished.
    pub async fn release(self, stores: &Stores) {
        for run in self.runs {
            run.release(stores).await;
        }
    }

    async fn take_on_due(&mut self, stores: &Stores) -> Result<(), StoreError> {
        for id in stores.accounts.due_deletions().await? {
            if self.runs.iter().all(|run| run.id != id)
                && let Some(run) = Run::claim(stores, id).await?
            {
                self.runs.push_back(run);
            }
        }
        Ok(())
    }
}

/// A deletion that this process works at.
struct Run {
    id: UserId,
    claim: ClaimId,
    renewed_at: Instant,
    erasing: Box<dyn Erasing>,
}

/// How far a turn came.
enum Turn {
    Finished,
    Unfinished,
    /// The claim ended during a long pause, and another process has it.
    Lost,
}

impl Run {
    async fn claim(stores: &Stores, id: UserId) -> Result<Option<Self>, StoreError> {
        let (claim, renewed_at) = (ClaimId::generate(), Instant::now());
        let erasing = stores.entries_by_sender.erasing(id);
        let is_claimed = stores.accounts.claim_deletion(id, claim).await?;
        Ok(is_claimed.then_some(Self { id, claim, renewed_at, erasing }))
    }

    async fn turn(&mut self, stores: &Stores) -> Result<Turn, StoreError> {
        for _ in 0..PIECES_A_TURN {
            if self.renewed_at.elapsed() >= RENEWAL_INTERVAL {
                self.renewed_at = Instant::now();
                if !stores.accounts.claim_deletion(self.id, self.claim).await? {
                    return Ok(Turn::Lost);
                }
            }
            if !self.erasing.erase_some().await? {
                stores.rooms.remove_everywhere(self.id).await?;
                stores.accounts.finish_deletion(self.id).await?;
                return Ok(Turn::Finished);
            }
        }
        Ok(Turn::Unfinished)
    }

    /// Lets others continue at once. If that fails, they continue when the claim ends.
    async fn release(self, stores: &Stores) {
        if let Err(error) = stores.accounts.release_deletion(self.id, self.claim).await {
            tracing::debug!(%error, "a claim to a deletion was not released");
        }
    }
}
