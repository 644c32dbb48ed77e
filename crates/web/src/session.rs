//! What a session can ask for itself, alike in both services: a fresh token (`POST /token`), and its end
//! (`POST /logout`, from a program or from a form).

use std::time::Duration;

use auth::Claims;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request, State};
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Json as JsonBody, Router};
use serde::Serialize;
use store::{SessionEnd, Timestamp, UserId};

use crate::shell::{Unproven, foreign};
use crate::{Form, Gate, Origin, Problem, Refusal, Settings, SignedIn, cookie, media, now_secs, unmask};

/// The path at which sessions end. A form that is posted to it may bear its own proof, the token.
pub(crate) const LOG_OUT: &str = "/logout";

/// An ended session is remembered for so much longer than its last token can live.
const REMEMBERED_SECS: u64 = 60;

/// What the session routes of one service need.
#[derive(Clone)]
pub struct Sessions {
    gate: Gate,
    secure: bool,
    log_in_url: String,
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
    pub fn new(gate: Gate, own_url: &Origin, settings: &Settings) -> Self {
        Self { gate, secure: own_url.is_secure(), log_in_url: settings.users_url.join("/login?done=log-out") }
    }

    /// `POST /token` and `POST /logout`.
    pub fn routes<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let renew = async |State(sessions): State<Self>, who: SignedIn, headers: HeaderMap| {
            sessions.renew(&who, &headers)
        };
        let end = async |State(sessions): State<Self>, request: Request| sessions.end(request).await;
        Router::new().route("/token", post(renew)).route(LOG_OUT, post(end)).with_state(self)
    }

    /// 200 with a fresh token of the same session. A cookie of that session is renewed with it.
    pub fn renew(&self, who: &SignedIn, headers: &HeaderMap) -> Response {
        let claims = who.claims.renew(now_secs(), self.gate.lifetimes());
        let issued = Issued::new(self.gate.key().sign(&claims), &claims);
        let cookie =
            self.cookie_claims(headers).filter(|cookie| cookie.sid == claims.sid && cookie::may_set(headers));
        let cookie = cookie.map(|_| self.cookie(&issued));
        let answer = ([(CACHE_CONTROL, "no-store")], JsonBody(issued)).into_response();
        with_cookie(answer, cookie)
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

    /// The `Set-Cookie` that leaves a token with a browser.
    pub fn cookie(&self, issued: &Issued) -> HeaderValue {
        cookie::set(&issued.token, self.secure, Duration::from_secs(issued.expires_in))
    }

    /// The `Set-Cookie` that puts a new token in the place of the request's cookie, if that is a token of which this
    /// is true.
    pub fn replace_cookie_if(
        &self,
        headers: &HeaderMap,
        issued: &Issued,
        is_ours: impl FnOnce(&Claims) -> bool,
    ) -> Option<HeaderValue> {
        let ours = self.cookie_claims(headers).is_some_and(|cookie| is_ours(&cookie));
        (ours && cookie::may_set(headers)).then(|| self.cookie(issued))
    }

    /// The `Set-Cookie` that ends the request's cookie, if that is a token of which this is true.
    pub fn clear_cookie_if(
        &self,
        headers: &HeaderMap,
        is_over: impl FnOnce(&Claims) -> bool,
    ) -> Option<HeaderValue> {
        self.cookie_claims(headers).filter(is_over).map(|_| cookie::clear(self.secure))
    }

    async fn end_by_call(&self, request: Request) -> Result<Response, Problem> {
        let (mut parts, _) = request.into_parts();
        let who = SignedIn::from_request_parts(&mut parts, self).await?;
        self.sign_out(&who.claims).await?;
        let cookie = self.clear_cookie_if(&parts.headers, |cookie| cookie.sid == who.claims.sid);
        Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), cookie))
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
        let ended = match self.gate.judge(&token).await {
            Ok(who) => {
                if fields.text("user").is_some_and(|meant| UserId::parse(meant) != Some(who.user_id)) {
                    return Err(Problem::somebody_else(&who.username));
                }
                self.sign_out(&who.claims).await?;
                Some(who.claims.sid)
            }
            // Over already, by the same form sent twice perhaps, or never a session.
            Err(Refusal::Bad) => self.gate.key().verify(&token).ok().map(|claims| claims.sid),
            Err(unavailable) => return Err(unavailable.into()),
        };
        let cookie = self.clear_cookie_if(&headers, |cookie| ended == Some(cookie.sid));
        Ok(with_cookie(Redirect::to(&self.log_in_url).into_response(), cookie))
    }

    async fn sign_out(&self, claims: &Claims) -> Result<(), Problem> {
        let ends = claims.session_ends(self.gate.lifetimes()).saturating_add(REMEMBERED_SECS);
        let until = Timestamp::from_millis(i64::try_from(ends).unwrap_or(i64::MAX).saturating_mul(1000));
        let user = UserId(claims.sub);
        self.gate.users().sign_out(user, SessionEnd { sid: claims.sid, until }).await?;
        self.gate.refresh(user).await;
        Ok(())
    }

    fn cookie_claims(&self, headers: &HeaderMap) -> Option<Claims> {
        self.gate.key().verify(&cookie::token(headers)?).ok()
    }
}

/// A response that also sets a cookie, if there is one to set.
pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl FromRef<Sessions> for Gate {
    fn from_ref(sessions: &Sessions) -> Self {
        sessions.gate.clone()
    }
}
