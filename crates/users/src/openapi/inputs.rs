//! What the types of handlers do not show about their inputs: the aliases of `username`, and that the two
//! passwords must come together.

use serde_json::{Value, json};

use crate::input::USERNAME_ALIASES;

/// Completes the parameters and the request bodies.
pub(super) fn complete(document: &mut Value) {
    let bodies = web::openapi::request_bodies(document);
    for name in bodies {
        describe_body(&mut document["components"]["schemas"][name]);
    }
    for item in document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            add_parameter_aliases(operation);
        }
    }
}

fn add_parameter_aliases(operation: &mut Value) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    let Some(username) = parameters.iter().find(|parameter| parameter["name"] == "username").cloned() else {
        return;
    };
    for &alias in USERNAME_ALIASES {
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

fn describe_body(schema: &mut Value) {
    let username = schema["properties"]["username"].clone();
    for &alias in USERNAME_ALIASES {
        schema["properties"][alias] = alias_of(&username);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "username");
        let names = ["username"].iter().chain(USERNAME_ALIASES);
        schema["oneOf"] = names.map(|name| json!({"required": [name]})).collect();
    }
    if schema["properties"].get("current_password").is_some() {
        schema["dependentRequired"] =
            json!({"password": ["current_password"], "current_password": ["password"]});
    }
}
