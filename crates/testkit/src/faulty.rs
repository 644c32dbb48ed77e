//! A store with faults that a test controls: one decorator for every trait of a store.
//!
//! A new method of a trait needs one more line in the file of its aggregate, and nothing in other tests. Without a fault, every operation is passed
//! on to the store.

mod accounts;
mod entries_by_sender;
mod log;
mod retention;
mod rooms;
mod tokens;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use store::{StoreError, Stores, Timestamp, UserId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use accounts::FaultyAccounts;
use entries_by_sender::FaultyEntriesBySender;
use log::FaultyLog;
use retention::FaultyRetention;
use rooms::{FaultyRooms, RoomFaults};
use tokens::FaultyTokens;

/// Maximum number of operations at the same time while nothing holds them.
const GATE: u32 = 1_000;

/// How the log answers an append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AppendFault {
    /// As the store does.
    #[default]
    None,
    /// It stores nothing, and reports that.
    NotStored,
    /// It stores, and reports an unknown outcome.
    Unknown,
}

/// The faults of a store; clones control the same store.
#[derive(Clone, Debug)]
pub struct Faults(Arc<State>);

#[derive(Debug)]
struct State {
    users_unavailable: AtomicBool,
    disk_full: AtomicBool,
    loses_answers: AtomicBool,
    poll_unavailable: AtomicBool,
    rooms: RoomFaults,
    erase_unavailable: AtomicBool,
    not_erased: Mutex<Option<UserId>>,
    token_status_hangs: AtomicBool,
    token_status_sizes: Mutex<Vec<usize>>,
    polled_since: Mutex<Vec<Timestamp>>,
    append_fault: Mutex<AppendFault>,
    append_gate: Arc<Semaphore>,
    read_gate: Arc<Semaphore>,
    delivery_gate: Arc<Semaphore>,
    last_seqs_gate: Arc<Semaphore>,
    drop_gate: Arc<Semaphore>,
    drops: AtomicUsize,
    append_sizes: Mutex<Vec<usize>>,
    last_seqs_sizes: Mutex<Vec<usize>>,
    looks: AtomicUsize,
    name_questions: AtomicUsize,
    delivered_pages: AtomicUsize,
    export_reader: Arc<Semaphore>,
    export_pages: AtomicUsize,
    max_export_pages: AtomicUsize,
}

/// Holds operations until it is dropped.
#[derive(Debug)]
pub struct Held {
    _permits: OwnedSemaphorePermit,
}

impl Default for Faults {
    fn default() -> Self {
        let gate = || Arc::new(Semaphore::new(GATE as usize));
        Self(Arc::new(State {
            users_unavailable: AtomicBool::default(),
            disk_full: AtomicBool::default(),
            loses_answers: AtomicBool::default(),
            poll_unavailable: AtomicBool::default(),
            rooms: RoomFaults::default(),
            erase_unavailable: AtomicBool::default(),
            not_erased: Mutex::default(),
            token_status_hangs: AtomicBool::default(),
            token_status_sizes: Mutex::default(),
            polled_since: Mutex::default(),
            append_fault: Mutex::default(),
            append_gate: gate(),
            read_gate: gate(),
            delivery_gate: gate(),
            last_seqs_gate: gate(),
            drop_gate: gate(),
            drops: AtomicUsize::default(),
            append_sizes: Mutex::default(),
            last_seqs_sizes: Mutex::default(),
            looks: AtomicUsize::default(),
            name_questions: AtomicUsize::default(),
            delivered_pages: AtomicUsize::default(),
            export_reader: Arc::new(Semaphore::new(1)),
            export_pages: AtomicUsize::default(),
            max_export_pages: AtomicUsize::new(usize::MAX),
        }))
    }
}

