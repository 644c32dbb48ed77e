//! An event that the library sends to several sockets. It is encoded once for all of them, and counted for each.

use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::backlog::Backlog;

/// An event with its arguments.
pub(super) struct LibraryEvent<'a> {
    name: &'a str,
    arguments: Vec<Box<RawValue>>,
}

impl<'a> LibraryEvent<'a> {
    /// An event without arguments.
    pub(super) fn new(name: &'a str) -> Self {
        Self { name, arguments: Vec::new() }
    }

    /// With one more argument.
    pub(super) fn with(mut self, argument: &(impl Serialize + ?Sized)) -> Self {
        let argument = to_raw_value(argument).expect("an argument has only names, numbers and lists");
        self.arguments.push(argument);
        self
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// Counts it for a socket that it is about to be sent to. False when the socket does not keep up.
    pub(super) fn count_in(&self, backlog: &Backlog) -> bool {
        let commas = self.arguments.len().saturating_sub(1);
        let bytes: usize = self.arguments.iter().map(|argument| argument.get().len()).sum();
        backlog.add_event(self.name, bytes + commas)
    }
}

/// The arguments, as the tuple that the library spreads over the event's list.
impl Serialize for LibraryEvent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.arguments.len())?;
        self.arguments.iter().try_for_each(|argument| tuple.serialize_element(argument))?;
        tuple.end()
    }
}
