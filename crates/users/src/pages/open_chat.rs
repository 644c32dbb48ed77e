//! The redirects to the chat page: after a log-in, and from `GET /chat` for a user who is signed in.

use axum::extract::State;
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use store::UserId;
use web::{Fields, NextRoom, PrincipalWithToken, Problem, with_cookies};

use crate::ops::LoggedIn;
use crate::pages::redirect_to_log_in;
use crate::render::no_store;
use crate::state::App;

/// `GET /chat?user=ID&room=ID`: to the chat as the user of the cookie. The tab may have been another user's, so the token
/// goes with it. If the cookie is no longer that of `user`, back to the start page, which shows who is signed in.
pub(crate) async fn open_chat(
    State(app): State<App>,
    caller: Result<PrincipalWithToken, Problem>,
    uri: Uri,
) -> Response {
    let query = Fields::from_query(uri.query());
    match caller {
        Ok(caller)
            if query.text("user").is_none_or(|id| UserId::parse(id) == Some(caller.principal.user_id)) =>
        {
            redirect(&app, NextRoom::of(&query), &caller.token)
        }
        Ok(_) => Redirect::to("/").into_response(),
        Err(problem) => redirect_to_log_in(problem),
    }
}

/// 303 to a room of the chat after a log-in, with the cookies of the new session.
pub(super) fn redirect_with_session(
    app: &App,
    headers: &HeaderMap,
    next: NextRoom,
    logged_in: &LoggedIn,
) -> Response {
    let LoggedIn { user, issued } = logged_in;
    with_cookies(
        redirect(app, next, &issued.token),
        app.session_routes.cookies().set(headers, issued, user.id),
    )
}

/// 303 to the chat page with a token as URL parameter. The chat service keeps the token as a cookie only if it sees that the
/// browser comes from this service; so this answer sends the origin as referrer, which the policy of the pages would not.
fn redirect(app: &App, next: NextRoom, token: &str) -> Response {
    let mut response = no_store(Redirect::to(&app.chat_link(&next.path(), token)).into_response());
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("origin"));
    response
}
