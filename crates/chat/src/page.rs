//! `GET /` and `GET /rooms/{id}` for browsers: the chat page, opened at a room, with its newest messages already in it.

mod message_view;
pub(crate) mod problem_page;
mod room_link;
mod script_json;
mod shown_text;
mod signed_out;
mod text_layout;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::{LogPage, RoomId, RoomKind, User};
use web::{
    ClientNetwork, Code, IssuedToken, Masked, Part, PrincipalByLink, PrincipalWithToken, Problem, Refusal,
    Requester, mask, media, with_cookies,
};

use crate::access::unknown_room;
use crate::chat::{Chat, ChatState};
use crate::ops::admission::Caller;
use crate::ops::{history, room_view};
use crate::views::RoomView;
use crate::wire;
use room_link::{RoomLink, ShownRoom};
use script_json::script_json;

/// Where the messages belong in the rendered page: a character that no HTML has (HTML standard, "Preprocessing the input
/// stream").
const MESSAGES_HOLE: char = '\0';

/// The page around its messages.
#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    shown: ShownRoom,
    rooms: Vec<RoomLink>,
    me: &'a User,
    boot: String,
    users_url: &'a str,
    log_in_url: String,
    /// For the log-out form, masked: when the form is sent, the cookie may be another user's.
    token: &'a str,
}

impl ChatPage<'_> {
    /// The direct messages of the list, or its other rooms. Archived rooms are apart.
    fn links_of(&self, is_direct: bool) -> Vec<&RoomLink> {
        let belongs = |room: &&RoomLink| !room.is_archived && (room.kind == RoomKind::Direct) == is_direct;
        self.rooms.iter().filter(belongs).collect()
    }

    fn archived_links(&self) -> Vec<&RoomLink> {
        self.rooms.iter().filter(|room| room.is_archived).collect()
    }
}

/// The first state of the page's script.
#[derive(Serialize)]
struct Boot<'a> {
    me: wire::User<'a>,
    /// Masked.
    token: &'a str,
    /// Seconds from now: the browser's clock may be wrong.
    expires_in: u64,
    /// The one that is open.
    room: wire::rooms::Room<'a>,
    /// Those that the reader is in.
    rooms: Vec<wire::rooms::Room<'a>>,
    covered_to: u64,
    last_seq: u64,
    users_url: &'a str,
}

/// Open the chat page, with the newest messages in it. It sets cookies, unless a page of another site leads here.
#[utoipa::path(
    get,
    path = "/",
    tag = "pages",
    params(("jwt" = Option<String>, Query, description = "The token, where there is no `Authorization` header")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 401, description = "No valid token (`signed_out`); with `Accept: text/html` a page that leads to the log-in",
            content((Problem = "application/problem+json"), (String = "text/html"))),
    )
)]
pub(crate) async fn show(
    State(ChatState(chat)): State<ChatState>,
    who: Result<PrincipalByLink, Problem>,
    network: ClientNetwork,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(&chat, RoomId::LOBBY, who, network, &headers).await
}

/// The page, opened at a room, for a browser. A room that the reader may not see does not exist.
///
/// # Errors
/// Those of the authentication, `unknown_room`, `overloaded` when too much is read, and `unavailable`.
pub(crate) async fn open(
    chat: &Chat,
    room: RoomId,
    who: Result<PrincipalByLink, Problem>,
    network: ClientNetwork,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let shown = match who {
        Ok(PrincipalByLink(who)) => show_to(chat, room, &who, network, headers).await,
        Err(problem) => Err(problem),
    };
    match shown {
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED && media::wants_html(headers) => {
            Ok(signed_out::page(chat, room, headers).await)
        }
        shown => shown,
    }
}

