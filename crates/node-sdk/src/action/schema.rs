//! JSON Schema of an action's parameters and of its request.

use serde_json::{Map, Value, json};

use super::ActionSpec;
use super::param::{JsonKind, Param, ParamType, Place};

/// The schema of the `parameters` that native mode reads: types, choices, what is required. `resource`, `operation` and `requestOptions` are left to the caller.
///
/// A value may always be an expression, so every property also takes text that begins with `=`. What native mode converts fits too:
/// JSON, numbers and switches that come as text, and numbers where text belongs.
pub fn parameters(spec: &ActionSpec) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for param in spec.native_params() {
        if properties.contains_key(param.key()) {
            continue;
        }
        let mut forms = vec![value(param), converted(param)];
        if param.takes_null() {
            forms.push(json!({"type": "null"}));
        }
        let mut schema = json!({"anyOf": forms});
        schema["title"] = param.display_name().into();
        schema["description"] = param.summary.as_ref().into();
        properties.insert(param.key().into(), schema);
        if param.is_wanted() {
            required.push(param.key());
        }
    }
    for file in spec.native.files.iter() {
        let text = "Names of binary properties of the item, with commas.";
        properties.insert(file.name.as_ref().into(), json!({"type": "string", "title": crate::names::start_case(&file.name), "description": text}));
    }
    json!({"type": "object", "title": spec.operation, "description": spec.summary, "properties": properties, "required": required})
}

/// Whether [`parameters`] says something of the parameter of this name.
pub fn has_parameter(spec: &ActionSpec, name: &str) -> bool {
    spec.native_params().any(|param| param.key() == name) || spec.native.files.iter().any(|file| file.name == name)
}

/// What is no value of the parameter, and becomes one: an expression, or another type that says the same.
fn converted(param: &Param) -> Value {
    match param.native_kind() {
        ParamType::Json => json!({"type": "string"}),
        ParamType::Integer => json!({"type": "string", "pattern": r"^=|^\s*[-+]?[0-9]+\s*$"}),
        ParamType::Number => json!({"type": "string", "pattern": r"^=|^\s*-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*$"}),
        ParamType::Boolean => json!({"type": "string", "pattern": "^=|^(true|false)$"}),
        ParamType::String => json!({"type": ["string", "number", "boolean"]}),
        ParamType::Options => json!({"type": "string", "pattern": "^="}),
    }
}

/// The schema of what native mode sends in one place, by the names on the wire.
pub fn request(spec: &ActionSpec, place: Place) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for param in spec.native_params().filter(|param| param.native_place() == place && !spec.is_double(param)) {
        let name = param.native_name();
        properties.insert(name.into(), value(param));
        if param.is_wanted() && !required.contains(&name) {
            required.push(name);
        }
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// The schema of one value, as the server takes it.
pub fn value(param: &Param) -> Value {
    match param.native_kind() {
        ParamType::Integer => json!({"type": "integer"}),
        ParamType::Number => json!({"type": "number"}),
        ParamType::String => json!({"type": "string"}),
        ParamType::Boolean => json!({"type": "boolean"}),
        ParamType::Options => json!({"type": "string", "enum": param.native_choices()}),
        ParamType::Json => match param.json {
            Some(JsonKind::Object) => json!({"type": "object"}),
            Some(JsonKind::Integers) => list("integer"),
            Some(JsonKind::Strings) if !param.native_choices().is_empty() => json!({"type": "array", "items": {"enum": param.native_choices()}}),
            Some(JsonKind::Strings) => list("string"),
            Some(JsonKind::Objects) => list("object"),
            None => json!({"type": ["object", "array"]}),
        },
    }
}

fn list(items: &str) -> Value {
    json!({"type": "array", "items": {"type": items}})
}
