//! The documents of `memberships`.

use mongodb::bson::{Bson, DateTime, Uuid, doc};
use serde::{Deserialize, Serialize};

use super::{corrupt, date, key, timestamp, user_id};
use crate::{Membership, Notify, RoomId, StoreError, UserId};

/// A document of `memberships`. `read_at` is the time of the last change of `read_seq`, and only the server reads it.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::mongodb) struct MembershipDocument {
    #[serde(rename = "_id")]
    pub(in crate::mongodb) id: MembershipKey,
    is_in: bool,
    since: DateTime,
    read_seq: i64,
    notify: String,
    changes: i64,
    changed_at: DateTime,
}

/// Its key. Also what is read where the rest does not matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mongodb) struct MembershipKey {
    pub(in crate::mongodb) room: String,
    pub(in crate::mongodb) user: Uuid,
}

/// The key of a user's membership of a room. The order of its fields matters.
pub(in crate::mongodb) fn membership_key(room: RoomId, user: UserId) -> Bson {
    doc! {"room": room.to_string(), "user": key(user)}.into()
}

impl MembershipDocument {
    /// The membership that another store has. Its read mark counts as not moved lately.
    pub(in crate::mongodb) fn new(membership: &Membership) -> Self {
        Self {
            id: MembershipKey { room: membership.room.to_string(), user: key(membership.user) },
            is_in: membership.is_in,
            since: date(membership.since),
            read_seq: membership.read_seq.cast_signed(),
            notify: membership.notify.as_str().to_owned(),
            changes: membership.changes.cast_signed(),
            changed_at: date(membership.changed_at),
        }
    }
}

impl TryFrom<MembershipDocument> for Membership {
    type Error = StoreError;

    fn try_from(document: MembershipDocument) -> Result<Self, StoreError> {
        Ok(Self {
            room: RoomId::parse(&document.id.room).ok_or_else(|| corrupt("not the id of a room"))?,
            user: user_id(document.id.user),
            is_in: document.is_in,
            since: timestamp(document.since),
            read_seq: document.read_seq.cast_unsigned(),
            notify: Notify::parse(&document.notify).ok_or_else(|| corrupt("not a setting"))?,
            changes: document.changes.cast_unsigned(),
            changed_at: timestamp(document.changed_at),
        })
    }
}
