//! What a session can request for itself, in both services: a fresh token (`POST /token`), and its end (`POST /logout`,
//! from a program or from a form).

use auth::{Claims, MAX_CLOCK_DIFFERENCE_SECS, Renewal, now_secs};
use axum::Json as JsonBody;
use axum::extract::{FromRequest, Request};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use store::{SessionEnd, Timestamp, UserId};
use uuid::Uuid;

use super::token_source::{bearer, of_request};
use super::unknown_sender::UnknownSender;
use super::{AuthError, Authenticator, IssuedToken, Principal, SessionCookies, cookie, with_cookies};
use crate::{Form, NextRoom, Origin, Problem, Refusal, Settings, media, unmask};

/// How long an ended session is remembered after its last token has expired: the store, whose clock forgets it, may be ahead
/// of a node that still accepts the token.
const ENDED_SESSION_GRACE_SECS: u64 = MAX_CLOCK_DIFFERENCE_SECS + 60;

/// The session routes of one service.
#[derive(Clone)]
pub struct SessionRoutes {
    authenticator: Authenticator,
    cookies: SessionCookies,
    log_in_url: String,
    chat_url: Origin,
}

impl SessionRoutes {
    /// For the service that is reached at `own_url`.
    pub fn new(authenticator: Authenticator, own_url: &Origin, settings: &Settings) -> Self {
        Self {
            cookies: SessionCookies::new(&authenticator, own_url, &settings.users_url),
            authenticator,
            log_in_url: settings.users_url.join("/login?done=log-out"),
            chat_url: settings.chat_url.clone(),
        }
    }

    /// The cookies of sessions.
    pub fn cookies(&self) -> &SessionCookies {
        &self.cookies
    }

    /// The principal of the valid token in a request's cookie.
    pub async fn principal_of_cookie(&self, headers: &HeaderMap) -> Option<Principal> {
        self.authenticator.authenticate(&cookie::token(headers)?).await.ok()
    }

    /// A fresh token of the same session: 200 with it, or for a form 303 to the chat page, at the room that a field
    /// `room` names. It takes a valid token, or an expired one beside the renewal credential of its session, or the
    /// credential of the browser's current user. The cookie of that session is renewed with it.
    ///
    /// # Errors
    /// 401 when none of these is valid, and 503 when the store is not available.
    pub async fn renew(&self, request: Request) -> Result<Response, Problem> {
        let headers = &request.headers().clone();
        let claims = match self.renewed(headers).await {
            Ok(claims) => claims,
            Err(AuthError::Invalid) => return Ok(self.refuse_to_renew(headers)),
            Err(unavailable) => return Err(unavailable.into()),
        };
        let token = self.authenticator.key().sign(&claims);
        let issued = IssuedToken::new(token, &Principal::of_session(&claims));
        // Without a bearer the request acts for the user of the cookie.
        let is_ours = bearer(headers).is_none() || self.cookies.session(headers) == Some(claims.sid);
        let cookie = (is_ours && cookie::may_set(headers)).then(|| self.cookies.token(&issued));
        let answer = match media::is_form(headers) {
            true => self.to_room(request).await?,
            false => JsonBody(issued).into_response(),
        };
        Ok(with_cookies(([(CACHE_CONTROL, "no-store")], answer).into_response(), cookie))
    }

    async fn to_room(&self, form: Request) -> Result<Response, Problem> {
        let Form(fields) = Form::from_request(form, &()).await?;
        Ok(Redirect::to(&self.chat_url.join(&NextRoom::of(&fields).path())).into_response())
    }

    /// Ends a session. A form is answered 303 to the log-in page, also when its session has ended already; any other
    /// request 204, or 401 without a valid token. A form may carry the token of the session in a field `token`,
    /// [masked](crate::mask()), or the user's id in a field `user`: all tabs share the cookie, and a tab may be another
    /// user's.
    ///
    /// # Errors
    /// 401; 403 when it is not known which page sent the form and the form carries no token; 409 when the session is of
    /// another user than the form says; 503 when the store is not available.
    pub async fn end(&self, request: Request) -> Result<Response, Problem> {
        if media::is_form(request.headers()) {
            self.end_by_form(request).await
        } else {
            self.end_by_call(request.headers()).await
        }
    }

    async fn end_by_call(&self, headers: &HeaderMap) -> Result<Response, Problem> {
        let token = of_request(headers).ok_or_else(Refusal::signed_out)?;
        let claims = self.authenticator.authenticate_claims(&token).await?;
        self.sign_out(&claims).await?;
        let cookies = self.cookies.clear_session(headers, claims.sid);
        Ok(with_cookies(StatusCode::NO_CONTENT.into_response(), cookies))
    }

