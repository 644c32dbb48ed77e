//! The text of a message.

/// Line breaks besides LF and CRLF (Unicode Standard, section 5.8, "Newline Guidelines").
const LINE_BREAKS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// 1 to 4,000 Unicode scalar values, without leading blank lines or trailing white space; newline and tab are the
/// only control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a text is not valid for a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageTextError {
    /// It has only white space.
    #[error("must not be empty")]
    Empty,
    /// It is longer than [`MessageText::MAX_CHARS`] after trimming. The value is its length.
    #[error("must be at most 4000 characters, and this is {0}")]
    TooLong(usize),
    /// It has a control character other than line breaks and tabs.
    #[error("must not hold control characters, and {0}")]
    Control(ControlCharacter),
}

/// A control character and its position: line and Unicode scalar value in the line, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("U+{:04X} is in line {line} at character {column}", u32::from(*.character))]
pub struct ControlCharacter {
    /// The character.
    pub character: char,
    /// Its line.
    pub line: usize,
    /// Its position in the line.
    pub column: usize,
}

impl ControlCharacter {
    /// The first control character of a text that has only LF as line breaks.
    pub(crate) fn first_in(text: &str) -> Option<Self> {
        let (mut line, mut column) = (1, 0);
        for character in text.chars() {
            column += 1;
            match character {
                '\n' => (line, column) = (line + 1, 0),
                '\t' => {}
                _ if character.is_control() => return Some(Self { character, line, column }),
                _ => {}
            }
        }
        None
    }
}

impl MessageText {
    /// Maximum length, in Unicode scalar values.
    pub const MAX_CHARS: usize = 4_000;

    /// Reads a client's text. Line breaks (CRLF, CR, VT, FF, NEL, LS, PS) become LF. Leading blank lines and trailing white
    /// space are removed.
    ///
    /// # Errors
    /// [`MessageTextError`] when the rest is empty or too long, or has another control character.
    pub fn parse(raw: &str) -> Result<Self, MessageTextError> {
        let lines = raw.replace("\r\n", "\n").replace(LINE_BREAKS, "\n");
        let text = without_leading_blank_lines(lines.trim_end());
        if text.is_empty() {
            return Err(MessageTextError::Empty);
        }
        if let Some(control) = ControlCharacter::first_in(&lines) {
            return Err(MessageTextError::Control(control));
        }
        match text.chars().count() {
            count if count > Self::MAX_CHARS => Err(MessageTextError::TooLong(count)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0
    }
}

fn without_leading_blank_lines(mut text: &str) -> &str {
    while let Some((first, rest)) = text.split_once('\n') {
        if !first.trim().is_empty() {
            break;
        }
        text = rest;
    }
    text
}

/// Does not show the text: it is private, and debug output may get into a log.
impl std::fmt::Debug for MessageText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MessageText({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(raw: &str) -> Result<String, MessageTextError> {
        MessageText::parse(raw).map(|text| text.as_str().to_owned())
    }

    /// The same table is used by the test of `static/js/compose/text-rules.js`.
    #[derive(serde::Deserialize)]
    struct Cases {
        taken: Vec<(String, String)>,
        controls: Vec<(String, u32, usize, usize)>,
        empty: Vec<String>,
    }

    fn cases() -> Cases {
        serde_json::from_str(include_str!("../tests/texts.json")).unwrap()
    }

    #[test]
    fn line_breaks_become_newlines_and_blank_ends_are_removed() {
        for (raw, text) in cases().taken {
            assert_eq!(parsed(&raw), Ok(text), "{raw:?}");
        }
    }

    #[test]
    fn length_is_counted_in_scalar_values_after_trimming() {
        assert!(parsed(&("🙂".repeat(4_000) + "\n\n")).is_ok());
        assert_eq!(parsed(&"é".repeat(4_001)), Err(MessageTextError::TooLong(4_001)));
    }

    #[test]
    fn other_control_characters_are_refused_with_code_and_position() {
        for (raw, code, line, column) in cases().controls {
            let character = char::from_u32(code).unwrap();
            let expected = MessageTextError::Control(ControlCharacter { character, line, column });
            assert_eq!(parsed(&raw), Err(expected), "{raw:?}");
        }
        assert_eq!(
            parsed("one\ntw\u{1b}o").unwrap_err().to_string(),
            "must not hold control characters, and U+001B is in line 2 at character 3"
        );
    }

    #[test]
    fn an_empty_text_is_refused() {
        for raw in cases().empty {
            assert_eq!(parsed(&raw), Err(MessageTextError::Empty), "{raw:?}");
        }
    }

    #[test]
    fn debugging_does_not_show_it() {
        assert!(!format!("{:?}", MessageText::parse("secret").unwrap()).contains("secret"));
    }
}
