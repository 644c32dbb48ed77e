//! `GET /`: the chat page with the newest messages already in it.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use store::{Entry, Page, RoomName, Sender, User, UserId};
use web::{Origin, Problem, ProblemPage, SignedIn, SignedInByLink, cookie, now_secs};

use crate::chat::{Chat, ChatState};
use crate::history::DEFAULT_LIMIT;

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    me: &'a User,
    boot: String,
    messages: Vec<MessageView>,
    users_url: &'a str,
    /// For the log-out form: the cookie may be another tab's by then.
    token: &'a str,
}

/// A message as the template shows it.
struct MessageView {
    seq: u64,
    id: String,
    mine: bool,
    sender: Option<Sender>,
    text: Option<String>,
    sent_at: String,
}

/// What the page's script begins with.
#[derive(Serialize)]
struct Boot<'a> {
    me: &'a User,
    token: &'a str,
    /// Seconds since the epoch.
    expires_at: u64,
    room: RoomName,
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

/// 200 with the page and the cookie for reloads; 401 without a good token.
pub(crate) async fn show(
    State(ChatState(chat)): State<ChatState>,
    SignedInByLink(who): SignedInByLink,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let me = chat.stores.users.by_id(who.user_id).await?.ok_or_else(Problem::signed_out)?;
    let newest = chat.stores.log.page_before(RoomName::Lobby, None, DEFAULT_LIMIT).await?;
    let html = render(&chat, &me, &who, newest)?;
    let mut response = ([(CACHE_CONTROL, "no-store")], Html(html)).into_response();
    if cookie::may_set(&headers) {
        let max_age = Duration::from_secs(who.claims.expires_in(now_secs()));
        let cookie = cookie::set(&who.token, chat.settings.chat_url.is_secure(), max_age);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn render(chat: &Chat, me: &User, who: &SignedIn, newest: Page) -> Result<String, Problem> {
    let users_url = chat.settings.users_url.as_str();
    let boot = Boot {
        me,
        token: &who.token,
        expires_at: who.claims.exp,
        room: RoomName::Lobby,
        covered_to: newest.covered_to,
        last_seq: newest.last_seq,
        users_url,
    };
    let boot = for_a_script_element(&boot)?;
    let messages = newest.messages.into_iter().map(|entry| MessageView::new(entry, me.id)).collect();
    ChatPage { me, boot, messages, users_url, token: &who.token }.render().map_err(|error| {
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
    fn new(entry: Entry, me: UserId) -> Self {
        Self {
            seq: entry.seq,
            mine: entry.sender.as_ref().is_some_and(|sender| sender.id == me),
            id: entry.id,
            sender: entry.sender,
            text: entry.text,
            sent_at: entry.sent_at.to_string(),
        }
    }
}

/// A page for whatever went wrong where a browser was on its way to a page: it leads to the log-in.
pub(crate) fn for_problems(users_url: &Origin) -> ProblemPage {
    let log_in = users_url.join("/login");
    Arc::new(move |problem: &Problem| {
        let signed_out = problem.status() == StatusCode::UNAUTHORIZED;
        let (title, detail, link_href, link_text) = match signed_out {
            true => ("You are signed out", "Log in to go on chatting.", log_in.clone(), "Log in"),
            false => (problem.title(), problem.detail(), "/".to_owned(), "To the chat"),
        };
        ProblemView { title, detail, link_href, link_text }.render().ok()
    })
}

/// What the page's script may connect to: browsers differ in whether `'self'` covers websockets, so they are named.
pub(crate) fn websocket_sources(chat_url: &Origin) -> Vec<String> {
    vec![chat_url.as_str().replacen("http", "ws", 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_can_end_the_script_element() {
        let json = for_a_script_element(&"</script><!-- <script>").unwrap();
        assert!(!json.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "</script><!-- <script>");
    }

    #[test]
    fn websockets_of_the_chat_are_named() {
        assert_eq!(websocket_sources(&"https://chat.example".parse().unwrap()), ["wss://chat.example"]);
        assert_eq!(websocket_sources(&"http://localhost:3001".parse().unwrap()), ["ws://localhost:3001"]);
    }
}
