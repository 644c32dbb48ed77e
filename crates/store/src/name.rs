//! User names, which never change, and display names.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::{GeneralSecurityProfile, MixedScript};

/// Maximum length of a user name, in characters.
const MAX_LENGTH: usize = 32;

/// 3 to 32 letters, digits, `_`, `-` and `.`, beginning with a letter or digit, all of one script. It is shown as typed,
/// and unique by its folded form. UTS 39 defines the allowed letters and the scripts, so that no name looks like another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username {
    typed: String,
    folded: String,
}

/// Why a text is not a user name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Shorter than 3 or longer than 32 characters.
    #[error("must be 3 to 32 characters long")]
    Length,
    /// The first character is neither a letter nor a digit.
    #[error("must begin with a letter or digit")]
    Start,
    /// A character that is not allowed.
    #[error("may hold only letters, digits, _, - and ., and not {0:?}")]
    Character(char),
    /// It has letters of several scripts.
    #[error("must keep to one script (alphabet)")]
    MixedScript,
}

impl Username {
    /// Reads a name as typed. It removes surrounding white space, which phone keyboards add, and converts to NFKC, so that
    /// full-width letters and separate combining marks make the same name. The length is that of the result.
    ///
    /// # Errors
    /// [`UsernameError`] for the broken rule.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        // One character more than the maximum is enough to see that it is too long.
        let name: String = typed.trim().nfkc().take(MAX_LENGTH + 1).collect();
        if !(3..=MAX_LENGTH).contains(&name.chars().count()) {
            return Err(UsernameError::Length);
        }
        if let Some(c) = typed.trim().nfc().find(|&c| !std::iter::once(c).nfkc().all(allowed)) {
            return Err(UsernameError::Character(c));
        }
        if !name.starts_with(char::is_alphanumeric) {
            return Err(UsernameError::Start);
        }
        if !name.is_single_script() {
            return Err(UsernameError::MixedScript);
        }
        Ok(Self { folded: fold(&name), typed: name })
    }

    /// The name as typed at sign-up.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The form for comparing names: NFKC and case folding.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

fn allowed(c: char) -> bool {
    matches!(c, '_' | '-' | '.') || (is_name_character(c) && c.identifier_allowed())
}

/// Whether a character may belong to a user name as typed. Combining marks are parts of letters: many scripts need them.
pub fn is_name_character(c: char) -> bool {
    matches!(c, '_' | '-' | '.') || c.is_alphanumeric() || is_combining_mark(c)
}

pub(crate) fn fold(name: &str) -> String {
    CaseMapper::new().fold_string(name).nfkc().collect()
}

/// 1 to 64 Unicode scalar values, trimmed, without control characters. At least one is visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

/// Why a text is not a display name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisplayNameError {
    /// It is empty or longer than 64 characters after trimming.
    #[error("must be 1 to 64 characters long")]
    Length,
    /// It has a control character.
    #[error("must not hold control characters, and U+{code:04X} is character {place}")]
    Control {
        /// Its code point.
        code: u32,
        /// Its position in Unicode scalar values, from 1, after trimming.
        place: usize,
    },
    /// It has no visible character.
    #[error("must hold a character that can be seen")]
    Invisible,
}

