//! The description of the API for people, rendered from the document for programs.

use askama::Template;
use serde_json::Value;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'a> {
    name: &'a str,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    summary: String,
    auth: bool,
    parameters: Vec<Parameter>,
    responses: Vec<(String, String)>,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    description: String,
}

/// The page. `name` is the service's.
pub(super) fn page(name: &str, document: &Value) -> String {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| operations(document, path, item)).collect();
    let description = text(&document["info"]["description"]);
    DocsPage { name, description, operations }.render().unwrap_or_default()
}

fn operations(document: &Value, path: &str, item: &Value) -> Vec<Operation> {
    let described = METHODS.iter().filter_map(|method| item.get(method).map(|operation| (method, operation)));
    described.map(|(method, operation)| read(document, method, path, operation)).collect()
}

fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let listed = operation["parameters"].as_array().into_iter().flatten().map(parameter);
    let responses = operation["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: [text(&operation["summary"]), text(&operation["description"])].join(" ").trim().to_owned(),
        auth: operation.get("security").is_some(),
        parameters: listed.chain(body_fields(document, operation)).collect(),
        responses: responses
            .map(|(status, response)| (status.clone(), text(&resolved(document, response)["description"])))
            .collect(),
    }
}

fn parameter(parameter: &Value) -> Parameter {
    Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"] == true,
        description: text(&parameter["description"]),
    }
}

/// The fields of the request body.
fn body_fields(document: &Value, operation: &Value) -> Vec<Parameter> {
    let schema = resolved(document, &operation["requestBody"]["content"]["application/json"]["schema"]);
    // For a field with aliases, `oneOf` lists its own name first.
    let all = [&schema["required"], &schema["oneOf"][0]["required"]];
    let required = |name: &str| all.iter().filter_map(|all| all.as_array()).flatten().any(|one| one == name);
    let fields = schema["properties"].as_object().into_iter().flatten();
    let field = |(name, field): (&String, &Value)| Parameter {
        name: name.clone(),
        place: "body".to_owned(),
        required: required(name),
        description: text(&field["description"]),
    };
    fields.map(field).collect()
}

/// The target of a reference; any other value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target =
        value["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// A text of the document. Its only Markdown is code in backticks.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}
