//! How far one has read in a room, and the messages that one wants notifications of.

use store::{Membership, Notify, ReadMark, RoomId};
use utoipa::ToSchema;
use web::{Fields, FromFields, Refusal};

use super::admission::{Caller, admit, admit_anywhere, verify};
use super::operation::Operation;
use crate::access::unknown_room;
use crate::chat::Chat;
use crate::views::ReadView;

/// The largest number that each client reads as it is: 2^53 - 1.
const MAX_SEQ: u64 = (1 << 53) - 1;

/// How far one has read: `seq`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadRequest {
    /// The number of the last entry that one has read; 0: nothing. A number after the newest entry means that one. It may
    /// be before the present mark.
    seq: u64,
}

/// The messages that one wants notifications of: `notify`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotifyRequest {
    /// `all`, `mentions`: those that mention one, or `none`.
    #[schema(value_type = String, pattern = "^(all|mentions|none)$")]
    notify: Notify,
}

impl FromFields for ReadRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self { seq: fields.required_number("seq", 0..=MAX_SEQ)? })
    }
}

impl FromFields for NotifyRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let parse = |text: String| Notify::parse(&text).ok_or("must be all, mentions or none");
        Some(Self { notify: fields.required("notify", parse)? })
    }
}

/// Moves the caller's read mark in a room, also back. Returns what is unread then.
///
/// # Errors
/// Those of the admission, `overloaded` and `unavailable`.
pub(crate) async fn mark(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    ReadRequest { seq }: ReadRequest,
) -> Result<ReadView, Refusal> {
    let admission = admit(chat, Operation::MarkRead, caller, room)?;
    verify(chat, caller, admission).await?;
    let user = caller.user();
    let unread = {
        let _permit = chat.reads.permit(user, caller.network()).await?;
        chat.stores.log.unread(user, &[(room, seq)]).await?.remove(&room).unwrap_or_default()
    };
    let seq = seq.min(unread.last_seq);
    let marks = vec![ReadMark { room, user, seq }];
    let set = chat.read_marks.set(marks, caller.subscription_id()).await?;
    if set.is_empty() { Err(unknown_room()) } else { Ok(ReadView { room, seq, unread }) }
}

/// Marks everything as read in all rooms that the caller is in.
///
/// # Errors
/// Those of the admission, `overloaded` and `unavailable`.
pub(crate) async fn mark_all(chat: &Chat, caller: Caller<'_>) -> Result<(), Refusal> {
    admit_anywhere(chat, Operation::MarkAllRead, caller).await?;
    let user = caller.user();
    let marks: Vec<ReadMark> = {
        let _permit = chat.reads.permit(user, caller.network()).await?;
        let rooms = chat.access.rooms_of(user).await?;
        let ids: Vec<RoomId> = rooms.iter().map(|(room, _)| room.id).collect();
        let ends = chat.stores.log.last_seqs(&ids).await?;
        let mark = |(room, seq)| ReadMark { room, user, seq };
        let behind = rooms.iter().map(|(room, own)| (room.id, own.read_seq, ends.get(&room.id).copied()));
        behind.filter_map(|(id, read, end)| Some((id, end.filter(|end| *end > read)?))).map(mark).collect()
    };
    if !marks.is_empty() {
        chat.read_marks.set(marks, caller.subscription_id()).await?;
    }
    Ok(())
}

/// Sets the messages of a room that the caller wants notifications of.
///
/// # Errors
/// Those of the admission, and `unavailable`.
pub(crate) async fn set_notify(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    NotifyRequest { notify }: NotifyRequest,
) -> Result<(), Refusal> {
    let admission = admit(chat, Operation::SetNotify, caller, room)?;
    verify(chat, caller, admission).await?;
    let set = chat.stores.rooms.set_notify(room, caller.user(), notify).await?.ok_or_else(unknown_room)?;
    chat.access.absorb(Vec::new(), vec![set], caller.subscription_id());
    Ok(())
}

/// What a user has not read of a room, for the user's sockets: the mark moved somewhere else.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn view(chat: &Chat, membership: &Membership) -> Result<ReadView, Refusal> {
    let Membership { room, user, read_seq: seq, .. } = *membership;
    let unread = chat.stores.log.unread(user, &[(room, seq)]).await?;
    Ok(ReadView { room, seq, unread: unread.get(&room).copied().unwrap_or_default() })
}
