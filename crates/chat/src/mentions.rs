//! Which places of a text mention a user: `@` and a user name. It knows no user and no store.
//!
//! The page's script has the same rules (`static/js/log`), and both pass the cases of `crates/chat/tests/mentions.json`.

use std::ops::Range;

use store::{Username, is_name_character};

/// Maximum number of characters of a name as typed, in whichever form. A longer run of such characters names nobody.
const MAX_TYPED_NAME: usize = 64;
/// Characters of names that may be punctuation after one.
const PUNCTUATION: [char; 3] = ['.', '-', '_'];
/// Maximum number of names with punctuation at their end that one place may mean.
const MAX_LONGER_NAMES: usize = 4;
/// Characters before an `@` that make it a part of an address or a path, besides those of names.
const BEFORE_OTHER_USES: [char; 11] = ['/', '@', ':', '&', '=', '?', '#', '%', '+', '~', '\\'];

/// A place of a text that may mention a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The byte at which the `@` is.
    start: usize,
    /// The run of characters of names behind it. The name is the run, or the run without punctuation at its end.
    run: &'a str,
}

impl<'a> Place<'a> {
    /// The names that may be meant, the longest first.
    pub(crate) fn names(self) -> impl Iterator<Item = Username> + 'a {
        self.candidates().filter_map(|name| Username::parse(name).ok())
    }

    /// What `look_up` finds for the longest name that it knows, by the name's folded form, with the byte range of the `@` and
    /// that name.
    pub(crate) fn find<T>(self, look_up: impl Fn(&str) -> Option<T>) -> Option<(Range<usize>, T)> {
        self.candidates().find_map(|name| {
            let found = look_up(Username::parse(name).ok()?.folded())?;
            Some((self.start..self.start + '@'.len_utf8() + name.len(), found))
        })
    }

    /// The run, the run without some of the punctuation at its end, and the run without all of it.
    fn candidates(self) -> impl Iterator<Item = &'a str> {
        let shorter = |name: &&'a str| name.strip_suffix(PUNCTUATION);
        let whole = (self.run.chars().count() <= MAX_TYPED_NAME).then_some(self.run);
        let bare = whole.map(|run| run.trim_end_matches(PUNCTUATION));
        let longer = move |name: &&str| bare.is_some_and(|bare| name.len() > bare.len());
        std::iter::successors(whole, shorter).take_while(longer).take(MAX_LONGER_NAMES).chain(bare)
    }
}

/// The places of a text that may mention a user, in their order.
pub(crate) fn places(text: &str) -> impl Iterator<Item = Place<'_>> {
    text.match_indices('@').filter_map(|(start, at)| {
        let is_other_use = |c: char| is_name_character(c) || BEFORE_OTHER_USES.contains(&c);
        if text[..start].chars().next_back().is_some_and(is_other_use) {
            return None;
        }
        let behind = &text[start + at.len()..];
        let end = behind.find(|c| !is_name_character(c)).unwrap_or(behind.len());
        (end > 0).then(|| Place { start, run: &behind[..end] })
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::HashSet;

    use serde::Deserialize;

    use super::*;

    /// A text, the names that exist, and what is marked in the text.
    #[derive(Deserialize)]
    pub(crate) struct Case {
        pub(crate) text: String,
        pub(crate) names: Vec<String>,
        pub(crate) marked: Vec<String>,
    }

    pub(crate) fn cases() -> Vec<Case> {
        serde_json::from_str(include_str!("../tests/mentions.json")).unwrap()
    }

    #[test]
    fn whole_names_are_found_and_nothing_else() {
        for Case { text, names, marked } in cases() {
            let folded: HashSet<String> =
                names.iter().map(|name| Username::parse(name).unwrap().folded().to_owned()).collect();
            let found: Vec<&str> = places(&text)
                .filter_map(|place| Some(&text[place.find(|name| folded.get(name))?.0]))
                .collect();
            assert_eq!(found, marked, "{text}");
        }
    }

    #[test]
    fn the_longest_name_that_may_be_meant_comes_first() {
        let names = |text: &str| -> Vec<String> {
            places(text).flat_map(Place::names).map(|name| name.folded().to_owned()).collect()
        };
        assert_eq!(names("@Ada.L.-"), ["ada.l.-", "ada.l.", "ada.l"]);
        assert_eq!(names("@ab. @... @-ada"), ["ab."], "the others are no names");
        assert_eq!(names(&format!("@{}", "a".repeat(33))), [""; 0], "nothing is cut");
        assert_eq!(
            names(&format!("@ada{}", ".".repeat(5))),
            ["ada.....", "ada....", "ada...", "ada..", "ada"]
        );
        assert_eq!(names(&format!("@ada{}", ".".repeat(61))), ["ada"]);
        assert_eq!(names(&format!("@ada{}", ".".repeat(62))), [""; 0]);
    }
}
