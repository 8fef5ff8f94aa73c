//! Reading n8n's description JSON.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{GROUP_KEYS, TYPE_OPTION_KEYS};
use crate::descriptor::{CredentialUse, InputCount, OutputCount, VersionGroup};
use crate::property::{
    Choice, DefaultValue, DisplayCondition, DisplayOptions, DisplayRule, FieldGroup, List, LocatorMode, Property, PropertyKind, Text, TypeOptions,
};

/// What is wrong with a description, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message} (at {path})")]
pub struct DescriptionError {
    /// Where, as a dotted path from the top; "top" for the whole.
    pub path: String,
    /// What.
    pub message: String,
}

type Result<T> = std::result::Result<T, DescriptionError>;

fn wrong<T>(path: &str, message: impl Into<String>) -> Result<T> {
    let path = if path.is_empty() { "top".to_owned() } else { path.to_owned() };
    Err(DescriptionError { path, message: message.into() })
}

/// Reads all version groups of a node type: a list of groups, or one group.
pub fn read_groups(json: &str) -> Result<Vec<VersionGroup>> {
    let value = crate::json::parse_text(json).map_err(|error| DescriptionError { path: "top".into(), message: error.to_string() })?;
    match &value {
        Value::Array(list) => list.iter().enumerate().map(|(i, group)| read_group(group, &i.to_string())).collect(),
        group => Ok(vec![read_group(group, "")?]),
    }
}

/// Reads one version group; `path` is where it stands, for errors.
pub fn read_group(value: &Value, path: &str) -> Result<VersionGroup> {
    let map = object(value, path)?;
    let versions = match map.get("versions").or_else(|| map.get("version")) {
        None => vec![1.0],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_f64).collect(),
        Some(one) => one.as_f64().into_iter().collect(),
    };
    if versions.is_empty() {
        return wrong(path, "a node type needs a version, a number or a list of numbers");
    }
    let default_name = match map.get("defaultName") {
        None => map.get("defaults").and_then(|d| d.get("name")).and_then(Value::as_str).unwrap_or_default().to_owned(),
        Some(name) => name.as_str().unwrap_or_default().to_owned(),
    };
    let credentials = list(map.get("credentials")).iter().map(|c| read_credential(c, &at(path, "credentials"))).collect::<Result<Vec<_>>>()?;
    let extra: Map<String, Value> = map.iter().filter(|(key, _)| !GROUP_KEYS.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    Ok(VersionGroup {
        versions: Cow::Owned(versions),
        any_version: flag(map, "anyVersion"),
        default_name: Cow::Owned(default_name),
        inputs: match count(map.get("inputs")) {
            None => InputCount::ByParameters,
            Some(1) => InputCount::One,
            Some(n) => InputCount::Fixed(n),
        },
        outputs: match count(map.get("outputs")) {
            None => OutputCount::ByParameters,
            Some(1) => OutputCount::One,
            Some(n) => OutputCount::Fixed(n),
        },
        input_names: texts(map.get("inputNames")),
        output_names: texts(map.get("outputNames")),
        required_inputs: map.get("requiredInputs").map(|v| Cow::Owned(crate::json::to_js_string(v))),
        credentials: Cow::Owned(credentials),
        properties: read_properties(map.get("properties"), &at(path, "properties"))?,
        exact_integers: false,
        extra: (!extra.is_empty()).then(|| Box::new(extra)),
    })
}

/// Main inputs or outputs; `None` where they depend on parameters. One of n8n's expressions counts as depending.
fn count(value: Option<&Value>) -> Option<usize> {
    let is_main = |entry: &&Value| matches!(entry, Value::String(kind) if kind == "main") || entry.get("type").is_some_and(|kind| kind == "main");
    match value {
        None => Some(1),
        Some(Value::Array(list)) => Some(list.iter().filter(is_main).count()),
        Some(_) => None,
    }
}

