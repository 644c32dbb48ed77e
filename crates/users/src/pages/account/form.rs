//! A submitted form of the account page. Its sender is signed in, or was signed out a moment ago by the same form.

use auth::FormKey;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use store::UserId;
use web::{Fields, Form, IssuedToken, Principal, Problem, Refusal, with_cookies};

use super::AccountRequest;
use crate::ops::{PasswordClient, Submission};
use crate::pages::redirect_to_log_in;
use crate::render::no_store;
use crate::state::App;

/// A form with the headers of its request.
pub(crate) struct AccountForm {
    pub(super) app: App,
    pub(super) headers: HeaderMap,
    pub(super) client: PasswordClient,
    pub(super) fields: Fields,
    /// For which user and token version the form was made. `None` if the token is another user's by now.
    key: Option<FormKey>,
    request: Result<AccountRequest, Problem>,
}

impl FromRequest<App> for AccountForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let request = AccountRequest::read(&mut parts, app).await;
        let client = PasswordClient::from_request_parts(&mut parts, app).await;
        let client = client.map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let form = Form::from_request(Request::from_parts(parts, body), &()).await;
        let Form(fields) = match (form, &request) {
            (Ok(form), _) => form,
            (Err(_), Err(signed_out)) => return Err(redirect_to_log_in(signed_out.clone())),
            (Err(problem), Ok(_)) => return Err(problem.into_response()),
        };
        let is_own = |key: &FormKey| request.as_ref().map_or(true, |request| request.user.id.0 == key.user);
        let key = fields.text("form").and_then(|key| app.authenticator.form_of(key)).filter(is_own);
        Ok(Self { app: app.clone(), headers, client, fields, key, request })
    }
}

impl AccountForm {
    /// The request of a user who is signed in.
    ///
    /// # Errors
    /// Why the token is not valid.
    pub(super) fn request(&self) -> Result<&AccountRequest, Problem> {
        self.request.as_ref().map_err(Clone::clone)
    }

    /// The form, to look for a first submission of it.
    pub(super) fn submission(&self) -> Submission {
        Submission { key: self.key, is_checked: self.request.is_ok() }
    }

    /// The result of `operation`; if it is refused, the result of the same form submitted before.
    pub(super) async fn result<T>(
        &self,
        operation: impl Future<Output = Result<T, Problem>>,
        repeated: impl Future<Output = Result<Option<T>, Refusal>>,
    ) -> Result<T, Problem> {
        match operation.await {
            Ok(result) => Ok(result),
            Err(refusal) => repeated.await?.ok_or(refusal),
        }
    }

    /// The page again, with the problem; the log-in page if the sender is not signed in.
    pub(super) fn refused(&self, problem: Problem) -> Response {
        match &self.request {
            Ok(request) => request.show_again(&problem, &self.fields),
            Err(_) => redirect_to_log_in(problem),
        }
    }

    /// 303 to the account page of `user`, with the cookies of a new session, if there is one. If the cookie is another
    /// user's, the address names the user, and the tab gets the new token in the fragment, which no server sees.
    pub(super) fn redirect_to_page(
        &self,
        user: UserId,
        issued: Option<&IssuedToken>,
        path: &str,
    ) -> Response {
        let sessions = self.app.session_routes.cookies();
        let replace = |issued| sessions.replace(&self.headers, self.caller(), issued, user);
        let cookies = issued.map(replace).unwrap_or_default();
        let address = match (sessions.is_of(&self.headers, user), issued) {
            (true, _) => path.to_owned(),
            (false, None) => format!("{path}&user={user}"),
            (false, Some(issued)) => format!("{path}&user={user}#user={user}&token={}", issued.token),
        };
        with_cookies(no_store(Redirect::to(&address).into_response()), cookies)
    }

    /// 303 to `path` after every session has ended, which clears the cookies of the form's user.
    pub(super) fn redirect_signed_out(&self, path: &str) -> Response {
        let user =
            self.request().map(|request| request.user.id).ok().or(self.key.map(|key| UserId(key.user)));
        let cookies = self.app.session_routes.cookies().clear(&self.headers, self.caller(), user);
        with_cookies(Redirect::to(path).into_response(), cookies)
    }

    fn caller(&self) -> Option<&Principal> {
        self.request.as_ref().ok().map(|request| &request.caller)
    }
}
