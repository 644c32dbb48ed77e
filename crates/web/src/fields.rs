//! The fields of a request, from JSON, a form or a query, read one by one so that *every* wrong one is told.
//!
//! One rule for all: in JSON `null` stands for a field that is absent, as a blank one does in a form.
//!
//! Values are never quoted in a message or a log: one of them may be a password.

use std::collections::{BTreeMap, btree_map};
use std::fmt::Display;

use serde_json::Value;
use url::form_urlencoded;

use crate::json::{Flaw, Members};
use crate::{FieldErrors, Problem};

/// Something that is read from fields, alike from JSON and from a form.
pub trait FromFields: Sized {
    /// Takes its fields. `None` stands for at least one error that was noted, and every field must have been taken
    /// even so, or it is told as unknown.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// Fields that were not yet taken, and the errors noted so far.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    values: BTreeMap<String, Result<Value, Flaw>>,
    errors: FieldErrors,
    takes_unknown: bool,
    from_text: bool,
}

impl Fields {
    /// The members of a JSON object. Each must be taken by somebody.
    pub fn from_json(members: Members) -> Self {
        let mut fields = Self::default();
        for (name, value) in members.0 {
            fields.give(name, value);
        }
        fields
    }

    /// The pairs of a form. A field left blank counts as absent; fields that nobody asks for are not looked at.
    pub fn from_form(body: &[u8]) -> Self {
        let filled = |(_, value): &(_, std::borrow::Cow<'_, str>)| !value.is_empty();
        Self { takes_unknown: true, ..Self::from_pairs(form_urlencoded::parse(body).filter(filled)) }
    }

    /// The pairs of a query. Each must be taken by somebody.
    pub fn from_query(query: Option<&str>) -> Self {
        Self::from_pairs(form_urlencoded::parse(query.unwrap_or_default().as_bytes()))
    }

    fn from_pairs<'a>(
        pairs: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
    ) -> Self {
        let mut fields = Self { from_text: true, ..Self::default() };
        for (name, value) in pairs {
            fields.give(name.into_owned(), Ok(Value::String(value.into_owned())));
        }
        fields
    }

    fn give(&mut self, name: String, value: Result<Value, Flaw>) {
        match self.values.entry(name) {
            btree_map::Entry::Vacant(place) => {
                place.insert(value);
            }
            btree_map::Entry::Occupied(place) => self.errors.insert(place.key(), "is given twice"),
        }
    }

    /// What was given as text under a name, without taking it: to show it again in a form.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_ref().ok()?.as_str()
    }

    /// Whether a field is given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| *value != Ok(Value::Null))
    }

    /// Takes a field. `None` also stands for one that cannot be taken, whose error is noted.
    fn take(&mut self, name: &str) -> Option<Value> {
        match self.values.remove(name)? {
            Ok(Value::Null) => None,
            Ok(value) => Some(value),
            Err(flaw) => {
                self.errors.insert(name, flaw.to_string());
                None
            }
        }
    }

    /// Lets other names stand for a field. Two of them together are an error.
    pub fn accept_aliases(&mut self, name: &str, aliases: &[&str]) {
        for alias in aliases {
            if !self.has(alias) {
                self.values.remove(*alias);
                continue;
            }
            if self.has(name) {
                self.errors.insert(name, format!("is given twice: {alias} is another name for {name}"));
            }
            if let Some(value) = self.values.remove(*alias) {
                self.values.insert(name.to_owned(), value);
            }
        }
    }

    /// A text field that must be there, as what it is parsed into.
    pub fn required<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        if !self.has(name) {
            self.errors.insert(name, "is missing");
        }
        self.optional(name, parse)
    }

    /// A text field that may be absent. `None` also stands for a wrong one, whose error is noted.
    pub fn optional<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let Value::String(text) = self.take(name)? else {
            self.errors.insert(name, "must be a string");
            return None;
        };
        parse(text).map_err(|error| self.errors.insert(name, error.to_string())).ok()
    }

    /// A whole number that may be absent, within bounds; in a query or form written in digits.
    pub fn optional_number(&mut self, name: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let number = match self.take(name)? {
            Value::String(digits) if self.from_text => digits.parse().ok(),
            value => whole_number(&value),
        };
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            let message = match (*bounds.start(), *bounds.end()) {
                (least, u64::MAX) => format!("must be a whole number from {least}"),
                (least, most) => format!("must be a whole number from {least} to {most}"),
            };
            self.errors.insert(name, message);
        }
        within
    }

    /// Notes an error that was found otherwise.
    pub fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.errors.insert(name, message);
    }

    /// Reads something from the fields.
    ///
    /// # Errors
    /// One for every field that is wrong, missing or unknown.
    pub fn read<T: FromFields>(mut self) -> Result<T, FieldErrors> {
        let read = T::from_fields(&mut self);
        if !self.takes_unknown {
            self.values.keys().for_each(|name| self.errors.insert(name, "is not known here"));
        }
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(self.errors),
        }
    }

    /// Reads something from a query.
    ///
    /// # Errors
    /// 422 with every wrong field.
    pub fn read_query<T: FromFields>(query: Option<&str>) -> Result<T, Problem> {
        Self::from_query(query).read().map_err(Problem::invalid)
    }
}

