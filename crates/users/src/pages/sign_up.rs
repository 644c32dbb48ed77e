//! The sign-up page: a new account, and directly into the chat.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use store::{User, Username};
use web::{Code, Fields, Form, NextRoom, Problem, Refusal};

use crate::input::Registration;
use crate::ops::{LoggedIn, PasswordClient};
use crate::pages::current_user::CurrentUser;
use crate::pages::form_errors::{FormErrors, Labels};
use crate::pages::{open_chat, show_again};
use crate::render::{no_store, render};
use crate::state::App;

const LABELS: Labels =
    &[("username", "User name"), ("display_name", "Display name"), ("password", "Password")];

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage<'a> {
    form: SignUpForm<'a>,
    errors: FormErrors,
    notice: Option<&'static str>,
    current_user: Option<User>,
    next: NextRoom,
}

/// The start page of a user who is signed in.
#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    user: User,
    next: NextRoom,
}

/// The submitted values that are shown again.
#[derive(Default)]
struct SignUpForm<'a> {
    username: &'a str,
    display_name: &'a str,
}

/// `GET /`: the sign-up page, or for a user who is signed in the start page.
pub(crate) async fn start(CurrentUser(current_user): CurrentUser, uri: Uri) -> Response {
    match current_user {
        Some(user) => no_store(render(StatusCode::OK, &StartPage { user, next: NextRoom::default() })),
        None => show(CurrentUser(None), uri).await,
    }
}

/// `GET /signup`.
pub(crate) async fn show(CurrentUser(current_user): CurrentUser, uri: Uri) -> Response {
    let is_private = current_user.is_some();
    let (form, errors) = (SignUpForm::default(), FormErrors::default());
    let next = NextRoom::of_query(uri.query());
    let page = render(StatusCode::OK, &SignUpPage { form, errors, notice: None, current_user, next });
    if is_private { no_store(page) } else { page }
}

/// `POST /signup`.
pub(crate) async fn submit(
    State(app): State<App>,
    client: PasswordClient,
    headers: HeaderMap,
    Form(fields): Form,
) -> Response {
    match sign_up(&app, &client, &fields).await {
        Ok(logged_in) => open_chat::redirect_with_session(&app, &headers, NextRoom::of(&fields), &logged_in),
        Err(refusal) => refused(&app, &fields, refusal).await,
    }
}

async fn sign_up(app: &App, client: &PasswordClient, fields: &Fields) -> Result<LoggedIn, Refusal> {
    let new: Registration = fields.clone().read()?;
    app.ops.sign_up_and_log_in(client, new).await
}

async fn refused(app: &App, fields: &Fields, refusal: Refusal) -> Response {
    let submitted = |name| fields.text(name).unwrap_or_default();
    let form = SignUpForm { username: submitted("username"), display_name: submitted("display_name") };
    let is_taken = refusal.code() == Code::UsernameTaken;
    let problem = Problem::from(refusal);
    let errors = if is_taken {
        FormErrors::of_field("username", taken_message(app, form.username, form.display_name).await)
    } else {
        FormErrors::of(&problem, LABELS)
    };
    show_again(
        &problem,
        &SignUpPage { form, errors, notice: None, current_user: None, next: NextRoom::of(fields) },
    )
}

/// Says that a user name is taken, and suggests a similar one that is free.
async fn taken_message(app: &App, username: &str, display_name: &str) -> String {
    let username = username.trim();
    let free = match Username::parse(username) {
        // If the store fails the message has no suggestion.
        Ok(name) => app.ops.suggest_username(&name, display_name).await.ok().flatten(),
        Err(_) => None,
    };
    match free {
        Some(free) => {
            format!("{} is taken. Try another, such as {}.", quoted(username), quoted(free.as_str()))
        }
        None => format!("{} is taken. Try another.", quoted(username)),
    }
}

/// A name in quotes. A name that is not ASCII may be written from right to left, so it is isolated (U+2068, U+2069).
fn quoted(name: &str) -> String {
    if name.is_ascii() { format!("“{name}”") } else { format!("“\u{2068}{name}\u{2069}”") }
}
