//! `GET /`: the chat page with the newest messages already in it.

mod message_view;
pub(crate) mod problem_page;
mod script_json;
mod signed_out;
mod text_layout;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use store::{LogPage, RoomId, User};
use web::{
    IssuedToken, Masked, PrincipalByLink, PrincipalWithToken, Problem, Refusal, mask, media, with_cookies,
};

use crate::chat::{Chat, ChatState};
use crate::ops::admission::Caller;
use crate::ops::history;
use crate::wire;
use message_view::MessageView;
use script_json::script_json;

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    room: RoomId,
    me: &'a User,
    boot: String,
    messages: Vec<MessageView>,
    users_url: &'a str,
    /// For the log-out form, masked: when the form is sent, the cookie may be another user's.
    token: &'a str,
}

/// The first state of the page's script.
#[derive(Serialize)]
struct Boot<'a> {
    me: wire::User<'a>,
    /// Masked.
    token: &'a str,
    /// Seconds from now: the browser's clock may be wrong.
    expires_in: u64,
    #[serde(serialize_with = "wire::as_text")]
    room: RoomId,
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
    let me = chat.stores.accounts.by_id(who.principal.user_id).await?.ok_or_else(Refusal::signed_out)?;
    let newest = history::newest(chat, Caller::Request(&who.principal), RoomId::LOBBY).await?;
    let html = render(chat, &me, who, newest)?;
    let response = (Extension(Masked), [(CACHE_CONTROL, "no-store")], Html(html)).into_response();
    let issued = IssuedToken::new(who.token.clone(), &who.principal);
    Ok(with_cookies(response, chat.session_routes.cookies().set_by_link(headers, &issued)))
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
    let boot = script_json(&boot)?;
    let messages = MessageView::all(newest.messages, me.id);
    ChatPage { room: RoomId::LOBBY, me, boot, messages, users_url, token: &token }.render().map_err(|error| {
        tracing::error!(%error, "the chat page cannot be rendered");
        Refusal::internal().into()
    })
}
