//! What clients send about rooms and members, read field by field.

use std::convert::Infallible;

use store::{DIRECT_PEOPLE, MAX_PAGE, Role, RoomId, RoomKind, RoomName, Topic, TopicError, UserId};
use utoipa::{IntoParams, ToSchema};
use web::{Code, FieldError, Fields, FromFields};

use crate::access::required_room_field;

/// Number of items of a page if the client sends no `limit`.
const DEFAULT_LIMIT: u32 = 50;
/// Maximum characters of a text to find.
const MAX_FIND_CHARS: usize = 64;

/// Something that is done in a room: `room`, and its own fields.
#[derive(Debug)]
pub(crate) struct InRoom<T> {
    pub(crate) room: RoomId,
    pub(crate) request: T,
}

/// No field but those around it.
#[derive(Debug)]
pub(crate) struct Nothing;

/// A part of the list of rooms: `find?`, `after?`, `limit?`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoomListing {
    /// A part of a name, in any letter case.
    #[param(max_length = 64)]
    pub(super) find: Option<String>,
    /// `next` of the page before.
    pub(super) after: Option<String>,
    /// Maximum number of public rooms; 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub(super) limit: u32,
}

/// A part of a list of members: `find?` or `after?`, `limit?`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberListing {
    /// The beginning of a user name or display name, in any letter case; not together with `after`.
    #[param(max_length = 64)]
    pub(super) find: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(super) after: Option<UserId>,
    /// Maximum number of members; 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub(super) limit: u32,
}

/// A room to create: `name`, `kind`, `topic?`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRequest {
    /// 1 to 64 characters, at least one of them visible. A public room has a name of its own.
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    pub(super) name: RoomName,
    /// `public`: everybody finds, reads and joins it. `private`: only its members know of it.
    #[schema(value_type = String, pattern = "^(public|private)$")]
    pub(super) kind: RoomKind,
    /// What it is about, up to 250 characters.
    #[schema(value_type = Option<String>, max_length = 250)]
    pub(super) topic: Option<Topic>,
}

/// What to change in a room: `name?`, `topic?`, `archived?`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRequest {
    /// 1 to 64 characters, at least one of them visible.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    pub(super) name: Option<RoomName>,
    /// What it is about, up to 250 characters.
    #[schema(value_type = Option<String>, max_length = 250)]
    pub(super) topic: Option<Topic>,
    /// Whether it is archived: it can be read, and nothing is added to it.
    pub(super) archived: Option<bool>,
}

/// The people of a direct message: `usernames`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectRequest {
    /// The user names of 1 to 8 other people.
    #[schema(min_items = 1, max_items = 8)]
    pub(super) usernames: Vec<String>,
}

/// Who is meant: `user`, an id, a user name, or `me`.
#[derive(Debug)]
pub(crate) struct PersonRequest {
    pub(crate) user: String,
}

/// Another role for a member: `user`, `role`.
#[derive(Debug)]
pub(crate) struct SetRoleRequest {
    pub(crate) user: String,
    pub(crate) role: Role,
}

/// The role of a member: `role?`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleRequest {
    /// `owner` or `member`; unchanged when absent.
    #[schema(value_type = Option<String>, pattern = "^(owner|member)$")]
    pub(crate) role: Option<Role>,
}

impl<T: FromFields> FromFields for InRoom<T> {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (room, request) = (required_room_field(fields), T::from_fields(fields));
        Some(Self { room: room?, request: request? })
    }
}

impl FromFields for Nothing {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

impl FromFields for RoomListing {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (find, limit) = (find(fields), limit(fields));
        let after = fields.optional("after", Ok::<_, Infallible>);
        Some(Self { find, after, limit })
    }
}

impl FromFields for MemberListing {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (find, limit) = (find(fields), limit(fields));
        let after = fields.optional("after", |id| UserId::parse(&id).ok_or("must be the id of a user"));
        if find.is_some() && after.is_some() {
            fields.refuse("after", "must not be given together with find");
        }
        Some(Self { find, after, limit })
    }
}

impl FromFields for CreateRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", |name| RoomName::parse(&name));
        let kind = fields.required("kind", |kind| match RoomKind::parse(&kind) {
            Some(kind @ (RoomKind::Public | RoomKind::Private)) => Ok(kind),
            _ => Err("must be public or private"),
        });
        let topic = topic(fields);
        Some(Self { name: name?, kind: kind?, topic })
    }
}

impl FromFields for ChangeRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.optional("name", |name| RoomName::parse(&name));
        let (topic, archived) = (topic(fields), fields.optional_bool("archived"));
        Some(Self { name, topic, archived })
    }
}

impl FromFields for DirectRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let usernames = fields.required_list("usernames", 1..=*DIRECT_PEOPLE.end() - 1, Ok::<_, Infallible>);
        Some(Self { usernames: usernames? })
    }
}

impl FromFields for PersonRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { user: fields.required("user", Ok::<_, Infallible>)? })
    }
}

impl FromFields for SetRoleRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (user, role) = (fields.required("user", Ok::<_, Infallible>), fields.required("role", role));
        Some(Self { user: user?, role: role? })
    }
}

impl FromFields for RoleRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { role: fields.optional("role", role) })
    }
}

fn find(fields: &mut Fields) -> Option<String> {
    let find = fields.optional("find", |find| match find.trim() {
        find if find.chars().count() > MAX_FIND_CHARS => {
            Err(FieldError::new(Code::TooLong, format!("must be at most {MAX_FIND_CHARS} characters long")))
        }
        find => Ok(find.to_owned()),
    });
    find.filter(|find| !find.is_empty())
}

fn limit(fields: &mut Fields) -> u32 {
    let limit = fields.optional_number("limit", 1..=u64::from(MAX_PAGE));
    limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT)
}

fn topic(fields: &mut Fields) -> Option<Topic> {
    fields.optional("topic", |topic| Topic::parse(&topic).map_err(refused_topic))
}

fn role(text: String) -> Result<Role, &'static str> {
    Role::parse(&text).ok_or("must be owner or member")
}

fn refused_topic(error: TopicError) -> FieldError {
    match error {
        TopicError::TooLong(_) => FieldError::new(Code::TooLong, error),
        TopicError::Control { .. } => error.into(),
    }
}
