//! What a session can ask for itself, alike in both services: a fresh token (`POST /token`), and its end
//! (`POST /logout`, from a program or from a form).

use std::time::Duration;

use auth::{Claims, Renewal};
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Json as JsonBody, Router};
use serde::Serialize;
use store::{SessionEnd, Timestamp, UserId};
use uuid::Uuid;

use crate::shell::{Unproven, foreign};
use crate::signed_in::bearer;
use crate::{
    AuthError, Authenticator, Form, Origin, Problem, Renewals, Settings, SignedIn, cookie, media, now_secs,
    unmask,
};

/// The path at which sessions end. A form that is posted to it may bear its own proof, the token.
pub(crate) const LOG_OUT: &str = "/logout";

/// An ended session is remembered for so much longer than its last token can live.
const REMEMBERED_SECS: u64 = 60;

/// What the session routes of one service need.
#[derive(Clone)]
pub struct Sessions {
    authenticator: Authenticator,
    renewals: Renewals,
    secure: bool,
    log_in_url: String,
    chat_page_url: String,
}

/// A token as it is answered (the field names of RFC 6749, section 5.1).
#[derive(Debug, Clone, Serialize)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until it expires.
    pub expires_in: u64,
}

impl Issued {
    /// A signed token and what its claims tell about it.
    pub fn new(token: String, claims: &Claims) -> Self {
        Self { token, token_type: "Bearer", expires_in: claims.expires_in(now_secs()) }
    }
}

impl Sessions {
    /// For the service that is reached at `own_url`.
    pub fn new(authenticator: Authenticator, own_url: &Origin, settings: &Settings) -> Self {
        let secure = own_url.is_secure();
        Self {
            renewals: Renewals::new(authenticator.key().clone(), authenticator.lifetimes(), secure),
            authenticator,
            secure,
            log_in_url: settings.users_url.join("/login?done=log-out"),
            chat_page_url: settings.chat_url.join("/"),
        }
    }

