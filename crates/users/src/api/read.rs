//! `GET /users` and `GET /users/{id}`.

use axum::Json as JsonBody;
use axum::extract::{Path, State};
use axum::http::header::LINK;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use store::UserPage;
use web::resources::User;
use web::{Part, Principal, Problem, Query, Refusal, Requester};

use crate::input::Listing;
use crate::ops::Target;
use crate::state::App;

/// List the users in the order of their ids, a page at a time.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    params(Listing),
    security(("token" = [])),
    responses(
        (status = 200, description = "The users; `Link` leads to the next page", body = [User],
            headers(("Link", description = "`<…>; rel=\"next\"` if there are more"))),
        (status = 422, description = "A parameter is wrong (`invalid`)", body = Problem),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Requester,
    headers: HeaderMap,
    Query(listing): Query<Listing>,
) -> Result<Response, Problem> {
    let page = app.ops.list(&caller, &listing).await?;
    let last = page.users.last().filter(|_| page.has_more);
    let next: HeaderMap = last.map(|last| next_link(last, listing.limit)).into_iter().collect();
    if listing.username.is_some() {
        return Ok((next, JsonBody(resources(&page))).into_response());
    }
    let made = app.lists.of(&page, (listing.after, listing.limit), |page| {
        serde_json::to_string(&resources(page)).map_err(|_| Refusal::internal())
    })?;
    let answer = web::assemble(&headers, "application/json", &[Part::Shared(made.part())]);
    Ok((next, app.ops.reads().count(caller.network, answer).await).into_response())
}

fn resources(page: &UserPage) -> Vec<User<'_>> {
    page.users.iter().map(User::from).collect()
}

/// Read one user.
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "An id, a user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 200, description = "The user", body = User),
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let user = app.ops.read(&caller, Target::Named(&id)).await?;
    Ok(JsonBody(User::from(&user)).into_response())
}

/// A link to the next page (RFC 8288).
fn next_link(last: &store::User, limit: u32) -> (HeaderName, HeaderValue) {
    let link = format!("</users?limit={limit}&after={}>; rel=\"next\"", last.id);
    (LINK, HeaderValue::try_from(link).expect("a number and an id are valid in a header"))
}
