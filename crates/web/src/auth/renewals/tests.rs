//! Which credentials a browser keeps, and which it loses.

use axum::http::header::COOKIE;

use super::super::session_list::MAX_SESSIONS;
use super::*;

const LIFETIMES: Lifetimes = Lifetimes { token: Duration::from_secs(60), session: Duration::from_secs(600) };

/// The renewal cookies of a browser. It sends all of them to any path.
#[derive(Default)]
struct Browser(std::collections::BTreeMap<String, String>);

impl Browser {
    fn store(&mut self, set: &[HeaderValue]) {
        for header in set {
            let (pair, attributes) = header.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
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
fn a_credential_is_sent_to_one_path_and_hidden_from_scripts() {
    let set = Renewals { secure: true, ..renewals(7) }.keep(&HeaderMap::new(), &session());
    let (credential, list) = (set[0].to_str().unwrap(), set[1].to_str().unwrap());
    assert!(
        credential.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/token; Max-Age=600"),
        "{credential}"
    );
    assert!(list.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600"), "{list}");
    assert!(!list.contains("ey"), "the list contains no credential: {list}");
}

#[test]
fn two_users_and_two_installations_share_a_browser() {
    let (here, there, mut browser) = (renewals(7), renewals(8), Browser::default());
    let (ada, grace, other) = (session(), session(), session());
    for (natter, claims) in [(&here, &ada), (&here, &grace), (&there, &other)] {
        browser.store(&natter.keep(&browser.headers(), claims));
    }
    let found = |renewals: &Renewals, session| {
        renewals.find(&browser.headers(), session).map(|renewal| renewal.claims().sid)
    };
    assert_eq!(found(&here, Some(ada.sid)), Some(ada.sid));
    assert_eq!(found(&here, None), Some(grace.sid), "the last one to log in");
    assert_eq!(found(&there, None), Some(other.sid));
    assert_eq!(found(&there, Some(ada.sid)), None);
}

#[test]
fn after_a_log_out_no_other_session_becomes_the_current_one() {
    let (renewals, mut browser) = (renewals(7), Browser::default());
    let (ada, grace) = (session(), session());
    for claims in [&ada, &grace] {
        browser.store(&renewals.keep(&browser.headers(), claims));
    }
    browser.store(&renewals.forget(&browser.headers(), grace.sid));
    assert!(!renewals.has_current(&browser.headers()));
    assert_eq!(
        renewals.find(&browser.headers(), None),
        None,
        "ada's session does not become the current one"
    );
    assert!(renewals.find(&browser.headers(), Some(ada.sid)).is_some(), "and her tab keeps her session");
    browser.store(&renewals.forget(&browser.headers(), ada.sid));
    assert!(browser.0.is_empty(), "{:?}", browser.0);
    assert!(renewals.forget(&browser.headers(), ada.sid).is_empty());
}

#[test]
fn a_session_that_replaces_another_takes_its_place() {
    let (renewals, mut browser) = (renewals(7), Browser::default());
    let (ada, grace, adas_next, graces_next) = (session(), session(), session(), session());
    for claims in [&ada, &grace] {
        browser.store(&renewals.keep(&browser.headers(), claims));
    }
    let current =
        |browser: &Browser| renewals.find(&browser.headers(), None).map(|renewal| renewal.claims().sid);
    browser.store(&renewals.replace(&browser.headers(), Some(ada.sid), &adas_next, false));
    assert_eq!(current(&browser), Some(grace.sid), "grace stays the current user");
    browser.store(&renewals.replace(&browser.headers(), Some(grace.sid), &graces_next, false));
    assert_eq!(current(&browser), Some(graces_next.sid));
    assert!(renewals.find(&browser.headers(), Some(adas_next.sid)).is_some());
    assert_eq!(browser.0.len(), 3, "{:?}", browser.0);
    let mut bare = Browser::default();
    bare.store(&renewals.replace(&bare.headers(), None, &adas_next, false));
    assert_eq!(current(&bare), None);
    let mut again = Browser::default();
    again.store(&renewals.replace(&again.headers(), None, &adas_next, true));
    assert_eq!(current(&again), Some(adas_next.sid), "the cookie is ada's");
    assert!(renewals.find(&bare.headers(), Some(adas_next.sid)).is_some());
}

#[test]
fn of_two_different_cookies_with_one_name_neither_counts() {
    let (renewals, mut browser) = (renewals(7), Browser::default());
    let (ada, grace) = (session(), session());
    browser.store(&renewals.keep(&HeaderMap::new(), &ada));
    let mut headers = browser.headers();
    let foreign = format!("{}={}", renewals.list(), short(grace.sid));
    headers.append(COOKIE, foreign.parse().unwrap());
    assert!(!renewals.has_current(&headers));
    assert_eq!(renewals.find(&headers, None), None);
    assert!(renewals.find(&headers, Some(ada.sid)).is_some(), "a named session is not ambiguous");
    let other = renewals.key.sign_renewal(&Renewal::of(&grace, LIFETIMES));
    headers.append(COOKIE, format!("{}={other}", renewals.name(&short(ada.sid))).parse().unwrap());
    assert_eq!(renewals.find(&headers, Some(ada.sid)), None);
}

#[test]
fn a_browser_keeps_a_few_credentials_and_drops_the_oldest() {
    let (renewals, mut browser) = (renewals(7), Browser::default());
    let first = session();
    browser.store(&renewals.keep(&browser.headers(), &first));
    let others: Vec<Claims> = (0..MAX_SESSIONS).map(|_| session()).collect();
    for claims in &others {
        browser.store(&renewals.keep(&browser.headers(), claims));
    }
    assert_eq!(browser.0.len(), MAX_SESSIONS + 1, "and the list");
    assert_eq!(renewals.find(&browser.headers(), Some(first.sid)), None);
    assert!(others.iter().all(|claims| renewals.find(&browser.headers(), Some(claims.sid)).is_some()));
}
