//! A form of the account page as it came in. Its sender is signed in, or was signed out a moment ago by the same form.

use auth::FormKey;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use store::UserId;
use web::session::{Issued, with_cookies};
use web::{Fields, Form, Problem};

use super::{Visit, to_log_in};
use crate::App;
use crate::pages::not_kept;

/// A form with what its browser bears.
pub(crate) struct Sent {
    pub(super) app: App,
    pub(super) headers: HeaderMap,
    pub(super) fields: Fields,
    /// For whom and when it was made, unless the browser is somebody else's by now.
    pub(super) form: Option<FormKey>,
    visit: Result<Visit, Problem>,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::of(&mut parts, app).await;
        let headers = parts.headers.clone();
        let read = Form::from_request(Request::from_parts(parts, body), &()).await;
        let Form(fields) = match (read, &visit) {
            (Ok(form), _) => form,
            (Err(_), Err(signed_out)) => return Err(to_log_in(signed_out.clone())),
            (Err(problem), Ok(_)) => return Err(problem.into_response()),
        };
        let is_theirs = |form: &FormKey| visit.as_ref().map_or(true, |visit| visit.user.id.0 == form.user);
        let form = fields.text("form").and_then(|key| app.authenticator.form_of(key)).filter(is_theirs);
        Ok(Self { app: app.clone(), headers, fields, form, visit })
    }
}

impl Sent {
    /// Whoever is signed in.
    ///
    /// # Errors
    /// Why nobody is.
    pub(super) fn visit(&self) -> Result<&Visit, Problem> {
        self.visit.as_ref().map_err(Clone::clone)
    }

    /// What comes of doing what the form asks for; where that is refused, what came of the same form a moment before.
    pub(super) async fn outcome<T>(
        &self,
        act: impl Future<Output = Result<T, Problem>>,
        came_before: impl Future<Output = Result<Option<T>, Problem>>,
    ) -> Result<T, Problem> {
        match act.await {
            Ok(done) => Ok(done),
            Err(refused) => came_before.await?.ok_or(refused),
        }
    }

    /// The page again, with what went wrong; the log-in page for whoever is not signed in.
    pub(super) fn refused(&self, problem: Problem) -> Response {
        match &self.visit {
            Ok(visit) => visit.again(&problem, &self.fields),
            Err(_) => to_log_in(problem),
        }
    }

    /// Back to the page of the user, which goes on with the new token, if there is one. Where the cookie is somebody else the
    /// page is asked for by name, and the tab gets the token in the address, in the part that no server sees.
    pub(super) fn go_on(&self, user: UserId, issued: Option<&Issued>, to: &str) -> Response {
        let is_own = |cookie: &auth::Claims| cookie.sub == user.0;
        let (sessions, over) = (&self.app.sessions, self.visit().ok().map(|visit| visit.who.claims.sid));
        let replace = |issued| sessions.replace_cookies(&self.headers, over, issued, is_own);
        let cookies = issued.map(replace).unwrap_or_default();
        let address = match (sessions.cookie_is(&self.headers, is_own), issued) {
            (true, _) => to.to_owned(),
            (false, None) => format!("{to}&user={user}"),
            (false, Some(issued)) => format!("{to}&user={user}#user={user}&token={}", issued.token),
        };
        with_cookies(not_kept(Redirect::to(&address).into_response()), cookies)
    }

    /// Away from here without the cookie of whom the form was made for.
    pub(super) fn gone(&self, to: &str) -> Response {
        let user = self.visit.as_ref().map(|visit| visit.user.id.0).ok().or(self.form.map(|form| form.user));
        let over = self.visit().ok().map(|visit| visit.who.claims.sid);
        let is_own = |cookie: &auth::Claims| Some(cookie.sub) == user;
        let cookies = self.app.sessions.clear_cookies(&self.headers, over, is_own);
        with_cookies(Redirect::to(to).into_response(), cookies)
    }
}
