//! What is wrong with which field.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Serialize, Serializer};

use super::Code;

/// What is wrong with one field. Every error that can be shown becomes one with the code `invalid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// `invalid`, or a code of its own such as `too_long`.
    pub code: Code,
    /// The rest of a sentence that begins with the field's name.
    pub message: String,
}

/// The errors of a request by field. An error of a form as a whole has the name `form`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors {
    by_field: BTreeMap<String, FieldError>,
    /// The field whose error was found first.
    first: Option<String>,
}

impl FieldError {
    /// An error with a code of its own.
    pub fn new(code: Code, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }
}

impl<E: Display> From<E> for FieldError {
    fn from(error: E) -> Self {
        Self::new(Code::Invalid, error)
    }
}

impl FieldErrors {
    /// One error.
    pub fn of(field: &str, error: impl Into<FieldError>) -> Self {
        let mut errors = Self::default();
        errors.insert(field, error);
        errors
    }

    /// Adds an error. The first one of a field stays.
    pub fn insert(&mut self, field: &str, error: impl Into<FieldError>) {
        self.first.get_or_insert_with(|| field.to_owned());
        self.by_field.entry(field.to_owned()).or_insert_with(|| error.into());
    }

    /// The message for a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.by_field.get(field).map(|error| error.message.as_str())
    }

    /// The field and the error that were found first.
    pub fn first(&self) -> Option<(&str, &FieldError)> {
        let (field, error) = self.by_field.get_key_value(self.first.as_ref()?)?;
        Some((field, error))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }

    /// Every field and its message, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_field.iter().map(|(field, error)| (field.as_str(), error.message.as_str()))
    }
}

/// An object with a message for each field, sorted by name.
impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
