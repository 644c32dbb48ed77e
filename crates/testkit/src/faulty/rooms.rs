//! The rooms and their members with faults before them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use store::{
    Added, DirectRoom, Membership, NewRoom, Notify, PublicRooms, ReadMark, Removed, Role, RoleSet, Room,
    RoomChange, RoomChanged, RoomChanges, RoomCreated, RoomId, Rooms, StoreError, Timestamp, User, UserId,
    UserPage,
};

use super::{Faults, check};

/// The faults of rooms, and what was asked.
#[derive(Debug, Default)]
pub(super) struct RoomFaults {
    unavailable: AtomicBool,
    hang: AtomicBool,
    poll_unavailable: AtomicBool,
    membership_sizes: Mutex<Vec<usize>>,
    of_user: AtomicUsize,
    polled_since: Mutex<Vec<Timestamp>>,
    mark_sizes: Mutex<Vec<usize>>,
}

/// The faults of rooms.
impl Faults {
    /// The number of marks of each write of read marks that began, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn mark_sizes(&self) -> Vec<usize> {
        self.0.rooms.mark_sizes.lock().expect("nothing panics with the lock").clone()
    }

    /// Makes every operation on rooms and memberships fail, or none.
    pub fn set_rooms_unavailable(&self, unavailable: bool) {
        self.0.rooms.unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// Leaves every question about rooms and memberships without an answer from now on.
    pub fn hang_rooms(&self) {
        self.0.rooms.hang.store(true, Ordering::SeqCst);
    }

    /// Makes the polls for changed rooms and memberships fail, or not.
    pub fn set_room_poll_unavailable(&self, unavailable: bool) {
        self.0.rooms.poll_unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// The number of memberships of each question for some, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn membership_sizes(&self) -> Vec<usize> {
        self.0.rooms.membership_sizes.lock().expect("nothing panics with the lock").clone()
    }

    /// How many times all rooms of a user were asked for.
    pub fn rooms_of_user(&self) -> usize {
        self.0.rooms.of_user.load(Ordering::SeqCst)
    }

    /// The `since` of every poll for changed rooms and memberships, in order.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn room_polls(&self) -> Vec<Timestamp> {
        self.0.rooms.polled_since.lock().expect("nothing panics with the lock").clone()
    }
}

pub(super) struct FaultyRooms {
    pub(super) faults: Faults,
    pub(super) rooms: Arc<dyn Rooms>,
}

impl FaultyRooms {
    /// The store, if it answers.
    async fn answering(&self) -> Result<&dyn Rooms, StoreError> {
        if self.faults.0.rooms.hang.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        check(&self.faults.0.rooms.unavailable)?;
        Ok(&*self.rooms)
    }

    /// The answer to a change, unless answers are lost.
    fn answered<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        check(&self.faults.0.loses_answers)?;
        answer
    }
}

#[async_trait]
impl Rooms for FaultyRooms {
    async fn create(&self, room: NewRoom) -> Result<RoomCreated, StoreError> {
        self.answered(self.answering().await?.create(room).await)
    }

    async fn direct(&self, people: &[UserId], by: UserId) -> Result<DirectRoom, StoreError> {
        self.answered(self.answering().await?.direct(people, by).await)
    }

    async fn by_ids(&self, ids: &[RoomId]) -> Result<HashMap<RoomId, Room>, StoreError> {
        self.answering().await?.by_ids(ids).await
    }

    async fn of_user(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError> {
        self.faults.0.rooms.of_user.fetch_add(1, Ordering::SeqCst);
        self.answering().await?.of_user(user).await
    }

    async fn memberships(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), (Room, Option<Membership>)>, StoreError> {
        self.faults.0.rooms.membership_sizes.lock().expect("nothing panics with the lock").push(pairs.len());
        self.answering().await?.memberships(pairs).await
    }

    async fn public(
        &self,
        user: UserId,
        find: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PublicRooms, StoreError> {
        self.answering().await?.public(user, find, after, limit).await
    }

    async fn members(&self, room: RoomId, after: Option<UserId>, limit: u32) -> Result<UserPage, StoreError> {
        self.answering().await?.members(room, after, limit).await
    }

    async fn find_members(&self, room: RoomId, prefix: &str, limit: u32) -> Result<Vec<User>, StoreError> {
        self.answering().await?.find_members(room, prefix, limit).await
    }

    async fn count_members(&self, room: RoomId) -> Result<u64, StoreError> {
        self.answering().await?.count_members(room).await
    }

    async fn change(&self, room: RoomId, change: RoomChange) -> Result<RoomChanged, StoreError> {
        self.answered(self.answering().await?.change(room, change).await)
    }

    async fn add(&self, room: RoomId, user: UserId) -> Result<Added, StoreError> {
        self.answered(self.answering().await?.add(room, user).await)
    }

    async fn remove(&self, room: RoomId, user: UserId) -> Result<Removed, StoreError> {
        self.answered(self.answering().await?.remove(room, user).await)
    }

    async fn set_role(&self, room: RoomId, user: UserId, role: Role) -> Result<RoleSet, StoreError> {
        self.answered(self.answering().await?.set_role(room, user, role).await)
    }

    async fn set_read(&self, marks: &[ReadMark]) -> Result<Vec<Membership>, StoreError> {
        self.faults.0.rooms.mark_sizes.lock().expect("nothing panics with the lock").push(marks.len());
        self.answered(self.answering().await?.set_read(marks).await)
    }

    async fn set_notify(
        &self,
        room: RoomId,
        user: UserId,
        notify: Notify,
    ) -> Result<Option<Membership>, StoreError> {
        self.answered(self.answering().await?.set_notify(room, user, notify).await)
    }

    async fn changed_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        self.faults.0.rooms.polled_since.lock().expect("nothing panics with the lock").push(since);
        check(&self.faults.0.rooms.poll_unavailable)?;
        self.answering().await?.changed_since(since).await
    }

    async fn read_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        check(&self.faults.0.rooms.poll_unavailable)?;
        self.answering().await?.read_since(since).await
    }

    async fn remove_everywhere(&self, user: UserId) -> Result<(), StoreError> {
        self.answering().await?.remove_everywhere(user).await
    }
}
