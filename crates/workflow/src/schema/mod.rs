//! JSON Schema of the workflow file, made from the descriptors of the nodes.
//!
//! Editors complete node types and parameters with it; [`Validator`] checks files against it. Every value may be an expression
//! instead, and unknown parameters are allowed, because n8n ignores them. Which parameters are shown when, and which are
//! required, is not said here: `node_sdk::schema` knows it, with versions and comparisons.

use node_sdk::json::to_js_string;
use node_sdk::property::{Choice, PropertyKind};
use node_sdk::{Descriptor, Property, VersionGroup};
use serde_json::{Map, Value, json};

use crate::document::Place;
use crate::model::Workflow;

/// The dialect that editors and `jsonschema` both speak.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a workflow file with these node types.
pub fn workflow_schema(descriptors: &[&Descriptor]) -> Value {
    let mut definitions = Map::new();
    let mut cases = Vec::new();
    for descriptor in descriptors {
        for group in descriptor.versions.iter() {
            let key = definition_key(descriptor, group);
            cases.push(json!({
                "if": {"properties": {"type": {"const": descriptor.name}, "typeVersion": {"enum": group.versions}}, "required": ["type"]},
                "then": {"properties": {"parameters": {"$ref": format!("#/$defs/{key}")}}},
            }));
            definitions.insert(key, parameters_schema(&group.properties, &descriptor.description));
        }
    }
    let names: Vec<&str> = descriptors.iter().map(|descriptor| descriptor.name.as_ref()).collect();
    let mut node = node_shape(&json!({"anyOf": [{"enum": names}, {"type": "string"}]}));
    if !cases.is_empty() {
        node["allOf"] = Value::Array(cases);
    }
    definitions.insert("node".into(), node);
    definitions.insert("connection".into(), connection_shape());
    json!({
        "$schema": DIALECT,
        "title": "n8n workflow",
        "type": "object",
        "required": ["nodes"],
        "properties": {
            "id": {"type": ["string", "number", "null"]},
            "name": {"type": "string"},
            "active": {"type": "boolean"},
            "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "connections": {
                "type": "object",
                "description": "Source node, kind of output, a list for each output.",
                "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": {
                    "type": ["array", "null"], "items": {"$ref": "#/$defs/connection"},
                }}},
            },
            "settings": {"type": "object", "properties": {
                "executionOrder": {"enum": ["v0", "v1"]},
                "timezone": {"type": "string", "description": "An IANA name, for example Europe/Berlin."},
            }},
            "pinData": {"type": ["object", "null"], "additionalProperties": {"type": "array"}, "description": "Items that stand for a node's output when the workflow is run by hand."},
            "staticData": {},
        },
        "$defs": definitions,
    })
}

/// The schema of one node in a file: of a type, in all its versions.
pub fn node_schema(descriptor: &Descriptor) -> Value {
    let mut node = node_shape(&json!({"const": descriptor.name}));
    let case = |group: &VersionGroup| {
        json!({
            "if": {"properties": {"typeVersion": {"enum": group.versions}}},
            "then": {"properties": {"parameters": parameters_schema(&group.properties, &descriptor.description)}},
        })
    };
    node["$schema"] = json!(DIALECT);
    node["title"] = json!(descriptor.display_name);
    node["allOf"] = Value::Array(descriptor.versions.iter().map(case).collect());
    node
}

fn definition_key(descriptor: &Descriptor, group: &VersionGroup) -> String {
    format!("{}@{}", descriptor.name, group.versions.first().copied().unwrap_or(1.0))
}

fn node_shape(kind: &Value) -> Value {
    let setting = |words: &str| json!({"type": "boolean", "description": words});
    json!({
        "type": "object",
        "required": ["name", "type"],
        "properties": {
            "id": {"type": ["string", "number", "null"]},
            "name": {"type": "string", "minLength": 1, "description": "Unique in the workflow."},
            "type": kind,
            "typeVersion": {"type": "number"},
            "position": {"type": "array", "items": {"type": "number"}, "description": "Left and top on the canvas; higher branches run first."},
            "parameters": {"type": "object"},
            "credentials": {"type": "object"},
            "disabled": setting("Passes its items through."),
            "onError": {"enum": ["stopWorkflow", "continueRegularOutput", "continueErrorOutput"]},
            "continueOnFail": setting("The older form of onError."),
            "retryOnFail": setting("Run again after an error."),
            "maxTries": {"type": "number", "description": "How often in all, 2 to 5."},
            "waitBetweenTries": {"type": "number", "description": "Milliseconds, up to 5000."},
            "alwaysOutputData": setting("One empty item where there would be none."),
            "executeOnce": setting("Only the first item."),
            "notes": {"type": "string"},
            "webhookId": {"type": "string"},
        },
    })
}

