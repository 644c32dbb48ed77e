//! Another user name for somebody whose first choice is taken.

use std::collections::HashSet;

use store::Username;

/// Names that are looked up at most for one sign-up.
const AT_MOST: usize = 8;
/// The most characters of a user name.
const LONGEST: usize = 32;

/// Names like the taken one, the likeliest first: with the initial of the last of the other names (“grace.h” of Grace
/// Hopper), then with a number. Which of them are free only the store knows.
pub(crate) fn like(taken: &Username, display_name: &str) -> Vec<Username> {
    let initial = display_name.split_whitespace().skip(1).last().and_then(|name| name.chars().next());
    let initial = initial.map(|c| format!(".{}", c.to_lowercase()));
    let endings = initial.into_iter().chain((2..10).map(|number| number.to_string()));
    let mut seen = HashSet::new();
    let names = endings.filter_map(|ending| with_ending(taken.as_str(), &ending));
    names.filter(|name| seen.insert(name.folded().to_owned())).take(AT_MOST).collect()
}

/// Cut where it would be too long; none where it would not be a user name.
fn with_ending(name: &str, ending: &str) -> Option<Username> {
    let room = LONGEST.saturating_sub(ending.chars().count());
    let beginning: String = name.chars().take(room).collect();
    Username::parse(&(beginning + ending)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(taken: &str, display_name: &str) -> Vec<String> {
        let taken = Username::parse(taken).unwrap();
        like(&taken, display_name).iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn an_initial_comes_before_numbers() {
        assert_eq!(names("grace", "Grace Brewster Hopper")[..2], ["grace.h", "grace2"]);
        assert_eq!(names("Анна", "Анна Каренина")[0], "Анна.к");
        assert_eq!(names("grace", "")[0], "grace2");
    }

    #[test]
    fn what_would_be_no_user_name_is_left_out() {
        assert_eq!(names("grace", "Grace 🙂")[0], "grace2");
        assert_eq!(names("grace", "Grace Ж")[0], "grace2", "two scripts");
        assert_eq!(names(&"a".repeat(32), "Grace Hopper")[0], format!("{}.h", "a".repeat(30)));
        assert!(names("grace", "Grace Hopper").len() <= AT_MOST);
    }
}
