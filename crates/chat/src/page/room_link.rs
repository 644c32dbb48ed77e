//! Rooms as the page's templates show them: the one that is open, and those in the list. The page's script shows the same
//! (`static/js/rooms`), and what changes later.

use store::{RoomId, RoomKind, UserId};
use web::NextRoom;

use crate::views::RoomView;

/// Counts end at 100.
const MAX_SHOWN_COUNT: u64 = 99;

/// A room in the list.
pub(super) struct RoomLink {
    pub(super) id: RoomId,
    pub(super) path: String,
    pub(super) kind: RoomKind,
    pub(super) title: String,
    /// What is unread, or nothing.
    pub(super) badge: String,
    /// Whether the badge counts what is for this reader.
    pub(super) is_urgent: bool,
    pub(super) is_unread: bool,
    pub(super) is_shown: bool,
    pub(super) is_archived: bool,
}

/// The room that is open.
pub(super) struct ShownRoom {
    pub(super) id: RoomId,
    pub(super) kind: &'static str,
    /// `member`, or why the reader cannot write: `visitor` or `archived`.
    pub(super) access: &'static str,
    pub(super) title: String,
    pub(super) topic: String,
    pub(super) is_lobby: bool,
}

impl RoomLink {
    /// The list of a reader's rooms: the lobby, then by their titles.
    pub(super) fn all(views: &[RoomView], me: UserId, shown: RoomId) -> Vec<Self> {
        let mut all: Vec<Self> = views.iter().map(|view| Self::new(view, me, shown)).collect();
        all.sort_by_cached_key(|link| (link.id != RoomId::LOBBY, link.title.to_lowercase()));
        all
    }

    fn new(view: &RoomView, me: UserId, shown: RoomId) -> Self {
        let RoomView { room, own, .. } = view;
        let (unread, mentions) = own.map_or((0, 0), |own| (own.unread, own.mentions));
        let is_direct = room.kind == RoomKind::Direct;
        let is_quiet = own.is_some_and(|own| own.notify == store::Notify::None);
        let is_urgent = mentions > 0 || (is_direct && unread > 0);
        Self {
            id: room.id,
            path: NextRoom::to(room.id).path(),
            kind: room.kind,
            title: title_of(view, me),
            badge: badge(unread, mentions, is_direct),
            is_urgent,
            is_unread: unread > 0 && !is_quiet,
            is_shown: room.id == shown,
            is_archived: room.is_archived,
        }
    }
}

impl ShownRoom {
    pub(super) fn new(view: &RoomView, me: UserId) -> Self {
        let room = &view.room;
        Self {
            id: room.id,
            kind: room.kind.as_str(),
            access: match (room.is_archived, view.own) {
                (true, _) => "archived",
                (false, None) => "visitor",
                (false, Some(_)) => "member",
            },
            title: title_of(view, me),
            topic: room.topic.as_str().to_owned(),
            is_lobby: room.id == RoomId::LOBBY,
        }
    }
}

/// The name of a room, or of the others in a direct one.
fn title_of(RoomView { room, people, .. }: &RoomView, me: UserId) -> String {
    if let Some(name) = &room.name {
        return name.as_str().to_owned();
    }
    let others: Vec<&str> =
        people.iter().filter(|person| person.id != me).map(|person| person.display_name.as_str()).collect();
    if others.is_empty() { "Only you".to_owned() } else { others.join(", ") }
}

fn badge(unread: u64, mentions: u64, is_direct: bool) -> String {
    match (unread, mentions) {
        (0, 0) => String::new(),
        (unread, 0) => count(unread),
        (unread, _) if is_direct => count(unread),
        (_, mentions) => format!("@ {}", count(mentions)),
    }
}

fn count(count: u64) -> String {
    if count > MAX_SHOWN_COUNT { format!("{MAX_SHOWN_COUNT}+") } else { count.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_has_mentions_before_unread_messages_and_ends_at_99() {
        assert_eq!(badge(0, 0, false), "");
        assert_eq!([badge(99, 0, false), badge(100, 0, false)], ["99", "99+"]);
        assert_eq!([badge(100, 2, false), badge(100, 100, false)], ["@ 2", "@ 99+"]);
        assert_eq!(badge(3, 3, true), "3", "a direct message is for its reader anyway");
    }
}
