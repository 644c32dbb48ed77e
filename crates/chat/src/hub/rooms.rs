//! Which rooms have which subscriptions here, how far each was delivered, and the sinks that its entries go to.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use parking_lot::Mutex;
use store::RoomId;

use super::sink::{Sink, SubscriptionId};

/// The rooms with subscriptions. A room without any is not kept.
#[derive(Default)]
pub(super) struct Rooms {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    by_id: HashMap<RoomId, Room>,
    /// The rooms that lost their last subscription since [`Rooms::take_abandoned`] was last called, if it is called.
    abandoned: Option<HashSet<RoomId>>,
}

#[derive(Default)]
struct Room {
    sinks: HashMap<SinkKey, Subscribed>,
    /// The number of the last entry that was delivered, or before which delivery began. `None` while its log is not followed.
    delivered: Option<u64>,
}

/// The address of a sink, which tells two sinks apart.
type SinkKey = usize;

/// A sink with its subscriptions.
struct Subscribed {
    sink: Arc<dyn Sink>,
    subscriptions: BTreeSet<SubscriptionId>,
}

/// The rooms of one subscription, in order, until dropped.
pub(super) struct SubscribedRooms {
    rooms: Arc<Rooms>,
    subscription: SubscriptionId,
    key: SinkKey,
    ids: Vec<RoomId>,
}

impl Rooms {
    /// One that notes the rooms that lose their last subscription.
    pub(super) fn noting_abandoned() -> Arc<Self> {
        let state = State { abandoned: Some(HashSet::new()), ..State::default() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// The sinks of a room, each once.
    pub(super) fn sinks(&self, room: RoomId) -> Vec<Arc<dyn Sink>> {
        self.state.lock().by_id.get(&room).map(Room::all_sinks).unwrap_or_default()
    }

    /// The sinks of a room to which entries up to a number are about to be delivered.
    pub(super) fn sinks_for(&self, room: RoomId, last: Option<u64>) -> Vec<Arc<dyn Sink>> {
        let mut state = self.state.lock();
        let Some(room) = state.by_id.get_mut(&room) else { return Vec::new() };
        room.delivered = room.delivered.max(last);
        room.all_sinks()
    }

    /// The subscriptions of a room, those too that are not registered.
    pub(super) fn subscriptions(&self, room: RoomId) -> Vec<SubscriptionId> {
        let state = self.state.lock();
        let sinks = state.by_id.get(&room).into_iter().flat_map(|room| room.sinks.values());
        sinks.flat_map(|subscribed| &subscribed.subscriptions).copied().collect()
    }

    /// How far a room was delivered, if its log has been followed since a time at which it had subscriptions already.
    pub(super) fn delivered(&self, room: RoomId) -> Option<u64> {
        self.state.lock().by_id.get(&room)?.delivered
    }

    /// Those of some rooms that are not followed.
    pub(super) fn not_followed(&self, rooms: &[RoomId]) -> Vec<RoomId> {
        let state = self.state.lock();
        let is_followed = |room: &RoomId| state.by_id.get(room).is_some_and(|room| room.delivered.is_some());
        rooms.iter().filter(|room| !is_followed(room)).copied().collect()
    }

    /// Notes that a room's log is followed, from behind an entry. False when the room has no subscription.
    pub(super) fn set_followed(&self, room: RoomId, end: u64) -> bool {
        let mut state = self.state.lock();
        let found = state.by_id.get_mut(&room);
        found.map(|room| room.delivered = room.delivered.max(Some(end))).is_some()
    }

    /// The rooms that have lost their last subscription since the last call, and have none now.
    pub(super) fn take_abandoned(&self) -> HashSet<RoomId> {
        let State { by_id, abandoned } = &mut *self.state.lock();
        let abandoned = abandoned.as_mut().map(mem::take).unwrap_or_default();
        abandoned.into_iter().filter(|room| !by_id.contains_key(room)).collect()
    }
}

impl Room {
    fn all_sinks(&self) -> Vec<Arc<dyn Sink>> {
        self.sinks.values().map(|subscribed| Arc::clone(&subscribed.sink)).collect()
    }
}

impl State {
    fn subscribe(&mut self, room: RoomId, id: SubscriptionId, key: SinkKey, sink: &Arc<dyn Sink>) {
        let sinks = &mut self.by_id.entry(room).or_default().sinks;
        let new = || Subscribed { sink: Arc::clone(sink), subscriptions: BTreeSet::new() };
        sinks.entry(key).or_insert_with(new).subscriptions.insert(id);
    }

    fn unsubscribe(&mut self, room: RoomId, id: SubscriptionId, key: SinkKey) {
        let Some(Room { sinks, .. }) = self.by_id.get_mut(&room) else { return };
        if let Some(Subscribed { subscriptions, .. }) = sinks.get_mut(&key) {
            subscriptions.remove(&id);
            if subscriptions.is_empty() {
                sinks.remove(&key);
            }
        }
        if sinks.is_empty() {
            self.by_id.remove(&room);
            self.abandoned.iter_mut().for_each(|abandoned| abandoned.extend([room]));
        }
    }
}

impl SubscribedRooms {
    /// None yet, of a subscription with this sink.
    pub(super) fn new(rooms: &Arc<Rooms>, subscription: SubscriptionId, sink: &Arc<dyn Sink>) -> Self {
        Self { rooms: Arc::clone(rooms), subscription, key: Arc::as_ptr(sink).addr(), ids: Vec::new() }
    }

    pub(super) fn ids(&self) -> &[RoomId] {
        &self.ids
    }

    pub(super) fn contains(&self, room: RoomId) -> bool {
        self.ids.binary_search(&room).is_ok()
    }

    /// Adds those rooms that it does not have.
    pub(super) fn add(&mut self, rooms: &[RoomId], sink: &Arc<dyn Sink>) {
        let mut state = self.rooms.state.lock();
        // Room for exactly these: nearly every socket has one, and the others hardly ever get more.
        self.ids.reserve_exact(rooms.len());
        for room in rooms {
            if let Err(place) = self.ids.binary_search(room) {
                self.ids.insert(place, *room);
                state.subscribe(*room, self.subscription, self.key, sink);
            }
        }
    }

    /// Removes a room. False if it does not have it.
    pub(super) fn remove(&mut self, room: RoomId) -> bool {
        let Ok(place) = self.ids.binary_search(&room) else { return false };
        self.ids.remove(place);
        self.rooms.state.lock().unsubscribe(room, self.subscription, self.key);
        true
    }
}

impl Drop for SubscribedRooms {
    fn drop(&mut self) {
        let mut state = self.rooms.state.lock();
        self.ids.iter().for_each(|room| state.unsubscribe(*room, self.subscription, self.key));
    }
}
