//! The log with faults before it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{
    AppendOutcome, EndsWatch, Entry, Log, LogPage, NewEnds, NewEntry, RoomId, StoreError, Unread, UserId,
};
use tokio::sync::mpsc;

use super::{AppendFault, Faults};

impl Faults {
    /// How many questions began for the logs that went on.
    pub fn looks(&self) -> usize {
        self.0.looks.load(Ordering::SeqCst)
    }
}

pub(super) struct FaultyLog {
    pub(super) faults: Faults,
    pub(super) log: Arc<dyn Log>,
}

#[async_trait]
impl Log for FaultyLog {
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        let state = &self.faults.0;
        state.append_sizes.lock().expect("nothing panics with the lock").push(batch.len());
        let _open = state.append_gate.acquire().await.expect("the gate is never closed");
        let fault = *state.append_fault.lock().expect("nothing panics with the lock");
        match fault {
            AppendFault::None => self.log.append(batch).await,
            AppendFault::NotStored => vec![AppendOutcome::NotStored; batch.len()],
            AppendFault::Unknown => {
                self.log.append(batch).await;
                vec![AppendOutcome::Unknown; batch.len()]
            }
        }
    }

    fn appends_elsewhere(&self) -> bool {
        self.log.appends_elsewhere()
    }

    async fn page_to_deliver(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.faults.0.delivered_pages.fetch_add(1, Ordering::SeqCst);
        let _open = self.faults.0.delivery_gate.acquire().await.expect("the gate is never closed");
        self.log.page_to_deliver(room, after, limit).await
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.log.page_after(room, after, limit).await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let _open = self.faults.0.read_gate.acquire().await.expect("the gate is never closed");
        self.log.page_before(room, before, limit).await
    }

    async fn newest(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        let _open = self.faults.0.read_gate.acquire().await.expect("the gate is never closed");
        self.log.newest(room).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        self.faults.0.last_seqs_sizes.lock().expect("nothing panics with the lock").push(rooms.len());
        let _open = self.faults.0.last_seqs_gate.acquire().await.expect("the gate is never closed");
        self.log.last_seqs(rooms).await
    }

    fn watch_ends(&self) -> Box<dyn EndsWatch> {
        Box::new(FaultyEndsWatch { faults: self.faults.clone(), watch: self.log.watch_ends() })
    }

    async fn unread(
        &self,
        user: UserId,
        read: &[(RoomId, u64)],
    ) -> Result<HashMap<RoomId, Unread>, StoreError> {
        let _open = self.faults.0.read_gate.acquire().await.expect("the gate is never closed");
        self.log.unread(user, read).await
    }

    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        self.log.follow(arrived).await;
    }
}

/// The question which logs went on, with faults before it.
struct FaultyEndsWatch {
    faults: Faults,
    watch: Box<dyn EndsWatch>,
}

#[async_trait]
impl EndsWatch for FaultyEndsWatch {
    async fn next(&mut self) -> Result<NewEnds, StoreError> {
        self.faults.0.looks.fetch_add(1, Ordering::SeqCst);
        let _open = self.faults.0.last_seqs_gate.acquire().await.expect("the gate is never closed");
        self.watch.next().await
    }
}
