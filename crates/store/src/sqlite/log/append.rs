//! Appending a batch to any number of rooms within one transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use rusqlite::{OptionalExtension, Transaction, params};

use super::super::rows::{entry, last_seq};
use crate::{AppendOutcome, Entry, Kind, NewEntry, RoomId, UserId};

/// Appends each message after the last entry of its room. One outcome for each, in order.
pub(super) fn append(tx: &Transaction<'_>, batch: &[NewEntry]) -> rusqlite::Result<Vec<AppendOutcome>> {
    let mut appending = Appending { tx, rooms: HashMap::new(), active: HashMap::new() };
    batch.iter().map(|new| appending.one(new)).collect()
}

/// A batch's rooms and senders, each read once.
struct Appending<'a> {
    tx: &'a Transaction<'a>,
    rooms: HashMap<RoomId, Room>,
    /// Whether each sender may write.
    active: HashMap<UserId, bool>,
}

struct Room {
    name: String,
    last_seq: u64,
}

impl Appending<'_> {
    fn one(&mut self, new: &NewEntry) -> rusqlite::Result<AppendOutcome> {
        if !self.is_active(new.sender.id)? {
            return Ok(AppendOutcome::SenderGone);
        }
        let room = match self.rooms.entry(new.room) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(unknown) => {
                let last_seq = last_seq(self.tx, new.room)?;
                unknown.insert(Room { name: new.room.to_string(), last_seq })
            }
        };
        Ok(match first_sent(self.tx, &room.name, new)? {
            Some(first) => new.sent_before(first),
            None => {
                room.last_seq += 1;
                AppendOutcome::Stored(insert(self.tx, room, new)?)
            }
        })
    }

    fn is_active(&mut self, sender: UserId) -> rusqlite::Result<bool> {
        if let Some(&known) = self.active.get(&sender) {
            return Ok(known);
        }
        let mut statement =
            self.tx.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND state = 'active'")?;
        let active = statement.exists([sender])?;
        self.active.insert(sender, active);
        Ok(active)
    }
}

fn first_sent(tx: &Transaction<'_>, room: &str, new: &NewEntry) -> rusqlite::Result<Option<Entry>> {
    tx.prepare_cached("SELECT * FROM entries WHERE sender_id = ?1 AND room = ?2 AND id = ?3")?
        .query_row(params![new.sender.id, room, new.id.as_str()], entry)
        .optional()
}

fn insert(tx: &Transaction<'_>, room: &Room, new: &NewEntry) -> rusqlite::Result<Entry> {
    tx.prepare_cached(
        "INSERT INTO entries (room, seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        room.name,
        room.last_seq.cast_signed(),
        Kind::Message.as_str(),
        new.id.as_str(),
        new.sender.id,
        new.sender.username,
        new.sender.display_name,
        new.text.as_str(),
        new.sent_at,
    ])?;
    Ok(Entry {
        room: new.room,
        seq: room.last_seq,
        kind: Kind::Message,
        id: new.id.as_str().to_owned(),
        sender: Some(new.sender.clone()),
        text: Some(new.text.as_str().to_owned()),
        sent_at: new.sent_at,
    })
}
