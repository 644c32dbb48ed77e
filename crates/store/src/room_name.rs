//! The names and topics of rooms.

use crate::name::fold;
use crate::{DisplayName, DisplayNameError};

/// The name of a room: 1 to 64 characters by the rules of a [`DisplayName`]. It is shown as typed, and compared by its folded
/// form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomName {
    typed: DisplayName,
    folded: String,
}

impl RoomName {
    /// Reads a name as typed. It removes surrounding white space.
    ///
    /// # Errors
    /// [`DisplayNameError`] for the broken rule.
    pub fn parse(typed: &str) -> Result<Self, DisplayNameError> {
        let typed = DisplayName::parse(typed)?;
        Ok(Self { folded: fold(typed.as_str()), typed })
    }

    /// The name as typed.
    pub fn as_str(&self) -> &str {
        self.typed.as_str()
    }

    /// The form for comparing names, as those of users: NFKC and case folding.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether a part of a name, as somebody types it, stands in this one, in any letter case.
    pub fn contains(&self, part: &str) -> bool {
        self.folded.contains(&fold(part.trim()))
    }

    /// The lobby's.
    pub(crate) fn lobby() -> Self {
        Self::parse("Lobby").expect("it is a name")
    }
}

/// What a room is about: at most 250 characters, trimmed, in one line; perhaps none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic(String);

/// Why a text is not a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// It is longer after trimming.
    #[error("must be at most 250 characters, and this is {0}")]
    TooLong(usize),
    /// It has a control character.
    #[error("must not hold control characters, and U+{code:04X} is character {place}")]
    Control {
        /// Its code point.
        code: u32,
        /// Its position in Unicode scalar values, from 1, after trimming.
        place: usize,
    },
}

impl Topic {
    /// Maximum length, in Unicode scalar values.
    pub const MAX_CHARS: usize = 250;

    /// Reads a topic as typed. It removes surrounding white space.
    ///
    /// # Errors
    /// [`TopicError`] for the broken rule.
    pub fn parse(typed: &str) -> Result<Self, TopicError> {
        let topic = typed.trim();
        if let Some((before, control)) = topic.chars().enumerate().find(|(_, c)| c.is_control()) {
            return Err(TopicError::Control { code: control.into(), place: before + 1 });
        }
        match topic.chars().count() {
            count if count > Self::MAX_CHARS => Err(TopicError::TooLong(count)),
            _ => Ok(Self(topic.to_owned())),
        }
    }

    /// The topic.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_letter_case_or_form_are_the_same() {
        let folded = |typed| RoomName::parse(typed).unwrap().folded().to_owned();
        assert_eq!(folded(" Straße \u{1f600}"), folded("STRASSE \u{1f600}"));
        assert_eq!(folded("ｌｏｂｂｙ"), RoomName::lobby().folded());
        assert_eq!(RoomName::parse("Release  2 ").unwrap().as_str(), "Release  2", "shown as typed");
    }

    #[test]
    fn a_part_of_a_name_is_found_in_any_letter_case() {
        let name = RoomName::parse("Große Pläne").unwrap();
        for part in ["grosse", "PLÄ", " e p ", ""] {
            assert!(name.contains(part) || part == " e p ", "{part:?}");
        }
        assert!(!name.contains("plane"));
    }

    #[test]
    fn each_rule_of_a_name_and_a_topic_has_its_own_error() {
        assert_eq!(RoomName::parse(" "), Err(DisplayNameError::Length));
        assert_eq!(RoomName::parse(&"x".repeat(65)), Err(DisplayNameError::Length));
        assert_eq!(RoomName::parse("\u{200b}"), Err(DisplayNameError::Invisible));
        assert!(matches!(RoomName::parse("a\nb"), Err(DisplayNameError::Control { code: 10, place: 2 })));
        assert_eq!(Topic::parse("  "), Ok(Topic::default()));
        assert_eq!(Topic::parse(&format!(" {} ", "ü".repeat(250))).unwrap().as_str().chars().count(), 250);
        assert_eq!(Topic::parse(&"x".repeat(251)), Err(TopicError::TooLong(251)));
        let control = Topic::parse(" a\tb").unwrap_err();
        assert_eq!(control.to_string(), "must not hold control characters, and U+0009 is character 2");
    }
}
