//! `POST /users`: somebody signs up.

use axum::Json as JsonBody;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use web::{Json, Problem};

use crate::App;
use crate::input::Registration;
use crate::openapi::{ProblemBody, RegistrationBody, UserBody};

/// Sign up. No token is needed; log in next.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    request_body = RegistrationBody,
    responses(
        (status = 201, description = "The new user", body = UserBody, headers(("Location", description = "Where it is"))),
        (status = 409, description = "Somebody has the user name (`username_taken`)", body = ProblemBody),
        (status = 422, description = "Some fields are wrong", body = ProblemBody),
        (status = 503, description = "Too many sign up at once, or the store is away", body = ProblemBody),
    )
)]
pub(crate) async fn register(
    State(app): State<App>,
    Json(new): Json<Registration>,
) -> Result<impl IntoResponse, Problem> {
    let user = app.accounts.register(new).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/users/{}", user.id))], JsonBody(user)))
}
