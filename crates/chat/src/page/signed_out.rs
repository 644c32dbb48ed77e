//! The page for whoever comes to the chat without a good token: the ways back in, with JavaScript taken at once.
//!
//! What the tab itself keeps only its script knows (`static/js/connection/tab-identity.js`).

use askama::Template;
use axum::Extension;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use web::{Problem, Reason};

use crate::chat::Chat;

#[derive(Template)]
#[template(path = "signed-out.html")]
struct Page<'a> {
    /// Who the cookie is, if its token is good: then it was a link's that is not.
    signed_in: Option<&'a str>,
    /// Whether the browser says that it can go on by a renewal credential.
    can_renew: bool,
    users_url: &'a str,
}

/// 401, and how to go on.
pub(crate) async fn page(chat: &Chat, headers: &HeaderMap) -> Response {
    let cookie = chat.logins.principal_of_cookie(headers).await;
    let page = Page {
        signed_in: cookie.as_ref().map(|who| who.username.as_str()),
        can_renew: chat.logins.cookies().can_renew(headers),
        users_url: chat.settings.users_url.as_str(),
    };
    let manners = [
        (WWW_AUTHENTICATE, "Bearer"),
        (CACHE_CONTROL, "no-store"),
        // Where a browser says nothing of its site, a form of a page without a referrer looks like a foreign one.
        (REFERRER_POLICY, "same-origin"),
    ];
    match page.render() {
        Ok(page) => {
            let reason = Extension(Reason::signed_out());
            (StatusCode::UNAUTHORIZED, reason, manners, Html(page)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the page for people without a token cannot be rendered");
            Problem::internal().into_response()
        }
    }
}
