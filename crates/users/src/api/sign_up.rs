//! `POST /users`.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use web::resources::User;
use web::{ClientNetwork, Json, Problem};

use crate::input::Registration;
use crate::state::App;

/// Sign up. No token is needed. The next step is to log in.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    request_body = Registration,
    responses(
        (status = 201, description = "The new user", body = User,
            headers(("Location", description = "The path of the new user"))),
        (status = 409, description = "The user name is taken (`username_taken`)", body = Problem),
        (status = 422, description = "Some fields are wrong (`invalid`)", body = Problem),
        (status = 429, description = "Too many sign-ups from this address (`rate_limited`)", body = Problem,
            headers(("Retry-After" = u64, description = "Seconds"))),
        (status = 503, description = "Too many sign-ups at once (`overloaded`), or the store is not available \
            (`unavailable`)",
            body = Problem),
    )
)]
pub(crate) async fn sign_up(
    State(app): State<App>,
    network: ClientNetwork,
    Json(new): Json<Registration>,
) -> Result<Response, Problem> {
    let user = app.ops.sign_up(network, new).await?;
    let location = [(LOCATION, format!("/users/{}", user.id))];
    Ok((StatusCode::CREATED, location, JsonBody(User::from(&user))).into_response())
}
