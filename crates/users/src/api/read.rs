//! `GET /users` and `GET /users/{id}`: who is here.

use axum::Json as JsonBody;
use axum::extract::{Path, State};
use axum::http::header::LINK;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::IntoResponse;
use store::User;
use web::{Fields, Problem, SignedIn};

use crate::App;
use crate::input::Listing;
use crate::openapi::{ProblemBody, UserBody};

/// All users by id, a page at a time.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    params(Listing),
    security(("token" = [])),
    responses(
        (status = 200, description = "The users; `Link` leads to the next ones", body = [UserBody],
            headers(("Link", description = "`<…>; rel=\"next\"` where there are more"))),
        (status = 422, description = "A parameter is wrong", body = ProblemBody),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: SignedIn,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let listing: Listing = Fields::read_query(uri.query())?;
    if let Some(username) = &listing.username {
        let found = app.accounts.by_username(username).await?;
        let found = found.into_iter().filter(|user| Some(user.id) > listing.after).collect();
        return Ok((HeaderMap::new(), JsonBody(found)));
    }
    let (page, more) = app.accounts.page(listing.after, listing.limit).await?;
    let next = page.last().filter(|_| more).map(|last| next_link(last, listing.limit));
    Ok((next.into_iter().collect(), JsonBody(page)))
}

/// One user, by id, by user name, or `me`.
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "An id, a user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The user", body = UserBody),
    )
)]
pub(crate) async fn one(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<JsonBody<User>, Problem> {
    app.accounts.find(&id, &who).await.map(JsonBody)
}

/// RFC 8288.
fn next_link(last: &User, limit: u32) -> (axum::http::HeaderName, HeaderValue) {
    let link = format!("</users?limit={limit}&after={}>; rel=\"next\"", last.id);
    (LINK, HeaderValue::try_from(link).expect("a number and an id fit into a header"))
}
