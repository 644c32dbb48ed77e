//! The arguments of an event, whatever they are.

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

/// So many arguments are read; no event here has as many.
const MOST: usize = 4;

/// An event's arguments as they came, the first few of them. It asks for a tuple, which is how socketioxide knows
/// that all arguments are meant and not the first alone.
#[derive(Debug, Default)]
pub(super) struct Args(pub(super) Vec<Value>);

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(MOST, ArgsVisitor)
    }
}

struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = Args;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Args, S::Error> {
        let mut args = Vec::new();
        while let Some(arg) = seq.next_element()? {
            if args.len() < MOST {
                args.push(arg);
            }
        }
        Ok(Args(args))
    }
}
