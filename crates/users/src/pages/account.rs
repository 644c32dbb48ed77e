//! The account page: display name, password, session, export and deletion. Each of its forms is one of the files below.
//! It requires a valid token, and redirects to the log-in page without one.
//!
//! Tabs share the cookie, and two tabs may be two users. So a form holds the token of the page's user, and acts as that
//! user, also if the cookie is another user's. A page is requested with the cookie's token; its script then requests the
//! page again as the tab's own user, if that is another one (`static/js/account.js`).

pub(crate) mod change;
pub(crate) mod delete;
pub(crate) mod export;
mod flash_cookie;
mod form;
pub(crate) mod sign_out;

use askama::Template;
use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use store::{User, UserId};
use web::{
    Code, Credential, Fields, FromFields, Principal, PrincipalWithToken, Problem, Reason, Refusal, mask,
    media,
};

use crate::pages::display_time::DisplayTime;
use crate::pages::form_errors::{FormErrors, Labels};
use crate::pages::{redirect_to_log_in, show_again};
use crate::render::{no_store, render};
use crate::state::App;

const LABELS: Labels = &[
    ("display_name", "Display name"),
    ("current_password", "Current password"),
    ("new_password", "New password"),
    ("password", "Password"),
];

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    user: &'a User,
    signed_up_at: Option<DisplayTime>,
    /// When the password was last given in this session.
    logged_in_at: Option<DisplayTime>,
    /// When the password must be given again at the latest.
    session_ends_at: Option<DisplayTime>,
    errors: FormErrors,
    notice: Option<&'static str>,
    chat_url: &'a str,
    display_name: &'a str,
    /// Identifies duplicate submissions ([`auth::FormKey`]).
    form_key: String,
    /// Masked.
    token: String,
}

#[derive(Template)]
#[template(path = "account-signed-out.html")]
struct SignedOutPage<'a> {
    chat_url: &'a str,
}

/// A request for the account page or of one of its forms, with a valid token. Rejects others with a redirect to the log-in
/// page.
pub(crate) struct AccountRequest {
    app: App,
    caller: Principal,
    token: String,
    user: User,
}

impl FromRequestParts<App> for AccountRequest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        Self::read(parts, app).await.map_err(|problem| signed_out(app, parts, problem))
    }
}

/// `GET /account`. A link may name the `user` that it is for, as the forms do.
pub(crate) async fn show(request: AccountRequest, uri: Uri) -> Response {
    if request.check_user(Fields::from_query(uri.query()).text("user")).is_err() {
        return Problem::somebody_elses_page(&request.user.username).into_response();
    }
    let page = request.page(FormErrors::default(), notice(uri.query()), &request.user.display_name);
    no_store(render(StatusCode::OK, &page))
}

impl AccountRequest {
    async fn read(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let PrincipalWithToken { principal: caller, token } =
            PrincipalWithToken::from_request_parts(parts, app).await?;
        // The account may have been deleted a moment ago.
        let user = app.ops.read_own(&caller).await.map_err(|refusal| match refusal.code() {
            Code::NotFound => Refusal::signed_out(),
            _ => refusal,
        })?;
        Ok(Self { app: app.clone(), caller, token, user })
    }

    /// Parses a form of this page, if it was made for the user of the token.
    fn parse<T: FromFields>(&self, fields: &Fields) -> Result<T, Problem> {
        self.check_user(fields.text("user"))?;
        Ok(fields.clone().read()?)
    }

    /// # Errors
    /// 409 when the form or link is for another user.
    fn check_user(&self, id: Option<&str>) -> Result<(), Problem> {
        match id {
            Some(id) if UserId::parse(id) != Some(self.user.id) => {
                Err(Problem::somebody_else(&self.user.username))
            }
            _ => Ok(()),
        }
    }

    /// The same page, with the problem and the submitted display name.
    fn show_again(&self, problem: &Problem, fields: &Fields) -> Response {
        let display_name = fields.text("display_name").unwrap_or(&self.user.display_name);
        show_again(problem, &self.page(FormErrors::of(problem, LABELS), None, display_name))
    }

    fn page<'a>(
        &'a self,
        errors: FormErrors,
        notice: Option<&'static str>,
        display_name: &'a str,
    ) -> AccountPage<'a> {
        let Credential::Session(session) = self.caller.credential();
        AccountPage {
            user: &self.user,
            signed_up_at: DisplayTime::of(self.user.created_at),
            logged_in_at: DisplayTime::of_secs(session.began_at),
            session_ends_at: DisplayTime::of_secs(session.ends_at(self.app.lifetimes)),
            errors,
            notice,
            chat_url: self.app.chat_url.as_str(),
            display_name,
            form_key: self.app.authenticator.form_key(&self.caller),
            token: mask(&self.token),
        }
    }
}

/// A browser that navigates here without a valid cookie gets a page whose script looks for the tab's own token first.
fn signed_out(app: &App, parts: &Parts, problem: Problem) -> Response {
    let is_navigation = parts.method == Method::GET && media::wants_html(&parts.headers);
    if !is_navigation || problem.status() != StatusCode::UNAUTHORIZED {
        return redirect_to_log_in(problem);
    }
    let page = render(StatusCode::UNAUTHORIZED, &SignedOutPage { chat_url: app.chat_url.as_str() });
    (Extension(Reason::signed_out()), no_store(page)).into_response()
}

fn notice(query: Option<&str>) -> Option<&'static str> {
    match Fields::from_query(query).text("done") {
        Some("name") => Some("Your name is saved."),
        Some("password") => Some("Your password is changed. You are signed out everywhere else."),
        _ => None,
    }
}
