//! The sign-up page: a new account, and straight into the chat by the same log-in as everybody's.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use web::{FieldErrors, Fields, Form, Problem};

use crate::App;
use crate::input::Registration;
use crate::pages::{again, errors_of, into_the_chat, log_in, render};

#[derive(Template)]
#[template(path = "signup.html")]
struct Page<'a> {
    form: SignUpForm<'a>,
    errors: &'a FieldErrors,
    notice: Option<String>,
}

/// What was typed and may be shown again.
#[derive(Default)]
struct SignUpForm<'a> {
    username: &'a str,
    display_name: &'a str,
}

/// `GET /` and `GET /signup`.
pub(crate) async fn show() -> Response {
    render(
        StatusCode::OK,
        &Page { form: SignUpForm::default(), errors: &FieldErrors::default(), notice: None },
    )
}

/// `POST /signup`.
pub(crate) async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if let Err(problem) = register(&app, fields.clone()).await {
        return Ok(again_with(&fields, &problem));
    }
    match log_in::log_in(&app, fields.clone()).await {
        Ok(issued) => Ok(into_the_chat(&app, &headers, &issued)),
        Err(problem) => Ok(log_in::after_sign_up(&fields, &problem)),
    }
}

async fn register(app: &App, fields: Fields) -> Result<(), Problem> {
    let new: Registration = fields.read().map_err(Problem::invalid)?;
    app.accounts.register(new).await.map(|_| ())
}

fn again_with(fields: &Fields, problem: &Problem) -> Response {
    let typed = |name| fields.text(name).unwrap_or_default();
    let form = SignUpForm { username: typed("username"), display_name: typed("display_name") };
    again(problem, &Page { form, errors: &errors_of(problem), notice: None })
}
