//! What is read from JSON, forms and queries, and what is refused.

use std::convert::Infallible;

use serde_json::json;

use super::*;
use crate::Refusal;

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

fn read(json: &str) -> Result<Pair, Refusal> {
    Fields::from_json(Members::read(json.as_bytes()).unwrap()).read()
}

fn errors(json: &str) -> Vec<(String, String)> {
    let refusal = read(json).unwrap_err();
    refusal.errors().iter().map(|(field, message)| (field.to_owned(), message.to_owned())).collect()
}

fn error(field: &str, message: &str) -> (String, String) {
    (field.to_owned(), message.to_owned())
}

#[test]
fn every_wrong_field_is_reported_and_no_value() {
    let reported = errors(r#"{"name": 5, "count": "3", "extra": "secret"}"#);
    let wanted = [
        error("count", "must be a whole number from 1 to 9"),
        error("extra", "is not known here"),
        error("name", "must be a string"),
    ];
    assert_eq!(reported, wanted);
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
fn a_value_that_cannot_be_used_is_named_with_its_bound() {
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
    let reported = errors(r#"{"name": "a", "alias": "a"}"#);
    assert_eq!(reported, [error("name", "is given twice: alias is another name for name")]);
    assert_eq!(read(r#"{"other": "a"}"#), Ok(Pair("a".into(), None)));
}

#[test]
fn a_form_may_have_more_fields_and_blank_ones() {
    assert_eq!(Fields::from_form(b"name=a+b&count=&go=Go").read(), Ok(Pair("a b".into(), None)));
    assert_eq!(Fields::from_form(b"name=a&count=9").read(), Ok(Pair("a".into(), Some(9))));
    assert!(Fields::from_form(b"name=a&name=b").read::<Pair>().is_err());
    assert!(Fields::from_query(Some("name=a&go=Go")).read::<Pair>().is_err());
}
