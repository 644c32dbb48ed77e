//! The types of fields: text, numbers, truth values.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::Fields;
use crate::FieldError;

impl Fields {
    /// A text field that must be there, as what it is parsed into.
    pub fn required<T, E: Into<FieldError>>(
        &mut self,
        name: &str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        if !self.has(name) {
            self.refuse(name, self.position(name).map_or("is missing".to_owned(), positional_text));
        }
        self.optional(name, parse)
    }

    /// A text field that may be absent. Also `None` for an invalid one, whose error is noted.
    pub fn optional<T, E: Into<FieldError>>(
        &mut self,
        name: &str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let Value::String(text) = self.take(name)? else {
            self.refuse(name, self.position(name).map_or("must be a string".to_owned(), positional_text));
            return None;
        };
        parse(text).map_err(|error| self.refuse(name, error)).ok()
    }

    /// A list of texts that must be there, as what each is parsed into, with `count` of them.
    pub fn required_list<T, E: Into<FieldError>>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        parse: impl FnMut(String) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        if !self.has(name) {
            self.refuse(name, "is missing");
        }
        let texts = match self.take(name)? {
            Value::Array(values) => values.into_iter().map(text).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let Some(texts) = texts.filter(|texts| count.contains(&texts.len())) else {
            self.refuse(name, format!("must be a list of {} to {} strings", count.start(), count.end()));
            return None;
        };
        let parsed: Result<Vec<_>, _> = texts.into_iter().map(parse).collect();
        parsed.map_err(|error| self.refuse(name, error)).ok()
    }

    /// Takes a whole number that must be there.
    pub fn required_number(&mut self, name: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        if !self.has(name) {
            self.refuse(name, "is missing");
            return None;
        }
        self.optional_number(name, bounds)
    }

    /// A whole number that may be absent, within bounds; in a query or form written in digits.
    pub fn optional_number(&mut self, name: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let number = match self.take(name)? {
            Value::String(digits) if self.is_text() => digits.parse().ok(),
            value => whole_number(&value),
        };
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            let message = match (*bounds.start(), *bounds.end()) {
                (min, u64::MAX) => format!("must be a whole number from {min}"),
                (min, max) => format!("must be a whole number from {min} to {max}"),
            };
            self.refuse(name, message);
        }
        within
    }

    /// A truth value that may be absent; in a query or form written as `true` or `false`.
    pub fn optional_bool(&mut self, name: &str) -> Option<bool> {
        let truth = match self.take(name)? {
            Value::Bool(truth) => Some(truth),
            Value::String(word) if self.is_text() => word.parse().ok(),
            _ => None,
        };
        if truth.is_none() {
            self.refuse(name, "must be true or false");
        }
        truth
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A positional argument has no name in the call, so its place is named.
fn positional_text(position: usize) -> String {
    let place = ["first", "second", "third"].get(position).unwrap_or(&"last");
    format!("must be a string, the {place} argument")
}

/// The whole number from 0 that a JSON value is, in any notation: `50.0` is 50.
pub fn whole_number(value: &Value) -> Option<u64> {
    /// From here on a double may represent several whole numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        let double =
            value.as_f64().filter(|double| double.fract() == 0.0 && (0.0..EXACT).contains(double))?;
        Some(double as u64)
    })
}
