//! Rooms and members as clients see them in JSON.

use serde::Serialize;
use store::{RoomId, UserId};
use utoipa::ToSchema;
use web::resources::as_text;

use crate::views::{self, RoomView};

/// A room, as the user sees it who asks. `read_seq`, `unread`, `mentions` and `notify` are absent for one who is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Room<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "lobby")]
    id: RoomId,
    /// `public`, `private` or `direct`.
    #[schema(example = "public")]
    kind: &'static str,
    /// Null for a direct message.
    #[schema(required = true)]
    name: Option<&'a str>,
    topic: &'a str,
    /// Null for the lobby, and once that user is deleted.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(required = true, value_type = Option<String>, format = Uuid)]
    created_by: Option<UserId>,
    archived: bool,
    /// `owner` or `member`; null for one who is not in it.
    #[schema(required = true)]
    role: Option<&'static str>,
    /// The number of the newest entry; 0 for an empty log.
    last_seq: u64,
    /// The number of the last entry that the user has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_seq: Option<u64>,
    /// How many messages of others came after `read_seq`, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<u64>,
    /// How many of them mention the user, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    mentions: Option<u64>,
    /// The messages that notify the user: `all`, `mentions` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    notify: Option<&'static str>,
    /// Everybody in a direct message.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<Vec<RoomPerson<'a>>>,
    /// Where one room is asked for; absent for the lobby.
    #[serde(skip_serializing_if = "Option::is_none")]
    member_count: Option<u64>,
}

/// `room ({id, gone: true})`: the user is not in that room any more.
#[derive(Debug, Serialize)]
pub(crate) struct Gone {
    #[serde(serialize_with = "as_text")]
    id: RoomId,
    gone: bool,
}

/// How far a user has read in a room, and what came after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadMark {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "lobby")]
    room: RoomId,
    /// The number of the last entry that the user has read.
    seq: u64,
    /// How many messages of others came after `seq`, at most 100.
    unread: u32,
    /// How many of them mention the user, at most 100.
    mentions: u32,
    /// The number of the newest entry that is counted.
    last_seq: u64,
}

/// Somebody in a direct message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomPerson<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
    display_name: &'a str,
}

/// A member of a room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
    display_name: &'a str,
    /// `owner` or `member`.
    #[schema(example = "member")]
    role: &'static str,
}

/// The rooms of a user, and public ones to join.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoomList<'a> {
    /// Those that the user is in, the lobby first; none on a later page.
    rooms: Vec<Room<'a>>,
    /// Others, by name.
    public: Vec<Room<'a>>,
    /// `after` of the next page; null on the last one.
    #[schema(required = true)]
    next: Option<&'a str>,
}

/// A part of the members of a room, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberPage<'a> {
    members: Vec<Member<'a>>,
    /// `after` of the next page; null on the last one.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(required = true, value_type = Option<String>, format = Uuid)]
    next: Option<UserId>,
}

impl<'a> From<&'a RoomView> for Room<'a> {
    fn from(view: &'a RoomView) -> Self {
        let RoomView { room, own, last_seq, people, member_count } = view;
        let people = people.iter().map(RoomPerson::from).collect::<Vec<_>>();
        Self {
            id: room.id,
            kind: room.kind.as_str(),
            name: room.name.as_ref().map(store::RoomName::as_str),
            topic: room.topic.as_str(),
            created_by: room.created_by,
            archived: room.is_archived,
            role: own.map(|own| own.role.as_str()),
            last_seq: *last_seq,
            read_seq: own.map(|own| own.read_seq),
            unread: own.map(|own| own.unread),
            mentions: own.map(|own| own.mentions),
            notify: own.map(|own| own.notify.as_str()),
            people: (room.kind == store::RoomKind::Direct).then_some(people),
            member_count: *member_count,
        }
    }
}

impl Room<'_> {
    /// The room whose newest entry has at least this number.
    pub(crate) fn going_on_to(mut self, last_seq: u64) -> Self {
        self.last_seq = self.last_seq.max(last_seq);
        self
    }
}

impl Gone {
    pub(crate) fn new(id: RoomId) -> Self {
        Self { id, gone: true }
    }
}

impl From<views::ReadView> for ReadMark {
    fn from(views::ReadView { room, seq, unread }: views::ReadView) -> Self {
        let store::Unread { last_seq, messages, mentions } = unread;
        Self { room, seq, unread: messages, mentions, last_seq }
    }
}

impl<'a> From<&'a store::User> for RoomPerson<'a> {
    fn from(user: &'a store::User) -> Self {
        Self { id: user.id, username: &user.username, display_name: &user.display_name }
    }
}

impl<'a> From<&'a views::Member> for Member<'a> {
    fn from(views::Member { user, role }: &'a views::Member) -> Self {
        Self { id: user.id, username: &user.username, display_name: &user.display_name, role: role.as_str() }
    }
}

impl<'a> From<&'a views::RoomList> for RoomList<'a> {
    fn from(views::RoomList { mine, public, next }: &'a views::RoomList) -> Self {
        Self {
            rooms: mine.iter().map(Room::from).collect(),
            public: public.iter().map(Room::from).collect(),
            next: next.as_deref(),
        }
    }
}

impl<'a> From<&'a views::MemberPage> for MemberPage<'a> {
    fn from(views::MemberPage { members, has_more }: &'a views::MemberPage) -> Self {
        let next = members.last().filter(|_| *has_more).map(|member| member.user.id);
        Self { members: members.iter().map(Member::from).collect(), next }
    }
}

fn as_optional_text<S: serde::Serializer>(id: &Option<UserId>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}
