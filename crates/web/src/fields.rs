//! The fields of a request, from JSON, a form or a query, read one by one so that *every* wrong one is told.
//!
//! Values are never quoted in a message or a log: one of them may be a password.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::{Map, Value};
use url::form_urlencoded;

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
    values: Map<String, Value>,
    errors: FieldErrors,
    takes_unknown: bool,
    from_text: bool,
}

impl Fields {
    /// The members of a JSON object. Each must be taken by somebody.
    pub fn from_json(values: Map<String, Value>) -> Self {
        Self { values, ..Self::default() }
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
            if fields.values.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                fields.errors.insert(&name, "is given twice");
            }
        }
        fields
    }

    /// What was given as text under a name, without taking it: to show it again in a form.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    /// Whether a field is given and not yet taken.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Lets other names stand for a field. Two of them together are an error.
    pub fn accept_aliases(&mut self, name: &str, aliases: &[&str]) {
        for alias in aliases {
            let Some(value) = self.values.remove(*alias) else { continue };
            if self.values.insert(name.to_owned(), value).is_some() {
                self.errors.insert(name, format!("is given twice: {alias} is another name for {name}"));
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
        let Value::String(text) = self.values.remove(name)? else {
            self.errors.insert(name, "must be a string");
            return None;
        };
        parse(text).map_err(|error| self.errors.insert(name, error.to_string())).ok()
    }

    /// A whole number that may be absent, within bounds; in a query or form written in digits.
    pub fn optional_number(&mut self, name: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let number = match self.values.remove(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) if self.from_text => digits.parse().ok(),
            _ => None,
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
            let unknown: BTreeSet<String> = self.values.keys().cloned().collect();
            unknown.iter().for_each(|name| self.errors.insert(name, "is not known here"));
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

    fn errors(json: Value) -> Vec<(String, String)> {
        let Value::Object(values) = json else { unreachable!("the tests give objects") };
        let errors = Fields::from_json(values).read::<Pair>().unwrap_err();
        errors.iter().map(|(field, message)| (field.to_owned(), message.to_owned())).collect()
    }

    fn error(field: &str, message: &str) -> (String, String) {
        (field.to_owned(), message.to_owned())
    }

    #[test]
    fn every_wrong_field_is_told_and_no_value() {
        let told = errors(json!({"name": 5, "count": "3", "extra": "secret"}));
        let wanted = [
            error("count", "must be a whole number from 1 to 9"),
            error("extra", "is not known here"),
            error("name", "must be a string"),
        ];
        assert_eq!(told, wanted);
        assert_eq!(errors(json!({})), [error("name", "is missing")]);
        assert_eq!(errors(json!({"name": null})), [error("name", "must be a string")]);
    }

    #[test]
    fn two_names_of_one_field_together_are_refused() {
        let told = errors(json!({"name": "a", "alias": "a"}));
        assert_eq!(told, [error("name", "is given twice: alias is another name for name")]);
        let one = Fields::from_json(json!({"other": "a"}).as_object().unwrap().clone()).read::<Pair>();
        assert_eq!(one, Ok(Pair("a".into(), None)));
    }

    #[test]
    fn a_form_may_bring_more_and_leave_fields_blank() {
        assert_eq!(Fields::from_form(b"name=a+b&count=&go=Go").read(), Ok(Pair("a b".into(), None)));
        assert_eq!(Fields::from_form(b"name=a&count=9").read(), Ok(Pair("a".into(), Some(9))));
        assert!(Fields::from_form(b"name=a&name=b").read::<Pair>().is_err());
        assert!(Fields::from_query(Some("name=a&go=Go")).read::<Pair>().is_err());
    }
}
