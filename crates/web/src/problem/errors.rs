//! What is wrong with which field.

use std::collections::BTreeMap;

use serde::Serialize;

/// A message for each wrong field, by the field's name. An error of a form as a whole has the name `form`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldErrors {
    by_field: BTreeMap<String, String>,
}

impl FieldErrors {
    /// One error.
    pub fn of(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.insert(field, message);
        errors
    }

    /// Adds an error. The first one of a field stays.
    pub fn insert(&mut self, field: &str, message: impl Into<String>) {
        self.by_field.entry(field.to_owned()).or_insert_with(|| message.into());
    }

    /// The message for a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.by_field.get(field).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }

    /// Every field and its message, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_field.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }
}
