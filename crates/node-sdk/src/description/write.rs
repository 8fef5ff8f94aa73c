//! Writing n8n's description JSON.

use serde_json::{Map, Value, json};

use super::BY_PARAMETERS;
use crate::descriptor::{CredentialUse, Descriptor, InputCount, OutputCount, VersionGroup};
use crate::property::{
    Choice, DefaultValue, DisplayCondition, DisplayOptions, DisplayRule, Extra, FieldGroup, List, Property, PropertyKind, Text, TypeOptions,
};

/// The two forms that [`super::read_groups`] reads.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// n8n's own `INodeTypeDescription`, with names for people.
    N8n,
    /// The shorter one of a `description.json`.
    Short,
}

/// n8n's own description of a node type: one `INodeTypeDescription` for each group of versions.
pub fn write(descriptor: &Descriptor) -> Value {
    let describe = |group: &VersionGroup| {
        let mut map = Map::new();
        map.insert("displayName".into(), json!(descriptor.display_name));
        map.insert("name".into(), json!(descriptor.name));
        map.insert("description".into(), json!(descriptor.description));
        map.insert("group".into(), json!([if descriptor.trigger { "trigger" } else { "transform" }]));
        map.insert("version".into(), numbers(&group.versions));
        map.insert("defaults".into(), json!({"name": group.default_name}));
        group_body(&mut map, group, Form::N8n);
        Value::Object(map)
    };
    Value::Array(descriptor.versions.iter().map(describe).collect())
}

/// Version groups in the short form, as [`super::read_groups`] read them.
pub fn write_groups(groups: &[VersionGroup]) -> Value {
    let describe = |group: &VersionGroup| {
        let mut map = Map::new();
        map.insert("versions".into(), numbers(&group.versions));
        put_flag(&mut map, "anyVersion", group.any_version);
        map.insert("defaultName".into(), json!(group.default_name));
        group_body(&mut map, group, Form::Short);
        Value::Object(map)
    };
    Value::Array(groups.iter().map(describe).collect())
}

/// Properties as n8n's own description has them.
pub fn write_properties(list: &[Property]) -> Value {
    properties(list, Form::N8n)
}

fn group_body(map: &mut Map<String, Value>, group: &VersionGroup, form: Form) {
    if let Some(version) = group.default_version {
        map.insert("defaultVersion".into(), crate::json::number(version));
    }
    let inputs = match group.inputs {
        InputCount::One => Some(1),
        InputCount::Fixed(n) => Some(n),
        InputCount::ByParameters => None,
    };
    let outputs = match group.outputs {
        OutputCount::One => Some(1),
        OutputCount::Fixed(n) => Some(n),
        OutputCount::ByParameters => None,
    };
    let mains = |count: Option<usize>| count.map_or_else(|| json!(BY_PARAMETERS), |n| json!(vec!["main"; n]));
    map.insert("inputs".into(), mains(inputs));
    map.insert("outputs".into(), mains(outputs));
    put_list(map, "inputNames", &group.input_names);
    put_list(map, "outputNames", &group.output_names);
    if let Some(required) = &group.required_inputs {
        let value = required.parse::<u64>().map_or_else(|_| json!(required), |number| json!(number));
        map.insert("requiredInputs".into(), value);
    }
    if !group.credentials.is_empty() {
        map.insert("credentials".into(), Value::Array(group.credentials.iter().map(credential).collect()));
    }
    map.insert("properties".into(), properties(&group.properties, form));
    put_extra(map, &group.extra);
}

fn credential(entry: &CredentialUse) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), json!(entry.name));
    if entry.required {
        map.insert("required".into(), Value::Bool(true));
    }
    put_display(&mut map, "displayOptions", entry.display.as_ref());
    put_extra(&mut map, &entry.extra);
    Value::Object(map)
}

fn properties(list: &[Property], form: Form) -> Value {
    Value::Array(list.iter().map(|one| property(one, form)).collect())
}

