//! Reads that callers share. A read answers every caller that came before it began, and no other one: so each gets what
//! the store has at its call or later, and a hundred callers cost two reads.
//!
//! It keeps no answer for later callers. A read that is not answered does not hold up the others for long.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::StoreError;

/// Turns of all other tasks before a read begins, so that callers join who are about to come. Together they take a small
/// part of the time of a read.
const TURNS_TO_JOIN: usize = 16;
/// Maximum time that a read waits for the one before it. Longer than most reads take.
const MAX_TURN_WAIT: Duration = Duration::from_millis(20);
/// Maximum reads of one kind at the same time, those included that are not answered. Each keeps a connection busy.
const MAX_READS: usize = 4;

/// What a read found, by key. A key that is not there is absent in the store.
pub(crate) type Found<K, V> = Result<HashMap<K, V>, StoreError>;

/// A read that several callers wait for.
type Reading<K, V> = Shared<BoxFuture<'static, Result<Arc<HashMap<K, V>>, StoreError>>>;

/// The reads of one kind. Clones share them.
pub(crate) struct SharedReads<K, V> {
    rounds: Arc<Rounds<K, V>>,
}

struct Rounds<K, V> {
    /// The round that has not begun to read.
    open: Mutex<Option<Round<K, V>>>,
    /// Held by the round that reads: what comes in the meantime waits for one round together.
    turn: tokio::sync::Mutex<()>,
    /// Held by the rounds that read, in turn or past those that last too long.
    places: Semaphore,
}

struct Round<K, V> {
    keys: HashSet<K>,
    reading: Reading<K, V>,
}

impl<K, V> SharedReads<K, V>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// What the store has of a key. `read` reads all keys of a round; whichever caller opens the round lends it its own.
    ///
    /// # Errors
    /// That of the read, for all who share it.
    pub(crate) async fn read<F>(
        &self,
        key: K,
        read: impl FnOnce(Vec<K>) -> F + Send + 'static,
    ) -> Result<Option<V>, StoreError>
    where
        F: Future<Output = Found<K, V>> + Send,
    {
        let reading = {
            let mut open = self.rounds.open.lock();
            let round = open.get_or_insert_with(|| self.round(read));
            round.keys.insert(key);
            round.reading.clone()
        };
        reading.await.map(|found| found.get(&key).cloned())
    }

    /// A round that reads when the one before is done, or lasts too long. It is driven by its callers: it goes on while one of them waits.
    fn round<F>(&self, read: impl FnOnce(Vec<K>) -> F + Send + 'static) -> Round<K, V>
    where
        F: Future<Output = Found<K, V>> + Send,
    {
        let rounds = Arc::clone(&self.rounds);
        let reading = async move {
            let _place = rounds.places.acquire().await;
            let _turn = timeout(MAX_TURN_WAIT, rounds.turn.lock()).await;
            // A round costs about the same for many as for one. Yielding lets requests in that have arrived.
            for _ in 0..TURNS_TO_JOIN {
                yield_now().await;
            }
            // From here on nobody joins.
            let keys = rounds.open.lock().take().map(|round| round.keys).unwrap_or_default();
            read(keys.into_iter().collect()).await.map(Arc::new)
        };
        Round { keys: HashSet::new(), reading: reading.boxed().shared() }
    }
}

impl<K, V> Clone for SharedReads<K, V> {
    fn clone(&self) -> Self {
        Self { rounds: Arc::clone(&self.rounds) }
    }
}

impl<K, V> Default for SharedReads<K, V> {
    fn default() -> Self {
        let (turn, places) = (tokio::sync::Mutex::default(), Semaphore::new(MAX_READS));
        Self { rounds: Arc::new(Rounds { open: Mutex::new(None), turn, places }) }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};

    use futures_util::future::join_all;

    use super::*;

    /// A store whose reads wait for a permit, and that counts them.
    #[derive(Clone)]
    struct Slow {
        permits: Arc<Semaphore>,
        reads: Arc<Mutex<Vec<usize>>>,
        shared: SharedReads<u32, usize>,
    }

    impl Slow {
        fn new() -> Self {
            Self {
                permits: Arc::new(Semaphore::new(0)),
                reads: Arc::default(),
                shared: SharedReads::default(),
            }
        }

        /// The number of the read that answered.
        async fn read(&self, key: u32) -> Result<Option<usize>, StoreError> {
            let (permits, reads) = (Arc::clone(&self.permits), Arc::clone(&self.reads));
            let read = |keys: Vec<u32>| async move {
                let number = {
                    let mut reads = reads.lock();
                    reads.push(keys.len());
                    reads.len()
                };
                permits.acquire().await.unwrap().forget();
                Ok(keys.into_iter().map(|key| (key, number)).collect())
            };
            self.shared.read(key, read).await
        }

        /// Polls a caller until its read, the first one, has begun.
        async fn begin<T>(&self, mut caller: Pin<&mut impl Future<Output = T>>) {
            while self.reads.lock().is_empty() {
                assert!(caller.as_mut().now_or_never().is_none());
                yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn who_comes_while_a_read_runs_is_answered_by_the_next_one() {
        let slow = Slow::new();
        let mut first = pin!(slow.read(1));
        slow.begin(first.as_mut()).await;
        let mut later = pin!(join_all((0..100).map(|caller| slow.read(caller % 10))));
        assert!(later.as_mut().now_or_never().is_none());
        slow.permits.add_permits(1);
        assert_eq!(first.await.unwrap(), Some(1));
        slow.permits.add_permits(1);
        for answer in later.await {
            assert_eq!(answer.unwrap(), Some(2));
        }
        assert_eq!(*slow.reads.lock(), [1, 10], "two reads, the second of ten keys");
    }

    #[tokio::test]
    async fn callers_that_go_away_leave_no_other_one_waiting() {
        let slow = Slow::new();
        {
            let mut gone = pin!(slow.read(1));
            slow.begin(gone.as_mut()).await;
            let mut waiting = pin!(slow.read(2));
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        slow.permits.add_permits(1);
        assert_eq!(slow.read(3).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn reads_that_are_not_answered_hold_up_others_for_a_moment_only() {
        let shared = SharedReads::default();
        let read = async |key| shared.read(key, |keys| async move { Ok(answered(keys).await) }).await;
        async fn answered(keys: Vec<u32>) -> HashMap<u32, u32> {
            if keys.contains(&0) { std::future::pending().await } else { HashMap::from([(1, 1)]) }
        }
        let mut unanswered = Vec::new();
        for _ in 1..MAX_READS {
            let mut read = Box::pin(read(0));
            assert!(timeout(2 * MAX_TURN_WAIT, read.as_mut()).await.is_err());
            unanswered.push(read);
        }
        assert_eq!(read(1).await.unwrap(), Some(1));
    }
}