fn connection_shape() -> Value {
    json!({
        "type": "object",
        "required": ["node"],
        "properties": {
            "node": {"type": "string", "description": "The node that gets the items."},
            "type": {"type": "string", "description": "Kind of input: main for items."},
            "index": {"type": "integer", "minimum": 0, "description": "The input, from 0."},
        },
    })
}

/// The parameters of one group of versions. Parameters that share a name (shown at different times) may be any of them.
fn parameters_schema(properties: &[Property], description: &str) -> Value {
    let mut object = fields_schema(properties);
    if !description.is_empty() {
        object["description"] = json!(description);
    }
    object
}

fn fields_schema(properties: &[Property]) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for property in properties {
        let schema = property_schema(property);
        match fields.get_mut(property.name.as_ref()) {
            None => drop(fields.insert(property.name.clone().into_owned(), schema)),
            Some(first) => merge(first, schema),
        }
    }
    json!({"type": "object", "properties": fields})
}

/// Makes `first` accept what `other` accepts too. Its words for people stay.
fn merge(first: &mut Value, mut other: Value) {
    if *first == other {
        return;
    }
    let mut all = take_branches(first);
    for branch in take_branches(&mut other) {
        let known = all.iter_mut().find_map(|known| known.get_mut("enum")?.as_array_mut());
        if let (Some(known), Some(more)) = (known, branch.get("enum").and_then(Value::as_array)) {
            let new: Vec<Value> = more.iter().filter(|value| !known.contains(value)).cloned().collect();
            known.extend(new);
        } else if !all.contains(&branch) {
            all.push(branch);
        }
    }
    first["anyOf"] = Value::Array(all);
}

/// The ways to fit a property's schema; one without any accepts everything.
fn take_branches(schema: &mut Value) -> Vec<Value> {
    match schema.get_mut("anyOf").map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => vec![json!({})],
    }
}

fn property_schema(property: &Property) -> Value {
    let multiple = property.type_options.multiple();
    let one = value_schema(property, multiple);
    let compound = matches!(property.kind, PropertyKind::Collection(_) | PropertyKind::FixedCollection(_) | PropertyKind::MultiOptions(_));
    let value = if multiple && !compound { json!({"type": "array", "items": {"anyOf": [one, expression()]}}) } else { one };
    let mut schema = if value == json!({}) { value } else { json!({"anyOf": [value, expression(), {"type": "null"}]}) };
    let title = property.title();
    if !title.is_empty() {
        schema["title"] = json!(title);
    }
    if !property.description.is_empty() {
        schema["description"] = json!(property.description);
    }
    if let Some(default) = property.default.to_value() {
        schema["default"] = default;
    }
    schema
}

fn expression() -> Value {
    json!({"type": "string", "pattern": "^="})
}

fn value_schema(property: &Property, multiple: bool) -> Value {
    match &property.kind {
        PropertyKind::String | PropertyKind::DateTime | PropertyKind::CredentialsSelect => json!({"type": ["string", "number", "boolean"]}),
        PropertyKind::Number => {
            let mut schema = json!({"type": "number"});
            // n8n's editor heeds the bounds, a run does not; text that is a number counts as one.
            for (key, bound) in [("minimum", property.type_options.min_value), ("maximum", property.type_options.max_value)] {
                if let Some(bound) = bound {
                    schema[format!("x-{key}")] = node_sdk::json::number(bound);
                }
            }
            json!({"anyOf": [schema, {"type": "string", "pattern": "^\\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\\s*$"}]})
        }
        PropertyKind::Boolean => json!({"type": "boolean"}),
        PropertyKind::Options(choices) if !choices.is_empty() && property.type_options.load_options_method.is_none() => {
            json!({"enum": values(choices)})
        }
        PropertyKind::MultiOptions(choices) if choices.is_empty() || property.type_options.load_options_method.is_some() => json!({"type": "array"}),
        PropertyKind::MultiOptions(choices) => json!({"type": "array", "items": {"anyOf": [{"enum": values(choices)}, expression()]}}),
        PropertyKind::Collection(fields) if multiple => json!({"type": "array", "items": fields_schema(fields)}),
        PropertyKind::Collection(fields) => fields_schema(fields),
        PropertyKind::FixedCollection(groups) => {
            let group = |fields: Value| if multiple { json!({"type": "array", "items": fields}) } else { fields };
            let groups: Map<String, Value> = groups.iter().map(|g| (g.name.clone().into_owned(), group(fields_schema(&g.values)))).collect();
            json!({"type": "object", "properties": groups})
        }
        PropertyKind::Filter => json!({"type": "object", "properties": {
            "options": {"type": "object"}, "combinator": {"enum": ["and", "or"]}, "conditions": {"type": "array", "items": {"type": "object"}},
        }}),
        PropertyKind::AssignmentCollection => json!({"type": "object", "properties": {"assignments": {"type": "array", "items": {
            "type": "object", "properties": {"name": {"type": "string"}, "type": {"enum": ["string", "number", "boolean", "array", "object", "binary"]}, "value": {}},
        }}}}),
        PropertyKind::ResourceLocator(_) | PropertyKind::WorkflowSelector => {
            json!({"anyOf": [{"type": "object", "properties": {"mode": {"type": "string"}, "value": {}}}, {"type": ["string", "number"]}]})
        }
        PropertyKind::ResourceMapper => json!({"type": "object"}),
        PropertyKind::Options(_) | PropertyKind::Json | PropertyKind::Notice | PropertyKind::Hidden | PropertyKind::Other(_) => json!({}),
    }
}