/// The whole number from 0 that a JSON value is, however it is written: `50.0` is 50.
pub fn whole_number(value: &Value) -> Option<u64> {
    /// From here on a double may stand for several whole numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        let double =
            value.as_f64().filter(|double| double.fract() == 0.0 && (0.0..EXACT).contains(double))?;
        Some(double as u64)
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pair(String, Option<u64>);

    impl FromFields for Pair {
        fn from_fields(fields: &mut Fields) -> Option<Self> {
            fields.accept_aliases("name", &["alias", "other"]);
            let name = fields.required("name", Ok::<_, Infallible>);
            let count = fields.optional_number("count", 1..=9);
            Some(Self(name?, count))
        }
    }

    fn read(json: &str) -> Result<Pair, FieldErrors> {
        Fields::from_json(Members::read(json.as_bytes()).unwrap()).read()
    }

    fn errors(json: &str) -> Vec<(String, String)> {
        let errors = read(json).unwrap_err();
        errors.iter().map(|(field, message)| (field.to_owned(), message.to_owned())).collect()
    }

    fn error(field: &str, message: &str) -> (String, String) {
        (field.to_owned(), message.to_owned())
    }

    #[test]
    fn every_wrong_field_is_told_and_no_value() {
        let told = errors(r#"{"name": 5, "count": "3", "extra": "secret"}"#);
        let wanted = [
            error("count", "must be a whole number from 1 to 9"),
            error("extra", "is not known here"),
            error("name", "must be a string"),
        ];
        assert_eq!(told, wanted);
        assert_eq!(errors("{}"), [error("name", "is missing")]);
        assert_eq!(errors(r#"{"name": "a", "name": "b"}"#), [error("name", "is given twice")]);
    }

    #[test]
    fn null_is_absent() {
        assert_eq!(read(r#"{"name": "a", "count": null}"#), Ok(Pair("a".into(), None)));
        assert_eq!(read(r#"{"name": null, "other": "a", "alias": null}"#), Ok(Pair("a".into(), None)));
        assert_eq!(errors(r#"{"name": null}"#), [error("name", "is missing")]);
        assert_eq!(errors(r#"{"name": "a", "nmae": null}"#), [error("nmae", "is not known here")]);
    }

    #[test]
    fn what_cannot_be_taken_is_named_with_its_bound() {
        let surrogate = error("name", &Flaw::LoneSurrogate.to_string());
        assert_eq!(errors(r#"{"name": "\ud800"}"#), std::slice::from_ref(&surrogate));
        assert_eq!(errors(r#"{"alias": "\ud800"}"#), [surrogate]);
        let deep = format!(r#"{{"name": "a", "count": {}1{}}}"#, "[".repeat(200), "]".repeat(200));
        assert_eq!(errors(&deep), [error("count", &Flaw::TooDeep.to_string())]);
    }

    #[test]
    fn numbers_are_compared_as_values() {
        for nine in ["9", "9.0", "9e0", "0.9e1"] {
            assert_eq!(read(&format!(r#"{{"name": "a", "count": {nine}}}"#)), Ok(Pair("a".into(), Some(9))));
        }
        for bad in ["8.5", "-1", "10", "1e300", "true", "\"9\""] {
            assert_eq!(errors(&format!(r#"{{"name": "a", "count": {bad}}}"#)).len(), 1, "{bad}");
        }
        assert_eq!(whole_number(&json!(u64::MAX)), Some(u64::MAX));
        assert_eq!(whole_number(&json!(1e16)), None);
    }

    #[test]
    fn two_names_of_one_field_together_are_refused() {
        let told = errors(r#"{"name": "a", "alias": "a"}"#);
        assert_eq!(told, [error("name", "is given twice: alias is another name for name")]);
        assert_eq!(read(r#"{"other": "a"}"#), Ok(Pair("a".into(), None)));
    }

    #[test]
    fn a_form_may_bring_more_and_leave_fields_blank() {
        assert_eq!(Fields::from_form(b"name=a+b&count=&go=Go").read(), Ok(Pair("a b".into(), None)));
        assert_eq!(Fields::from_form(b"name=a&count=9").read(), Ok(Pair("a".into(), Some(9))));
        assert!(Fields::from_form(b"name=a&name=b").read::<Pair>().is_err());
        assert!(Fields::from_query(Some("name=a&go=Go")).read::<Pair>().is_err());
    }
}
