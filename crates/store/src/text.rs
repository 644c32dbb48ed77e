//! The text of a message.

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
    /// A control character other than newline and tab.
    #[error("must not hold the control character U+{0:04X}")]
    Control(u32),
}

impl MessageText {
    /// The longest text, in Unicode scalar values.
    pub const MAX_CHARS: usize = 4_000;

    /// Takes what a client sent: CRLF and CR become LF, leading blank lines and trailing white space are dropped.
    ///
    /// # Errors
    /// [`MessageTextError`] when nothing is left, too much is left, or a control character is in it.
    pub fn parse(raw: &str) -> Result<Self, MessageTextError> {
        let lines = raw.replace("\r\n", "\n").replace('\r', "\n");
        let text = without_leading_blank_lines(lines.trim_end());
        if text.is_empty() {
            return Err(MessageTextError::Empty);
        }
        if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(MessageTextError::Control(control.into()));
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

    #[test]
    fn blank_lines_before_and_white_space_after_are_dropped() {
        assert_eq!(parsed(" \n\t\n  indented\n\nlast \n\n"), Ok("  indented\n\nlast".into()));
        assert_eq!(parsed("one\r\ntwo\rthree"), Ok("one\ntwo\nthree".into()));
    }

    #[test]
    fn length_is_counted_in_scalar_values_after_trimming() {
        assert!(parsed(&("🙂".repeat(4_000) + "\n\n")).is_ok());
        assert_eq!(parsed(&"é".repeat(4_001)), Err(MessageTextError::TooLong(4_001)));
    }

    #[test]
    fn emptiness_and_control_characters_are_refused() {
        assert_eq!(parsed(" \n\t "), Err(MessageTextError::Empty));
        assert_eq!(parsed("a\u{0}b"), Err(MessageTextError::Control(0)));
        assert_eq!(parsed("bell\u{7}"), Err(MessageTextError::Control(7)));
        assert_eq!(parsed("c1\u{85}x"), Err(MessageTextError::Control(0x85)));
        assert_eq!(parsed("tab\tand\nline"), Ok("tab\tand\nline".into()));
    }

    #[test]
    fn debugging_does_not_show_it() {
        assert!(!format!("{:?}", MessageText::parse("secret").unwrap()).contains("secret"));
    }
}