    async fn end_by_form(&self, request: Request) -> Result<Response, Problem> {
        let unknown_sender = request.extensions().get::<UnknownSender>().cloned();
        let headers =
            unknown_sender.as_ref().map_or(request.headers(), |unknown_sender| &unknown_sender.0).clone();
        let Form(fields) = Form::from_request(request, &()).await?;
        let token = match (fields.text("token"), unknown_sender) {
            (Some(masked), _) => unmask(masked),
            (None, None) => cookie::token(&headers),
            (None, Some(_)) => return Err(Problem::cross_site()),
        };
        let token = token.unwrap_or_default();
        let cookies = match self.authenticator.authenticate_claims(&token).await {
            Ok(claims) => {
                if fields.text("user").is_some_and(|id| UserId::parse(id) != Some(UserId(claims.sub))) {
                    return Err(Problem::somebody_else(&claims.name));
                }
                self.sign_out(&claims).await?;
                self.cookies.clear_session(&headers, claims.sid)
            }
            Err(AuthError::Invalid) => self.end_of_expired(&headers, &token).await?,
            Err(unavailable) => return Err(unavailable.into()),
        };
        Ok(with_cookies(Redirect::to(&self.log_in_url).into_response(), cookies))
    }

    /// Ends the session of a token that is no longer valid. It may have ended already, perhaps by the same form, sent
    /// twice. If only the token has expired, the session could continue by its credential, so it is ended.
    async fn end_of_expired(&self, headers: &HeaderMap, token: &str) -> Result<Vec<HeaderValue>, Problem> {
        let Some(claims) = self.authenticator.key().claims_of_expired(token) else { return Ok(Vec::new()) };
        match self.authenticator.verify_renewal(&Renewal::of(&claims, self.authenticator.lifetimes())).await {
            Ok(_) => self.sign_out(&claims).await?,
            Err(AuthError::Invalid) => {}
            Err(unavailable) => return Err(unavailable.into()),
        }
        Ok(self.cookies.clear_session(headers, claims.sid))
    }

    /// 401, which also clears the credential that was refused.
    fn refuse_to_renew(&self, headers: &HeaderMap) -> Response {
        // A bearer that is no token of ours names no session.
        let session = self.session_to_renew(headers);
        let cleared = session.map(|session| self.cookies.renewals.forget_refused(headers, session));
        with_cookies(Refusal::signed_out().into_response(), cleared.unwrap_or_default())
    }

    /// The session to renew when the token is not valid; `None` within: the browser's current user's.
    ///
    /// A bearer names one session and no other. A cookie that cannot be read may be of another Natter on this host.
    fn session_to_renew(&self, headers: &HeaderMap) -> Result<Option<Uuid>, AuthError> {
        match bearer(headers) {
            Some(token) => self.authenticator.key().session_of(&token).map(Some).ok_or(AuthError::Invalid),
            // Two cookies that differ do not identify a user.
            None if cookie::token(headers).is_some_and(|token| token.is_empty()) => Err(AuthError::Invalid),
            None => Ok(self.cookies.session(headers)),
        }
    }

    /// The claims of the fresh token that a request may have.
    async fn renewed(&self, headers: &HeaderMap) -> Result<Claims, AuthError> {
        let token = of_request(headers).unwrap_or_default();
        match self.authenticator.authenticate_claims(&token).await {
            Err(AuthError::Invalid) => {}
            verified => return Ok(verified?.renew(now_secs(), self.authenticator.lifetimes())),
        }
        let session = self.session_to_renew(headers)?;
        let renewal = self.cookies.renewals.find(headers, session).ok_or(AuthError::Invalid)?;
        self.authenticator.verify_renewal(&renewal).await
    }

    async fn sign_out(&self, claims: &Claims) -> Result<(), Problem> {
        let lifetimes = self.authenticator.lifetimes();
        let ends = claims.session_ends(lifetimes).saturating_add(ENDED_SESSION_GRACE_SECS);
        let until = Timestamp::from_millis(i64::try_from(ends).unwrap_or(i64::MAX).saturating_mul(1000));
        let user = UserId(claims.sub);
        let end = SessionEnd { sid: claims.sid, until };
        if let Err(error) = self.authenticator.tokens().sign_out(user, end).await {
            self.authenticator.unless_ended(&Principal::of_session(claims), error).await?;
        }
        self.authenticator.refresh(user).await;
        Ok(())
    }
}