fn read_credential(value: &Value, path: &str) -> Result<CredentialUse> {
    let map = object(value, path)?;
    Ok(CredentialUse {
        name: Cow::Owned(string(map, "name", path)?),
        required: flag(map, "required"),
        display: display(map.get("displayOptions"), path)?,
    })
}

/// Reads a list of properties; absent is none.
pub fn read_properties(value: Option<&Value>, path: &str) -> Result<List<Property>> {
    let properties = list(value).iter().enumerate().map(|(i, property)| read_property(property, &at(path, &i.to_string())));
    Ok(Cow::Owned(properties.collect::<Result<Vec<_>>>()?))
}

fn read_property(value: &Value, path: &str) -> Result<Property> {
    let map = object(value, path)?;
    let word = string(map, "type", path)?;
    let type_options = map.get("typeOptions").map(type_options).unwrap_or_default();
    Ok(Property {
        name: Cow::Owned(string(map, "name", path)?),
        display_name: text(map, "displayName"),
        description: text(map, "description"),
        kind: kind(&word, map, path)?,
        default: match map.get("default") {
            None => DefaultValue::None,
            Some(Value::Object(marker)) if marker.len() == 1 && marker.contains_key("omitted") => DefaultValue::Omitted,
            Some(value) => value.clone().into(),
        },
        required: flag(map, "required"),
        display: display(map.get("displayOptions"), path)?,
        disabled: display(map.get("disabledOptions"), path)?,
        type_options,
        no_data_expression: flag(map, "noDataExpression"),
        requires_data_path: optional_text(map, "requiresDataPath"),
        validate_type: optional_text(map, "validateType"),
        ignore_validation_during_execution: flag(map, "ignoreValidationDuringExecution"),
        is_node_setting: flag(map, "isNodeSetting"),
    })
}

fn kind(word: &str, map: &Map<String, Value>, path: &str) -> Result<PropertyKind> {
    Ok(match word {
        "string" => PropertyKind::String,
        "number" => PropertyKind::Number,
        "boolean" => PropertyKind::Boolean,
        "options" => PropertyKind::Options(choices(map, path)?),
        "multiOptions" => PropertyKind::MultiOptions(choices(map, path)?),
        "json" => PropertyKind::Json,
        "dateTime" => PropertyKind::DateTime,
        "collection" => PropertyKind::Collection(read_properties(map.get("options"), &at(path, "options"))?),
        "fixedCollection" => PropertyKind::FixedCollection(groups(map, path)?),
        "filter" => PropertyKind::Filter,
        "assignmentCollection" => PropertyKind::AssignmentCollection,
        "resourceLocator" => PropertyKind::ResourceLocator(modes(map.get("modes"), path)?),
        "resourceMapper" => PropertyKind::ResourceMapper,
        "workflowSelector" => PropertyKind::WorkflowSelector,
        "credentialsSelect" => PropertyKind::CredentialsSelect,
        "notice" => PropertyKind::Notice,
        "hidden" => PropertyKind::Hidden,
        other => PropertyKind::Other(Cow::Owned(other.to_owned())),
    })
}

/// Choices: plain values, or `{name, value, description}`; `optionsShown` says when a plain one is offered.
fn choices(map: &Map<String, Value>, path: &str) -> Result<List<Choice>> {
    let shown = map.get("optionsShown");
    let read = |choice: &Value| -> Result<Choice> {
        if let Value::Object(entry) = choice {
            let value = entry.get("value").cloned().map_or(DefaultValue::None, DefaultValue::from);
            let display = display(entry.get("displayOptions"), path)?;
            return Ok(Choice { value, name: text(entry, "name"), description: text(entry, "description"), display });
        }
        let display = display(shown.and_then(|shown| shown.get(crate::json::to_js_string(choice))), path)?;
        Ok(Choice { value: choice.clone().into(), name: Cow::Borrowed(""), description: Cow::Borrowed(""), display })
    };
    Ok(Cow::Owned(list(map.get("options")).iter().map(read).collect::<Result<Vec<_>>>()?))
}

