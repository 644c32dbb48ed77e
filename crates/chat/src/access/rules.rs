//! What operations need of a room, and the refusals of those who lack it.

use store::{Room, RoomId, RoomKind};
use web::{Code, Refusal};

use super::fields::unknown_room;
use super::standing::Standing;

/// What an operation needs of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    who: Who,
    /// Whether it may be done in an archived room.
    in_archived: bool,
    /// Whether it changes who is in the room, or what the room is. The lobby and direct rooms stay as they are.
    changes_room: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Reader,
    Member,
    Owner,
}

impl Rule {
    /// To read the room's log, or what it is.
    pub(crate) const READ: Self = Self { who: Who::Reader, in_archived: true, changes_room: false };
    /// To take part in what goes on, such as to send a message.
    pub(crate) const TAKE_PART: Self = Self { who: Who::Member, in_archived: false, changes_room: false };
    /// To note what one has read.
    pub(crate) const MARK: Self = Self { who: Who::Member, in_archived: true, changes_room: false };
    /// To come in.
    pub(crate) const JOIN: Self = Self { who: Who::Reader, in_archived: false, changes_room: false };
    /// To leave.
    pub(crate) const LEAVE: Self = Self { who: Who::Member, in_archived: true, changes_room: true };
    /// To add somebody.
    pub(crate) const ADD: Self = Self { who: Who::Member, in_archived: false, changes_room: true };
    /// To change the room, or remove somebody.
    pub(crate) const OWN: Self = Self { who: Who::Owner, in_archived: false, changes_room: true };
    /// To archive the room, or to bring it back.
    pub(crate) const ARCHIVE: Self = Self { who: Who::Owner, in_archived: true, changes_room: true };

    /// Whether somebody with this standing may do it.
    ///
    /// # Errors
    /// `unknown_room`, `archived`, `forbidden`.
    pub(crate) fn judge(self, standing: &Standing) -> Result<(), Refusal> {
        let Some(room) = standing.room() else { return Err(unknown_room()) };
        if room.is_archived && !self.in_archived {
            return Err(archived());
        }
        let lacks = match (self.who, standing) {
            (Who::Member | Who::Owner, Standing::Visitor(_)) => Some("Join the room first."),
            _ if self.changes_room => stays(room),
            _ => None,
        };
        let lacks = lacks.or(match (self.who, standing) {
            (Who::Owner, Standing::Member(_)) => Some("Only an owner of the room may do that."),
            _ => None,
        });
        lacks.map_or(Ok(()), |detail| Err(Refusal::forbidden(detail)))
    }
}

/// Why a room stays as it is.
fn stays(room: &Room) -> Option<&'static str> {
    match room.kind {
        _ if room.id == RoomId::LOBBY => Some("The lobby stays as it is, and everybody is in it."),
        RoomKind::Direct => Some("A direct message stays among the same people. Begin another one instead."),
        RoomKind::Public | RoomKind::Private => None,
    }
}

fn archived() -> Refusal {
    Refusal::new(Code::Archived, "The room is archived: it can be read, and nothing is added to it.")
}
