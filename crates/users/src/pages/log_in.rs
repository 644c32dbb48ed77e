//! The log-in page.

use askama::Template;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use store::User;
use web::session::Issued;
use web::{Fields, Form, Problem};

use crate::App;
use crate::input::Credentials;
use crate::pages::errors::{Errors, Labels};
use crate::pages::go_on::Present;
use crate::pages::{again, into_the_chat, render, shown_to};

const LABELS: Labels = &[("username", "User name"), ("password", "Password")];

#[derive(Template)]
#[template(path = "login.html")]
struct Page<'a> {
    form: LogInForm<'a>,
    errors: Errors,
    notice: Option<&'static str>,
    /// Who is signed in and may go on.
    present: Option<User>,
}

/// What was typed and may be shown again.
#[derive(Default)]
struct LogInForm<'a> {
    username: &'a str,
}

/// `GET /login`.
pub(crate) async fn show(Present(present): Present, uri: Uri) -> Response {
    let (form, errors, notice) = (LogInForm::default(), Errors::default(), notice(uri.query()));
    shown_to(present.is_some(), render(StatusCode::OK, &Page { form, errors, notice, present }))
}

/// `POST /login` by a form.
pub(crate) async fn submit(app: App, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let Form(fields) = Form::from_request(request, &()).await?;
    match log_in(&app, fields.clone()).await {
        Ok(issued) => Ok(into_the_chat(&app, &headers, &issued)),
        Err(problem) => Ok(again_with(&fields, &problem, None)),
    }
}

/// Logs in whoever a form names: the one way for the log-in form and for the sign-up form.
pub(super) async fn log_in(app: &App, fields: Fields) -> Result<Issued, Problem> {
    let credentials: Credentials = fields.read().map_err(Problem::invalid)?;
    Ok(app.accounts.log_in(credentials).await?.issued)
}

/// The account is there, and only the log-in did not go through.
pub(super) fn after_sign_up(fields: &Fields, problem: &Problem) -> Response {
    again_with(fields, problem, Some("Your account is there. You only have to log in."))
}

fn again_with(fields: &Fields, problem: &Problem, notice: Option<&'static str>) -> Response {
    let form = LogInForm { username: fields.text("username").unwrap_or_default() };
    again(problem, &Page { form, errors: Errors::of(problem, LABELS), notice, present: None })
}

fn notice(query: Option<&str>) -> Option<&'static str> {
    match query {
        Some("done=log-out") => Some("You are logged out."),
        Some("done=everywhere") => Some("You are signed out everywhere."),
        _ => None,
    }
}
