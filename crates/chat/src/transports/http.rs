//! `GET /messages` and `POST /messages`: the same log for programs without a socket.

use axum::Json as JsonBody;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use store::{ClientId, MAX_PAGE, MessageText, RoomId, Sender};
use tokio::sync::oneshot;
use tokio::time::timeout;
use web::{Fields, FromFields, Json, Principal, Problem, Query};

use crate::chat::ChatState;
use crate::draft::{SendRequest, existing_room};
use crate::history::{self, DEFAULT_LIMIT, Edge, Wanted};
use crate::log::journal::QueuedMessage;
use crate::nack::{Code, Nack};
use crate::wire;

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let room = room(fields);
        let after = fields.optional_number("after", 0..=u64::MAX);
        let before = fields.optional_number("before", 0..=u64::MAX);
        let limit = fields.optional_number("limit", 1..=u64::from(MAX_PAGE));
        let edge = Edge::new(after, before);
        if edge.is_none() {
            fields.refuse("after", "must not be given together with before");
        }
        let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(DEFAULT_LIMIT);
        Some(Self { room: room?, edge: edge?, limit })
    }
}

impl FromFields for SendRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let room = room(fields);
        let text = fields.required("text", |text| MessageText::parse(&text));
        let id = fields.optional("id", ClientId::parse);
        Some(Self { room: room?, text: text?, id })
    }
}

/// The room that is named, or the lobby; `None` for a wrong one.
fn room(fields: &mut Fields) -> Option<RoomId> {
    if !fields.has("room") {
        return Some(RoomId::LOBBY);
    }
    fields.optional("room", |name| existing_room(&name).ok_or("must be lobby, the only room"))
}

/// The calls that need no socket.
pub(crate) fn routes() -> Router<ChatState> {
    Router::new().route("/messages", get(read).post(send))
}

/// 200 with a part of the log.
async fn read(
    State(ChatState(chat)): State<ChatState>,
    _: Principal,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let page = history::read(&*chat.stores.log, wanted).await?;
    Ok(JsonBody(wire::Page::from(&page)).into_response())
}

/// 201 with the entry, 200 for a resend.
async fn send(
    State(ChatState(chat)): State<ChatState>,
    who: Principal,
    Json(request): Json<SendRequest>,
) -> Result<Response, Problem> {
    let user = chat.stores.users.by_id(who.user_id).await?.ok_or_else(Problem::signed_out)?;
    let (reply, answered) = oneshot::channel();
    let reply = Box::new(move |result| {
        // The request may have gone away.
        let _ = reply.send(result);
    });
    let (room, has_own_id) = (request.room, request.id.is_some());
    if chat.journal.accept(QueuedMessage::new(request, Sender::from(user), None, None, reply)) {
        chat.presence.sent(room, None, who.user_id);
    }
    // Sooner than the request would be given up, which could not tell that the message may yet be stored.
    let result = match timeout(chat.settings.timers.handler / 2, answered).await {
        Ok(Ok(result)) => result,
        _ => Err(Nack::unknown_outcome(has_own_id)),
    };
    let sent = result.map_err(problem)?;
    let status = if sent.is_resend { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, JsonBody(wire::Entry::from(&sent.entry))).into_response())
}

/// A refusal of the journal as HTTP tells it.
fn problem(nack: Nack) -> Problem {
    let (status, code) = match nack.code {
        Code::IdReused => {
            return Problem::invalid_field("id", "names another message of yours; nothing was stored");
        }
        Code::SignedOut => return Problem::signed_out(),
        Code::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
        Code::UnknownOutcome => (StatusCode::SERVICE_UNAVAILABLE, "unknown_outcome"),
        Code::Unavailable | Code::Invalid | Code::TooLong | Code::UnknownRoom => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    let problem = Problem::new(status, code, nack.detail);
    match nack.retry_after_ms {
        Some(millis) => problem.retry_after(millis.div_ceil(1_000)),
        None => problem,
    }
}
