//! `GET /`: the chat page with the newest messages already in it.

pub(crate) mod signed_out;
mod text_layout;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use store::{Entry, LogPage, RoomId, Sender, User, UserId};
use web::{
    IssuedToken, Masked, Origin, PrincipalByLink, PrincipalWithToken, Problem, ProblemPage, mask, media,
    with_cookies,
};

use crate::chat::{Chat, ChatState};
use crate::ops::admission::Caller;
use crate::ops::history;
use crate::page::text_layout::ShownText;
use crate::wire;

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    room: RoomId,
    me: &'a User,
    boot: String,
    messages: Vec<MessageView>,
    users_url: &'a str,
    /// For the log-out form, masked: the cookie may be another tab's by then.
    token: &'a str,
}

/// Messages of one sender with no more than this between them stand together, as `static/js/log/rows.js` has it.
const JOIN_WITHIN_MILLIS: i64 = 5 * 60_000;

/// A message as the template shows it.
struct MessageView {
    /// Whether it goes on from the one before. Where a day begins between them the script parts them: only the
    /// browser knows the reader's zone.
    continues: bool,
    seq: u64,
    id: String,
    mine: bool,
    sender: Option<Sender>,
    text: Option<ShownText>,
    sent_at: String,
}

/// What the page's script begins with.
#[derive(Serialize)]
struct Boot<'a> {
    me: wire::User<'a>,
    /// Masked.
    token: &'a str,
    /// Seconds from the answer on: the browser's clock may be wrong.
    expires_in: u64,
    #[serde(serialize_with = "wire::as_text")]
    room: RoomId,
    covered_to: u64,
    last_seq: u64,
    users_url: &'a str,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemView<'a> {
    title: &'a str,
    detail: &'a str,
    link_href: String,
    link_text: &'a str,
}

/// 200 with the page, and with the cookies for what comes later where the link may leave some; 401 without a good token,
/// for people as a page.
pub(crate) async fn show(
    State(ChatState(chat)): State<ChatState>,
    who: Result<PrincipalByLink, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = match who {
        Ok(PrincipalByLink(who)) => show_to(&chat, &who, &headers).await,
        Err(problem) => Err(problem),
    };
    match shown {
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED && media::wants_html(&headers) => {
            Ok(signed_out::page(&chat, &headers).await)
        }
        shown => shown,
    }
}

async fn show_to(chat: &Chat, who: &PrincipalWithToken, headers: &HeaderMap) -> Result<Response, Problem> {
    let me = chat.stores.accounts.by_id(who.principal.user_id).await?.ok_or_else(Problem::signed_out)?;
    let newest = history::newest(chat, Caller::Request(&who.principal), RoomId::LOBBY).await?;
    let html = render(chat, &me, who, newest)?;
    let response = (Extension(Masked), [(CACHE_CONTROL, "no-store")], Html(html)).into_response();
    let issued = IssuedToken::new(who.token.clone(), &who.principal);
    Ok(with_cookies(response, chat.logins.cookies().set_by_link(headers, &issued)))
}

fn render(chat: &Chat, me: &User, who: &PrincipalWithToken, newest: LogPage) -> Result<String, Problem> {
    let users_url = chat.settings.users_url.as_str();
    let token = mask(&who.token);
    let boot = Boot {
        me: wire::User::from(me),
        token: &token,
        expires_in: who.principal.expires_in_secs(),
        room: RoomId::LOBBY,
        covered_to: newest.covered_to,
        last_seq: newest.last_seq,
        users_url,
    };
    let boot = for_a_script_element(&boot)?;
    let messages = MessageView::all(newest.messages, me.id);
    ChatPage { room: RoomId::LOBBY, me, boot, messages, users_url, token: &token }.render().map_err(|error| {
        tracing::error!(%error, "the chat page cannot be rendered");
        Problem::internal()
    })
}

/// JSON in which nothing can end the element that holds it (HTML standard, "Restrictions for contents of script
/// elements").
fn for_a_script_element(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map(|json| json.replace('<', "\\u003c")).map_err(|_| Problem::internal())
}

