//! The account page: another display name, another password. It needs the cookie, and sends whoever has none to
//! the log-in page.

use askama::Template;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use store::{DisplayName, User};
use web::session::{Issued, with_cookie};
use web::{FieldErrors, Fields, Form, FromFields, Problem, SignedIn};

use crate::App;
use crate::input::{Changes, password_change};
use crate::pages::{again, errors_of, render};

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    user: &'a User,
    errors: &'a FieldErrors,
    notice: Option<String>,
    chat_url: &'a str,
    display_name: &'a str,
}

/// The form of the display name, which must be filled.
struct Renaming(Changes);

/// The form of the password.
struct NewPassword(Changes);

type MaybeSignedIn = Result<SignedIn, Problem>;

/// `GET /account`.
pub(crate) async fn show(State(app): State<App>, who: MaybeSignedIn, uri: Uri) -> Result<Response, Problem> {
    let who = match who {
        Ok(who) => who,
        Err(problem) => return to_log_in(problem),
    };
    let user = app.accounts.find("me", &who).await?;
    let (chat_url, errors) = (app.chat_url.as_str(), &FieldErrors::default());
    let page =
        Page { errors, notice: notice(uri.query()), chat_url, display_name: &user.display_name, user: &user };
    // Whoever goes back to it after logging out does not find it.
    Ok(([(CACHE_CONTROL, "no-store")], render(StatusCode::OK, &page)).into_response())
}

/// `POST /account`.
pub(crate) async fn rename(
    State(app): State<App>,
    who: MaybeSignedIn,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    change::<Renaming>(app, who, &headers, fields, "/account?done=name").await
}

/// `POST /account/password`.
pub(crate) async fn change_password(
    State(app): State<App>,
    who: MaybeSignedIn,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    change::<NewPassword>(app, who, &headers, fields, "/account?done=password").await
}

async fn change<T: FromFields + Into<Changes>>(
    app: App,
    who: MaybeSignedIn,
    headers: &HeaderMap,
    fields: Fields,
    done: &str,
) -> Result<Response, Problem> {
    let who = match who {
        Ok(who) => who,
        Err(problem) => return to_log_in(problem),
    };
    let user = app.accounts.find("me", &who).await?;
    let typed = fields.text("display_name").unwrap_or(&user.display_name).to_owned();
    match try_change::<T>(&app, &user, fields).await {
        Ok(issued) => Ok(moved_on(&app, headers, &user, issued.as_ref(), done)),
        Err(problem) => {
            let (chat_url, errors) = (app.chat_url.as_str(), &errors_of(&problem));
            let page = Page { user: &user, errors, notice: None, chat_url, display_name: &typed };
            Ok(again(&problem, &page))
        }
    }
}

async fn try_change<T: FromFields + Into<Changes>>(
    app: &App,
    user: &User,
    fields: Fields,
) -> Result<Option<Issued>, Problem> {
    if fields.text("user").is_some_and(|meant| meant != user.id.to_string()) {
        return Err(somebody_else(user));
    }
    let changes: T = fields.read().map_err(Problem::invalid)?;
    Ok(app.accounts.change(user.clone(), changes.into()).await?.1)
}

/// All tabs share the cookie: the page may have been opened as somebody else.
fn somebody_else(user: &User) -> Problem {
    let detail = format!("Nothing was changed: you are now signed in as {}.", user.username);
    Problem::new(StatusCode::CONFLICT, "somebody_else", detail)
}

fn moved_on(app: &App, headers: &HeaderMap, user: &User, issued: Option<&Issued>, done: &str) -> Response {
    let replace = |issued| app.sessions.replace_cookie_if(headers, issued, |cookie| cookie.sub == user.id.0);
    with_cookie(Redirect::to(done).into_response(), issued.and_then(replace))
}

fn to_log_in(problem: Problem) -> Result<Response, Problem> {
    if problem.status() == StatusCode::UNAUTHORIZED {
        Ok(Redirect::to("/login").into_response())
    } else {
        Err(problem)
    }
}

fn notice(query: Option<&str>) -> Option<String> {
    match query {
        Some("done=name") => Some("Your name is saved.".to_owned()),
        Some("done=password") => Some("Your password is changed.".to_owned()),
        _ => None,
    }
}

impl FromFields for Renaming {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let display_name = fields.required("display_name", |name| DisplayName::parse(&name))?;
        Some(Self(Changes { display_name: Some(display_name), ..Changes::default() }))
    }
}

impl FromFields for NewPassword {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        for name in ["current_password", "new_password"] {
            if !fields.has(name) {
                fields.refuse(name, "is missing");
            }
        }
        password_change(fields, "new_password").map(Self)
    }
}

impl From<Renaming> for Changes {
    fn from(form: Renaming) -> Self {
        form.0
    }
}

impl From<NewPassword> for Changes {
    fn from(form: NewPassword) -> Self {
        form.0
    }
}
