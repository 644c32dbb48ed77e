//! Appending a batch to any number of rooms within one transaction.
//!
//! Many messages are inserted by one statement, which ends at a resend: the unique index finds it, so nothing is looked up
//! before an insert.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::LazyLock;

use rusqlite::{ErrorCode, Transaction, ffi, params};

use super::super::generations::Generations;
use super::super::mentions;
use super::super::rows::{entry, select_entries};
use super::super::values::{StoredId, StoredMentions};
use super::ends_watch::Watchers;
use super::room_ends::{RoomEnd, RoomEnds};
use super::senders::Senders;
use crate::{AppendOutcome, Entry, Mention, NewEntry, RoomId, UserId};

/// The statements by their number of rows, largest first.
static INSERTS: LazyLock<[(usize, String); 6]> =
    LazyLock::new(|| [MAX_ROWS, 16, 8, 4, 2, 1].map(|rows| (rows, insert_sql(rows))));
/// Maximum number of rows of a statement. More gain nothing.
const MAX_ROWS: usize = 32;

/// What appending knows of earlier transactions, and who watches it. Clones share everything.
#[derive(Clone)]
pub(in crate::sqlite) struct Known {
    senders: Senders,
    ends: RoomEnds,
    pub(super) watchers: Watchers,
}

impl Known {
    pub(in crate::sqlite) fn new(generations: &Generations) -> Self {
        let own = || generations.clone();
        Self { senders: Senders::new(own()), ends: RoomEnds::new(own()), watchers: Watchers::new(own()) }
    }
}

/// Appends each message after the last entry of its room. One outcome for each, in order.
pub(super) fn append(
    tx: &Transaction<'_>,
    Known { senders, ends, watchers }: &Known,
    mut batch: Vec<NewEntry>,
) -> rusqlite::Result<Vec<AppendOutcome>> {
    for new in &mut batch {
        retain_active(tx, senders, &mut new.mentions)?;
    }
    let (rooms, active, places) = (HashMap::new(), HashMap::new(), Vec::with_capacity(batch.len()));
    let mut appending = Appending { tx, senders, ends, rooms, active, places, one_by_one: 0 };
    while appending.places.len() < batch.len() {
        appending.take_some(&batch[appending.places.len()..])?;
    }
    let Appending { rooms, places, .. } = appending;
    ends.keep(&rooms);
    watchers.note(rooms.iter().map(|(id, room)| (*id, room.last_seq)));
    Ok(batch.into_iter().zip(places).map(|(new, place)| place.outcome(new)).collect())
}

/// A batch's rooms and senders, each read once, and the places of the messages that are done.
struct Appending<'a> {
    tx: &'a Transaction<'a>,
    senders: &'a Senders,
    ends: &'a RoomEnds,
    rooms: HashMap<RoomId, RoomEnd>,
    /// Whether each sender may write.
    active: HashMap<UserId, bool>,
    places: Vec<Place>,
    /// Number of messages to insert one by one: a resend is seldom alone.
    one_by_one: usize,
}

/// Where a message is in its room's log.
enum Place {
    New(u64),
    /// It is not stored again.
    Not(AppendOutcome),
}

impl Place {
    fn outcome(self, new: NewEntry) -> AppendOutcome {
        match self {
            Self::New(seq) => AppendOutcome::Stored(new.into_entry(seq)),
            Self::Not(outcome) => outcome,
        }
    }
}

