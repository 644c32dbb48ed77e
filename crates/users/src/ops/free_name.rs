//! User names similar to a taken one.

use std::collections::HashSet;

use store::Username;

/// Maximum number of candidates. Each costs one lookup.
const MAX_CANDIDATES: usize = 8;
/// Maximum length of a user name in characters.
const MAX_USERNAME_CHARS: usize = 32;

/// Names similar to a taken one, the likeliest first: with the initial of the last word of the display name (“grace.h”
/// for Grace Hopper), then with a number. They may be taken too; only the store knows.
pub(super) fn candidates(taken: &Username, display_name: &str) -> Vec<Username> {
    let initial = display_name.split_whitespace().skip(1).last().and_then(|name| name.chars().next());
    let initial = initial.map(|c| format!(".{}", c.to_lowercase()));
    let endings = initial.into_iter().chain((2..10).map(|number| number.to_string()));
    let mut seen = HashSet::new();
    let names = endings.filter_map(|ending| with_ending(taken.as_str(), &ending));
    names.filter(|name| seen.insert(name.folded().to_owned())).take(MAX_CANDIDATES).collect()
}

/// The name, shortened if necessary, with an ending. `None` if that is not a valid user name.
fn with_ending(name: &str, ending: &str) -> Option<Username> {
    let length = MAX_USERNAME_CHARS.saturating_sub(ending.chars().count());
    let beginning: String = name.chars().take(length).collect();
    Username::parse(&(beginning + ending)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(taken: &str, display_name: &str) -> Vec<String> {
        let taken = Username::parse(taken).unwrap();
        candidates(&taken, display_name).iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn an_initial_comes_before_numbers() {
        assert_eq!(names("grace", "Grace Brewster Hopper")[..2], ["grace.h", "grace2"]);
        assert_eq!(names("Анна", "Анна Каренина")[0], "Анна.к");
        assert_eq!(names("grace", "")[0], "grace2");
    }

    #[test]
    fn candidates_that_are_not_valid_user_names_are_left_out() {
        assert_eq!(names("grace", "Grace 🙂")[0], "grace2");
        assert_eq!(names("grace", "Grace Ж")[0], "grace2", "two scripts");
        assert_eq!(names(&"a".repeat(32), "Grace Hopper")[0], format!("{}.h", "a".repeat(30)));
        assert!(names("grace", "Grace Hopper").len() <= MAX_CANDIDATES);
    }
}
