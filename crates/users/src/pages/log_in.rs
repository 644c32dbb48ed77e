//! The log-in page.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use store::User;
use web::{Fields, Form, NextRoom, Problem, Refusal};

use crate::input::Credentials;
use crate::ops::{LoggedIn, PasswordClient};
use crate::pages::current_user::CurrentUser;
use crate::pages::form_errors::{FormErrors, Labels};
use crate::pages::{open_chat, show_again};
use crate::render::{no_store, render};
use crate::state::App;

const LABELS: Labels = &[("username", "User name"), ("password", "Password")];

#[derive(Template)]
#[template(path = "login.html")]
struct LogInPage<'a> {
    form: LogInForm<'a>,
    errors: FormErrors,
    notice: Option<&'static str>,
    current_user: Option<User>,
    next: NextRoom,
}

/// The submitted values that are shown again.
#[derive(Default)]
struct LogInForm<'a> {
    username: &'a str,
}

/// `GET /login`.
pub(crate) async fn show(CurrentUser(current_user): CurrentUser, uri: Uri) -> Response {
    let is_private = current_user.is_some();
    let (form, errors, notice) = (LogInForm::default(), FormErrors::default(), notice(uri.query()));
    let next = NextRoom::of_query(uri.query());
    let page = render(StatusCode::OK, &LogInPage { form, errors, notice, current_user, next });
    if is_private { no_store(page) } else { page }
}

/// `POST /login` by a form.
pub(crate) async fn submit(
    State(app): State<App>,
    client: PasswordClient,
    headers: HeaderMap,
    Form(fields): Form,
) -> Response {
    let next = NextRoom::of(&fields);
    match log_in(&app, &client, &fields).await {
        Ok(logged_in) => open_chat::redirect_with_session(&app, &headers, next, &logged_in),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let form = LogInForm { username: fields.text("username").unwrap_or_default() };
            let errors = FormErrors::of(&problem, LABELS);
            show_again(&problem, &LogInPage { form, errors, notice: None, current_user: None, next })
        }
    }
}

async fn log_in(app: &App, client: &PasswordClient, fields: &Fields) -> Result<LoggedIn, Refusal> {
    let credentials: Credentials = fields.clone().read()?;
    app.ops.log_in(client, credentials).await
}

fn notice(query: Option<&str>) -> Option<&'static str> {
    match query {
        Some("done=log-out") => Some("You are logged out."),
        Some("done=everywhere") => Some("You are signed out everywhere."),
        _ => None,
    }
}
