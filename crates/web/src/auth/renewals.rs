//! The renewal credentials that a browser keeps: one cookie for each session, since two tabs may be two people, which
//! is sent to `POST /token` alone, and one for all pages that lists the sessions.
//!
//! Their names bear the installation's tag: cookies know no ports, and another Natter on this host has its own.

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

    /// The `Set-Cookie`s that leave the credential of a token's session with a browser, which is that person from now on.
    /// The token could be renewed for as long by itself, so its bearer gains nothing that was not there before.
    pub(super) fn keep(&self, headers: &HeaderMap, token: &Claims) -> Vec<HeaderValue> {
        self.keep_in(self.sessions(headers), token, Place::Current)
    }

    /// As [`Renewals::keep`], for a session that replaces the session `over`. The browser's current person does not
    /// change; `is_cookies` says that the cookie's person is the token's.
    pub(super) fn replace(
        &self,
        headers: &HeaderMap,
        over: Option<Uuid>,
        token: &Claims,
        is_cookies: bool,
    ) -> Vec<HeaderValue> {
        let mut sessions = self.sessions(headers);
        let over = over.map(short).filter(|over| sessions.has(over));
        let is_current = is_cookies || over.is_some() && sessions.current() == over.as_deref();
        over.iter().for_each(|over| _ = sessions.remove(over));
        let place = if is_current { Place::Current } else { Place::Aside };
        let mut cookies = self.keep_in(sessions, token, place);
        cookies.extend(over.map(|over| self.end(&self.name(&over), PATH)));
        cookies
    }

    /// The `Set-Cookie`s that take a session's credential from a browser, if it has one.
    pub(super) fn forget(&self, headers: &HeaderMap, session: Uuid) -> Vec<HeaderValue> {
        self.end_session(headers, &short(session))
    }

    /// The same for whoever the browser was last, if it is not said which session.
    pub(super) fn forget_refused(&self, headers: &HeaderMap, session: Option<Uuid>) -> Vec<HeaderValue> {
        let current = || self.sessions(headers).current().map(str::to_owned);
        session
            .map(short)
            .or_else(current)
            .map(|session| self.end_session(headers, &session))
            .unwrap_or_default()
    }

    /// Whether the browser says that it has a credential of whoever it was last.
    pub(super) fn has_current(&self, headers: &HeaderMap) -> bool {
        self.sessions(headers).current().is_some()
    }

    /// The credential of a session, or of whoever the browser was last.
    pub(super) fn find(&self, headers: &HeaderMap, session: Option<Uuid>) -> Option<Renewal> {
        let meant = match session {
            Some(session) => short(session),
            None => self.sessions(headers).current()?.to_owned(),
        };
        let renewal = self.key.verify_renewal(&cookie::named(headers, &self.name(&meant))?).ok()?;
        session.is_none_or(|session| renewal.claims().sid == session).then_some(renewal)
    }

    fn end_session(&self, headers: &HeaderMap, session: &str) -> Vec<HeaderValue> {
        let mut sessions = self.sessions(headers);
        if !sessions.remove(session) {
            return Vec::new();
        }
        let lasts = self.lifetimes.session;
        let list = match sessions.is_empty() {
            true => self.end(&self.list(), "/"),
            false => self.set(&self.list(), &sessions.to_string(), "/", lasts),
        };
        vec![self.end(&self.name(session), PATH), list]
    }

    fn keep_in(&self, mut sessions: SessionList, token: &Claims, place: Place) -> Vec<HeaderValue> {
        let renewal = Renewal::of(token, self.lifetimes);
        let let_go = sessions.add(short(token.sid), place);
        let lasts = Duration::from_secs(renewal.claims().expires_in(now_secs()));
        let credential = self.key.sign_renewal(&renewal);
        let kept = self.set(&self.name(&short(token.sid)), &credential, PATH, lasts);
        let let_go = let_go.into_iter().map(|session| self.end(&self.name(&session), PATH));
        [kept, self.set(&self.list(), &sessions.to_string(), "/", lasts)].into_iter().chain(let_go).collect()
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

    fn set(&self, name: &str, value: &str, path: &str, lasts: Duration) -> HeaderValue {
        cookie::header(name, value, path, self.secure, lasts)
    }

    fn end(&self, name: &str, path: &str) -> HeaderValue {
        self.set(name, "", path, Duration::ZERO)
    }
}

