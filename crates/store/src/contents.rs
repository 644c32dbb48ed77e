//! What a store holds, read in order: what a move copies and compares.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use crate::{Account, Entry, Membership, Room, RoomId, StoreError, UserId};

/// Maximum number of items that are read and written at once: 8 MB of the longest texts.
pub(crate) const MAX_COPIED: usize = 500;

/// Numbers of what is moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Accounts, deleted ones included.
    pub users: u64,
    /// Rooms, without the lobby.
    pub rooms: u64,
    /// Memberships, past ones included.
    pub memberships: u64,
    /// Entries of all rooms.
    pub entries: u64,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, rooms, memberships, entries } = self;
        write!(f, "{users} users, {rooms} rooms, {memberships} memberships and {entries} entries")
    }
}

/// Where everything but entries begins. Users are first, and rooms come before who is in them.
pub(crate) const BESIDE_ENTRIES: [Cursor; 3] =
    [Cursor::Users(None), Cursor::Rooms(None), Cursor::Memberships(None)];

/// A user as it is stored, also a deleted one.
pub(crate) struct StoredUser {
    pub(crate) account: Account,
    /// `None` once deleted.
    pub(crate) folded: Option<String>,
}

/// An entry as it is stored. Its sender's id stays when it is erased.
#[derive(Debug)]
pub(crate) struct StoredEntry {
    pub(crate) entry: Entry,
    pub(crate) sender_id: UserId,
}

/// The users, rooms or memberships after one of them, or a room's entries after a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    Users(Option<UserId>),
    Rooms(Option<RoomId>),
    Memberships(Option<(RoomId, UserId)>),
    Entries(RoomId, u64),
}

/// Some of them, in order.
pub(crate) enum Page {
    Users(Vec<StoredUser>),
    Rooms(Vec<Room>),
    Memberships(Vec<Membership>),
    Entries(Vec<StoredEntry>),
}

/// A store that can be read whole.
#[async_trait]
pub(crate) trait Contents: Send + Sync {
    /// The next ones after a cursor, at most [`MAX_COPIED`]: users by id, rooms by the text of theirs, memberships by room
    /// and user, entries by number.
    async fn page(&self, after: Cursor) -> Result<Page, StoreError>;

    /// The first room with entries after another one, as [`crate::Retention::next_room`].
    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError>;
}

impl Page {
    /// The cursor after the last one; `None` if there is none.
    pub(crate) fn end(&self) -> Option<Cursor> {
        match self {
            Self::Users(users) => Some(Cursor::Users(Some(users.last()?.account.user.id))),
            Self::Rooms(rooms) => Some(Cursor::Rooms(Some(rooms.last()?.id))),
            Self::Memberships(memberships) => {
                memberships.last().map(|last| Cursor::Memberships(Some((last.room, last.user))))
            }
            Self::Entries(entries) => {
                entries.last().map(|last| Cursor::Entries(last.entry.room, last.entry.seq))
            }
        }
    }

    /// Adds what is here to a count.
    pub(crate) fn count(&self, moved: &mut Moved) {
        match self {
            Self::Users(users) => moved.users += users.len() as u64,
            Self::Rooms(rooms) => moved.rooms += rooms.len() as u64,
            Self::Memberships(memberships) => moved.memberships += memberships.len() as u64,
            Self::Entries(entries) => moved.entries += entries.len() as u64,
        }
    }

    /// Every field takes part, in a form that escapes texts.
    fn add_to(&self, sum: &mut Sha256) {
        let mut add = |item: &dyn Debug| sum.update(format!("{item:?}\n"));
        match self {
            Self::Users(users) => {
                for StoredUser { account: Account { user, password_hash, token_status }, folded } in users {
                    add(&(user, password_hash, token_status, folded));
                }
            }
            Self::Rooms(rooms) => rooms.iter().for_each(|room| add(room)),
            Self::Memberships(memberships) => memberships.iter().for_each(|membership| add(membership)),
            Self::Entries(entries) => entries.iter().for_each(|entry| add(entry)),
        }
    }
}

/// Everything in a store, as counts and one sum over all of it in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) moved: Moved,
    /// SHA-256 in hexadecimal digits.
    pub(crate) sum: String,
    /// Of the first rooms: the number of entries, the last number and the sum.
    rooms: Vec<(RoomId, u64, u64, String)>,
}

/// Maximum number of rooms that are compared one by one. All take part in the sum.
const MAX_NAMED_ROOMS: usize = 1_000;

impl Totals {
    /// What another store has instead.
    pub(crate) fn difference(&self, found: &Self) -> String {
        let room = self.rooms.iter().zip(&found.rooms).find(|(here, there)| here != there);
        match room {
            _ if self.moved != found.moved => format!("it has {} instead of {}", found.moved, self.moved),
            Some(((room, count, last, _), (other, found_count, found_last, _))) => format!(
                "room {other} has {found_count} entries up to number {found_last}, and room {room} {count} up to {last} in \
                 the embedded store, or their contents differ"
            ),
            None => "the contents of users, rooms, memberships or entries differ".to_owned(),
        }
    }
}

/// Reads a whole store, in bounded memory.
pub(crate) async fn total(contents: &impl Contents) -> Result<Totals, StoreError> {
    let (mut moved, mut sum, mut rooms) = (Moved::default(), Sha256::new(), Vec::new());
    for start in BESIDE_ENTRIES {
        sum.update(part(contents, start, &mut moved).await?.1);
    }
    let mut done = None;
    while let Some(room) = contents.next_room(done).await? {
        let before = moved.entries;
        let (last, of_room) = part(contents, Cursor::Entries(room, 0), &mut moved).await?;
        sum.update(format!("{room} {} {last} {of_room}\n", moved.entries - before));
        if rooms.len() < MAX_NAMED_ROOMS {
            rooms.push((room, moved.entries - before, last, of_room));
        }
        done = Some(room);
    }
    Ok(Totals { moved, sum: hex(sum), rooms })
}

/// The last number and the sum of one kind, or of a room's entries.
async fn part(
    contents: &impl Contents,
    start: Cursor,
    moved: &mut Moved,
) -> Result<(u64, String), StoreError> {
    let (mut cursor, mut sum) = (start, Sha256::new());
    loop {
        let page = contents.page(cursor).await?;
        let Some(end) = page.end() else { break };
        page.add_to(&mut sum);
        page.count(moved);
        cursor = end;
    }
    let last = if let Cursor::Entries(_, last) = cursor { last } else { 0 };
    Ok((last, hex(sum)))
}

fn hex(sum: Sha256) -> String {
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