impl Faults {
    /// Wraps a store.
    pub fn wrap(&self, stores: Stores) -> Stores {
        let faults = || self.clone();
        Stores {
            accounts: Arc::new(FaultyAccounts { faults: faults(), accounts: stores.accounts }),
            tokens: Arc::new(FaultyTokens { faults: faults(), tokens: stores.tokens }),
            log: Arc::new(FaultyLog { faults: faults(), log: stores.log }),
            entries_by_sender: Arc::new(FaultyEntriesBySender {
                faults: faults(),
                entries: stores.entries_by_sender,
            }),
            rooms: Arc::new(FaultyRooms { faults: faults(), rooms: stores.rooms }),
            retention: Arc::new(FaultyRetention { faults: faults(), retention: stores.retention }),
            nodes: stores.nodes,
        }
    }

    /// Makes every operation on accounts fail, or none.
    pub fn set_users_unavailable(&self, unavailable: bool) {
        self.0.users_unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// Has the store refuse new accounts, and report a full disk, or not.
    pub fn set_disk_full(&self, full: bool) {
        self.0.disk_full.store(full, Ordering::SeqCst);
    }

    /// Makes changes of token statuses take effect and fail, or not.
    pub fn set_loses_answers(&self, loses: bool) {
        self.0.loses_answers.store(loses, Ordering::SeqCst);
    }

    /// Makes the poll for changed token statuses fail, or not.
    pub fn set_poll_unavailable(&self, unavailable: bool) {
        self.0.poll_unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// Never answers questions about token statuses from now on.
    pub fn hang_token_status(&self) {
        self.0.token_status_hangs.store(true, Ordering::SeqCst);
    }

    /// The number of users of each question for token statuses, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn token_status_sizes(&self) -> Vec<usize> {
        self.0.token_status_sizes.lock().expect("nothing panics with the lock").clone()
    }

    /// The `since` of every poll for changes, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn polled_since(&self) -> Vec<Timestamp> {
        self.0.polled_since.lock().expect("nothing panics with the lock").clone()
    }

    /// Sets the result of appends from now on.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn set_append_fault(&self, fault: AppendFault) {
        *self.0.append_fault.lock().expect("nothing panics with the lock") = fault;
    }

    /// Holds every append from now on.
    pub async fn hold_appends(&self) -> Held {
        hold(&self.0.append_gate).await
    }

    /// Holds every backward read of a log from now on.
    pub async fn hold_reads(&self) -> Held {
        hold(&self.0.read_gate).await
    }

    /// Holds every read of a log to deliver it from now on.
    pub async fn hold_deliveries(&self) -> Held {
        hold(&self.0.delivery_gate).await
    }

    /// Holds every question for the ends of logs, or which of them went on, from now on.
    pub async fn hold_last_seqs(&self) -> Held {
        hold(&self.0.last_seqs_gate).await
    }

    /// Holds every write that drops old entries from now on.
    pub async fn hold_drops(&self) -> Held {
        hold(&self.0.drop_gate).await
    }

    /// How many writes that drop old entries began.
    pub fn drops(&self) -> usize {
        self.0.drops.load(Ordering::SeqCst)
    }

    /// How many appends began.
    pub fn appends(&self) -> usize {
        self.append_sizes().len()
    }

    /// The number of messages of each append that began, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn append_sizes(&self) -> Vec<usize> {
        self.0.append_sizes.lock().expect("nothing panics with the lock").clone()
    }

    /// The number of rooms of each question for the ends of logs, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn last_seqs_sizes(&self) -> Vec<usize> {
        self.0.last_seqs_sizes.lock().expect("nothing panics with the lock").clone()
    }

    /// How many pages of logs were read to deliver them.
    pub fn delivered_pages(&self) -> usize {
        self.0.delivered_pages.load(Ordering::SeqCst)
    }
}

async fn hold(gate: &Arc<Semaphore>) -> Held {
    let permits = Arc::clone(gate).acquire_many_owned(GATE).await;
    Held { _permits: permits.expect("the gate is never closed") }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("a test made it unavailable".into())
}

fn check(is_unavailable: &AtomicBool) -> Result<(), StoreError> {
    if is_unavailable.load(Ordering::SeqCst) { Err(unavailable()) } else { Ok(()) }
}
