//! Reading n8n's description JSON. Each level takes what it knows out of its object; what is left is kept as it is.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{BY_PARAMETERS, NAMES};
use crate::descriptor::{CredentialUse, Descriptor, Effect, InputCount, Needs, OutputCount, VersionGroup};
use crate::property::{
    Choice, DefaultValue, DisplayCondition, DisplayOptions, DisplayRule, Extra, FieldGroup, List, LocatorMode, Property, PropertyKind, Text,
    TypeOptions,
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

/// Reads a node type out of n8n's own description: one `INodeTypeDescription`, or a list of them, one for each group of versions,
/// oldest first.
///
/// A type whose `group` says `trigger` begins runs. What n8n does not say is taken for the worst: it needs all items, and what it does
/// must not happen twice by itself; whoever knows better changes [`Descriptor::needs`] and [`Descriptor::effect`].
///
/// Which version a node without one has is `defaultVersion`, else the newest. Nothing of a description is lost: what has no field here
/// (`webhooks`, `polling`, `usableAsTool`, `routing`, inputs and outputs that are an expression) is kept in the `extra` of where it stood,
/// and [`super::write`] writes it again.
///
/// ```
/// use node_sdk::description::{read, write};
///
/// let read = |text: &str| read(serde_json::from_str(text).unwrap());
/// let acme = read(r#"{"displayName": "Acme", "name": "acme.sender", "description": "Sends.", "group": ["output"],
///     "version": [1, 1.1, 2], "defaultVersion": 1.1, "defaults": {"name": "Acme"}, "usableAsTool": true,
///     "inputs": ["main"], "outputs": "={{ $parameter.parts.map(() => 'main') }}", "credentials": [{"name": "acmeApi", "required": true}],
///     "properties": [{"displayName": "Text", "name": "text", "type": "string", "default": "", "routing": {"send": {"type": "body"}}}]}"#).unwrap();
/// assert_eq!(acme.default_version(), 1.1);
/// let group = acme.version(0.0).unwrap();
/// assert!(group.versions.contains(&2.0) && group.extra.as_ref().unwrap()["usableAsTool"] == true);
/// assert_eq!(write(&acme)[0]["properties"][0]["routing"]["send"]["type"], "body");
/// assert_eq!(read("{}").unwrap_err().to_string(), "\"name\" is missing or no text (at top)");
/// ```
pub fn read(description: Value) -> Result<Descriptor> {
    let mut groups = read_list(description)?;
    let newest = groups.iter().max_by(|a, b| a.newest().total_cmp(&b.newest()));
    let words = newest.and_then(|group| group.extra.as_deref()).cloned().unwrap_or_default();
    let said = |key: &str| words.get(key).and_then(Value::as_str).unwrap_or_default();
    if said("name").is_empty() {
        return wrong("", "\"name\" is missing or no text");
    }
    let trigger = words.get("group").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(|kind| kind == "trigger"));
    for extra in groups.iter_mut().filter_map(|group| group.extra.as_deref_mut()) {
        // Another name in an older version stays.
        extra.retain(|key, value| !NAMES.contains(&key.as_str()) || words.get(key) != Some(&*value));
    }
    for group in groups.iter_mut().filter(|group| group.extra.as_ref().is_some_and(|extra| extra.is_empty())) {
        group.extra = None;
    }
    Ok(Descriptor {
        name: Cow::Owned(said("name").to_owned()),
        display_name: Cow::Owned(said("displayName").to_owned()),
        description: Cow::Owned(said("description").to_owned()),
        trigger,
        needs: Needs::All,
        effect: Effect::Once,
        versions: Cow::Owned(groups),
    })
}

/// Reads all version groups of a node type: a list of groups, or one group.
pub fn read_groups(json: &str) -> Result<Vec<VersionGroup>> {
    read_list(crate::json::parse_text(json).map_err(|error| DescriptionError { path: "top".into(), message: error.to_string() })?)
}

fn read_list(description: Value) -> Result<Vec<VersionGroup>> {
    match description {
        Value::Array(list) => list.into_iter().enumerate().map(|(i, group)| read_group(group, &i.to_string())).collect(),
        group => Ok(vec![read_group(group, "")?]),
    }
}