impl MessageView {
    fn all(entries: Vec<Entry>, me: UserId) -> Vec<Self> {
        let joined = entries.windows(2).map(|pair| belong_together(&pair[0], &pair[1]));
        let continues: Vec<bool> = std::iter::once(false).chain(joined).collect();
        entries.into_iter().zip(continues).map(|(entry, continues)| Self::new(entry, continues, me)).collect()
    }

    fn new(entry: Entry, continues: bool, me: UserId) -> Self {
        Self {
            continues,
            seq: entry.seq,
            mine: entry.sender.as_ref().is_some_and(|sender| sender.id == me),
            id: entry.id,
            sender: entry.sender,
            text: entry.text.map(ShownText::from),
            sent_at: entry.sent_at.to_string(),
        }
    }
}

fn belong_together(one: &Entry, next: &Entry) -> bool {
    let same = one.sender.as_ref().zip(next.sender.as_ref());
    same.is_some_and(|(one, next)| one.id == next.id && one.display_name == next.display_name)
        && (next.sent_at.as_millis() - one.sent_at.as_millis()).abs() <= JOIN_WITHIN_MILLIS
}

/// A page for whatever went wrong where a browser was on its way to a page: it leads to the log-in.
pub(crate) fn for_problems(users_url: &Origin, chat_url: &Origin) -> ProblemPage {
    let (log_in, chat) = (users_url.join("/login"), chat_url.to_string());
    Arc::new(move |problem: &Problem| {
        let (detail, link_href, link_text) = match problem.status() {
            StatusCode::UNAUTHORIZED => ("Log in to continue.", log_in.clone(), "Log in"),
            StatusCode::MISDIRECTED_REQUEST => (problem.detail(), chat.clone(), chat.as_str()),
            _ => (problem.detail(), "/".to_owned(), "To the chat"),
        };
        ProblemView { title: problem.heading(), detail, link_href, link_text }.render().ok()
    })
}

/// What the page's script may connect to: browsers differ in whether `'self'` covers websockets, so they are named.
pub(crate) fn websocket_sources(chat_url: &Origin) -> Vec<String> {
    vec![chat_url.as_str().replacen("http", "ws", 1)]
}

#[cfg(test)]
mod tests {
    use store::{Kind, Timestamp};

    use super::*;

    #[test]
    fn no_name_can_end_the_script_element() {
        let json = for_a_script_element(&"</script><!-- <script>").unwrap();
        assert!(!json.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "</script><!-- <script>");
    }

    #[test]
    fn messages_of_one_sender_and_name_within_five_minutes_go_on() {
        let (ann, ben) = (UserId::new(), UserId::new());
        let sent = [
            (Some((ann, "Ann")), 0),
            (Some((ann, "Ann")), 300_000),
            (Some((ann, "Ann")), 600_001),
            (Some((ann, "Annie")), 600_002),
            (Some((ben, "Annie")), 600_003),
            (None, 600_004),
            (None, 600_005),
        ];
        let entry = |(sender, millis): (Option<(UserId, &str)>, i64)| Entry {
            room: RoomId::LOBBY,
            seq: 1,
            kind: Kind::Message,
            id: String::new(),
            sender: sender.map(|(id, name)| Sender {
                id,
                username: "same".into(),
                display_name: name.into(),
            }),
            text: sender.map(|_| "words".into()),
            sent_at: Timestamp::from_millis(millis),
        };
        let views = MessageView::all(sent.map(entry).into(), ann);
        let continues: Vec<bool> = views.iter().map(|view| view.continues).collect();
        assert_eq!(continues, [false, true, false, false, false, false, false]);
        assert!(MessageView::all(Vec::new(), ann).is_empty());
    }

    #[test]
    fn websockets_of_the_chat_are_named() {
        assert_eq!(websocket_sources(&"https://chat.example".parse().unwrap()), ["wss://chat.example"]);
        assert_eq!(websocket_sources(&"http://localhost:3001".parse().unwrap()), ["ws://localhost:3001"]);
    }
}
