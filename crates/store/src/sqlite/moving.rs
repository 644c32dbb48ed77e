//! Reads a whole embedded store for a move. It holds the data directory's lock, and changes nothing in the file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

use super::accounts::account;
use super::connection::{self, begin_read};
use super::errors::store_error;
use super::room_numbers::RoomNumber;
use super::rooms::{membership, room, select_memberships, select_rooms};
use super::rows::{entry, select_entries};
use super::{FILE, OpenError, data_dir, schema};
use crate::contents::{Contents, Cursor, MAX_COPIED, Page, StoredEntry, StoredUser};
use crate::{Membership, Room, RoomId, StoreError, UserId};

/// An embedded store that no Natter uses.
pub(crate) struct Source {
    connection: Arc<Mutex<Connection>>,
    _lock: File,
}

impl Source {
    /// Opens the store in a directory, and keeps others away from it.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        if !path.is_file() {
            return Err(OpenError::NoStore(dir.to_owned()));
        }
        let lock = data_dir::lock(dir)?;
        let connection = connection::read_only(&path)?;
        if !schema::is_current(&connection)? {
            return Err(OpenError::NotMigrated);
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)), _lock: lock })
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = Arc::clone(&self.connection);
        let reading = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock();
            begin_read(&mut connection)
                .and_then(|snapshot| job(&snapshot))
                .map_err(|error| store_error(&error))
        });
        reading.await.map_err(|error| StoreError::Unavailable(error.to_string()))?
    }
}

#[async_trait]
impl Contents for Source {
    async fn page(&self, after: Cursor) -> Result<Page, StoreError> {
        self.read(move |tx| match after {
            Cursor::Users(after) => users(tx, after).map(Page::Users),
            Cursor::Rooms(after) => rooms(tx, after).map(Page::Rooms),
            Cursor::Memberships(after) => memberships(tx, after).map(Page::Memberships),
            Cursor::Entries(room, after) => entries(tx, room, after).map(Page::Entries),
        })
        .await
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        self.read(move |tx| RoomNumber::next_with_entries(tx, after)).await
    }
}

fn users(tx: &Transaction<'_>, after: Option<UserId>) -> rusqlite::Result<Vec<StoredUser>> {
    let after = after.unwrap_or(UserId(Uuid::nil()));
    let stored = |row: &Row<'_>| Ok(StoredUser { account: account(row)?, folded: row.get("folded")? });
    tx.prepare_cached("SELECT * FROM users WHERE id > ?1 ORDER BY id LIMIT ?2")?
        .query_map(params![after, MAX_COPIED as i64], stored)?
        .collect()
}

fn rooms(tx: &Transaction<'_>, after: Option<RoomId>) -> rusqlite::Result<Vec<Room>> {
    let after = after.map_or_else(String::new, |room| room.to_string());
    tx.prepare_cached(select_rooms!("WHERE id > ?1 ORDER BY id LIMIT ?2"))?
        .query_map(params![after, MAX_COPIED as i64], room)?
        .collect()
}

fn memberships(tx: &Transaction<'_>, after: Option<(RoomId, UserId)>) -> rusqlite::Result<Vec<Membership>> {
    let (room, user) =
        after.map_or((String::new(), UserId(Uuid::nil())), |(room, user)| (room.to_string(), user));
    tx.prepare_cached(select_memberships!("WHERE (room, user) > (?1, ?2) ORDER BY room, user LIMIT ?3"))?
        .query_map(params![room, user, MAX_COPIED as i64], |row| membership(row, 0))?
        .collect()
}

fn entries(tx: &Transaction<'_>, room: RoomId, after: u64) -> rusqlite::Result<Vec<StoredEntry>> {
    let Some(number) = RoomNumber::find(tx, room)? else { return Ok(Vec::new()) };
    let stored = |row: &Row<'_>| Ok(StoredEntry { entry: entry(room, row)?, sender_id: row.get(3)? });
    tx.prepare_cached(select_entries!("WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"))?
        .query_map(params![number, after.cast_signed(), MAX_COPIED as i64], stored)?
        .collect()
}
