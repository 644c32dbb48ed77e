//! What all calls have in common, added to the document in one place: the shared failures, the media type of problems, the
//! aliases of `username`.
//!
//! A test compares real answers with the document.

use serde_json::{Map, Value, json};

use super::failures::{Call, FAILURES, Failure, PROBLEM, headers, response};

const ALIASES: [&str; 2] = ["userID", "userName"];

/// Completes the document that was made from the handlers.
pub(super) fn complete(document: &mut Value) {
    let inputs = add_failures(document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            if inputs.contains(name) { describe_input(schema) } else { deny_null(schema) }
        }
    }
    let responses = FAILURES.iter().map(|failure| (failure.name.to_owned(), response(failure)));
    document["components"]["responses"] = responses.collect::<Map<_, _>>().into();
}

/// Returns the names of the request bodies' schemas.
fn add_failures(document: &mut Value) -> Vec<String> {
    let mut inputs = Vec::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let call = Call { method, path, operation };
            let common: Vec<_> = FAILURES.iter().filter(|failure| (failure.applies)(&call)).collect();
            inputs.extend(input(operation));
            describe_parameters(operation);
            describe_responses(&mut operation["responses"], &common);
        }
    }
    inputs
}

fn input(operation: &Value) -> Option<String> {
    let reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}

/// A handler's own description of a failure is kept; the shared ones are added.
fn describe_responses(responses: &mut Value, common: &[&Failure]) {
    let Some(responses) = responses.as_object_mut() else { return };
    for failure in common {
        let reference = || json!({"$ref": format!("#/components/responses/{}", failure.name)});
        let own = responses.entry(failure.status).or_insert_with(reference);
        if own.get("$ref").is_none() && !failure.headers.is_empty() {
            own["headers"] = headers(failure);
        }
    }
    for response in responses.values_mut() {
        let is_problem =
            response["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Problem";
        let content = response.get_mut("content").and_then(Value::as_object_mut);
        if let Some(content) = content.filter(|_| is_problem) {
            let problem = content.remove("application/json");
            content.insert(PROBLEM.to_owned(), problem.unwrap_or_default());
        }
    }
}

/// A parameter cannot be null, and `username` has its aliases here too.
fn describe_parameters(operation: &mut Value) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    parameters.iter_mut().for_each(|parameter| deny_null(&mut parameter["schema"]));
    let Some(username) = parameters.iter().find(|parameter| parameter["name"] == "username").cloned() else {
        return;
    };
    for alias in ALIASES {
        let mut other = alias_of(&username);
        other["name"] = alias.into();
        parameters.push(other);
    }
}

/// The description of an alias of `username`.
fn alias_of(username: &Value) -> Value {
    let mut other = username.clone();
    other["deprecated"] = true.into();
    other["description"] = "Alias of username.".into();
    other
}

/// A request body: `username` has aliases, and the two passwords must come together.
fn describe_input(schema: &mut Value) {
    let username = schema["properties"]["username"].clone();
    for alias in ALIASES {
        schema["properties"][alias] = alias_of(&username);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "username");
        let names = ["username"].iter().chain(&ALIASES);
        schema["oneOf"] = names.map(|name| json!({"required": [name]})).collect();
    }
    if schema["properties"].get("current_password").is_some() {
        schema["dependentRequired"] =
            json!({"password": ["current_password"], "current_password": ["password"]});
    }
}

/// In answers and parameters an absent member is missing, and never null.
fn deny_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = &types[..] {
                    members["type"] = only.clone();
                }
            }
            members.values_mut().for_each(deny_null);
        }
        Value::Array(values) => values.iter_mut().for_each(deny_null),
        _ => {}
    }
}
