//! The text of a message.

/// What breaks a line (Unicode Standard, section 5.8, "Newline Guidelines"), besides LF and CRLF.
const LINE_BREAKS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// 1 to 4,000 Unicode scalar values, without leading blank lines or trailing white space; newline and tab are the
/// only control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// What is wrong with a message's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageTextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More than [`MessageText::MAX_CHARS`], which it counts after trimming.
    #[error("must be at most 4000 characters, and this is {0}")]
    TooLong(usize),
    /// A control character that breaks no line and is no tab.
    #[error("must not hold control characters, and {0}")]
    Control(ControlCharacter),
}

/// A control character and its place, both counted from 1: the lines as they are broken, and the Unicode scalar values
/// in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("U+{:04X} stands in line {line} at character {column}", u32::from(*.character))]
pub struct ControlCharacter {
    /// Which one it is.
    pub character: char,
    /// The line in which it stands.
    pub line: usize,
    /// Its place in that line.
    pub column: usize,
}

impl ControlCharacter {
    /// The first one in a text whose only line breaks are newlines.
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
    /// The longest text, in Unicode scalar values.
    pub const MAX_CHARS: usize = 4_000;

    /// Takes what a client sent: all that breaks a line (CRLF, CR, VT, FF, NEL, LS, PS) becomes LF, leading blank lines
    /// and trailing white space are dropped.
    ///
    /// # Errors
    /// [`MessageTextError`] when nothing is left, too much is left, or another control character is in it.
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

fn without_leading_blank_lines(mut text: &str) -> &str {
    while let Some((first, rest)) = text.split_once('\n') {
        if !first.trim().is_empty() {
            break;
        }
        text = rest;
    }
    text
}

/// Never shows the text: it is private, and what is debug-printed ends in a log.
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

    /// The same table is read by the test of `static/js/compose/text-rules.js`.
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
    fn all_that_breaks_a_line_becomes_a_newline_and_blank_ends_are_dropped() {
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
    fn other_control_characters_are_refused_by_name_and_place() {
        for (raw, code, line, column) in cases().controls {
            let character = char::from_u32(code).unwrap();
            let expected = MessageTextError::Control(ControlCharacter { character, line, column });
            assert_eq!(parsed(&raw), Err(expected), "{raw:?}");
        }
        assert_eq!(
            parsed("one\ntw\u{1b}o").unwrap_err().to_string(),
            "must not hold control characters, and U+001B stands in line 2 at character 3"
        );
    }

    #[test]
    fn emptiness_is_refused() {
        for raw in cases().empty {
            assert_eq!(parsed(&raw), Err(MessageTextError::Empty), "{raw:?}");
        }
    }

    #[test]
    fn debugging_does_not_show_it() {
        assert!(!format!("{:?}", MessageText::parse("secret").unwrap()).contains("secret"));
    }
}
