//! A service's `/openapi.json`, to compare with what the service does.

use jsonschema::{Draft, Validator};
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};

use crate::http::{Answer, answer, client};

/// Headers that clients act on: each must be described where it is sent, and sent where it is described as required.
const HEADERS: [&str; 5] = ["connection", "link", "location", "retry-after", "www-authenticate"];

/// The served document. Calls are named as in `GET /users/{id}`.
#[derive(Debug)]
pub struct Description(Value);

impl Description {
    /// The document of the service at `url`.
    ///
    /// # Panics
    /// When there is none.
    pub async fn fetch(url: &str) -> Self {
        Self(answer(client().get(format!("{url}/openapi.json"))).await.json())
    }

    /// The names of all calls.
    pub fn calls(&self) -> Vec<String> {
        let items = self.0["paths"].as_object().into_iter().flatten();
        let of_item = |(path, item): (&String, &Value)| {
            let methods = item.as_object().into_iter().flat_map(Map::keys);
            methods.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        };
        items.flat_map(of_item).collect()
    }

    /// The description of a call; null when there is none.
    pub fn call(&self, call: &str) -> &Value {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        &self.0["paths"][path][method.to_lowercase()]
    }

    /// Every reference without a target.
    pub fn broken_references(&self) -> Vec<String> {
        let mut broken = Vec::new();
        references(&self.0, &mut |reference| {
            if self.0.pointer(reference.trim_start_matches('#')).is_none() {
                broken.push(reference.to_owned());
            }
        });
        broken
    }

    /// Asserts that an answer to a call is described: its status, media type, headers and body.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn holds(&self, call: &str, answer: &Answer) {
        let status = answer.status.as_u16().to_string();
        let responses = &self.call(call)["responses"];
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
        let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
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
    ///
    /// # Panics
    /// When it is described to accept no JSON.
    pub fn takes(&self, call: &str, body: &Value) -> bool {
        let schema = &self.call(call)["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{call} is not described to accept JSON");
        self.validator(schema).is_valid(body)
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
                assert!(
                    sent.to_str().is_ok_and(|sent| sent.parse::<u64>().is_ok()),
                    "{call}: {name} is {sent:?}"
                );
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
        let reference = value["$ref"].as_str();
        let target = |reference: &str| self.0.pointer(reference.trim_start_matches('#'));
        reference.map_or(value, |reference| target(reference).expect("a reference has a target"))
    }

    /// A schema with everything that it refers to. Members that are not described are errors.
    fn validator(&self, schema: &Value) -> Validator {
        let schemas = self.0["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let schemas: Map<_, _> = schemas.into_iter().map(|(name, schema)| (name, strict(schema))).collect();
        let mut whole = json!({"components": {"schemas": schemas}});
        for (name, value) in schema.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .expect("a schema is valid")
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
