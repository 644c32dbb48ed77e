//! The cookies of a browser's sessions: the token's, and those of the renewal credentials.

use std::time::Duration;

use auth::{Claims, KnownBrowser, TokenKey};
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use store::UserId;
use uuid::Uuid;

use super::renewals::Renewals;
use super::{Credential, IssuedToken, Principal, cookie, known_browser};
use crate::{Authenticator, Origin};

/// Sets, replaces and clears the cookies of sessions, as one service does it.
#[derive(Clone)]
pub struct SessionCookies {
    key: TokenKey,
    pub(super) renewals: Renewals,
    /// Whether the service is reached by https.
    secure: bool,
    users_url: Origin,
}

impl SessionCookies {
    /// For the service that is reached at `own_url`.
    pub(super) fn new(authenticator: &Authenticator, own_url: &Origin, users_url: &Origin) -> Self {
        let (key, secure) = (authenticator.key().clone(), own_url.is_secure());
        let renewals = Renewals::new(key.clone(), authenticator.lifetimes(), secure);
        Self { key, renewals, secure, users_url: users_url.clone() }
    }

    /// The `Set-Cookie`s after a log-in by a password: the token, the credential to renew it, and the mark of a known
    /// browser. None for a foreign site.
    pub fn set(&self, headers: &HeaderMap, issued: &IssuedToken, user: UserId) -> Vec<HeaderValue> {
        if !cookie::may_set(headers) {
            return Vec::new();
        }
        let mut cookies = self.always_set(headers, issued);
        cookies.push(known_browser::set(&self.key, headers, user, self.secure));
        cookies
    }

    /// The same for a token that stood in a link, if the request may set cookies by a link.
    pub fn set_by_link(&self, headers: &HeaderMap, issued: &IssuedToken) -> Vec<HeaderValue> {
        let changes_user =
            cookie::token(headers).map_or_else(|| self.can_renew(headers), |token| token != issued.token);
        let may = cookie::may_set_by_link(headers, &self.users_url, changes_user);
        if may { self.always_set(headers, issued) } else { Vec::new() }
    }

    /// The `Set-Cookie`s after a session was followed by another one, as a new password does: the credential of the new
    /// one in place of the old one's, and the token in place of the request's cookie if that is a token of `user`.
    pub fn replace(
        &self,
        headers: &HeaderMap,
        ended: Option<&Principal>,
        issued: &IssuedToken,
        user: UserId,
    ) -> Vec<HeaderValue> {
        if !cookie::may_set(headers) {
            return Vec::new();
        }
        let is_own = self.is_of(headers, user);
        let ended = ended.map(session_id);
        let next = self.key.verify(&issued.token);
        let credential = next.map(|next| self.renewals.replace(headers, ended, &next, is_own));
        is_own.then(|| self.token(issued)).into_iter().chain(credential.unwrap_or_default()).collect()
    }

    /// The `Set-Cookie`s after every session of `user` has ended: they end the credential of `ended`, and the request's
    /// cookie if that is a token of `user`.
    pub fn clear(
        &self,
        headers: &HeaderMap,
        ended: Option<&Principal>,
        user: Option<UserId>,
    ) -> Vec<HeaderValue> {
        let is_own = |cookie: &Claims| Some(UserId(cookie.sub)) == user;
        self.clear_if(headers, ended.map(session_id), is_own)
    }

    /// The `Set-Cookie`s after one session has ended.
    pub(super) fn clear_session(&self, headers: &HeaderMap, sid: Uuid) -> Vec<HeaderValue> {
        self.clear_if(headers, Some(sid), |cookie| cookie.sid == sid)
    }

    /// Whether the request's cookie is a token of `user`.
    pub fn is_of(&self, headers: &HeaderMap, user: UserId) -> bool {
        self.claims(headers).is_some_and(|cookie| UserId(cookie.sub) == user)
    }

    /// The browser of a request, if somebody has typed the right password there before.
    pub fn known_browser(&self, headers: &HeaderMap) -> Option<KnownBrowser> {
        known_browser::of(&self.key, headers)
    }

    /// Whether the browser's cookies show that it can continue by a renewal credential.
    pub fn can_renew(&self, headers: &HeaderMap) -> bool {
        self.renewals.has_current(headers)
    }

    /// The `Set-Cookie` of the token alone.
    pub(super) fn token(&self, issued: &IssuedToken) -> HeaderValue {
        cookie::set(&issued.token, self.secure, Duration::from_secs(issued.expires_in))
    }

    /// The session of the token in the cookie, also when that has expired.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<Uuid> {
        self.key.session_of(&cookie::token(headers)?)
    }

    fn always_set(&self, headers: &HeaderMap, issued: &IssuedToken) -> Vec<HeaderValue> {
        let claims = self.key.verify(&issued.token);
        let credential =
            claims.as_ref().map(|claims| self.renewals.keep(headers, claims)).unwrap_or_default();
        std::iter::once(self.token(issued)).chain(credential).collect()
    }

    fn clear_if(
        &self,
        headers: &HeaderMap,
        ended: Option<Uuid>,
        is_over: impl FnOnce(&Claims) -> bool,
    ) -> Vec<HeaderValue> {
        let cookie = self.claims(headers).filter(is_over).map(|_| cookie::clear(self.secure));
        let credential = ended.map(|ended| self.renewals.forget(headers, ended)).unwrap_or_default();
        cookie.into_iter().chain(credential).collect()
    }

    fn claims(&self, headers: &HeaderMap) -> Option<Claims> {
        self.key.verify(&cookie::token(headers)?).ok()
    }
}

fn session_id(principal: &Principal) -> Uuid {
    let Credential::Session(session) = principal.credential();
    session.id
}

/// A response that also sets the cookies, if there are any to set.
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
