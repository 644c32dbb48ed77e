//! The arguments of an event, whatever they are, each read by itself so that one that cannot be taken is refused by its
//! name. `null` stands for what is left out.

use std::collections::BTreeMap;
use std::fmt;
use std::vec::IntoIter;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use web::input::{Flaw, Members, NoMembers, value};

use crate::nack::Nack;

/// So many arguments are kept; no event here has as many.
const MOST: usize = 4;

/// The first few arguments as they came. It asks for a tuple, which is how socketioxide knows that all arguments are meant
/// and not the first alone.
#[derive(Debug, Default)]
pub(crate) struct Args(IntoIter<Box<RawValue>>);

/// An object of options, each of which must be taken by somebody.
#[derive(Debug, Default)]
pub(crate) struct Options(BTreeMap<String, Result<Value, Flaw>>);

impl Args {
    /// The next argument; `name` is what a refusal calls it.
    pub(crate) fn next(&mut self, name: &str) -> Result<Option<Value>, Nack> {
        self.0.next().map_or(Ok(None), |raw| usable(name, value(&raw)))
    }

    /// The next argument as options, which may be left out.
    pub(crate) fn options(&mut self) -> Result<Options, Nack> {
        let Some(raw) = self.0.next().filter(|raw| raw.get() != "null") else {
            return Ok(Options::default());
        };
        let members = Members::of(&raw).map_err(|reason| match reason {
            NoMembers::NotAnObject => Nack::invalid("options: must be an object"),
            reason => Nack::invalid(format!("options: {reason}")),
        })?;
        Options::new(members)
    }

    /// Refuses further arguments.
    pub(crate) fn nothing_else(mut self, expected: &'static str) -> Result<(), Nack> {
        self.0.next().map_or(Ok(()), |_| Err(Nack::invalid(expected)))
    }

    #[cfg(test)]
    pub(crate) fn of(args: &Value) -> Self {
        serde_json::from_value(args.clone()).unwrap()
    }
}

impl Options {
    fn new(members: Members) -> Result<Self, Nack> {
        let mut options = Self::default();
        for (name, value) in members.0 {
            if let Some(twice) = options.0.insert(name.clone(), value).map(|_| shortened(&name)) {
                return Err(Nack::invalid(format!("{twice}: is given twice")));
            }
        }
        // A binary argument arrives as an object that stands for it.
        match options.0.get("_placeholder") {
            Some(Ok(Value::Bool(true))) => Err(binary("options")),
            _ => Ok(options),
        }
    }

    /// An option, if it is given.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<Value>, Nack> {
        self.0.remove(name).map_or(Ok(None), |value| usable(name, value))
    }

    /// Refuses options that nobody asked for: they may be misspelt.
    pub(crate) fn nothing_else(&self) -> Result<(), Nack> {
        match self.0.keys().next() {
            Some(name) => Err(Nack::invalid(format!("{}: is not an option here", shortened(name)))),
            None => Ok(()),
        }
    }
}

fn usable(name: &str, value: Result<Value, Flaw>) -> Result<Option<Value>, Nack> {
    match value {
        Ok(Value::Null) => Ok(None),
        Ok(value) if value["_placeholder"] == true => Err(binary(name)),
        Ok(value) => Ok(Some(value)),
        Err(flaw) => Err(Nack::invalid(format!("{name}: {flaw}"))),
    }
}

fn binary(name: &str) -> Nack {
    Nack::invalid(format!("{name}: is binary data, which nothing here takes"))
}

/// A client's own word in an answer to it, of bounded length.
fn shortened(name: &str) -> String {
    name.chars().take(32).collect()
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(MOST, ArgsVisitor)
    }
}

struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Args;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Args, S::Error> {
        let mut args = Vec::new();
        while let Some(arg) = seq.next_element()? {
            if args.len() < MOST {
                args.push(arg);
            }
        }
        Ok(Args(args.into_iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(json: &str) -> Args {
        serde_json::from_str(json).unwrap()
    }

    fn told<T: fmt::Debug>(result: Result<T, Nack>) -> String {
        result.unwrap_err().detail.into_owned()
    }

    #[test]
    fn what_cannot_be_taken_is_named_with_its_bound() {
        let deep = format!("[{}1{}]", "[".repeat(500), "]".repeat(500));
        assert_eq!(told(args(&deep).next("text")), "text: is nested too deep: 127 levels at most");
        assert!(told(args(r#"["\ud800"]"#).next("text")).starts_with("text: holds half of a surrogate pair"));
        let mut options = args(r#"[{"id": "\udc00", "room": "lobby"}]"#).options().unwrap();
        assert!(told(options.take("id")).starts_with("id: holds half of a surrogate pair"));
        assert!(options.take("room").unwrap().is_some(), "the others are whole");
        assert!(
            told(args(r#"[{"\ud800": 1}]"#).options()).starts_with("options: a member's name holds half")
        );
        assert_eq!(told(args(r#"[{"id": "a", "id": "b"}]"#).options()), "id: is given twice");
    }

    #[test]
    fn binary_data_is_named() {
        let binary = r#"{"_placeholder": true, "num": 0}"#;
        assert!(told(args(&format!("[{binary}]")).next("text")).starts_with("text: is binary data"));
        assert!(told(args(&format!("[{binary}]")).options()).starts_with("options: is binary data"));
        let mut options = args(&format!(r#"[{{"id": {binary}}}]"#)).options().unwrap();
        assert!(told(options.take("id")).starts_with("id: is binary data"));
    }
}