fn property(property: &Property, form: Form) -> Value {
    let mut map = Map::new();
    if form == Form::N8n {
        map.insert("displayName".into(), json!(property.title()));
    } else {
        put_text(&mut map, "displayName", &property.display_name);
    }
    map.insert("name".into(), json!(property.name));
    map.insert("type".into(), json!(type_word(&property.kind)));
    put_text(&mut map, "description", &property.description);
    match (&property.default, form) {
        (DefaultValue::Omitted, Form::Short) => drop(map.insert("default".into(), json!({"omitted": "sample text"}))),
        (default, _) => drop(default.to_value().map(|value| map.insert("default".into(), value))),
    }
    put_flag(&mut map, "required", property.required);
    kind_body(&mut map, &property.kind, form);
    put_display(&mut map, "displayOptions", property.display.as_ref());
    put_display(&mut map, "disabledOptions", property.disabled.as_ref());
    type_options(&mut map, &property.type_options);
    put_flag(&mut map, "noDataExpression", property.no_data_expression);
    put_optional(&mut map, "requiresDataPath", property.requires_data_path.as_ref());
    put_optional(&mut map, "validateType", property.validate_type.as_ref());
    put_flag(&mut map, "ignoreValidationDuringExecution", property.ignore_validation_during_execution);
    put_flag(&mut map, "isNodeSetting", property.is_node_setting);
    put_extra(&mut map, &property.extra);
    Value::Object(map)
}

/// n8n's word for a property's type.
fn type_word(kind: &PropertyKind) -> &str {
    match kind {
        PropertyKind::String => "string",
        PropertyKind::Number => "number",
        PropertyKind::Boolean => "boolean",
        PropertyKind::Options(_) => "options",
        PropertyKind::MultiOptions(_) => "multiOptions",
        PropertyKind::Json => "json",
        PropertyKind::DateTime => "dateTime",
        PropertyKind::Collection(_) => "collection",
        PropertyKind::FixedCollection(_) => "fixedCollection",
        PropertyKind::Filter => "filter",
        PropertyKind::AssignmentCollection => "assignmentCollection",
        PropertyKind::ResourceLocator(_) => "resourceLocator",
        PropertyKind::ResourceMapper => "resourceMapper",
        PropertyKind::WorkflowSelector => "workflowSelector",
        PropertyKind::CredentialsSelect => "credentialsSelect",
        PropertyKind::Notice => "notice",
        PropertyKind::Hidden => "hidden",
        PropertyKind::Other(word) => word,
    }
}

fn kind_body(map: &mut Map<String, Value>, kind: &PropertyKind, form: Form) {
    match kind {
        PropertyKind::Options(list) | PropertyKind::MultiOptions(list) => choices(map, list, form),
        PropertyKind::Collection(fields) => drop(map.insert("options".into(), properties(fields, form))),
        PropertyKind::FixedCollection(groups) => {
            let describe = |group: &FieldGroup| {
                let mut entry = Map::new();
                entry.insert("name".into(), json!(group.name));
                put_text(
                    &mut entry,
                    "displayName",
                    if group.display_name.is_empty() && form == Form::N8n { &group.name } else { &group.display_name },
                );
                entry.insert("values".into(), properties(&group.values, form));
                put_extra(&mut entry, &group.extra);
                Value::Object(entry)
            };
            map.insert("options".into(), Value::Array(groups.iter().map(describe).collect()));
        }
        PropertyKind::ResourceLocator(modes) if !modes.is_empty() => {
            map.insert("modes".into(), serde_json::to_value(modes).unwrap_or(Value::Null));
        }
        _ => {}
    }
}