fn groups(map: &Map<String, Value>, path: &str) -> Result<List<FieldGroup>> {
    let read = |(i, value): (usize, &Value)| -> Result<FieldGroup> {
        let path = at(path, &format!("options.{i}"));
        let group = object(value, &path)?;
        let values = read_properties(group.get("values"), &at(&path, "values"))?;
        Ok(FieldGroup { name: Cow::Owned(string(group, "name", &path)?), display_name: text(group, "displayName"), values })
    };
    Ok(Cow::Owned(list(map.get("options")).iter().enumerate().map(read).collect::<Result<Vec<_>>>()?))
}

fn modes(value: Option<&Value>, path: &str) -> Result<List<LocatorMode>> {
    let read = |mode: &Value| serde_json::from_value(mode.clone()).or_else(|error| wrong(&at(path, "modes"), error.to_string()));
    Ok(Cow::Owned(list(value).iter().map(read).collect::<Result<Vec<_>>>()?))
}

fn type_options(value: &Value) -> TypeOptions {
    let Value::Object(map) = value else { return TypeOptions::default() };
    let extra: Map<String, Value> =
        map.iter().filter(|(key, _)| !TYPE_OPTION_KEYS.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    TypeOptions {
        multiple_values: map.get("multipleValues").and_then(Value::as_bool),
        min_value: map.get("minValue").and_then(Value::as_f64),
        max_value: map.get("maxValue").and_then(Value::as_f64),
        number_precision: map.get("numberPrecision").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()),
        date_only: map.get("dateOnly").and_then(Value::as_bool),
        min_required_fields: map.get("minRequiredFields").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()),
        as_written: false,
        load_options_method: optional_text(map, "loadOptionsMethod"),
        extra: (!extra.is_empty()).then(|| Box::new(extra)),
    }
}

fn display(value: Option<&Value>, path: &str) -> Result<Option<DisplayOptions>> {
    let Some(value) = value else { return Ok(None) };
    let map = object(value, path)?;
    Ok(Some(DisplayOptions { show: rules(map.get("show"), path)?, hide: rules(map.get("hide"), path)? }))
}

fn rules(value: Option<&Value>, path: &str) -> Result<List<DisplayRule>> {
    let Some(value) = value else { return Ok(Cow::Borrowed(&[])) };
    let rule = |(name, values): (&String, &Value)| DisplayRule {
        path: Cow::Owned(name.clone()),
        any_of: Cow::Owned(match values {
            Value::Array(list) => list.iter().map(condition).collect(),
            one => vec![condition(one)],
        }),
    };
    Ok(Cow::Owned(object(value, path)?.iter().map(rule).collect()))
}

fn condition(value: &Value) -> DisplayCondition {
    let comparison = value.get("_cnd").and_then(Value::as_object).and_then(|c| c.iter().next());
    match comparison {
        Some((operator, operand)) => DisplayCondition::Compare { operator: Cow::Owned(operator.clone()), operand: operand.clone().into() },
        None => DisplayCondition::Equals(value.clone().into()),
    }
}

fn at(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().map_or_else(|| wrong(path, "an object is expected here"), Ok)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn string(map: &Map<String, Value>, key: &str, path: &str) -> Result<String> {
    map.get(key).and_then(Value::as_str).map_or_else(|| wrong(path, format!("\"{key}\" is missing or no text")), |text| Ok(text.to_owned()))
}

fn optional_text(map: &Map<String, Value>, key: &str) -> Option<Text> {
    map.get(key).and_then(Value::as_str).map(|text| Cow::Owned(text.to_owned()))
}

fn text(map: &Map<String, Value>, key: &str) -> Text {
    optional_text(map, key).unwrap_or_default()
}

fn texts(value: Option<&Value>) -> List<Text> {
    Cow::Owned(list(value).iter().map(|v| Cow::Owned(crate::json::to_js_string(v))).collect())
}

fn flag(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).and_then(Value::as_bool).unwrap_or(false)
}
