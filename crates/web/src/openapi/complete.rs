//! What all calls have in common, added to the document in one place: the shared failures, and the media type of problems.
//!
//! Tests compare real answers with the document.

use serde_json::{Map, Value, json};

use super::failures::{Call, Failure, PROBLEM, SHARED, headers, response};

/// Completes the document that was made from the handlers. `own` are failures that several calls of this service share;
/// they come before those that all services share.
pub(super) fn complete(document: &mut Value, own: &[Failure]) {
    let failures: Vec<&Failure> = own.iter().chain(SHARED).collect();
    unwrap_optional_bodies(document);
    add_failures(document, &failures);
    let inputs = request_bodies(document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas
            .iter_mut()
            .filter(|(name, _)| !inputs.contains(name))
            .for_each(|(_, schema)| deny_null(schema));
    }
    let responses = failures.iter().map(|failure| (failure.name.to_owned(), response(failure)));
    document["components"]["responses"] = responses.collect::<Map<_, _>>().into();
}

/// A request body that may be left out is described as such, and not as one that may be null.
fn unwrap_optional_bodies(document: &mut Value) {
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let schema = operation.pointer_mut("/requestBody/content/application~1json/schema");
        if let Some(schema) = schema
            && let [null, body] = schema["oneOf"].as_array().map_or(&[][..], Vec::as_slice)
            && null["type"] == "null"
        {
            *schema = body.clone();
        }
    }
}

/// The names of the schemas of request bodies.
pub fn request_bodies(document: &Value) -> Vec<String> {
    let items = document["paths"].as_object().into_iter().flat_map(Map::values);
    let operations = items.filter_map(Value::as_object).flat_map(Map::values);
    let reference = |operation: &Value| {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        Some(schema["$ref"].as_str()?.rsplit('/').next()?.to_owned())
    };
    operations.filter_map(reference).collect()
}

fn add_failures(document: &mut Value, failures: &[&Failure]) {
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let call = Call { method, path, operation };
            let common: Vec<_> = failures.iter().filter(|failure| (failure.applies)(&call)).collect();
            describe_responses(&mut operation["responses"], &common);
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            parameters.into_iter().flatten().for_each(|parameter| strip_null(&mut parameter["schema"]));
        }
    }
}

/// A handler's own description of a failure is kept, its headers too; the shared ones are added.
fn describe_responses(responses: &mut Value, common: &[&&Failure]) {
    let Some(responses) = responses.as_object_mut() else { return };
    for failure in common {
        let reference = || json!({"$ref": format!("#/components/responses/{}", failure.name)});
        let own = responses.entry(failure.status).or_insert_with(reference);
        if own.get("$ref").is_none() && own.get("headers").is_none() && !failure.headers.is_empty() {
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

/// In answers an optional member is missing, and never null. A required one may be null.
fn deny_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let required = members.get("required").cloned().unwrap_or_default();
            let is_required =
                |name: &str| required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
            let properties = members.get_mut("properties").and_then(Value::as_object_mut);
            let optional = properties.into_iter().flatten().filter(|(name, _)| !is_required(name));
            optional.for_each(|(_, property)| strip_null(property));
            members.values_mut().for_each(deny_null);
        }
        Value::Array(values) => values.iter_mut().for_each(deny_null),
        _ => {}
    }
}

fn strip_null(schema: &mut Value) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = &types[..] {
            schema["type"] = only.clone();
        }
    }
}
