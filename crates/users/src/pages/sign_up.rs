//! The sign-up page: a new account, and straight into the chat by the same log-in as everybody's.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{User, Username};
use web::session::Issued;
use web::{Fields, Form, Problem};

use crate::App;
use crate::accounts::USERNAME_TAKEN;
use crate::input::Registration;
use crate::pages::errors::{Errors, Labels};
use crate::pages::go_on::Present;
use crate::pages::{again, into_the_chat, log_in, not_kept, render, shown_to};

const LABELS: Labels =
    &[("username", "User name"), ("display_name", "Display name"), ("password", "Password")];

#[derive(Template)]
#[template(path = "signup.html")]
struct Page<'a> {
    form: SignUpForm<'a>,
    errors: Errors,
    notice: Option<&'static str>,
    /// Who is signed in and may go on.
    present: Option<User>,
}

/// The start for somebody who is signed in.
#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    user: User,
}

/// What was typed and may be shown again.
#[derive(Default)]
struct SignUpForm<'a> {
    username: &'a str,
    display_name: &'a str,
}

/// `GET /`: the sign-up page, or the way on for somebody who is signed in.
pub(crate) async fn start(Present(present): Present) -> Response {
    match present {
        Some(user) => not_kept(render(StatusCode::OK, &Start { user })),
        None => show(Present(None)).await,
    }
}

/// `GET /signup`.
pub(crate) async fn show(Present(present): Present) -> Response {
    let (form, errors) = (SignUpForm::default(), Errors::default());
    shown_to(present.is_some(), render(StatusCode::OK, &Page { form, errors, notice: None, present }))
}

/// `POST /signup`.
pub(crate) async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    if let Err(problem) = register(&app, fields.clone()).await {
        return Ok(match came_before(&app, &fields, problem).await {
            Ok(issued) => into_the_chat(&app, &headers, &issued),
            Err(problem) => again_with(&app, &fields, &problem).await,
        });
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

/// The session of whoever sent the same form twice: the name is taken by the first one, whose password is this one.
async fn came_before(app: &App, fields: &Fields, refused: Problem) -> Result<Issued, Problem> {
    let Ok(new) = fields.clone().read::<Registration>() else { return Err(refused) };
    if refused.code() != USERNAME_TAKEN || !app.accounts.has_just_signed_up(&new).await? {
        return Err(refused);
    }
    log_in::log_in(app, fields.clone()).await.map_err(|problem| match problem.status() {
        StatusCode::UNAUTHORIZED => refused,
        _ => problem,
    })
}

async fn again_with(app: &App, fields: &Fields, problem: &Problem) -> Response {
    let typed = |name| fields.text(name).unwrap_or_default();
    let form = SignUpForm { username: typed("username"), display_name: typed("display_name") };
    let errors = match problem.code() {
        USERNAME_TAKEN => Errors::of_field("username", taken(app, form.username, form.display_name).await),
        _ => Errors::of(problem, LABELS),
    };
    again(problem, &Page { form, errors, notice: None, present: None })
}

/// Says that a name is taken, and which like it is not.
async fn taken(app: &App, username: &str, display_name: &str) -> String {
    let username = username.trim();
    let free = match Username::parse(username) {
        // Without the store there is nothing to suggest, which is no reason to say less.
        Ok(name) => app.accounts.free_name_like(&name, display_name).await.ok().flatten(),
        Err(_) => None,
    };
    match free {
        Some(free) => {
            format!("{} is taken. Try another, such as {}.", quoted(username), quoted(free.as_str()))
        }
        None => format!("{} is taken. Try another.", quoted(username)),
    }
}

/// A name that is not ASCII is isolated (U+2068, U+2069), since it may run from right to left.
fn quoted(name: &str) -> String {
    if name.is_ascii() { format!("“{name}”") } else { format!("“\u{2068}{name}\u{2069}”") }
}
