//! Finds words that make a text hard to read, and names that were replaced. `words.txt` lists both.
//!
//! Words are searched in the text without comment markers, so that a phrase is found across lines, and with names split into
//! words, so that `is_told` is found like "is told".

mod list;
mod plain;

use super::TextFile;
use list::{List, Rule};
use plain::plain;

/// The code that contains the words as test data.
const EXCEPTED: [&str; 1] = ["crates/xtask/src/check/words"];

/// Returns a finding for each forbidden word.
pub(super) fn check(files: &[TextFile]) -> Vec<String> {
    let list = List::built_in();
    let checked = files.iter().filter(|file| !EXCEPTED.iter().any(|path| file.path.starts_with(path)));
    checked.flat_map(|file| check_one(list, file)).collect()
}

fn check_one(list: &List, file: &TextFile) -> Vec<String> {
    let plain = plain(&file.text);
    let words = list.words.matching(&plain).flat_map(|rule| hits(rule, &plain));
    let names = list.names.matching(&file.text).flat_map(|rule| hits(rule, &file.text));
    let mut hits: Vec<(usize, String)> = words.chain(names).collect();
    hits.sort();
    hits.into_iter().map(|(line, hit)| format!("{}:{line}: {hit}", file.path)).collect()
}

/// Each hit of a rule with its line.
fn hits(rule: &Rule, text: &str) -> Vec<(usize, String)> {
    let hits = rule.pattern.find_iter(text).filter(|hit| !rule.is_allowed_at(text, hit.start()));
    let found = hits.map(|hit| {
        let line = text[..hit.start()].matches('\n').count() + 1;
        let words = hit.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        (line, format!("\"{words}\": write {}", rule.instead))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[TextFile { path: path.into(), text: text.into() }])
    }

    #[test]
    fn a_word_is_found_with_file_line_and_replacement() {
        let found = found("crates/a.rs", "//! Fine.\n\n// Whoever asks.\n");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("crates/a.rs:3: \"Whoever\": write who"), "{found:?}");
    }

    #[test]
    fn a_phrase_is_found_across_lines_and_inside_of_names() {
        assert!(found("a.rs", "/// The user is\n/// told.\n")[0].starts_with("a.rs:1: \"is told\""));
        assert!(found("a.js", "/**\n * It waits so\n * long.\n */")[0].starts_with("a.js:2: \"so long\""));
        assert_eq!(found("a.rs", "fn who_is_told() {}").len(), 1);
        assert_eq!(found("a.js", "const nobodyIsTold = 1;").len(), 1);
    }

    #[test]
    fn similar_words_are_allowed() {
        for fine in [
            "Authorization: Bearer x",
            "a bearer token, forbearance, stillborn",
            "so far as it is known, so long as it lasts",
            "so many that nobody counts them",
            "the latest, a lesson",
            "the toldness of it is, told or not",
            "on whose behalf",
        ] {
            assert_eq!(found("a.md", fine), Vec::<String>::new(), "{fine}");
        }
    }

    #[test]
    fn retired_names_match_whole_words_and_case() {
        assert_eq!(found("a.rs", "const PATIENCE: u8 = 1;").len(), 1);
        assert_eq!(found("a.rs", "use crate::Nack;").len(), 1);
        assert_eq!(found("a.rs", "const NUMBERS_AT_ONCE: u8 = 1;").len(), 1);
        assert_eq!(found("a.rs", "let mut told = crowd();").len(), 2);
        assert_eq!(
            found("a.rs", "Nacked, patient, at once, crowded, who told them, ALIVENESS"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_matcher_itself_is_not_checked() {
        assert_eq!(found("crates/xtask/src/check/words/list.rs", "whoever"), Vec::<String>::new());
    }
}
