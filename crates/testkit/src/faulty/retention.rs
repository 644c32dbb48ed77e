//! What drops old entries, with faults before it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use store::{Dropped, NodeId, Retention, RoomId, StoreError};

use super::Faults;

pub(super) struct FaultyRetention {
    pub(super) faults: Faults,
    pub(super) retention: Arc<dyn Retention>,
}

#[async_trait]
impl Retention for FaultyRetention {
    async fn claim(&self, node: NodeId) -> Result<bool, StoreError> {
        self.retention.claim(node).await
    }

    async fn release(&self, node: NodeId) -> Result<(), StoreError> {
        self.retention.release(node).await
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        self.retention.next_room(after).await
    }

    async fn drop_oldest(&self, room: RoomId, max_age: Duration) -> Result<Dropped, StoreError> {
        let state = &self.faults.0;
        state.drops.fetch_add(1, Ordering::SeqCst);
        let _open = state.drop_gate.acquire().await.expect("the gate is never closed");
        self.retention.drop_oldest(room, max_age).await
    }

    async fn purge(&self) -> Result<(), StoreError> {
        self.retention.purge().await
    }
}
