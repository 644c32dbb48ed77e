//! Reads `words.txt`.

use regex::{Regex, RegexBuilder};

const TEXT: &str = include_str!("../../../words.txt");

/// All rules.
#[derive(Debug)]
pub(super) struct List {
    /// Forbidden words.
    pub(super) words: Vec<Rule>,
    /// Retired names.
    pub(super) names: Vec<Rule>,
}

/// A forbidden pattern, its exceptions, and the replacement.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Regex,
    pub(super) instead: String,
    allowed: Vec<Regex>,
}

impl List {
    /// The list in `words.txt`.
    pub(super) fn built_in() -> Self {
        Self::parse(TEXT)
    }

    fn parse(text: &str) -> Self {
        let mut list = Self { words: Vec::new(), names: Vec::new() };
        let mut are_names = false;
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            match line {
                "[words]" => are_names = false,
                "[names]" => are_names = true,
                _ if line.starts_with(' ') => {
                    let last = list.words.last_mut().expect("an allowed phrase follows its word");
                    last.allowed.push(whole_words(line.trim(), true));
                }
                _ => {
                    let (pattern, instead) = line.split_once("=>").expect("a word and what to write instead");
                    let pattern = whole_words(pattern.trim(), !are_names);
                    let rule = Rule { pattern, instead: instead.trim().to_owned(), allowed: Vec::new() };
                    if are_names { list.names.push(rule) } else { list.words.push(rule) }
                }
            }
        }
        list
    }
}

impl Rule {
    /// Whether an allowed phrase covers the hit at `start`.
    pub(super) fn is_allowed_at(&self, text: &str, start: usize) -> bool {
        self.allowed
            .iter()
            .any(|phrase| phrase.find_iter(text).any(|found| found.start() <= start && start < found.end()))
    }
}

/// Matches whole words with any white space between them.
fn whole_words(words: &str, any_case: bool) -> Regex {
    let spaced = words.replace(' ', r"\s+");
    let pattern = RegexBuilder::new(&format!(r"\b(?:{spaced})\b")).case_insensitive(any_case).build();
    pattern.unwrap_or_else(|error| panic!("words.txt: {words}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_has_a_replacement_for_each_word_and_name() {
        let list = List::built_in();
        assert!(list.words.len() > 10 && list.names.len() > 10, "{list:?}");
        assert!(list.words.iter().chain(&list.names).all(|rule| !rule.instead.is_empty()), "{list:?}");
    }

    #[test]
    fn an_allowed_phrase_belongs_to_the_word_above_it() {
        let list = List::parse("[words]\nso (far|long) => up to\n    so far as\n[names]\nOld => New\n");
        assert!(list.words[0].is_allowed_at("so far as", 0));
        assert!(!list.words[0].is_allowed_at("so far", 0));
        assert!(list.names[0].pattern.is_match("an Old one") && !list.names[0].pattern.is_match("old"));
    }
}