impl DisplayName {
    /// Reads a name as typed. It removes surrounding white space.
    ///
    /// # Errors
    /// [`DisplayNameError`] for the broken rule.
    pub fn parse(typed: &str) -> Result<Self, DisplayNameError> {
        let name = typed.trim();
        if let Some((before, control)) = name.chars().enumerate().find(|(_, c)| c.is_control()) {
            return Err(DisplayNameError::Control { code: control.into(), place: before + 1 });
        }
        if !(1..=64).contains(&name.chars().count()) {
            return Err(DisplayNameError::Length);
        }
        if name.chars().all(is_invisible) {
            return Err(DisplayNameError::Invisible);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for finding names: NFKC and case folding.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// White space, the empty Braille pattern, and characters without a glyph.
fn is_invisible(character: char) -> bool {
    character.is_whitespace() || character == '\u{2800}' || is_default_ignorable(character)
}

/// Whether a character is invisible if the font does not support it: `Default_Ignorable_Code_Point` of the Unicode Character
/// Database (DerivedCoreProperties.txt).
pub fn is_default_ignorable(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The display name of a user who has not chosen one.
impl From<&Username> for DisplayName {
    fn from(username: &Username) -> Self {
        Self(username.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(typed: &str) -> String {
        Username::parse(typed).unwrap().folded().to_owned()
    }

    #[test]
    fn names_in_other_letter_case_or_form_are_the_same() {
        assert_eq!(folded("Grace.H"), folded("gRACE.h"));
        assert_eq!(folded("STRASSE"), folded("straße"));
        assert_eq!(folded("Jose\u{301}"), folded("JOSÉ"));
        assert_ne!(folded("grace"), folded("grace1"));
        assert_eq!(Username::parse("Grace").unwrap().as_str(), "Grace", "shown as typed");
    }

    #[test]
    fn a_name_is_the_same_however_a_keyboard_writes_it() {
        for typed in ["Alice ", "\u{a0}Alice", "\u{3000}Alice\t\n", "Ａｌｉｃｅ", "Ａｌｉｃｅ\u{3000}"]
        {
            assert_eq!(Username::parse(typed).unwrap().as_str(), "Alice", "{typed:?}");
        }
        assert_eq!(Username::parse("Jose\u{301}").unwrap().as_str(), "José");
        assert_eq!(Username::parse("e\u{301}e\u{301} ").unwrap_err(), UsernameError::Length, "two letters");
        assert_eq!(Username::parse(&format!("  {}  ", "a".repeat(32))).unwrap().as_str().len(), 32);
    }

    #[test]
    fn each_rule_of_a_user_name_has_its_own_error() {
        let error = |typed: &str| Username::parse(typed).unwrap_err();
        assert_eq!(error("ab"), UsernameError::Length);
        assert_eq!(error(&"a".repeat(33)), UsernameError::Length);
        assert_eq!(error(" ab "), UsernameError::Length);
        assert_eq!(error("\u{fdfa}".repeat(20_000).as_str()), UsernameError::Length);
        assert_eq!(error("_ada"), UsernameError::Start);
        assert_eq!(error("a b"), UsernameError::Character(' '));
        assert_eq!(error("<b>"), UsernameError::Character('<'));
        assert_eq!(error("a\u{202e}bc"), UsernameError::Character('\u{202e}'));
        assert_eq!(
            error("\u{3164}\u{3164}\u{3164}"),
            UsernameError::Character('\u{3164}'),
            "an invisible letter"
        );
        assert_eq!(error("pаypal"), UsernameError::MixedScript, "its second letter is Cyrillic");
    }

    #[test]
    fn people_of_every_script_can_sign_up() {
        for name in
            ["ada", "Ævar", "Анна", "李小龍", "ひらがなとカタカナ", "محمد", "किशोर", "स्मिता", "0x-_.z"]
        {
            assert!(Username::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_display_name_is_trimmed_and_bounded() {
        assert_eq!(DisplayName::parse("  Grace Hopper ").unwrap().as_str(), "Grace Hopper");
        assert_eq!(DisplayName::parse(" "), Err(DisplayNameError::Length));
        assert_eq!(DisplayName::parse(&"x".repeat(65)), Err(DisplayNameError::Length));
        let error = DisplayName::parse(" aé\u{1b}b").unwrap_err();
        assert_eq!(error, DisplayNameError::Control { code: 0x1b, place: 3 });
        assert_eq!(error.to_string(), "must not hold control characters, and U+001B is character 3");
    }

    #[test]
    fn a_display_name_can_be_seen() {
        for name in ["\u{200b}\u{2060}", "\u{3164}", "\u{2800} \u{2800}", "\u{202e}\u{fe0f}"] {
            assert_eq!(DisplayName::parse(name), Err(DisplayNameError::Invisible), "{name:?}");
        }
        for name in ["❤\u{fe0f}", "\u{202b}עדה\u{202c}", "👩\u{200d}🔬", "-"] {
            assert!(DisplayName::parse(name).is_ok(), "{name:?}");
        }
    }
}
