//! The arguments of an event: positional ones, then an object of options.
//!
//! Each is kept as raw JSON and read by itself, so that one that cannot be taken is refused by its name.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::{BINARY, Fields, Source};
use super::members::{Members, NoMembers, value};
use crate::{Code, Refusal};

/// The arguments of an event as they came, the first four of them: no event takes as many.
///
/// It deserialises from a tuple: to an event library that means all arguments, and not the first one alone.
#[derive(Debug, Default)]
pub struct Arguments(Vec<Box<RawValue>>);

impl Arguments {
    const MAX_KEPT: usize = 4;
}

impl Fields {
    /// The arguments of an event: those named in `positional` in this order, then an object whose members are further
    /// fields. All may be left out or `null`; each member must be taken.
    ///
    /// # Errors
    /// `invalid` when there are more arguments.
    pub fn from_arguments(
        arguments: Arguments,
        positional: &'static [&'static str],
    ) -> Result<Self, Refusal> {
        let Arguments(raw) = arguments;
        if raw.len() > positional.len() + 1 {
            return Err(Refusal::new(Code::Invalid, too_many(positional)));
        }
        let mut raw = raw.into_iter();
        let mut fields = Self::new(Source::Arguments(positional));
        for name in positional {
            fields.give((*name).to_owned(), raw.next().map_or(Ok(Value::Null), |raw| value(&raw)));
        }
        if let Some(options) = raw.next().filter(|raw| raw.get() != "null") {
            fields.give_options(&options);
        }
        Ok(fields)
    }

    fn give_options(&mut self, raw: &RawValue) {
        self.options_error = match Members::of(raw) {
            Ok(members) if members.stands_for_binary() => Some(BINARY.into()),
            Ok(members) => {
                members.0.into_iter().for_each(|(name, value)| self.give(name, value));
                None
            }
            Err(NoMembers::NotAnObject) => Some("must be an object".into()),
            Err(reason) => Some(reason.into()),
        };
    }
}

impl Members {
    fn stands_for_binary(&self) -> bool {
        self.0.iter().any(|(name, value)| name == "_placeholder" && *value == Ok(Value::Bool(true)))
    }
}

fn too_many(positional: &[&str]) -> String {
    let count = match positional.len() {
        0 => return "at most one argument: an object of options".to_owned(),
        1 => "two",
        2 => "three",
        _ => "four",
    };
    format!("at most {count} arguments: the {}, and an object of options", positional.join(", the "))
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(Self::MAX_KEPT, ArgumentsVisitor)
    }
}

struct ArgumentsVisitor;

impl<'de> Visitor<'de> for ArgumentsVisitor {
    type Value = Arguments;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Arguments, S::Error> {
        let mut raw = Vec::new();
        while let Some(argument) = seq.next_element()? {
            if raw.len() < Arguments::MAX_KEPT {
                raw.push(argument);
            }
        }
        Ok(Arguments(raw))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::FromFields;

    #[derive(Debug, PartialEq)]
    struct Send {
        text: String,
        id: Option<String>,
        away: Option<bool>,
    }

    impl FromFields for Send {
        fn from_fields(fields: &mut Fields) -> Option<Self> {
            let text = fields.required("text", Ok::<_, Infallible>);
            let id = fields.optional("id", Ok::<_, Infallible>);
            let away = fields.optional_bool("away");
            Some(Self { text: text?, id, away })
        }
    }

    fn read(json: &str) -> Result<Send, Refusal> {
        Fields::from_arguments(serde_json::from_str(json).unwrap(), &["text"])?.read()
    }

    fn detail(json: &str) -> String {
        let refusal = read(json).unwrap_err();
        assert_eq!(refusal.code(), Code::Invalid, "{json}");
        refusal.detail().to_owned()
    }

    #[test]
    fn positional_arguments_and_options_are_fields() {
        let send = |id: Option<&str>, away| Send { text: "hello".into(), id: id.map(Into::into), away };
        assert_eq!(read(r#"["hello"]"#), Ok(send(None, None)));
        assert_eq!(read(r#"["hello", null]"#), Ok(send(None, None)));
        assert_eq!(read(r#"["hello", {"id": null, "away": null}]"#), Ok(send(None, None)));
        assert_eq!(read(r#"["hello", {"id": "a-1", "away": true}]"#), Ok(send(Some("a-1"), Some(true))));
    }

    #[test]
    fn each_wrong_argument_is_named() {
        let cases = [
            ("[]", "text: must be a string, the first argument"),
            ("[null]", "text: must be a string, the first argument"),
            (r#"[{"text": "hello"}]"#, "text: must be a string, the first argument"),
            (r#"[null, {"text": "hello"}]"#, "text: is given twice"),
            (r#"["hello", "options"]"#, "options: must be an object"),
            (r#"["hello", {"id": 7}]"#, "id: must be a string"),
            (r#"["hello", {"away": "yes"}]"#, "away: must be true or false"),
            (r#"["hello", {"rom": "lobby"}]"#, "rom: is not known here"),
            (r#"["hello", {}, 3]"#, "at most two arguments: the text, and an object of options"),
            (r#"["hello", {}, 3, 4, 5, 6]"#, "at most two arguments: the text, and an object of options"),
        ];
        for (json, wanted) in cases {
            assert_eq!(detail(json), wanted, "{json}");
        }
        let two = serde_json::from_str("[{}, {}]").unwrap();
        let refusal = Fields::from_arguments(two, &[]).unwrap_err();
        assert_eq!(refusal.detail(), "at most one argument: an object of options");
    }

    #[test]
    fn an_argument_that_cannot_be_taken_is_named_with_its_bound() {
        let deep = format!("[{}1{}]", "[".repeat(500), "]".repeat(500));
        assert_eq!(detail(&deep), "text: is nested too deep: 127 levels at most");
        assert!(detail(r#"["\ud800"]"#).starts_with("text: holds half of a surrogate pair"));
        assert!(detail(r#"["a", {"id": "\udc00"}]"#).starts_with("id: holds half of a surrogate pair"));
        assert!(detail(r#"["a", {"\ud800": 1}]"#).starts_with("options: a member's name holds half"));
        assert_eq!(detail(r#"["a", {"id": "a", "id": "b"}]"#), "id: is given twice");
    }

    #[test]
    fn binary_data_is_named() {
        let binary = r#"{"_placeholder": true, "num": 0}"#;
        assert!(detail(&format!("[{binary}]")).starts_with("text: is binary data"));
        assert!(detail(&format!(r#"["a", {binary}]"#)).starts_with("options: is binary data"));
        assert!(detail(&format!("[{binary}, {binary}]")).starts_with("text: is binary data"), "the first");
        assert!(detail(&format!(r#"["a", {{"id": {binary}}}]"#)).starts_with("id: is binary data"));
    }
}
