//! What was read from the file, kept in memory while it is what the file has.
//!
//! The file belongs to one process. Its writing thread ends a generation before it answers a write, and what was read in
//! a generation is used in that generation only. So who reads after an answered write finds that write. One that is
//! committed and not yet answered may be found or not.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use moka::sync::Cache;

/// What a write changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The table `users`.
    Accounts,
    /// The table `entries`.
    Log,
    /// The tables `rooms` and `memberships`.
    Rooms,
}

/// How many writes there were to each part of the file, and how many of them failed. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Generations {
    counters: Arc<[AtomicU64; 3]>,
    failures: Arc<[AtomicU64; 3]>,
}

impl Generations {
    /// The generation of a part. Take it before reading what is kept under it.
    pub(super) fn of(&self, part: Part) -> u64 {
        self.counters[part as usize].load(Ordering::Acquire)
    }

    /// The number of transactions that changed a part and failed. What the writing thread itself noted in one of them was
    /// never so.
    pub(super) fn failures(&self, part: Part) -> u64 {
        self.failures[part as usize].load(Ordering::Acquire)
    }

    /// Ends a generation: after a transaction, whatever became of it.
    pub(super) fn end<T, E>(&self, part: Part, result: &Result<T, E>) {
        self.failures[part as usize].fetch_add(u64::from(result.is_err()), Ordering::AcqRel);
        self.counters[part as usize].fetch_add(1, Ordering::AcqRel);
    }
}

/// Values that were read, each with its generation. Clones share them.
#[derive(Clone)]
pub(super) struct Kept<K: Eq + Hash, V> {
    values: Cache<K, (u64, V)>,
}

impl<K: Eq + Hash + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Kept<K, V> {
    /// Keeps values of at most `max_weight` together; `weigh` says how much one is.
    pub(super) fn new(max_weight: u64, weigh: impl Fn(&V) -> u32 + Send + Sync + 'static) -> Self {
        let weigher = move |_: &K, (_, value): &(u64, V)| weigh(value);
        Self { values: Cache::builder().max_capacity(max_weight).weigher(weigher).build() }
    }

    /// The value, if it was read in this generation.
    pub(super) fn get(&self, key: &K, generation: u64) -> Option<V> {
        self.values.get(key).filter(|(of, _)| *of == generation).map(|(_, value)| value)
    }

    /// The last value that was read, in whichever generation.
    pub(super) fn last(&self, key: &K) -> Option<V> {
        self.values.get(key).map(|(_, value)| value)
    }

    /// Keeps a value that was read in a generation.
    pub(super) fn keep(&self, key: K, generation: u64, value: V) {
        self.values.insert(key, (generation, value));
    }
}
