//! The sessions of a browser, as one cookie lists them.

/// Maximum number of sessions that a browser can continue after their tokens have expired. The oldest is dropped.
pub(super) const MAX_SESSIONS: usize = 8;

/// The place of a session among a browser's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It becomes the current session of the browser.
    Current,
    /// It belongs to one tab; the browser's current session stays.
    Aside,
}

/// The sessions of a browser, the current one last. An empty last place means that the current one was logged out: then
/// the browser has no current session, although other sessions may have tabs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SessionList(Vec<String>);

impl SessionList {
    /// Parts that are no session are ignored.
    pub(super) fn parse(list: &str) -> Self {
        let mut sessions: Vec<String> =
            list.split('.').filter(|session| is_short(session)).map(str::to_owned).collect();
        sessions.drain(..sessions.len().saturating_sub(MAX_SESSIONS));
        if list.ends_with('.') {
            sessions.push(String::new());
        }
        Self(sessions)
    }

    /// Adds a session, and returns those that are dropped.
    pub(super) fn add(&mut self, session: String, place: Place) -> Vec<String> {
        self.0.retain(|other| *other != session);
        match place {
            Place::Current => {
                self.0.retain(|other| !other.is_empty());
                self.0.push(session);
            }
            Place::Aside if self.0.is_empty() => self.0.extend([session, String::new()]),
            Place::Aside => self.0.insert(self.0.len() - 1, session),
        }
        self.0
            .drain(..self.0.len().saturating_sub(MAX_SESSIONS))
            .filter(|dropped| !dropped.is_empty())
            .collect()
    }

    /// Removes a session; returns whether it was there.
    pub(super) fn remove(&mut self, session: &str) -> bool {
        let Some(place) = self.0.iter().position(|other| other == session) else { return false };
        if place + 1 == self.0.len() {
            self.0[place].clear();
        } else {
            self.0.remove(place);
        }
        true
    }

    pub(super) fn has(&self, session: &str) -> bool {
        self.0.iter().any(|other| other == session)
    }

    /// The current session of the browser.
    pub(super) fn current(&self) -> Option<&str> {
        self.0.last().map(String::as_str).filter(|session| !session.is_empty())
    }

    /// Whether no session is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }
}

impl std::fmt::Display for SessionList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

fn is_short(session: &str) -> bool {
    session.len() == 8 && session.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_not_written_here_is_harmless() {
        for (list, current) in [("", None), ("...", None), ("../x;y", None), ("zzzzzzzz", None)] {
            assert_eq!(SessionList::parse(list).current(), current, "{list}");
        }
        let long = vec!["0123abcd"; 100].join(".");
        assert_eq!(SessionList::parse(&long).0.len(), MAX_SESSIONS);
    }
}
