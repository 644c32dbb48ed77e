//! Who is signed in already, and the way on to the chat as that user.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use store::{User, UserId};
use web::{Fields, Problem, SignedIn};

use crate::App;
use crate::pages::account::to_log_in;
use crate::pages::to_the_chat;

/// The user whose cookie the browser bears, if there is one. While that cannot be told the page is shown as to anybody.
pub(crate) struct Present(pub(crate) Option<User>);

impl FromRequestParts<App> for Present {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let Ok(who) = SignedIn::from_request_parts(parts, app).await else { return Ok(Self(None)) };
        Ok(Self(app.accounts.find("me", &who).await.ok()))
    }
}

/// `GET /chat?user=ID`: to the chat as the user of the cookie. The tab may have been somebody else's there, so it is
/// told by the token. When the cookie is no longer the one of the user that is meant, back to the start, which says so.
pub(crate) async fn go_on(State(app): State<App>, who: Result<SignedIn, Problem>, uri: Uri) -> Response {
    let query = Fields::from_query(uri.query());
    match who {
        Ok(who) if query.text("user").is_none_or(|meant| UserId::parse(meant) == Some(who.user_id)) => {
            to_the_chat(&app, &who.token)
        }
        Ok(_) => Redirect::to("/").into_response(),
        Err(problem) => to_log_in(problem),
    }
}