async fn show_to(
    chat: &Chat,
    room: RoomId,
    who: &PrincipalWithToken,
    network: ClientNetwork,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let user = who.principal.user_id;
    let requester = Requester { principal: who.principal.clone(), network };
    let (newest, me, rooms) = tokio::try_join!(
        async { history::newest(chat, Caller::Request(&requester), room).await.map_err(not_found) },
        async { chat.stores.accounts.by_id(user).await?.ok_or_else(Refusal::signed_out) },
        room_view::mine(chat, user),
    )?;
    let visited = match rooms.iter().any(|view| view.room.id == room) {
        true => None,
        false => Some(room_view::of(chat, user, room).await?.ok_or_else(|| not_found(unknown_room()))?),
    };
    let reader = Reader { me: &me, who, rooms: &rooms, visited: visited.as_ref(), room };
    let (start, end) = around_messages(chat, &reader, &newest)?;
    let messages = message_view::for_reader(&chat.recent, &newest, room, me.id)?;
    let end = chat.recent.page_end(&end).map_or(Part::Own(&end), Part::Shared);
    let parts = [Part::Own(&start), Part::Shared(messages.part()), end];
    let page = web::assemble(headers, "text/html; charset=utf-8", &parts);
    let page = chat.reads.count(network, page).await;
    let response = (Extension(Masked), [(CACHE_CONTROL, "no-store")], page).into_response();
    let issued = IssuedToken::new(who.token.clone(), &who.principal);
    Ok(with_cookies(response, chat.session_routes.cookies().set_by_link(headers, &issued)))
}

/// The reader that a page is made for.
struct Reader<'a> {
    me: &'a User,
    who: &'a PrincipalWithToken,
    /// The rooms that the reader is in.
    rooms: &'a [RoomView],
    /// The room that is open, if the reader is not in it.
    visited: Option<&'a RoomView>,
    room: RoomId,
}

impl Reader<'_> {
    fn shown(&self) -> Result<&RoomView, Refusal> {
        let own = || self.rooms.iter().find(|view| view.room.id == self.room);
        self.visited.or_else(own).ok_or_else(|| not_found(unknown_room()))
    }
}

/// The page's start, which is for this reader and this answer only, and its end, which is the same for everybody.
fn around_messages(chat: &Chat, reader: &Reader<'_>, newest: &LogPage) -> Result<(String, String), Refusal> {
    let &Reader { me, who, rooms, room, .. } = reader;
    let users_url = chat.settings.users_url.as_str();
    let token = mask(&who.token);
    let boot = script_json(&Boot {
        me: wire::User::from(me),
        token: &token,
        expires_in: who.principal.expires_in_secs(),
        room: reader.shown()?.into(),
        rooms: rooms.iter().map(Into::into).collect(),
        covered_to: history::newest_that_fit(newest).1,
        last_seq: newest.last_seq,
        users_url,
    })?;
    let page = ChatPage {
        shown: ShownRoom::new(reader.shown()?, me.id),
        rooms: RoomLink::all(rooms, me.id, room),
        me,
        boot,
        users_url,
        log_in_url: log_in_url(chat, room),
        token: &token,
    };
    let mut start = rendered(&page)?;
    let hole = start.find(MESSAGES_HOLE).ok_or_else(Refusal::internal)?;
    let end = start.split_off(hole + MESSAGES_HOLE.len_utf8());
    start.truncate(hole);
    Ok((start, end))
}

/// A room in the address that may not be seen is not found.
fn not_found(refusal: Refusal) -> Refusal {
    if refusal.code() == Code::UnknownRoom { refusal.without_field() } else { refusal }
}

/// Where to log in, to come back to a room.
fn log_in_url(chat: &Chat, room: RoomId) -> String {
    let url = chat.settings.users_url.join("/login");
    if room == RoomId::LOBBY { url } else { format!("{url}?room={room}") }
}

fn rendered(template: &impl Template) -> Result<String, Refusal> {
    template.render().map_err(|error| {
        tracing::error!(%error, "the chat page cannot be rendered");
        Refusal::internal()
    })
}