fn choices(map: &mut Map<String, Value>, list: &List<Choice>, form: Form) {
    let value = |choice: &Choice| choice.value.to_value().unwrap_or(Value::Null);
    let told = |choice: &Choice| !choice.name.is_empty() || !choice.description.is_empty() || choice.extra.is_some();
    if form == Form::Short && list.is_empty() {
        return;
    }
    if form == Form::Short && !list.iter().any(told) {
        map.insert("options".into(), Value::Array(list.iter().map(value).collect()));
        let shown: Map<String, Value> =
            list.iter().filter_map(|choice| Some((crate::json::to_js_string(&value(choice)), display(choice.display.as_ref()?)))).collect();
        if !shown.is_empty() {
            map.insert("optionsShown".into(), Value::Object(shown));
        }
        return;
    }
    let describe = |choice: &Choice| {
        let mut entry = Map::new();
        if choice.name.is_empty() && form == Form::N8n {
            entry.insert("name".into(), Value::String(crate::json::to_js_string(&value(choice))));
        }
        put_text(&mut entry, "name", &choice.name);
        entry.extend(choice.value.to_value().map(|value| ("value".to_owned(), value)));
        put_text(&mut entry, "description", &choice.description);
        put_display(&mut entry, "displayOptions", choice.display.as_ref());
        put_extra(&mut entry, &choice.extra);
        Value::Object(entry)
    };
    map.insert("options".into(), Value::Array(list.iter().map(describe).collect()));
}

fn type_options(map: &mut Map<String, Value>, options: &TypeOptions) {
    let mut entry = Map::new();
    let number = |value: f64| crate::json::number(value);
    let given = [
        ("multipleValues", options.multiple_values.map(Value::Bool)),
        ("minValue", options.min_value.map(number)),
        ("maxValue", options.max_value.map(number)),
        ("numberPrecision", options.number_precision.map(Value::from)),
        ("dateOnly", options.date_only.map(Value::Bool)),
        ("minRequiredFields", options.min_required_fields.map(Value::from)),
        ("loadOptionsMethod", options.load_options_method.as_ref().map(|text| json!(text))),
    ];
    entry.extend(given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    put_extra(&mut entry, &options.extra);
    if !entry.is_empty() {
        map.insert("typeOptions".into(), Value::Object(entry));
    }
}

fn display(options: &DisplayOptions) -> Value {
    let mut map = Map::new();
    for (key, rules) in [("show", &options.show), ("hide", &options.hide)] {
        if !rules.is_empty() {
            let rule = |rule: &DisplayRule| (rule.path.clone().into_owned(), Value::Array(rule.any_of.iter().map(condition).collect()));
            map.insert(key.into(), Value::Object(rules.iter().map(rule).collect()));
        }
    }
    put_extra(&mut map, &options.extra);
    Value::Object(map)
}

fn condition(condition: &DisplayCondition) -> Value {
    match condition {
        DisplayCondition::Equals(value) => value.to_value().unwrap_or(Value::Null),
        DisplayCondition::Compare { operator, operand } => json!({"_cnd": {(operator.as_ref()): operand.to_value()}}),
    }
}

fn put_display(map: &mut Map<String, Value>, key: &str, options: Option<&DisplayOptions>) {
    if let Some(options) = options {
        map.insert(key.into(), display(options));
    }
}

/// What has no field; it also takes the place of a field that says less.
fn put_extra(map: &mut Map<String, Value>, extra: &Extra) {
    map.extend(extra.iter().flat_map(|extra| extra.iter()).map(|(key, value)| (key.clone(), value.clone())));
}

fn put_text(map: &mut Map<String, Value>, key: &str, text: &Text) {
    if !text.is_empty() {
        map.insert(key.into(), json!(text));
    }
}

fn put_optional(map: &mut Map<String, Value>, key: &str, text: Option<&Text>) {
    if let Some(text) = text {
        map.insert(key.into(), json!(text));
    }
}

fn put_flag(map: &mut Map<String, Value>, key: &str, value: bool) {
    if value {
        map.insert(key.into(), Value::Bool(true));
    }
}

fn put_list(map: &mut Map<String, Value>, key: &str, list: &List<Text>) {
    if !list.is_empty() {
        map.insert(key.into(), json!(list));
    }
}

fn numbers(list: &[f64]) -> Value {
    Value::Array(list.iter().map(|n| crate::json::number(*n)).collect())
}