fn read_group(value: Value, path: &str) -> Result<VersionGroup> {
    let mut map = object(value, path)?;
    let (input_names, output_names) = (texts(&mut map, "inputNames"), texts(&mut map, "outputNames"));
    Ok(VersionGroup {
        versions: Cow::Owned(versions(&mut map, path)?),
        any_version: flag(&mut map, "anyVersion"),
        default_version: number(&mut map, "defaultVersion"),
        default_name: default_name(&mut map),
        inputs: match count(&mut map, "inputs") {
            None => InputCount::ByParameters,
            Some(1) => InputCount::One,
            Some(n) => InputCount::Fixed(n),
        },
        outputs: match count(&mut map, "outputs") {
            None => OutputCount::ByParameters,
            Some(1) => OutputCount::One,
            Some(n) => OutputCount::Fixed(n),
        },
        input_names,
        output_names,
        required_inputs: map.shift_remove("requiredInputs").map(|v| Cow::Owned(crate::json::to_js_string(&v))),
        credentials: each(&mut map, "credentials", path, read_credential)?,
        properties: each(&mut map, "properties", path, read_property)?,
        exact_integers: false,
        extra: rest(map),
    })
}

/// A number or a list of numbers.
fn versions(map: &mut Map<String, Value>, path: &str) -> Result<Vec<f64>> {
    let given = map.shift_remove("versions").or_else(|| map.shift_remove("version"));
    let listed = match given {
        None => Some(vec![1.0]),
        Some(Value::Array(list)) => list.iter().map(Value::as_f64).collect(),
        Some(one) => one.as_f64().map(|one| vec![one]),
    };
    let listed = listed.filter(|versions| !versions.is_empty());
    listed.map_or_else(|| wrong(path, "a node type needs a version, a number or a list of numbers"), Ok)
}

/// `defaultName`, or n8n's `defaults`, which stay where they say more than the name.
fn default_name(map: &mut Map<String, Value>) -> Text {
    if let Some(name) = optional_text(map, "defaultName") {
        return name;
    }
    let Some(name) = map.get("defaults").and_then(|defaults| defaults.get("name")).and_then(Value::as_str).map(str::to_owned) else {
        return Cow::Borrowed("");
    };
    if map.get("defaults").and_then(Value::as_object).is_some_and(|defaults| defaults.len() == 1) {
        map.shift_remove("defaults");
    }
    Cow::Owned(name)
}

/// Main inputs or outputs; `None` where they depend on parameters, as one of n8n's expressions does. What says more than how many stays.
fn count(map: &mut Map<String, Value>, key: &str) -> Option<usize> {
    let is_main = |entry: &&Value| matches!(entry, Value::String(kind) if kind == "main") || entry.get("type").is_some_and(|kind| kind == "main");
    let (count, whole) = match map.get(key) {
        None => (Some(1), false),
        Some(Value::Array(list)) => (Some(list.iter().filter(is_main).count()), list.iter().all(|entry| entry == "main")),
        Some(given) => (None, given == BY_PARAMETERS),
    };
    if whole {
        map.shift_remove(key);
    }
    count
}

fn read_credential(value: Value, path: &str) -> Result<CredentialUse> {
    let mut map = object(value, path)?;
    Ok(CredentialUse {
        name: string(&mut map, "name", path)?,
        required: flag(&mut map, "required"),
        display: display(&mut map, "displayOptions", path)?,
        extra: rest(map),
    })
}

fn read_property(value: Value, path: &str) -> Result<Property> {
    let mut map = object(value, path)?;
    let word = string(&mut map, "type", path)?;
    Ok(Property {
        name: string(&mut map, "name", path)?,
        display_name: text(&mut map, "displayName"),
        description: text(&mut map, "description"),
        kind: kind(word, &mut map, path)?,
        default: match map.shift_remove("default") {
            None => DefaultValue::None,
            Some(Value::Object(marker)) if marker.len() == 1 && marker.contains_key("omitted") => DefaultValue::Omitted,
            Some(value) => value.into(),
        },
        required: flag(&mut map, "required"),
        display: display(&mut map, "displayOptions", path)?,
        disabled: display(&mut map, "disabledOptions", path)?,
        type_options: type_options(&mut map),
        no_data_expression: flag(&mut map, "noDataExpression"),
        requires_data_path: optional_text(&mut map, "requiresDataPath"),
        validate_type: optional_text(&mut map, "validateType"),
        ignore_validation_during_execution: flag(&mut map, "ignoreValidationDuringExecution"),
        is_node_setting: flag(&mut map, "isNodeSetting"),
        extra: rest(map),
    })
}

