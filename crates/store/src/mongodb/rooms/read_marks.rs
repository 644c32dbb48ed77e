//! Moving read marks, many by one command.

use std::collections::HashMap;

use mongodb::bson::{Document, doc};

use super::super::Mongo;
use super::super::documents::membership_key;
use super::{all, counted, found};
use crate::{Membership, ReadMark, RoomId, StoreError, UserId};

impl Mongo {
    pub(super) async fn move_marks(&self, marks: &[ReadMark]) -> Result<Vec<Membership>, StoreError> {
        let last: HashMap<(RoomId, UserId), u64> =
            marks.iter().map(|mark| ((mark.room, mark.user), mark.seq)).collect();
        if last.is_empty() {
            return Ok(Vec::new());
        }
        self.update_marks(&last).await?;
        let mut moved = self.present_of(&last).await?;
        let is_moved =
            |user| moved.iter().any(|membership| (membership.room, membership.user) == (RoomId::LOBBY, user));
        let strangers: HashMap<_, _> =
            last.into_iter().filter(|((room, user), _)| *room == RoomId::LOBBY && !is_moved(*user)).collect();
        if strangers.is_empty() {
            return Ok(moved);
        }
        // They have not looked at the lobby yet.
        for (_, user) in strangers.keys() {
            self.come_to_lobby(*user).await?;
        }
        self.update_marks(&strangers).await?;
        moved.extend(self.present_of(&strangers).await?);
        Ok(moved)
    }

    async fn present_of(
        &self,
        marks: &HashMap<(RoomId, UserId), u64>,
    ) -> Result<Vec<Membership>, StoreError> {
        let keys: Vec<_> = marks.keys().map(|&(room, user)| membership_key(room, user)).collect();
        all(found(&self.memberships, doc! {"_id": {"$in": keys}, "is_in": true}).await?)
    }

    async fn update_marks(&self, marks: &HashMap<(RoomId, UserId), u64>) -> Result<(), StoreError> {
        let updates: Vec<_> = marks.iter().map(|(&(room, user), &seq)| update(room, user, seq)).collect();
        self.update_all(self.memberships.name(), updates).await
    }
}

fn update(room: RoomId, user: UserId, seq: u64) -> Document {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let mut set = counted();
    set.remove("changed_at");
    set.extend(doc! {"read_seq": seq, "read_at": "$$NOW"});
    let unread = doc! {"_id": membership_key(room, user), "is_in": true, "read_seq": {"$ne": seq}};
    doc! {"q": unread, "u": [{"$set": set}]}
}
