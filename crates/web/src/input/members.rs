//! The members of a JSON object, each parsed by itself, so that a value that cannot be used is reported by name.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Names and values in their order in the text; a name may occur twice.
#[derive(Debug, Default)]
pub struct Members(pub Vec<(String, Result<Value, Flaw>)>);

/// Why a value that is well-formed JSON (RFC 8259) cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// An escape such as `\ud800` without its other half: no Unicode text can hold it (RFC 8259, section 8.2).
    #[error("holds half of a surrogate pair (\\ud800 to \\udfff), which is not a character")]
    LoneSurrogate,
    /// Arrays and objects within one another.
    #[error("is nested too deep: 127 levels at most")]
    TooDeep,
    /// Larger than a double can be (RFC 8259, section 6).
    #[error("holds a number that is too large")]
    NumberTooLarge,
}

/// Why there are no members.
#[derive(Debug, thiserror::Error)]
pub enum NoMembers {
    /// The text is not JSON.
    #[error("is not JSON")]
    NotJson(serde_json::Error),
    /// It is JSON, but not an object.
    #[error("must be an object")]
    NotAnObject,
    /// A member's name cannot be used.
    #[error("a member's name {0}")]
    Name(Flaw),
}

impl Members {
    /// Reads a whole JSON text.
    ///
    /// # Errors
    /// [`NoMembers`].
    pub fn read(json: &[u8]) -> Result<Self, NoMembers> {
        let raw: &RawValue = serde_json::from_slice(json).map_err(NoMembers::NotJson)?;
        Self::of(raw)
    }

    /// The members of a value that is well-formed JSON.
    ///
    /// # Errors
    /// [`NoMembers`].
    pub fn of(raw: &RawValue) -> Result<Self, NoMembers> {
        if !raw.get().starts_with('{') {
            return Err(NoMembers::NotAnObject);
        }
        let RawMembers(members) =
            serde_json::from_str(raw.get()).map_err(|error| match Flaw::in_(&error) {
                Some(flaw) => NoMembers::Name(flaw),
                None => NoMembers::NotJson(error),
            })?;
        Ok(Self(members.into_iter().map(|(name, raw)| (name, value(&raw))).collect()))
    }
}

/// The value of raw JSON.
///
/// # Errors
/// [`Flaw`].
pub fn value(raw: &RawValue) -> Result<Value, Flaw> {
    // Raw JSON is well-formed, so nothing else can be wrong with it.
    serde_json::from_str(raw.get()).map_err(|error| Flaw::in_(&error).unwrap_or(Flaw::NumberTooLarge))
}

impl Flaw {
    /// The library distinguishes them only by its messages; a test notices if these change.
    fn in_(error: &serde_json::Error) -> Option<Self> {
        let message = error.to_string();
        let flaws = [
            ("lone leading surrogate", Self::LoneSurrogate),
            ("unexpected end of hex escape", Self::LoneSurrogate),
            ("recursion limit", Self::TooDeep),
            ("number out of range", Self::NumberTooLarge),
        ];
        flaws.into_iter().find(|(beginning, _)| message.starts_with(beginning)).map(|(_, flaw)| flaw)
    }
}

struct RawMembers(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for RawMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawMembersVisitor)
    }
}

struct RawMembersVisitor;

impl<'de> Visitor<'de> for RawMembersVisitor {
    type Value = RawMembers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawMembers, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(RawMembers(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &str) -> Vec<(String, Result<Value, Flaw>)> {
        Members::read(json.as_bytes()).unwrap().0
    }

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn each_member_is_read_by_itself() {
        let members = read(
            r#" {"a": 1, "b": "\ud800", "c": "\ud800\ud800", "d": "\udc00", "e": "\ud83d\ude00", "f": 1e999, "a": null} "#,
        );
        let wanted = [
            ("a", Ok(json!(1))),
            ("b", Err(Flaw::LoneSurrogate)),
            ("c", Err(Flaw::LoneSurrogate)),
            ("d", Err(Flaw::LoneSurrogate)),
            ("e", Ok(json!("😀"))),
            ("f", Err(Flaw::NumberTooLarge)),
            ("a", Ok(json!(null))),
        ];
        assert_eq!(members, wanted.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn the_stated_depth_is_the_accepted_one() {
        let deepest = |levels| read(&format!(r#"{{"a": {}}}"#, nested(levels)))[0].1.is_ok();
        assert!(deepest(127) && !deepest(128) && !deepest(20_000));
        assert_eq!(read(&format!(r#"{{"a": {}}}"#, nested(128)))[0].1, Err(Flaw::TooDeep));
    }

    #[test]
    fn texts_that_are_no_object_are_distinguished() {
        for broken in
            ["", "{", "{\"a\": }", "[1,", "{\"a\": 1} x", "{\"a\": \"\\ud8\"}", "{\"a\": \"\u{1}\"}"]
        {
            assert!(matches!(Members::read(broken.as_bytes()), Err(NoMembers::NotJson(_))), "{broken}");
        }
        assert!(matches!(Members::read(b"{\"a\": \"\xff\"}"), Err(NoMembers::NotJson(_))), "not UTF-8");
        for other in ["[]", "7", "\"{}\"", "null", &nested(20_000)] {
            assert!(matches!(Members::read(other.as_bytes()), Err(NoMembers::NotAnObject)), "{other}");
        }
        let name = Members::read(br#"{"\ud800": 1}"#);
        assert!(matches!(name, Err(NoMembers::Name(Flaw::LoneSurrogate))), "{name:?}");
    }
}
