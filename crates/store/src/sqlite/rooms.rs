//! The rooms and their members in SQLite: the tables `rooms` and `memberships`.
//!
//! Each change is one transaction, so those that change two rows need no order.

mod changes;
mod deletion;
mod lists;
mod membership;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use async_trait::async_trait;
use rusqlite::{Transaction, params};

use super::Sqlite;
use super::generations::Part;
use super::tokens::one;
pub(super) use rows::{membership, membership_of, room, room_of, select_memberships, select_rooms};

use crate::{
    Added, DirectRoom, MAX_PAGE, Membership, NewRoom, Notify, PublicRooms, ReadMark, Removed, Role, RoleSet,
    Room, RoomChange, RoomChanged, RoomChanges, RoomCreated, RoomId, Rooms, StoreError, Timestamp, User,
    UserId, UserPage,
};

#[async_trait]
impl Rooms for Sqlite {
    async fn create(&self, new: NewRoom) -> Result<RoomCreated, StoreError> {
        self.add(Part::Rooms, move |tx| changes::create(tx, &new)).await
    }

    async fn direct(&self, people: &[UserId], by: UserId) -> Result<DirectRoom, StoreError> {
        let people = people.to_vec();
        self.add(Part::Rooms, move |tx| changes::direct(tx, &people, by)).await
    }

    async fn by_ids(&self, ids: &[RoomId]) -> Result<HashMap<RoomId, Room>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |tx| {
            let found = ids.into_iter().map(|id| Ok(room_of(tx, id)?.map(|room| (id, room))));
            found.filter_map(Result::transpose).collect()
        })
        .await
    }

    async fn of_user(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError> {
        self.rooms_of(user).await
    }

    async fn memberships(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), (Room, Option<Membership>)>, StoreError> {
        let pairs = pairs.to_vec();
        self.read(move |tx| {
            let mut found = HashMap::with_capacity(pairs.len());
            for (id, user) in pairs {
                // Both are looked for in any case: nobody can tell from the time whether there is a room.
                let (room, membership) = (room_of(tx, id)?, membership_of(tx, id, user)?);
                found.extend(room.map(|room| ((id, user), (room, membership))));
            }
            Ok(found)
        })
        .await
    }

    async fn public(
        &self,
        user: UserId,
        find: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PublicRooms, StoreError> {
        let (find, after) = (lists::folded(find), after.unwrap_or("").to_owned());
        let limit = limit.clamp(1, MAX_PAGE);
        self.read_for_client(move |tx| lists::public(tx, user, &find, &after, limit)).await
    }

    async fn members(&self, room: RoomId, after: Option<UserId>, limit: u32) -> Result<UserPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        if room == RoomId::LOBBY {
            return self.known_page(after, limit).await.map(|page| UserPage::clone(&page));
        }
        let members = self.read_for_client(move |tx| lists::members(tx, room, after, limit + 1)).await?;
        Ok(UserPage::of(members, limit))
    }

    async fn find_members(&self, room: RoomId, prefix: &str, limit: u32) -> Result<Vec<User>, StoreError> {
        let (prefix, limit) = (lists::folded(Some(prefix)), limit.clamp(1, MAX_PAGE));
        self.read_for_client(move |tx| lists::find_members(tx, room, &prefix, limit)).await
    }

    async fn count_members(&self, room: RoomId) -> Result<u64, StoreError> {
        self.read_for_client(move |tx| lists::count_members(tx, room)).await
    }

    async fn change(&self, room: RoomId, change: RoomChange) -> Result<RoomChanged, StoreError> {
        self.add(Part::Rooms, move |tx| changes::change(tx, room, change)).await
    }

    async fn add(&self, room: RoomId, user: UserId) -> Result<Added, StoreError> {
        self.add(Part::Rooms, move |tx| membership::add(tx, room, user)).await
    }

    async fn remove(&self, room: RoomId, user: UserId) -> Result<Removed, StoreError> {
        self.write(Part::Rooms, move |tx| membership::remove(tx, room, user)).await
    }

    async fn set_role(&self, room: RoomId, user: UserId, role: Role) -> Result<RoleSet, StoreError> {
        self.write(Part::Rooms, move |tx| membership::set_role(tx, room, user, role)).await
    }

    async fn set_read(&self, marks: &[ReadMark]) -> Result<Vec<Membership>, StoreError> {
        let marks = marks.to_vec();
        self.add(Part::Rooms, move |tx| membership::set_read(tx, &marks)).await
    }

    async fn set_notify(
        &self,
        room: RoomId,
        user: UserId,
        notify: Notify,
    ) -> Result<Option<Membership>, StoreError> {
        self.add(Part::Rooms, move |tx| membership::set_notify(tx, room, user, notify)).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        self.read(move |tx| {
            let now = clock(tx)?;
            let rooms = rooms_where(tx, select_rooms!("WHERE changed_at > ?1"), since)?;
            let memberships = memberships_where(tx, select_memberships!("WHERE changed_at > ?1"), since)?;
            Ok(RoomChanges { rooms, memberships, now })
        })
        .await
    }

    async fn read_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        self.read(move |tx| {
            let now = clock(tx)?;
            let memberships = memberships_where(tx, select_memberships!("WHERE read_at > ?1"), since)?;
            Ok(RoomChanges { rooms: Vec::new(), memberships, now })
        })
        .await
    }

    async fn remove_everywhere(&self, user: UserId) -> Result<(), StoreError> {
        self.write(Part::Rooms, move |tx| deletion::remove_everywhere(tx, user)).await
    }
}

fn rooms_where(tx: &Transaction<'_>, sql: &str, since: Timestamp) -> rusqlite::Result<Vec<Room>> {
    tx.prepare_cached(sql)?.query_map([since], room)?.collect()
}

fn memberships_where(tx: &Transaction<'_>, sql: &str, since: Timestamp) -> rusqlite::Result<Vec<Membership>> {
    tx.prepare_cached(sql)?.query_map([since], |row| membership(row, 0))?.collect()
}

/// The store's clock for rooms. It never returns a time before a change that it has stamped, so a poll by it misses none.
fn clock(tx: &Transaction<'_>) -> rusqlite::Result<Timestamp> {
    let sql = "SELECT max((SELECT ifnull(max(changed_at), 0) FROM rooms),
                          (SELECT ifnull(max(changed_at), 0) FROM memberships),
                          (SELECT ifnull(max(read_at), 0) FROM memberships))";
    let newest: Timestamp = tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(newest.max(Timestamp::now()))
}

/// Whether somebody is an active user.
fn is_active(tx: &Transaction<'_>, user: UserId) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND state = 'active'")?.exists([user])
}

/// The number of rooms that a user is in, without the lobby.
fn count_rooms(tx: &Transaction<'_>, user: UserId) -> rusqlite::Result<usize> {
    let sql = "SELECT count(*) FROM memberships WHERE user = ?1 AND is_in = 1 AND room <> 'lobby'";
    tx.prepare_cached(sql)?.query_row([user], |row| row.get::<_, i64>(0)).map(|count| count as usize)
}

/// The member of a room who came first, without one of them.
fn first_member(tx: &Transaction<'_>, room: RoomId, without: UserId) -> rusqlite::Result<Option<UserId>> {
    let sql = "SELECT user FROM memberships WHERE room = ?1 AND is_in = 1 AND user <> ?2 ORDER BY since, user LIMIT 1";
    one(tx, sql, params![room, without], |row| row.get(0))
}
