//! The page for a browser without a valid token: the ways back in, which the page's script takes at once.
//!
//! Only the script knows what the tab itself keeps (`static/js/connection/tab-identity.js`).

use askama::Template;
use axum::Extension;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use store::RoomId;
use web::{NextRoom, Reason, Refusal};

use super::log_in_url;
use crate::chat::Chat;

#[derive(Template)]
#[template(path = "signed-out.html")]
struct SignedOutPage<'a> {
    /// The user of the cookie's token, if that is valid: the token of the link is not, then.
    signed_in: Option<&'a str>,
    /// Whether the browser sent a renewal credential.
    can_renew: bool,
    /// The room of this page.
    room: NextRoom,
    log_in_url: String,
}

/// 401 with the page.
pub(super) async fn page(chat: &Chat, room: RoomId, headers: &HeaderMap) -> Response {
    let cookie = chat.session_routes.principal_of_cookie(headers).await;
    let page = SignedOutPage {
        signed_in: cookie.as_ref().map(|who| who.username.as_str()),
        can_renew: chat.session_routes.cookies().can_renew(headers),
        room: NextRoom::to(room),
        log_in_url: log_in_url(chat, room),
    };
    let headers = [
        (WWW_AUTHENTICATE, "Bearer"),
        (CACHE_CONTROL, "no-store"),
        // Without a referrer and `Sec-Fetch-Site`, a form of this page would look like one of a foreign page.
        (REFERRER_POLICY, "same-origin"),
    ];
    match page.render() {
        Ok(page) => {
            let reason = Extension(Reason::signed_out());
            (StatusCode::UNAUTHORIZED, reason, headers, Html(page)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the page for signed-out browsers cannot be rendered");
            Refusal::internal().into_response()
        }
    }
}
