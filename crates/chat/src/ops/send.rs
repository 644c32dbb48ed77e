//! Sending a message.

use std::sync::Arc;
use std::time::Instant;

use store::{ClientId, MessageText, MessageTextError, NewEntry, RoomId, Sender, Timestamp};
use tokio::sync::oneshot;
use tokio::time::timeout;
use utoipa::ToSchema;
use web::{Code, FieldError, Fields, FromFields, Refusal, Requester};

use super::admission::{Admission, Caller, admit};
use super::operation::Operation;
use crate::access::room_field;
use crate::chat::Chat;
use crate::hub::Subscription;
use crate::log::journal::{Places, QueuedMessage, Reply, Sent};
use crate::log::refusals::unknown_outcome;

/// A message as a client sends it: `text`, `id?`, `room?`.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendRequest {
    /// The room; `lobby` when absent.
    #[schema(value_type = Option<String>, example = "lobby")]
    room: RoomId,
    /// 1 to 4,000 characters, counted without leading blank lines and trailing white space.
    #[schema(value_type = String, min_length = 1, max_length = 4_000)]
    text: MessageText,
    /// An id made by the client, so that it can send again without storing the message twice.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: Option<ClientId>,
}

/// A message to a room that is known: `text`, `id?`.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageRequest {
    /// 1 to 4,000 characters, counted without leading blank lines and trailing white space.
    #[schema(value_type = String, min_length = 1, max_length = 4_000)]
    text: MessageText,
    /// An id made by the client, so that it can send again without storing the message twice.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{1,64}$")]
    id: Option<ClientId>,
}

impl SendRequest {
    /// A message to this room.
    pub(crate) fn in_room(room: RoomId, MessageRequest { text, id }: MessageRequest) -> Self {
        Self { room, text, id }
    }
}

impl FromFields for SendRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (message, room) = (MessageRequest::from_fields(fields), room_field(fields));
        Some(Self::in_room(room?, message?))
    }
}

impl FromFields for MessageRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let text = fields.required("text", |text| MessageText::parse(&text).map_err(refused_text));
        let id = fields.optional("id", ClientId::parse);
        Some(Self { text: text?, id })
    }
}

fn refused_text(error: MessageTextError) -> FieldError {
    match error {
        MessageTextError::TooLong(_) => FieldError::new(Code::TooLong, error),
        MessageTextError::Empty | MessageTextError::Control(_) => error.into(),
    }
}

/// A message that may be sent: it is counted, and has its places in the journal.
struct Admitted {
    admission: Admission,
    places: Places,
}

/// Hands a message to the journal at once: messages are stored in the order of these calls. `reply` is called in every
/// case, when the message is stored or refused.
pub(crate) fn send(chat: &Chat, subscription: &Arc<Subscription>, request: SendRequest, reply: Reply) {
    let caller = Caller::Subscription(subscription);
    match admit_message(chat, caller, request.room) {
        Ok(admitted) => queue(chat, caller, admitted, subscription.sender(), request, reply),
        Err(refusal) => reply(Err(refusal)),
    }
}

fn admit_message(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<Admitted, Refusal> {
    let admission = admit(chat, Operation::Send, caller, room)?;
    Ok(Admitted { admission, places: chat.journal.places(caller.user(), caller.network())? })
}

fn queue(
    chat: &Chat,
    caller: Caller<'_>,
    Admitted { admission, places }: Admitted,
    sender: Sender,
    request: SendRequest,
    reply: Reply,
) {
    let principal = caller.shared_principal();
    let sent_by = caller.subscription().map(|subscription| subscription.id);
    let (room, has_own_id) = (request.room, request.id.is_some());
    let id = request.id.unwrap_or_else(ClientId::generate);
    let sender_checked_at = admission.is_settled().then(Instant::now);
    let (text, sent_at) = (request.text, Timestamp::now());
    let entry = NewEntry { room, id, sender, text, mentions: Vec::new(), sent_at, sender_checked_at };
    if chat.journal.accept(QueuedMessage { entry, has_own_id, principal, sent_by, reply, _places: places }) {
        chat.presence.sent(room, sent_by, caller.user());
    }
}

/// Sends a message and waits for the answer, for a caller without a subscription. The wait ends before the request's own
/// timeout, because the answer to a timeout does not report that the message may still be stored.
///
/// # Errors
/// Why it is not stored, or `unknown_outcome`.
pub(crate) async fn send_and_wait(
    chat: &Chat,
    requester: &Requester,
    request: SendRequest,
) -> Result<Sent, Refusal> {
    let caller = Caller::Request(requester);
    let admitted = admit_message(chat, caller, request.room)?;
    let user = chat.stores.accounts.by_id(caller.user()).await?.ok_or_else(Refusal::signed_out)?;
    let (reply, answered) = oneshot::channel();
    let reply = Box::new(move |result| {
        // The request may have gone away.
        let _ = reply.send(result);
    });
    let has_own_id = request.id.is_some();
    queue(chat, caller, admitted, Sender::from(&user), request, reply);
    match timeout(chat.settings.timers.handler / 2, answered).await {
        Ok(Ok(result)) => result,
        _ => Err(unknown_outcome(has_own_id)),
    }
}
