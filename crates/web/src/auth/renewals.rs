//! The renewal credentials that a browser keeps: one cookie for each session, which is sent to `POST /token` only, since
//! two tabs may be two users; and one cookie for all pages, which lists the sessions.
//!
//! Their names contain the installation's tag: ports share cookies, and another Natter on this host has its own.

use std::time::Duration;

use auth::{Claims, Lifetimes, Renewal, TokenKey, now_secs};
use axum::http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use super::cookie;
use super::session_list::{Place, SessionList};

/// The only path that takes a credential.
const PATH: &str = "/token";

/// The cookies of renewal credentials, as one service sets and reads them.
#[derive(Clone)]
pub(super) struct Renewals {
    key: TokenKey,
    lifetimes: Lifetimes,
    /// Whether the service is reached by https.
    secure: bool,
    tag: String,
}

impl Renewals {
    /// For a service that is reached by https, or not.
    pub(super) fn new(key: TokenKey, lifetimes: Lifetimes, secure: bool) -> Self {
        Self { tag: key.tag(), key, lifetimes, secure }
    }

    /// The `Set-Cookie`s that give a browser the credential of a token's session, which becomes its current one. The
    /// token could be renewed for the same time, so the credential permits nothing new.
    pub(super) fn keep(&self, headers: &HeaderMap, token: &Claims) -> Vec<HeaderValue> {
        self.keep_in(self.sessions(headers), token, Place::Current)
    }

    /// The same for a session that replaces the session `ended`. It becomes the current one only if that was; `is_cookies`:
    /// the cookie is a token of the same user.
    pub(super) fn replace(
        &self,
        headers: &HeaderMap,
        ended: Option<Uuid>,
        token: &Claims,
        is_cookies: bool,
    ) -> Vec<HeaderValue> {
        let mut sessions = self.sessions(headers);
        let ended = ended.map(short).filter(|ended| sessions.has(ended));
        let is_current = is_cookies || ended.is_some() && sessions.current() == ended.as_deref();
        ended.iter().for_each(|ended| _ = sessions.remove(ended));
        let place = if is_current { Place::Current } else { Place::Aside };
        let mut cookies = self.keep_in(sessions, token, place);
        cookies.extend(ended.map(|ended| self.remove(&self.name(&ended), PATH)));
        cookies
    }

    /// The `Set-Cookie`s that remove a session's credential from a browser, if it has one.
    pub(super) fn forget(&self, headers: &HeaderMap, session: Uuid) -> Vec<HeaderValue> {
        self.end_session(headers, &short(session))
    }

    /// The same after a renewal was refused; without a session, for the browser's current one.
    pub(super) fn forget_refused(&self, headers: &HeaderMap, session: Option<Uuid>) -> Vec<HeaderValue> {
        let current = || self.sessions(headers).current().map(str::to_owned);
        session
            .map(short)
            .or_else(current)
            .map(|session| self.end_session(headers, &session))
            .unwrap_or_default()
    }

    /// Whether the browser's cookies show that it has a credential of its current session.
    pub(super) fn has_current(&self, headers: &HeaderMap) -> bool {
        self.sessions(headers).current().is_some()
    }

    /// The credential of a session; without one, of the browser's current session.
    pub(super) fn find(&self, headers: &HeaderMap, session: Option<Uuid>) -> Option<Renewal> {
        let id = match session {
            Some(session) => short(session),
            None => self.sessions(headers).current()?.to_owned(),
        };
        let renewal = self.key.verify_renewal(&cookie::named(headers, &self.name(&id))?).ok()?;
        session.is_none_or(|session| renewal.claims().sid == session).then_some(renewal)
    }

    fn end_session(&self, headers: &HeaderMap, session: &str) -> Vec<HeaderValue> {
        let mut sessions = self.sessions(headers);
        if !sessions.remove(session) {
            return Vec::new();
        }
        let max_age = self.lifetimes.session;
        let list = match sessions.is_empty() {
            true => self.remove(&self.list(), "/"),
            false => self.set(&self.list(), &sessions.to_string(), "/", max_age),
        };
        vec![self.remove(&self.name(session), PATH), list]
    }

    fn keep_in(&self, mut sessions: SessionList, token: &Claims, place: Place) -> Vec<HeaderValue> {
        let renewal = Renewal::of(token, self.lifetimes);
        let dropped = sessions.add(short(token.sid), place);
        let max_age = Duration::from_secs(renewal.claims().expires_in(now_secs()));
        let credential = self.key.sign_renewal(&renewal);
        let kept = self.set(&self.name(&short(token.sid)), &credential, PATH, max_age);
        let dropped = dropped.into_iter().map(|session| self.remove(&self.name(&session), PATH));
        [kept, self.set(&self.list(), &sessions.to_string(), "/", max_age)]
            .into_iter()
            .chain(dropped)
            .collect()
    }

    fn sessions(&self, headers: &HeaderMap) -> SessionList {
        cookie::named(headers, &self.list()).map(|list| SessionList::parse(&list)).unwrap_or_default()
    }

    fn name(&self, session: &str) -> String {
        format!("natter_renewal_{}_{session}", self.tag)
    }

    fn list(&self) -> String {
        format!("natter_renewals_{}", self.tag)
    }

    fn set(&self, name: &str, value: &str, path: &str, max_age: Duration) -> HeaderValue {
        cookie::header(name, value, path, self.secure, max_age)
    }

    fn remove(&self, name: &str, path: &str) -> HeaderValue {
        self.set(name, "", path, Duration::ZERO)
    }
}

/// Never shows the key.
impl std::fmt::Debug for Renewals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renewals").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// The first digits of a session's id, which are random: enough to distinguish the few sessions of a browser.
fn short(session: Uuid) -> String {
    session.simple().to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests;
