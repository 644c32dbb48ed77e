//! The fields of a request, taken one by one, and the errors found in them.

use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map};

use serde_json::Value;
use url::form_urlencoded;

use super::members::{Flaw, Members};
use crate::{FieldError, FieldErrors, Refusal};

/// The error of a binary argument, which arrives as a placeholder object.
pub(super) const BINARY: &str = "is binary data, which nothing here takes";

/// Something that is read from fields, of any transport.
pub trait FromFields: Sized {
    /// Takes its fields. Returns `None` after noting at least one error. Every field must be taken in any case: others are
    /// refused as unknown.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// The fields not yet taken, and the errors found in the others.
#[derive(Debug, Clone)]
pub struct Fields {
    values: BTreeMap<String, Result<Value, Flaw>>,
    pub(super) errors: FieldErrors,
    /// What is wrong with an event's options as a whole. The positional arguments come before them.
    pub(super) options_error: Option<FieldError>,
    source: Source,
}

/// Where fields came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Json,
    Form,
    Query,
    /// With the names of the positional arguments.
    Arguments(&'static [&'static str]),
}

impl Fields {
    pub(super) fn new(source: Source) -> Self {
        Self { values: BTreeMap::new(), errors: FieldErrors::default(), options_error: None, source }
    }

    /// The members of a JSON object. Each must be taken.
    pub fn from_json(members: Members) -> Self {
        let mut fields = Self::new(Source::Json);
        for (name, value) in members.0 {
            fields.give(name, value);
        }
        fields
    }

    /// The pairs of a form. A blank field counts as absent; unknown fields are ignored.
    pub fn from_form(body: &[u8]) -> Self {
        let filled = |(_, value): &(_, Cow<'_, str>)| !value.is_empty();
        Self::from_pairs(Source::Form, form_urlencoded::parse(body).filter(filled))
    }

    /// The pairs of a query. Each must be taken.
    pub fn from_query(query: Option<&str>) -> Self {
        Self::from_pairs(Source::Query, form_urlencoded::parse(query.unwrap_or_default().as_bytes()))
    }

    fn from_pairs<'a>(source: Source, pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let mut fields = Self::new(source);
        for (name, value) in pairs {
            fields.give(name.into_owned(), Ok(Value::String(value.into_owned())));
        }
        fields
    }

    pub(super) fn give(&mut self, name: String, value: Result<Value, Flaw>) {
        match self.values.entry(name) {
            btree_map::Entry::Vacant(place) => {
                place.insert(value);
            }
            btree_map::Entry::Occupied(place) => self.errors.insert(place.key(), "is given twice"),
        }
    }

    /// The text under a name, without taking it: to show it again in a form.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_ref().ok()?.as_str()
    }

    /// Whether a field is given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| *value != Ok(Value::Null))
    }

    /// Accepts other names for a field. Two of them together are an error.
    pub fn accept_aliases(&mut self, name: &str, aliases: &[&str]) {
        for alias in aliases {
            if !self.has(alias) {
                self.values.remove(*alias);
                continue;
            }
            if self.has(name) {
                self.refuse(name, format!("is given twice: {alias} is another name for {name}"));
            }
            if let Some(value) = self.values.remove(*alias) {
                self.values.insert(name.to_owned(), value);
            }
        }
    }

    /// Notes an error of a field.
    pub fn refuse(&mut self, name: &str, error: impl Into<FieldError>) {
        self.errors.insert(name, error);
    }

    /// Takes a field. Also `None` for a value that cannot be taken, whose error is noted.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        match self.values.remove(name)? {
            Ok(Value::Null) => return None,
            Ok(value) if !self.is_binary(&value) => return Some(value),
            Ok(_) => self.refuse(name, BINARY),
            Err(flaw) => self.refuse(name, flaw),
        }
        None
    }

    /// Whether a value is the placeholder of a binary argument (socket.io-protocol 5, "Binary event").
    fn is_binary(&self, value: &Value) -> bool {
        matches!(self.source, Source::Arguments(_)) && value["_placeholder"] == true
    }

    /// Whether numbers are written in digits.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.source, Source::Form | Source::Query)
    }

    /// The place of a positional argument, from 0.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let Source::Arguments(positional) = self.source else { return None };
        positional.iter().position(|positional| *positional == name)
    }

    /// Reads something from the fields.
    ///
    /// # Errors
    /// `invalid` with an error for every field that is wrong, missing or unknown.
    pub fn read<T: FromFields>(mut self) -> Result<T, Refusal> {
        let read = T::from_fields(&mut self);
        if let Some(error) = self.options_error.take() {
            self.refuse("options", error);
        }
        if self.source != Source::Form {
            self.values.keys().for_each(|name| self.errors.insert(name, "is not known here"));
        }
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(Refusal::invalid(self.errors)),
        }
    }
}