fn kind(word: Text, map: &mut Map<String, Value>, path: &str) -> Result<PropertyKind> {
    Ok(match word.as_ref() {
        "string" => PropertyKind::String,
        "number" => PropertyKind::Number,
        "boolean" => PropertyKind::Boolean,
        "options" => PropertyKind::Options(choices(map, path)?),
        "multiOptions" => PropertyKind::MultiOptions(choices(map, path)?),
        "json" => PropertyKind::Json,
        "dateTime" => PropertyKind::DateTime,
        "collection" => PropertyKind::Collection(each(map, "options", path, read_property)?),
        "fixedCollection" => PropertyKind::FixedCollection(each(map, "options", path, read_field_group)?),
        "filter" => PropertyKind::Filter,
        "assignmentCollection" => PropertyKind::AssignmentCollection,
        "resourceLocator" => PropertyKind::ResourceLocator(each(map, "modes", path, read_mode)?),
        "resourceMapper" => PropertyKind::ResourceMapper,
        "workflowSelector" => PropertyKind::WorkflowSelector,
        "credentialsSelect" => PropertyKind::CredentialsSelect,
        "notice" => PropertyKind::Notice,
        "hidden" => PropertyKind::Hidden,
        _ => PropertyKind::Other(word),
    })
}

/// Choices: plain values, or `{name, value, description}`; `optionsShown` says when a plain one is offered.
fn choices(map: &mut Map<String, Value>, path: &str) -> Result<List<Choice>> {
    let mut shown = match map.shift_remove("optionsShown") {
        Some(Value::Object(shown)) => shown,
        _ => Map::new(),
    };
    each(map, "options", path, |choice, path| match choice {
        Value::Object(mut entry) => Ok(Choice {
            value: entry.shift_remove("value").map_or(DefaultValue::None, DefaultValue::from),
            name: text(&mut entry, "name"),
            description: text(&mut entry, "description"),
            display: display(&mut entry, "displayOptions", path)?,
            extra: rest(entry),
        }),
        plain => {
            let display = display(&mut shown, &crate::json::to_js_string(&plain), path)?;
            Ok(Choice { value: plain.into(), name: Cow::Borrowed(""), description: Cow::Borrowed(""), display, extra: None })
        }
    })
}

fn read_field_group(value: Value, path: &str) -> Result<FieldGroup> {
    let mut map = object(value, path)?;
    Ok(FieldGroup {
        name: string(&mut map, "name", path)?,
        display_name: text(&mut map, "displayName"),
        values: each(&mut map, "values", path, read_property)?,
        extra: rest(map),
    })
}

fn read_mode(value: Value, path: &str) -> Result<LocatorMode> {
    serde_json::from_value(value).or_else(|error| wrong(path, error.to_string()))
}

fn type_options(map: &mut Map<String, Value>) -> TypeOptions {
    let mut map = match map.shift_remove("typeOptions") {
        Some(Value::Object(options)) => options,
        _ => return TypeOptions::default(),
    };
    TypeOptions {
        multiple_values: boolean(&mut map, "multipleValues"),
        min_value: number(&mut map, "minValue"),
        max_value: number(&mut map, "maxValue"),
        number_precision: whole(&mut map, "numberPrecision"),
        date_only: boolean(&mut map, "dateOnly"),
        min_required_fields: whole(&mut map, "minRequiredFields"),
        as_written: false,
        load_options_method: optional_text(&mut map, "loadOptionsMethod"),
        extra: rest(map),
    }
}

fn display(map: &mut Map<String, Value>, key: &str, path: &str) -> Result<Option<DisplayOptions>> {
    map.shift_remove(key).map(|value| display_options(value, &at(path, key))).transpose()
}