/// Never shows the key.
impl std::fmt::Debug for Renewals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renewals").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// The first letters of a session's id, which are random: enough to tell a browser's few sessions apart.
fn short(session: Uuid) -> String {
    session.simple().to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::super::session_list::MAX_SESSIONS;
    use super::*;

    const LIFETIMES: Lifetimes =
        Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };

    /// A browser's cookies, as far as they are of renewals. It sends all of them to any path.
    #[derive(Default)]
    struct Browser(std::collections::BTreeMap<String, String>);

    impl Browser {
        fn takes(&mut self, set: &[HeaderValue]) {
            for header in set {
                let (pair, manners) = header.to_str().unwrap().split_once("; ").unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                if manners.contains("Max-Age=0") {
                    self.0.remove(name);
                } else {
                    self.0.insert(name.to_owned(), value.to_owned());
                }
            }
        }

        fn headers(&self) -> HeaderMap {
            let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
            [(COOKIE, pairs.join("; ").parse().unwrap())].into_iter().collect()
        }
    }

    fn renewals(key: u8) -> Renewals {
        Renewals::new(TokenKey::new(&[key; 32]).unwrap(), LIFETIMES, false)
    }

    fn session() -> Claims {
        Claims::issue(Uuid::now_v7(), "ada", 1, now_secs(), LIFETIMES)
    }

    #[test]
    fn a_credential_goes_to_one_path_and_to_no_script() {
        let set = Renewals { secure: true, ..renewals(7) }.keep(&HeaderMap::new(), &session());
        let (credential, list) = (set[0].to_str().unwrap(), set[1].to_str().unwrap());
        assert!(
            credential.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/token; Max-Age=600"),
            "{credential}"
        );
        assert!(list.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"), "{list}");
        assert!(!list.contains("ey"), "no credential stands in the list: {list}");
    }

    #[test]
    fn two_people_and_two_installations_share_a_browser() {
        let (here, there, mut browser) = (renewals(7), renewals(8), Browser::default());
        let (ada, grace, other) = (session(), session(), session());
        for (natter, claims) in [(&here, &ada), (&here, &grace), (&there, &other)] {
            browser.takes(&natter.keep(&browser.headers(), claims));
        }
        let found = |renewals: &Renewals, session| {
            renewals.find(&browser.headers(), session).map(|renewal| renewal.claims().sid)
        };
        assert_eq!(found(&here, Some(ada.sid)), Some(ada.sid));
        assert_eq!(found(&here, None), Some(grace.sid), "whoever came last");
        assert_eq!(found(&there, None), Some(other.sid));
        assert_eq!(found(&there, Some(ada.sid)), None);
    }

    #[test]
    fn whose_session_was_logged_out_is_followed_by_nobody() {
        let (renewals, mut browser) = (renewals(7), Browser::default());
        let (ada, grace) = (session(), session());
        for claims in [&ada, &grace] {
            browser.takes(&renewals.keep(&browser.headers(), claims));
        }
        browser.takes(&renewals.forget(&browser.headers(), grace.sid));
        assert!(!renewals.has_current(&browser.headers()));
        assert_eq!(renewals.find(&browser.headers(), None), None, "nobody becomes ada by that");
        assert!(renewals.find(&browser.headers(), Some(ada.sid)).is_some(), "and her tab stays hers");
        browser.takes(&renewals.forget(&browser.headers(), ada.sid));
        assert!(browser.0.is_empty(), "{:?}", browser.0);
        assert!(renewals.forget(&browser.headers(), ada.sid).is_empty());
    }

    #[test]
    fn a_session_that_follows_another_one_takes_its_place() {
        let (renewals, mut browser) = (renewals(7), Browser::default());
        let (ada, grace, adas_next, graces_next) = (session(), session(), session(), session());
        for claims in [&ada, &grace] {
            browser.takes(&renewals.keep(&browser.headers(), claims));
        }
        let current =
            |browser: &Browser| renewals.find(&browser.headers(), None).map(|renewal| renewal.claims().sid);
        browser.takes(&renewals.replace(&browser.headers(), Some(ada.sid), &adas_next, false));
        assert_eq!(current(&browser), Some(grace.sid), "the browser is grace all the same");
        browser.takes(&renewals.replace(&browser.headers(), Some(grace.sid), &graces_next, false));
        assert_eq!(current(&browser), Some(graces_next.sid));
        assert!(renewals.find(&browser.headers(), Some(adas_next.sid)).is_some());
        assert_eq!(browser.0.len(), 3, "{:?}", browser.0);
        let mut bare = Browser::default();
        bare.takes(&renewals.replace(&bare.headers(), None, &adas_next, false));
        assert_eq!(current(&bare), None);
        let mut again = Browser::default();
        again.takes(&renewals.replace(&again.headers(), None, &adas_next, true));
        assert_eq!(current(&again), Some(adas_next.sid), "the cookie is hers");
        assert!(renewals.find(&bare.headers(), Some(adas_next.sid)).is_some());
    }

    #[test]
    fn of_two_cookies_of_one_name_that_differ_neither_is_believed() {
        let (renewals, mut browser) = (renewals(7), Browser::default());
        let (ada, grace) = (session(), session());
        browser.takes(&renewals.keep(&HeaderMap::new(), &ada));
        let mut headers = browser.headers();
        let tossed = format!("{}={}", renewals.list(), short(grace.sid));
        headers.append(COOKIE, tossed.parse().unwrap());
        assert!(!renewals.has_current(&headers));
        assert_eq!(renewals.find(&headers, None), None);
        assert!(renewals.find(&headers, Some(ada.sid)).is_some(), "who says which session is not in doubt");
        let other = renewals.key.sign_renewal(&Renewal::of(&grace, LIFETIMES));
        headers.append(COOKIE, format!("{}={other}", renewals.name(&short(ada.sid))).parse().unwrap());
        assert_eq!(renewals.find(&headers, Some(ada.sid)), None);
    }

    #[test]
    fn a_browser_keeps_a_few_credentials_and_the_oldest_goes() {
        let (renewals, mut browser) = (renewals(7), Browser::default());
        let first = session();
        browser.takes(&renewals.keep(&browser.headers(), &first));
        let others: Vec<Claims> = (0..MAX_SESSIONS).map(|_| session()).collect();
        for claims in &others {
            browser.takes(&renewals.keep(&browser.headers(), claims));
        }
        assert_eq!(browser.0.len(), MAX_SESSIONS + 1, "and the list");
        assert_eq!(renewals.find(&browser.headers(), Some(first.sid)), None);
        assert!(others.iter().all(|claims| renewals.find(&browser.headers(), Some(claims.sid)).is_some()));
    }
}
