//! `/openapi.json`, compared with what the service does.

use jsonschema::{Draft, Validator};
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};

use crate::support::app::{Answer, App};

/// Headers that clients act on: each must be described where it is sent, and sent where it is described as required.
const HEADERS: [&str; 5] = ["connection", "link", "location", "retry-after", "www-authenticate"];

/// The served document.
pub(crate) struct Description(Value);

impl Description {
    pub(crate) async fn of(app: &App) -> Self {
        Self(app.get("/openapi.json").await.json())
    }

    /// Every reference without a target.
    pub(crate) fn broken_references(&self) -> Vec<String> {
        let mut broken = Vec::new();
        references(&self.0, &mut |reference| {
            if self.0.pointer(reference.trim_start_matches('#')).is_none() {
                broken.push(reference.to_owned());
            }
        });
        broken
    }

    /// Asserts that an answer to a call is described: its status, media type, headers and body.
    #[track_caller]
    pub(crate) fn holds(&self, call: &str, answer: &Answer) {
        let status = answer.status.as_u16().to_string();
        let responses = &self.operation(call)["responses"];
        let response = self.resolved(&responses[&status]);
        assert!(
            response["description"].is_string(),
            "{call}: status {status} is not described: {}",
            answer.text
        );
        self.holds_of_headers(call, response, answer);
        let Some(content) = response["content"].as_object() else {
            assert_eq!(answer.text, "", "{call} {status} is described without a body");
            return;
        };
        let media_type = answer.header("content-type").split(';').next().unwrap();
        let described = content
            .get(media_type)
            .unwrap_or_else(|| panic!("{call} {status}: {media_type}, not {content:?}"));
        let body = match media_type.ends_with("json") {
            true => answer.json(),
            false => Value::from(answer.text.as_str()),
        };
        if let Err(error) = self.validator(&strict(described["schema"].clone())).validate(&body) {
            panic!("{call} {status}: {error}\n{body}");
        }
    }

    /// Whether a call is described to accept a body.
    pub(crate) fn takes(&self, call: &str, body: &Value) -> bool {
        let schema = &self.operation(call)["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{call} is not described to accept JSON");
        self.validator(schema).is_valid(body)
    }

    fn operation(&self, call: &str) -> &Value {
        let (method, path) = call.split_once(' ').unwrap();
        &self.0["paths"][path][method.to_lowercase()]
    }

    #[track_caller]
    fn holds_of_headers(&self, call: &str, response: &Value, answer: &Answer) {
        let described: Vec<_> = response["headers"].as_object().into_iter().flatten().collect();
        for (name, header) in &described {
            let sent = answer.headers.get(name.as_str());
            assert!(
                sent.is_some() || header["required"] != true,
                "{call}: no {name} in {:?}",
                answer.headers
            );
            if let (Some(sent), true) = (sent, header["schema"]["type"] == "integer") {
                assert!(sent.to_str().unwrap().parse::<u64>().is_ok(), "{call}: {name} is {sent:?}");
            }
        }
        for name in HEADERS.map(HeaderName::from_static) {
            let is_described =
                described.iter().any(|(described, _)| name.as_str().eq_ignore_ascii_case(described));
            assert!(
                is_described || !answer.headers.contains_key(&name),
                "{call} {}: {name} is not described",
                answer.status
            );
        }
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value["$ref"]
            .as_str()
            .map(|reference| self.0.pointer(reference.trim_start_matches('#')).unwrap());
        target.unwrap_or(value)
    }

    /// A schema with everything that it refers to. Members that are not described are errors.
    fn validator(&self, schema: &Value) -> Validator {
        let schemas = self.0["components"]["schemas"].as_object().unwrap().clone();
        let schemas: Map<_, _> = schemas.into_iter().map(|(name, schema)| (name, strict(schema))).collect();
        let mut whole = json!({"components": {"schemas": schemas}});
        whole.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .unwrap()
    }
}

fn strict(mut schema: Value) -> Value {
    if schema.get("properties").is_some() || schema.get("allOf").is_some() {
        schema["unevaluatedProperties"] = false.into();
    }
    schema
}

fn references(value: &Value, report: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(reference)) => report(reference),
            _ => references(value, report),
        }),
        Value::Array(values) => values.iter().for_each(|value| references(value, report)),
        _ => {}
    }
}
