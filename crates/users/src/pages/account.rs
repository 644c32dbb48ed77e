//! The account page: another name, another password, where one is signed in, one's data, and the way out. Each of its
//! forms is one of the files below. It needs a good token, and sends whoever has none to the log-in page.
//!
//! Its forms bear the token of the person for whom the page was made, and act as that one, whoever the cookie is. Where a
//! page is asked for it is the cookie that tells who asks; so its script asks again as the tab's own person
//! (`static/js/account.js`).

pub(crate) mod change;
pub(crate) mod export;
mod farewell;
pub(crate) mod leave;
mod sent;

use askama::Template;
use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use store::{User, UserId};
use web::{Fields, FromFields, Problem, Reason, SignedIn, mask, media};

use crate::App;
use crate::pages::errors::{Errors, Labels};
use crate::pages::moment::Moment;
use crate::pages::{again, not_kept, render};

const LABELS: Labels = &[
    ("display_name", "Display name"),
    ("current_password", "Current password"),
    ("new_password", "New password"),
    ("password", "Password"),
];

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    user: &'a User,
    signed_up: Option<Moment>,
    /// When the password was last given in this session, and when it is needed again at the latest.
    since: Option<Moment>,
    until: Option<Moment>,
    errors: Errors,
    notice: Option<&'static str>,
    chat_url: &'a str,
    display_name: &'a str,
    /// By which a form is known that comes twice.
    form_key: String,
    /// Masked.
    token: String,
}

#[derive(Template)]
#[template(path = "account-signed-out.html")]
struct SignedOut<'a> {
    chat_url: &'a str,
}

/// Somebody with a good token, at the own account. Anybody else is sent to the log-in page.
pub(crate) struct Visit {
    app: App,
    who: SignedIn,
    user: User,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        Self::of(parts, app).await.map_err(|problem| without_token(app, parts, problem))
    }
}

/// `GET /account`. A link to it may bear the `user` that it means, as the forms do.
pub(crate) async fn show(visit: Visit, uri: Uri) -> Response {
    if visit.check_meant(Fields::from_query(uri.query()).text("user")).is_err() {
        return Problem::somebody_elses_page(&visit.user.username).into_response();
    }
    let page = visit.page(Errors::default(), notice(uri.query()), &visit.user.display_name);
    not_kept(render(StatusCode::OK, &page))
}

impl Visit {
    /// Whose token the request bears: the form's own, or the cookie's.
    async fn of(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let who = SignedIn::from_request_parts(parts, app).await?;
        // Somebody whose account went just now is signed out.
        let user = app.accounts.find("me", &who).await.map_err(|problem| match problem.status() {
            StatusCode::NOT_FOUND => Problem::signed_out(),
            _ => problem,
        })?;
        Ok(Self { app: app.clone(), who, user })
    }

    /// Reads a form of this page, if it means the user whose token the request bears.
    fn read<T: FromFields>(&self, fields: &Fields) -> Result<T, Problem> {
        self.check_meant(fields.text("user"))?;
        fields.clone().read().map_err(Problem::invalid)
    }

    fn check_meant(&self, meant: Option<&str>) -> Result<(), Problem> {
        match meant {
            Some(id) if UserId::parse(id) != Some(self.user.id) => {
                Err(Problem::somebody_else(&self.user.username))
            }
            _ => Ok(()),
        }
    }

    /// The same page, with what went wrong, and with the name that was typed.
    fn again(&self, problem: &Problem, fields: &Fields) -> Response {
        let typed = fields.text("display_name").unwrap_or(&self.user.display_name);
        again(problem, &self.page(Errors::of(problem, LABELS), None, typed))
    }

    fn page<'a>(&'a self, errors: Errors, notice: Option<&'static str>, display_name: &'a str) -> Page<'a> {
        let claims = &self.who.claims;
        Page {
            user: &self.user,
            signed_up: Moment::of(self.user.created_at),
            since: Moment::of_secs(claims.auth_time),
            until: Moment::of_secs(claims.session_ends(self.app.lifetimes)),
            errors,
            notice,
            chat_url: self.app.chat_url.as_str(),
            display_name,
            form_key: self.app.authenticator.form_key(claims),
            token: mask(&self.who.token),
        }
    }
}

/// A browser on its way to a page gets one whose script looks for the tab's own token first.
fn without_token(app: &App, parts: &Parts, problem: Problem) -> Response {
    let comes_to_a_page = parts.method == Method::GET && media::wants_html(&parts.headers);
    if !comes_to_a_page || problem.status() != StatusCode::UNAUTHORIZED {
        return to_log_in(problem);
    }
    let page = not_kept(render(StatusCode::UNAUTHORIZED, &SignedOut { chat_url: app.chat_url.as_str() }));
    (Extension(Reason::signed_out()), page).into_response()
}

/// Whoever is not signed in is sent to the log-in page.
pub(in crate::pages) fn to_log_in(problem: Problem) -> Response {
    match problem.status() {
        StatusCode::UNAUTHORIZED => Redirect::to("/login").into_response(),
        _ => problem.into_response(),
    }
}

fn notice(query: Option<&str>) -> Option<&'static str> {
    match Fields::from_query(query).text("done") {
        Some("name") => Some("Your name is saved."),
        Some("password") => {
            Some("Your password is changed. Wherever else you were signed in, you are signed out.")
        }
        _ => None,
    }
}