fn values(choices: &[Choice]) -> Vec<Value> {
    let mut values: Vec<Value> = choices.iter().filter_map(|choice| choice.value.to_value()).collect();
    let mut seen = std::collections::HashSet::new();
    values.retain(|value| seen.insert(value.to_string()));
    values
}

/// Checks files against a schema.
pub struct Validator(jsonschema::Validator);

/// A value that does not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The node's name, where it is in one.
    pub node: Option<String>,
    /// Path inside the node's parameters, else inside the file; dotted.
    pub path: String,
    /// What does not fit, in one sentence.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

impl Validator {
    /// Gets a schema ready; an error is its own words on what is wrong with the schema.
    pub fn new(schema: &Value) -> Result<Self, String> {
        jsonschema::validator_for(schema).map(Self).map_err(|error| error.to_string())
    }

    /// All values of the file that do not fit, in the order of the file.
    pub fn check(&self, workflow: &Workflow) -> Vec<Mismatch> {
        self.0.iter_errors(workflow.to_value()).map(|error| mismatch(workflow, &error)).collect()
    }
}

fn mismatch(workflow: &Workflow, error: &jsonschema::ValidationError<'_>) -> Mismatch {
    let pointer = error.instance_path().as_str().to_owned();
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    let parts: Vec<&str> = keys.iter().map(String::as_str).collect();
    let (node, path) = match parts.as_slice() {
        ["nodes", index, "parameters", path @ ..] => (index.parse::<usize>().ok().and_then(|i| workflow.nodes.get(i)), path.join(".")),
        ["nodes", index, path @ ..] => (index.parse::<usize>().ok().and_then(|i| workflow.nodes.get(i)), path.join(".")),
        path => (None, path.join(".")),
    };
    let place = workflow.document().and_then(|document| document.place(&parts, None));
    Mismatch { node: node.map(|node| node.name.clone()), path, message: words(error), place }
}

/// What the first way to fit wants; "or an expression" where that is the other way.
fn words(error: &jsonschema::ValidationError<'_>) -> String {
    use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
    let shown = || {
        let text = node_sdk::json::stringify(error.instance());
        if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
    };
    match error.kind() {
        Kind::AnyOf { context } => match context.first().and_then(|branch| branch.first()) {
            Some(first) if context.len() > 1 => {
                let first = words(first);
                if first.ends_with("or an expression") { first } else { format!("{first} or an expression") }
            }
            _ => format!("{} does not fit", shown()),
        },
        Kind::Type { kind: TypeKind::Single(wanted) } => format!("{} is not {}", shown(), article(&wanted.to_string())),
        Kind::Type { kind: TypeKind::Multiple(wanted) } => {
            let list: Vec<String> = wanted.iter().map(|wanted| article(&wanted.to_string())).collect();
            format!("{} is not {}", shown(), list.join(", "))
        }
        Kind::Enum { options } => {
            let list: Vec<String> = options.as_array().into_iter().flatten().map(to_js_string).collect();
            format!("{} is none of {}", shown(), list.join(", "))
        }
        _ => error.to_string(),
    }
}

fn article(word: &str) -> String {
    match word {
        "boolean" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "string" => "text".to_owned(),
        "object" | "integer" => format!("an {word}"),
        other => format!("a {other}"),
    }
}
