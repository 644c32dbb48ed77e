//! What a browser keeps to be recognised at a log-in: its users have logged in there before.

use std::time::Duration;

use jsonwebtoken::decode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TokenKey, now_secs, validation};
use crate::ISSUER;

/// The audience of known browsers. No token has it, and no known browser has another one.
const BROWSER_AUDIENCE: &str = "natter-browser";
/// Maximum users that a browser is known for. The one who logged in longest ago is dropped.
const MAX_USERS: usize = 5;

/// A browser in which some users have typed their passwords (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
/// Wrong passwords from elsewhere do not count against it. It authorises nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBrowser {
    /// A random number. Wrong passwords are counted for it.
    pub id: Uuid,
    /// The last digits of the users' ids, which are random. The last to log in is at the end.
    users: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct BrowserClaims {
    sub: Uuid,
    users: Vec<String>,
    exp: u64,
    iss: String,
    aud: String,
}

impl KnownBrowser {
    /// A browser in which nobody has logged in.
    pub fn new() -> Self {
        Self { id: Uuid::new_v4(), users: Vec::new() }
    }

    /// The same browser after a log-in of a user.
    #[must_use]
    pub fn with(mut self, user: Uuid) -> Self {
        let user = short(user);
        self.users.retain(|other| *other != user);
        self.users.push(user);
        self.users.drain(..self.users.len().saturating_sub(MAX_USERS));
        self
    }

    /// Whether a user has logged in there.
    pub fn knows(&self, user: Uuid) -> bool {
        self.users.contains(&short(user))
    }
}

impl Default for KnownBrowser {
    fn default() -> Self {
        Self::new()
    }
}

impl TokenKey {
    /// The text that a browser keeps, for a time.
    pub fn sign_browser(&self, browser: &KnownBrowser, lasts: Duration) -> String {
        let (iss, aud) = (ISSUER.to_owned(), BROWSER_AUDIENCE.to_owned());
        let exp = now_secs().saturating_add(lasts.as_secs());
        self.signed(&BrowserClaims { sub: browser.id, users: browser.users.clone(), exp, iss, aud })
    }

    /// The browser of a text, if this installation made it, and its time is not over.
    pub fn verify_browser(&self, text: &str) -> Option<KnownBrowser> {
        let validation = validation(BROWSER_AUDIENCE);
        let claims = decode::<BrowserClaims>(text, &self.shared.decoding, &validation).ok()?.claims;
        Some(KnownBrowser { id: claims.sub, users: claims.users })
    }
}

fn short(user: Uuid) -> String {
    user.simple().to_string().split_off(20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_knows_the_users_who_logged_in_last() {
        let users: Vec<_> = (0..MAX_USERS + 1).map(|_| Uuid::now_v7()).collect();
        let browser = users.iter().fold(KnownBrowser::new(), |browser, user| browser.with(*user));
        let browser = browser.with(users[1]);
        assert!(!browser.knows(users[0]) && users[1..].iter().all(|user| browser.knows(*user)));
        assert!(!browser.with(Uuid::now_v7()).knows(users[2]), "the one who was here longest ago");
    }

    #[test]
    fn only_the_installation_that_made_it_reads_it() {
        let key = |byte| TokenKey::new(&[byte; 32]).unwrap();
        let browser = KnownBrowser::new().with(Uuid::now_v7());
        let text = key(1).sign_browser(&browser, Duration::from_secs(60));
        assert_eq!(key(1).verify_browser(&text), Some(browser));
        assert_eq!(key(2).verify_browser(&text), None);
        assert!(key(1).verify(&text).is_err() && key(1).verify_form(&text).is_none(), "it is no token");
        let past = BrowserClaims {
            sub: Uuid::new_v4(),
            users: Vec::new(),
            exp: now_secs() - 60,
            iss: ISSUER.into(),
            aud: BROWSER_AUDIENCE.into(),
        };
        assert_eq!(key(1).verify_browser(&key(1).signed(&past)), None, "its time is over");
    }
}