/// Reads the `displayOptions` of a property.
///
/// # Errors
/// They are no display options.
pub fn read_display(value: Value) -> Result<DisplayOptions> {
    display_options(value, "displayOptions")
}

fn display_options(value: Value, path: &str) -> Result<DisplayOptions> {
    let mut map = object(value, path)?;
    Ok(DisplayOptions { show: rules(&mut map, "show", path)?, hide: rules(&mut map, "hide", path)?, extra: rest(map) })
}

fn rules(map: &mut Map<String, Value>, key: &str, path: &str) -> Result<List<DisplayRule>> {
    let Some(value) = map.shift_remove(key) else { return Ok(Cow::Borrowed(&[])) };
    let rule = |(name, values): (String, Value)| DisplayRule {
        path: Cow::Owned(name),
        any_of: Cow::Owned(match values {
            Value::Array(list) => list.into_iter().map(condition).collect(),
            one => vec![condition(one)],
        }),
    };
    Ok(Cow::Owned(object(value, &at(path, key))?.into_iter().map(rule).collect()))
}

fn condition(value: Value) -> DisplayCondition {
    let comparison = value.get("_cnd").and_then(Value::as_object).and_then(|c| c.iter().next());
    match comparison {
        Some((operator, operand)) => DisplayCondition::Compare { operator: Cow::Owned(operator.clone()), operand: operand.clone().into() },
        None => DisplayCondition::Equals(value.into()),
    }
}

/// The entries of the list at `key`, each read; where there is no list, there are none, and what stands there stays.
fn each<T: Clone>(map: &mut Map<String, Value>, key: &str, path: &str, mut read: impl FnMut(Value, &str) -> Result<T>) -> Result<List<T>> {
    let Some(Value::Array(list)) = map.get_mut(key).map(Value::take) else { return Ok(Cow::Borrowed(&[])) };
    map.shift_remove(key);
    let entries = list.into_iter().enumerate().map(|(i, entry)| read(entry, &at(path, &format!("{key}.{i}"))));
    Ok(Cow::Owned(entries.collect::<Result<Vec<_>>>()?))
}

fn at(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn object(value: Value, path: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Object(map) => Ok(map),
        _ => wrong(path, "an object is expected here"),
    }
}

fn string(map: &mut Map<String, Value>, key: &str, path: &str) -> Result<Text> {
    optional_text(map, key).map_or_else(|| wrong(path, format!("\"{key}\" is missing or no text")), Ok)
}

/// Takes the value at `key` out of the map where it is of the wanted form. Where it is of another one it stays, and so is kept.
fn taken<T>(map: &mut Map<String, Value>, key: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
    let read = map.get(key).and_then(read)?;
    map.shift_remove(key);
    Some(read)
}

fn optional_text(map: &mut Map<String, Value>, key: &str) -> Option<Text> {
    let Some(Value::String(text)) = map.get_mut(key) else { return None };
    let text = std::mem::take(text);
    map.shift_remove(key);
    Some(Cow::Owned(text))
}

fn text(map: &mut Map<String, Value>, key: &str) -> Text {
    optional_text(map, key).unwrap_or_default()
}

fn texts(map: &mut Map<String, Value>, key: &str) -> List<Text> {
    let read = |value: &Value| value.as_array().map(|list| list.iter().map(|v| Cow::Owned(crate::json::to_js_string(v))).collect());
    taken(map, key, read).unwrap_or_default()
}

fn boolean(map: &mut Map<String, Value>, key: &str) -> Option<bool> {
    taken(map, key, Value::as_bool)
}

fn flag(map: &mut Map<String, Value>, key: &str) -> bool {
    boolean(map, key).unwrap_or(false)
}

fn number(map: &mut Map<String, Value>, key: &str) -> Option<f64> {
    taken(map, key, Value::as_f64)
}

fn whole<T: TryFrom<u64>>(map: &mut Map<String, Value>, key: &str) -> Option<T> {
    taken(map, key, |value| value.as_u64().and_then(|n| T::try_from(n).ok()))
}

/// What was not taken.
fn rest(map: Map<String, Value>) -> Extra {
    (!map.is_empty()).then(|| Box::new(map))
}
