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
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::{LogPage, RoomId, User};
use web::{
    ClientNetwork, IssuedToken, Masked, Part, PrincipalByLink, PrincipalWithToken, Problem, Refusal,
    Requester, mask, media, with_cookies,
};

use crate::chat::{Chat, ChatState};
use crate::ops::admission::Caller;
use crate::ops::history;
use crate::wire;
use script_json::script_json;

/// Where the messages belong in the rendered page: a character that no HTML has (HTML standard, "Preprocessing the input
/// stream").
const MESSAGES_HOLE: char = '\0';

/// The page around its messages.
#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'a> {
    room: RoomId,
    me: &'a User,
    boot: String,
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
    network: ClientNetwork,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = match who {
        Ok(PrincipalByLink(who)) => show_to(&chat, &who, network, &headers).await,
        Err(problem) => Err(problem),
    };
    match shown {
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED && media::wants_html(&headers) => {
            Ok(signed_out::page(&chat, &headers).await)
        }
        shown => shown,
    }
}

async fn show_to(
    chat: &Chat,
    who: &PrincipalWithToken,
    network: ClientNetwork,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let requester = Requester { principal: who.principal.clone(), network };
    let (newest, me) = tokio::join!(
        history::newest(chat, Caller::Request(&requester), RoomId::LOBBY),
        chat.stores.accounts.by_id(who.principal.user_id),
    );
    let (newest, me) = (newest?, me?.ok_or_else(Refusal::signed_out)?);
    let (start, end) = around_messages(chat, &me, who, &newest)?;
    let messages = message_view::for_reader(&chat.recent, &newest, RoomId::LOBBY, me.id)?;
    let end = chat.recent.page_end(&end).map_or(Part::Own(&end), Part::Shared);
    let parts = [Part::Own(&start), Part::Shared(messages.part()), end];
    let page = web::assemble(headers, "text/html; charset=utf-8", &parts);
    let page = chat.reads.count(network, page).await;
    let response = (Extension(Masked), [(CACHE_CONTROL, "no-store")], page).into_response();
    let issued = IssuedToken::new(who.token.clone(), &who.principal);
    Ok(with_cookies(response, chat.session_routes.cookies().set_by_link(headers, &issued)))
}

/// The page's start, which is for this reader and this answer only, and its end, which is the same for everybody.
fn around_messages(
    chat: &Chat,
    me: &User,
    who: &PrincipalWithToken,
    newest: &LogPage,
) -> Result<(String, String), Refusal> {
    let users_url = chat.settings.users_url.as_str();
    let token = mask(&who.token);
    let boot = Boot {
        me: wire::User::from(me),
        token: &token,
        expires_in: who.principal.expires_in_secs(),
        room: RoomId::LOBBY,
        covered_to: history::newest_that_fit(newest).1,
        last_seq: newest.last_seq,
        users_url,
    };
    let boot = script_json(&boot)?;
    let mut start = rendered(&ChatPage { room: RoomId::LOBBY, me, boot, users_url, token: &token })?;
    let hole = start.find(MESSAGES_HOLE).ok_or_else(Refusal::internal)?;
    let end = start.split_off(hole + MESSAGES_HOLE.len_utf8());
    start.truncate(hole);
    Ok((start, end))
}

fn rendered(template: &impl Template) -> Result<String, Refusal> {
    template.render().map_err(|error| {
        tracing::error!(%error, "the chat page cannot be rendered");
        Refusal::internal()
    })
}
