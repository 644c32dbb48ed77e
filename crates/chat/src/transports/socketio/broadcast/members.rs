//! The sockets that follow a broadcast.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::websocket::{BroadcastId, Wire};
use crate::hub::SubscriptionId;

/// A socket that follows.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) id: SubscriptionId,
    pub(super) wire: Arc<Wire>,
}

/// All of them. A list that was taken stays as it was.
#[derive(Default)]
pub(super) struct Members {
    list: Arc<Vec<Member>>,
    places: HashMap<SubscriptionId, usize>,
}

impl Members {
    pub(super) fn add(&mut self, member: Member) {
        let list = Arc::make_mut(&mut self.list);
        self.places.insert(member.id, list.len());
        list.push(member);
    }

    pub(super) fn remove(&mut self, id: SubscriptionId) -> Option<Member> {
        let place = self.places.remove(&id)?;
        let list = Arc::make_mut(&mut self.list);
        let removed = list.swap_remove(place);
        if let Some(moved) = list.get(place) {
            self.places.insert(moved.id, place);
        }
        if list.is_empty() {
            *self = Self::default();
        }
        Some(removed)
    }

    /// Those of this moment.
    pub(super) fn all(&self) -> Arc<Vec<Member>> {
        Arc::clone(&self.list)
    }

    pub(super) fn contains(&self, id: SubscriptionId) -> bool {
        self.places.contains_key(&id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Leaves frames out for one member.
    pub(super) fn skip(&self, id: SubscriptionId, of: BroadcastId, frames: Range<u64>) {
        if let Some(place) = self.places.get(&id) {
            self.list[*place].wire.skip(of, frames);
        }
    }
}