    /// `POST /token` and `POST /logout`.
    pub fn routes<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let renew = async |State(sessions): State<Self>, headers: HeaderMap| sessions.renew(&headers).await;
        let end = async |State(sessions): State<Self>, request: Request| sessions.end(request).await;
        Router::new().route("/token", post(renew)).route(LOG_OUT, post(end)).with_state(self)
    }

    /// A fresh token of the same session: 200 with it, or 303 to the chat page for a form. It takes a good token, or an
    /// expired one beside the [renewal credential](Renewals) of its session, or the credential of whoever the browser
    /// was last. The cookie of that session is renewed with it.
    ///
    /// # Errors
    /// 401 when nothing of that is good, and 503 when the store is away.
    pub async fn renew(&self, headers: &HeaderMap) -> Result<Response, Problem> {
        let claims = match self.renewed(headers).await {
            Ok(claims) => claims,
            Err(AuthError::Invalid) => return Ok(self.refuse_to_renew(headers)),
            Err(unavailable) => return Err(unavailable.into()),
        };
        let issued = Issued::new(self.authenticator.key().sign(&claims), &claims);
        // Without a token it is the browser's own person that goes on, which is the cookie's.
        let is_ours = bearer(headers).is_none() || self.cookie_session(headers) == Some(claims.sid);
        let cookie = (is_ours && cookie::may_set(headers)).then(|| self.cookie(&issued));
        let answer = match media::is_form(headers) {
            true => Redirect::to(&self.chat_page_url).into_response(),
            false => JsonBody(issued).into_response(),
        };
        Ok(with_cookies(([(CACHE_CONTROL, "no-store")], answer).into_response(), cookie))
    }

    /// Ends a session. A form is answered 303 to the log-in page, also when its session was over already; anything
    /// else 204, or 401 without a good token. A form may name the token that it means in a field `token`, [masked](crate::mask()),
    /// or the user by id in a field `user`: a tab is not always the person of the cookie, which all tabs share.
    ///
    /// # Errors
    /// 401, 403 when nobody can tell which page sent the form and it names no token, 409 when the session is of another
    /// user than the form means, and 503 when the store is away.
    pub async fn end(&self, request: Request) -> Result<Response, Problem> {
        if media::is_form(request.headers()) {
            self.end_by_form(request).await
        } else {
            self.end_by_call(request).await
        }
    }

    /// The `Set-Cookie`s that leave a token with a browser, and the credential to renew it when it has expired.
    pub fn leave_with(&self, headers: &HeaderMap, issued: &Issued) -> Vec<HeaderValue> {
        let claims = self.authenticator.key().verify(&issued.token);
        let credential = claims.map(|claims| self.renewals.keep(headers, &claims)).unwrap_or_default();
        std::iter::once(self.cookie(issued)).chain(credential).collect()
    }

    /// Whether a browser says that it can go on by a renewal credential.
    pub fn can_renew(&self, headers: &HeaderMap) -> bool {
        self.renewals.has_current(headers)
    }

    /// Whether the request's cookie holds a token for which `is_ours` is true.
    pub fn cookie_is(&self, headers: &HeaderMap, is_ours: impl FnOnce(&Claims) -> bool) -> bool {
        self.cookie_claims(headers).is_some_and(|cookie| is_ours(&cookie))
    }

    /// Whose the good token in a request's cookie is.
    pub async fn person_of_cookie(&self, headers: &HeaderMap) -> Option<SignedIn> {
        self.authenticator.authenticate(&cookie::token(headers)?).await.ok()
    }

    fn cookie(&self, issued: &Issued) -> HeaderValue {
        cookie::set(&issued.token, self.secure, Duration::from_secs(issued.expires_in))
    }

    /// The `Set-Cookie`s after a session was followed by another one, as a new password does: the credential of the new
    /// one in the place of the old one's, and the token in the place of the request's cookie if that is a token of which
    /// this is true.
    pub fn replace_cookies(
        &self,
        headers: &HeaderMap,
        over: Option<Uuid>,
        issued: &Issued,
        is_ours: impl FnOnce(&Claims) -> bool,
    ) -> Vec<HeaderValue> {
        if !cookie::may_set(headers) {
            return Vec::new();
        }
        let ours = self.cookie_is(headers, is_ours);
        let next = self.authenticator.key().verify(&issued.token);
        let credential =
            next.map(|next| self.renewals.replace(headers, over, &next, ours)).unwrap_or_default();
        ours.then(|| self.cookie(issued)).into_iter().chain(credential).collect()
    }

    /// The `Set-Cookie`s after a session is over: they end its credential, and the request's cookie if that is a token of
    /// which this is true.
    pub fn clear_cookies(
        &self,
        headers: &HeaderMap,
        over: impl Into<Option<Uuid>>,
        is_over: impl FnOnce(&Claims) -> bool,
    ) -> Vec<HeaderValue> {
        let cookie = self.cookie_claims(headers).filter(is_over).map(|_| cookie::clear(self.secure));
        let credential = over.into().map(|over| self.renewals.forget(headers, over)).unwrap_or_default();
        cookie.into_iter().chain(credential).collect()
    }

    async fn end_by_call(&self, request: Request) -> Result<Response, Problem> {
        let (mut parts, _) = request.into_parts();
        let who = SignedIn::from_request_parts(&mut parts, self).await?;
        self.sign_out(&who.claims).await?;
        let sid = who.claims.sid;
        let cookies = self.clear_cookies(&parts.headers, sid, |cookie| cookie.sid == sid);
        Ok(with_cookies(StatusCode::NO_CONTENT.into_response(), cookies))
    }

    async fn end_by_form(&self, request: Request) -> Result<Response, Problem> {
        let unproven = request.extensions().get::<Unproven>().cloned();
        let headers = unproven.as_ref().map_or(request.headers(), |unproven| &unproven.0).clone();
        let Form(fields) = Form::from_request(request, &()).await?;
        let token = match (fields.text("token"), unproven) {
            (Some(masked), _) => unmask(masked),
            (None, None) => cookie::token(&headers),
            (None, Some(_)) => return Err(foreign()),
        };
        let token = token.unwrap_or_default();
        let cookies = match self.authenticator.authenticate(&token).await {
            Ok(who) => {
                if fields.text("user").is_some_and(|meant| UserId::parse(meant) != Some(who.user_id)) {
                    return Err(Problem::somebody_else(&who.username));
                }
                self.sign_out(&who.claims).await?;
                self.clear_cookies(&headers, who.claims.sid, |cookie| cookie.sid == who.claims.sid)
            }
            Err(AuthError::Invalid) => self.end_of_expired(&headers, &token).await?,
            Err(unavailable) => return Err(unavailable.into()),
        };
        Ok(with_cookies(Redirect::to(&self.log_in_url).into_response(), cookies))
    }

    /// Ends the session of a token that is no longer good. It may be over already, perhaps by the same form, sent twice;
    /// if only the token has expired it would go on by its credential, which somebody who logs out does not want.
    async fn end_of_expired(&self, headers: &HeaderMap, token: &str) -> Result<Vec<HeaderValue>, Problem> {
        let Some(claims) = self.authenticator.key().claims_of_expired(token) else { return Ok(Vec::new()) };
        match self.authenticator.verify_renewal(&Renewal::of(&claims, self.authenticator.lifetimes())).await {
            Ok(_) => self.sign_out(&claims).await?,
            Err(AuthError::Invalid) => {}
            Err(unavailable) => return Err(unavailable.into()),
        }
        Ok(self.clear_cookies(headers, claims.sid, |cookie| cookie.sid == claims.sid))
    }

    /// 401, and the credential that was of no use is taken away.
    fn refuse_to_renew(&self, headers: &HeaderMap) -> Response {
        // A bearer that is none says nothing about any session.
        let meant = self.meant_session(headers);
        let over = meant.map(|meant| self.renewals.forget_refused(headers, meant)).unwrap_or_default();
        with_cookies(Problem::signed_out().into_response(), over)
    }

    /// Of which session a token is to be renewed that is not good; `None` within: of whoever the browser was last.
    ///
    /// A bearer means a session and no other. A cookie that cannot be read may be of another Natter on this host.
    fn meant_session(&self, headers: &HeaderMap) -> Result<Option<Uuid>, AuthError> {
        match bearer(headers) {
            Some(token) => self.authenticator.key().session_of(&token).map(Some).ok_or(AuthError::Invalid),
            // Two cookies that differ say nothing of who the browser is.
            None if cookie::token(headers).is_some_and(|token| token.is_empty()) => Err(AuthError::Invalid),
            None => Ok(self.cookie_session(headers)),
        }
    }

    /// The claims of the fresh token that a request may have.
    async fn renewed(&self, headers: &HeaderMap) -> Result<Claims, AuthError> {
        let token = bearer(headers).or_else(|| cookie::token(headers));
        match self.authenticator.authenticate(&token.unwrap_or_default()).await {
            Err(AuthError::Invalid) => {}
            judged => return Ok(judged?.claims.renew(now_secs(), self.authenticator.lifetimes())),
        }
        let renewal = self.renewals.find(headers, self.meant_session(headers)?).ok_or(AuthError::Invalid)?;
        self.authenticator.verify_renewal(&renewal).await
    }

    async fn sign_out(&self, claims: &Claims) -> Result<(), Problem> {
        let ends = claims.session_ends(self.authenticator.lifetimes()).saturating_add(REMEMBERED_SECS);
        let until = Timestamp::from_millis(i64::try_from(ends).unwrap_or(i64::MAX).saturating_mul(1000));
        let user = UserId(claims.sub);
        self.authenticator.users().sign_out(user, SessionEnd { sid: claims.sid, until }).await?;
        self.authenticator.refresh(user).await;
        Ok(())
    }

    fn cookie_claims(&self, headers: &HeaderMap) -> Option<Claims> {
        self.authenticator.key().verify(&cookie::token(headers)?).ok()
    }

    /// Of which session the token in the cookie is, also when it has expired.
    fn cookie_session(&self, headers: &HeaderMap) -> Option<Uuid> {
        self.authenticator.key().session_of(&cookie::token(headers)?)
    }
}

/// A response that also sets the cookies, if there are any to set.
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl FromRef<Sessions> for Authenticator {
    fn from_ref(sessions: &Sessions) -> Self {
        sessions.authenticator.clone()
    }
}
