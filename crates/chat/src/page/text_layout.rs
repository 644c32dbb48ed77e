//! Finds texts whose layout costs a browser the square of their length, and what of them is not shown. The page's script
//! has the same rules for later messages (`static/js/log/text-layout.js`).

use unicode_normalization::char::is_combining_mark;

/// Maximum of marks, emoji modifiers or invisible signs in a row that are still writing; Tibetan has nine.
const MAX_EXTENDERS: usize = 12;

/// Maximum of changes of the direction of writing in a text.
const MAX_TURNS: usize = 500;
/// Maximum of such changes between two spaces.
const MAX_TURNS_IN_A_WORD: usize = 16;

/// Maximum of letters between two spaces in scripts whose words a browser finds by a dictionary.
const MAX_UNSPACED: usize = 300;

/// A piece of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// Combining marks beyond the height that is visible: they are kept in the text but not laid out.
    pub(super) is_excess: bool,
}

/// The pieces of a text: those with an even index are shown, the others are excess.
pub(super) fn split_excess(text: &str) -> Vec<Part> {
    let mut run = 0;
    let excess = text.chars().map(|character| {
        run = if extends(character) { run + 1 } else { 0 };
        (character, run > MAX_EXTENDERS)
    });
    let mut parts: Vec<Part> = Vec::new();
    for (character, is_excess) in excess {
        match parts.last_mut().filter(|part| part.is_excess == is_excess) {
            Some(part) => part.text.push(character),
            None => parts.push(Part { text: character.into(), is_excess }),
        }
    }
    parts
}

fn extends(character: char) -> bool {
    matches!(character, '\u{e33}' | '\u{eb3}' | '\u{1f3fb}'..='\u{1f3ff}')
        || is_combining_mark(character)
        || store::is_default_ignorable(character)
}

/// Whether good places to break lines cost too much to find: WebKit takes seconds for 4,000 letters that change their
/// direction, Chromium for 4,000 of Burmese without a space.
pub(super) fn is_tangled(text: &str) -> bool {
    let (mut turns, mut in_word, mut unspaced, mut before) = (0, 0, 0, None);
    for character in text.chars() {
        if is_space(character) {
            (in_word, unspaced) = (0, 0);
        }
        unspaced += usize::from(is_unspaced(character));
        if unspaced > MAX_UNSPACED {
            return true;
        }
        let Some(direction) = Direction::of(character).filter(|direction| before != Some(*direction)) else {
            continue;
        };
        if direction != Direction::Sign {
            before = Some(direction);
        }
        (turns, in_word) = (turns + 1, in_word + 1);
        if turns > MAX_TURNS || in_word > MAX_TURNS_IN_A_WORD {
            return true;
        }
    }
    false
}

/// Spaces at which a line may break.
fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\n' | ' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200b}'
        | '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
}

fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{1950}'..='\u{19df}' | '\u{1a20}'..='\u{1aaf}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aadf}')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    LeftToRight,
    RightToLeft,
    /// A character that only changes it, or an Arabic sign before numbers, which changes it too.
    Sign,
}

impl Direction {
    fn of(character: char) -> Option<Self> {
        match character {
            '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{8e2}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => Some(Self::Sign),
            _ if character.is_numeric() => Some(Self::LeftToRight),
            _ if !character.is_alphabetic() => None,
            '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}' => Some(Self::RightToLeft),
            _ => Some(Self::LeftToRight),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test of the page's script reads the same table.
    #[derive(serde::Deserialize)]
    struct Cases {
        tangled: Vec<(String, usize)>,
        plain: Vec<(String, usize)>,
        excess: Vec<(String, Vec<String>)>,
    }

    fn cases() -> Cases {
        serde_json::from_str(include_str!("../../tests/text_layout.json")).unwrap()
    }

    #[test]
    fn a_text_that_turns_too_often_is_tangled() {
        for (unit, times) in cases().tangled {
            assert!(is_tangled(&unit.repeat(times)), "{unit:?}");
        }
        for (unit, times) in cases().plain {
            assert!(!is_tangled(&unit.repeat(times)), "{unit:?}");
        }
    }

    #[test]
    fn piled_up_signs_are_apart_and_nothing_is_lost() {
        for (text, expected) in cases().excess {
            let parts = split_excess(&text);
            let seen: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(seen, expected);
            assert!(parts.iter().enumerate().all(|(at, part)| part.is_excess == (at % 2 == 1)));
        }
    }
}
