//! Reads `words.txt`.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

const TEXT: &str = include_str!("../../../words.txt");

/// Both lists of rules.
#[derive(Debug)]
pub(super) struct List {
    /// Forbidden words.
    pub(super) words: Rules,
    /// Retired names.
    pub(super) names: Rules,
}

/// Rules that are searched together: one pass over a text finds the few that match it.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// The patterns of the rules, in the same order.
    patterns: RegexSet,
}

/// A forbidden pattern, its exceptions, and the replacement.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Regex,
    pub(super) instead: String,
    allowed: Vec<Regex>,
}

impl List {
    /// The list in `words.txt`, compiled once.
    pub(super) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<List> = LazyLock::new(|| List::parse(TEXT));
        &BUILT_IN
    }

    fn parse(text: &str) -> Self {
        let (mut words, mut names) = (Vec::new(), Vec::new());
        let mut are_names = false;
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let rules = if are_names { &mut names } else { &mut words };
            match line {
                "[words]" => are_names = false,
                "[names]" => are_names = true,
                _ if line.starts_with(' ') => {
                    let last: &mut Rule = rules.last_mut().expect("an allowed phrase follows its word");
                    last.allowed.push(whole_words(line.trim(), !are_names));
                }
                _ => {
                    let (pattern, instead) = line.split_once("=>").expect("a word and what to write instead");
                    let pattern = whole_words(pattern.trim(), !are_names);
                    rules.push(Rule { pattern, instead: instead.trim().to_owned(), allowed: Vec::new() });
                }
            }
        }
        Self { words: Rules::new(words, true), names: Rules::new(names, false) }
    }
}

impl Rules {
    fn new(rules: Vec<Rule>, any_case: bool) -> Self {
        let patterns = rules.iter().map(|rule| rule.pattern.as_str());
        let patterns = RegexSetBuilder::new(patterns).case_insensitive(any_case).build();
        let patterns = patterns.expect("each pattern was compiled alone before");
        Self { rules, patterns }
    }

    /// The rules whose pattern is in a text.
    pub(super) fn matching(&self, text: &str) -> impl Iterator<Item = &Rule> {
        self.patterns.matches(text).into_iter().map(|index| &self.rules[index])
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

/// Matches whole words with any white space between them. The boundaries are those of ASCII: with those of Unicode, a search
/// takes many times longer in a text that is not ASCII.
fn whole_words(words: &str, any_case: bool) -> Regex {
    let spaced = words.replace(' ', r"\s+");
    let pattern =
        RegexBuilder::new(&format!(r"(?-u:\b)(?:{spaced})(?-u:\b)")).case_insensitive(any_case).build();
    pattern.unwrap_or_else(|error| panic!("words.txt: {words}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_has_a_replacement_for_each_word_and_name() {
        let list = List::built_in();
        let (words, names) = (&list.words.rules, &list.names.rules);
        assert!(words.len() > 10 && names.len() > 10, "{list:?}");
        assert!(words.iter().chain(names).all(|rule| !rule.instead.is_empty()), "{list:?}");
    }

    #[test]
    fn an_allowed_phrase_belongs_to_the_word_above_it() {
        let list = List::parse("[words]\nso (far|long) => up to\n    so far as\n[names]\nOld => New\n");
        assert!(list.words.rules[0].is_allowed_at("so far as", 0));
        assert!(!list.words.rules[0].is_allowed_at("so far", 0));
        assert!(
            list.names.rules[0].pattern.is_match("an Old one")
                && !list.names.rules[0].pattern.is_match("old")
        );
    }

    #[test]
    fn only_the_rules_that_match_a_text_are_returned() {
        let list = List::parse("[words]\nfirst => 1\nsecond => 2\n[names]\nThird => 3\nfourth => 4\n");
        let of = |rules: &Rules, text: &str| -> Vec<String> {
            rules.matching(text).map(|rule| rule.instead.clone()).collect()
        };
        assert_eq!(of(&list.words, "the SECOND…"), ["2"]);
        assert_eq!(of(&list.names, "a Third, a Fourth, and seconds"), ["3"]);
        assert!(of(&list.words, "third").is_empty());
    }
}