impl Appending<'_> {
    /// Takes the first messages of those that are left, at least one.
    fn take_some(&mut self, left: &[NewEntry]) -> rusqlite::Result<()> {
        let active = self.leading_active(left)?;
        if active == 0 {
            self.places.push(Place::Not(AppendOutcome::SenderGone));
            return Ok(());
        }
        let max_rows = if self.one_by_one > 0 { 1 } else { active };
        let Some((rows, sql)) = INSERTS.iter().find(|(rows, _)| *rows <= max_rows) else { return Ok(()) };
        self.one_by_one = self.one_by_one.saturating_sub(1);
        let numbers = self.next_numbers(&left[..*rows])?;
        let inserted = self.insert(sql, &left[..*rows], &numbers)?;
        self.index_mentions(&left[..inserted], &numbers)?;
        self.places.extend(numbers[..inserted].iter().copied().map(Place::New));
        if inserted < *rows {
            self.give_back(&left[inserted..*rows]);
            self.one_by_one = self.one_by_one.max(rows - inserted - 1);
            let first = self.first_sent(&left[inserted])?;
            self.places.push(Place::Not(left[inserted].sent_before(first)));
        }
        Ok(())
    }

    /// The number of messages, counted from the first one, whose senders may write.
    fn leading_active(&mut self, left: &[NewEntry]) -> rusqlite::Result<usize> {
        let mut count = 0;
        while count < left.len().min(MAX_ROWS) && self.is_active(left[count].sender.id)? {
            count += 1;
        }
        Ok(count)
    }

    fn is_active(&mut self, sender: UserId) -> rusqlite::Result<bool> {
        if let Some(&known) = self.active.get(&sender) {
            return Ok(known);
        }
        let active = self.senders.is_active(self.tx, sender)?;
        self.active.insert(sender, active);
        Ok(active)
    }

    /// The numbers of messages that are all inserted.
    fn next_numbers(&mut self, messages: &[NewEntry]) -> rusqlite::Result<Vec<u64>> {
        let mut next = |new: &NewEntry| {
            let room = match self.rooms.entry(new.room) {
                Slot::Occupied(known) => known.into_mut(),
                Slot::Vacant(unknown) => unknown.insert(self.ends.find_or_add(self.tx, new.room)?),
            };
            room.last_seq += 1;
            Ok(room.last_seq)
        };
        messages.iter().map(&mut next).collect()
    }

    /// Frees the numbers of messages that were not inserted.
    fn give_back(&mut self, messages: &[NewEntry]) {
        for new in messages {
            self.rooms.entry(new.room).and_modify(|room| room.last_seq -= 1);
        }
    }

    /// Inserts messages up to the first resend, and returns their number.
    fn insert(&self, sql: &str, messages: &[NewEntry], numbers: &[u64]) -> rusqlite::Result<usize> {
        let mut statement = self.tx.prepare_cached(sql)?;
        let mut parameter = 0;
        let mut bind = |value: &dyn rusqlite::ToSql| {
            parameter += 1;
            statement.raw_bind_parameter(parameter, value)
        };
        for (new, seq) in messages.iter().zip(numbers) {
            bind(&self.rooms[&new.room].number)?;
            bind(&seq.cast_signed())?;
            bind(&StoredId(new.id.as_str()))?;
            bind(&new.sender.id)?;
            bind(&new.sender.username)?;
            bind(&new.sender.display_name)?;
            bind(&new.text.as_str())?;
            bind(&new.sent_at)?;
            bind(&StoredMentions(new.mentions.as_slice()))?;
        }
        match statement.raw_execute() {
            Ok(inserted) => Ok(inserted),
            Err(error) if is_resend(&error) => Ok(usize::try_from(self.tx.changes()).unwrap_or(usize::MAX)),
            Err(error) => Err(error),
        }
    }

    fn index_mentions(&self, stored: &[NewEntry], numbers: &[u64]) -> rusqlite::Result<()> {
        for (new, seq) in stored.iter().zip(numbers).filter(|(new, _)| !new.mentions.is_empty()) {
            mentions::add(self.tx, self.rooms[&new.room].number, seq.cast_signed(), &new.mentions)?;
        }
        Ok(())
    }

    /// The entry that a resend repeats.
    fn first_sent(&self, new: &NewEntry) -> rusqlite::Result<Entry> {
        let (room, id) = (self.rooms[&new.room].number, StoredId(new.id.as_str()));
        self.tx
            .prepare_cached(select_entries!("WHERE sender_id = ?1 AND room = ?2 AND id = ?3"))?
            .query_row(params![new.sender.id, room, id], |row| entry(new.room, row))
    }
}

/// Leaves out users whose deletion has begun: it does not find what is stored afterwards.
fn retain_active(
    tx: &Transaction<'_>,
    senders: &Senders,
    mentions: &mut Vec<Mention>,
) -> rusqlite::Result<()> {
    let found: rusqlite::Result<Vec<bool>> =
        mentions.iter().map(|mention| senders.is_active(tx, mention.id)).collect();
    let mut active = found?.into_iter();
    mentions.retain(|_| active.next().unwrap_or_default());
    Ok(())
}

/// An insert of some rows. With `OR FAIL` the rows before a resend stay (<https://sqlite.org/lang_conflict.html>).
fn insert_sql(rows: usize) -> String {
    let values = vec!["(?, ?, 'message', ?, ?, ?, ?, ?, ?, ?)"; rows].join(", ");
    format!(
        "INSERT OR FAIL INTO entries
             (room, seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at, mentions)
         VALUES {values}"
    )
}

/// Whether the index by sender has the key of a message already. The other unique index has no number from
/// [`Appending::next_numbers`].
fn is_resend(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::ConstraintViolation && error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE
    })
}
