//! Schemas of parameters.

use node_sdk::Property;
use node_sdk::filter::OPERATORS;
use node_sdk::property::{Choice, PropertyKind};
use serde_json::{Map, Value, json};

/// The parameters of one group of versions, or the fields of one of them. Those that share a name (shown at different times) may be any
/// of them.
pub(super) fn fields<'a>(properties: impl Iterator<Item = &'a Property>) -> Value {
    let mut by_name: Map<String, Value> = Map::new();
    for property in properties.filter(|property| !matches!(property.kind, PropertyKind::Notice)) {
        let schema = property_schema(property);
        match by_name.get_mut(property.name.as_ref()) {
            None => drop(by_name.insert(property.name.clone().into_owned(), schema)),
            Some(first) => merge(first, schema),
        }
    }
    json!({"type": "object", "properties": by_name})
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

/// An operator of a condition: its type, and what that has.
fn operator() -> Value {
    let one_of = |words: &[&str]| json!({"anyOf": [{"enum": words}, expression()]});
    let all: Vec<&str> = OPERATORS.iter().flat_map(|(_, operations)| operations.iter().copied()).collect();
    let mut seen = std::collections::HashSet::new();
    let all: Vec<&str> = all.into_iter().filter(|operation| seen.insert(*operation)).collect();
    let of_type = |(kind, operations): &(&str, &[&str])| {
        json!({
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {"properties": {"operation": one_of(operations)}},
        })
    };
    json!({
        "type": "object",
        "properties": {"type": one_of(&OPERATORS.map(|(kind, _)| kind)), "operation": one_of(&all), "singleValue": {"type": "boolean"}},
        "allOf": OPERATORS.iter().map(of_type).collect::<Vec<_>>(),
    })
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
        PropertyKind::Options(choices) if !choices.is_empty() && !property.type_options.loads_options() => {
            json!({"enum": values(choices)})
        }
        PropertyKind::MultiOptions(choices) if choices.is_empty() || property.type_options.loads_options() => json!({"type": "array"}),
        PropertyKind::MultiOptions(choices) => json!({"type": "array", "items": {"anyOf": [{"enum": values(choices)}, expression()]}}),
        PropertyKind::Collection(list) if multiple => json!({"type": "array", "items": fields(list.iter())}),
        PropertyKind::Collection(list) => fields(list.iter()),
        PropertyKind::FixedCollection(groups) => {
            let group = |fields: Value| if multiple { json!({"type": "array", "items": fields}) } else { fields };
            let groups: Map<String, Value> = groups.iter().map(|g| (g.name.clone().into_owned(), group(fields(g.values.iter())))).collect();
            json!({"type": "object", "properties": groups})
        }
        PropertyKind::Filter => json!({"type": "object", "properties": {
            "options": {"type": "object"}, "combinator": {"enum": ["and", "or"]}, "conditions": {"type": "array", "items": {"type": "object", "properties": {"operator": operator()}}},
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
