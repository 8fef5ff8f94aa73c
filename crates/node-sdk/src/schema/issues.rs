//! What stops a run before it starts.

use serde_json::{Map, Value};

use super::defaults::has_sample;
use super::display::{Scope, is_shown};
use super::raw::raw_at;
use super::validate::{Check, validate_type};
use crate::descriptor::VersionGroup;
use crate::json::to_js_string;
use crate::property::{FieldGroup, Property, PropertyKind};

/// One reason why a node cannot run.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The parameter, as a dotted path.
    pub parameter: String,
    /// n8n's text.
    pub message: String,
    /// Whether it is a required parameter that is empty; else a value that does not fit.
    pub missing: bool,
}

/// Everything that stops a run of this node before it starts. `filled` comes from [`super::with_defaults`].
///
/// Looked at are the parameters themselves and the fields of their fixedCollections; n8n does not look into collections.
pub fn issues(group: &VersionGroup, filled: &Map<String, Value>, version: f64) -> Vec<Issue> {
    let mut found = Vec::new();
    let scope = Scope { siblings: filled, root: filled, version };
    for property in group.properties.iter() {
        check(property, "", scope, &mut found);
        if let PropertyKind::FixedCollection(groups) = &property.kind {
            check_groups(property, groups, scope, &mut found);
        }
    }
    found
}

/// The fields of a fixedCollection.
fn check_groups(property: &Property, groups: &[FieldGroup], scope: Scope<'_>, found: &mut Vec<Issue>) {
    if !is_shown(property.display.as_ref(), scope) {
        return;
    }
    for group in groups {
        let path = format!("{}.{}", property.name, group.name);
        let value = raw_at(scope.root, &path);
        let count = value.and_then(Value::as_array).map_or(0, Vec::len);
        if let Some(least) = property.type_options.min_required_fields.filter(|least| count < *least) {
            let fields = if least == 1 { "field is" } else { "fields are" };
            let message = format!("At least {least} {fields} required.");
            found.push(Issue { parameter: property.name.clone().into_owned(), message, missing: true });
        }
        match value {
            Some(Value::Array(list)) => {
                for (index, entry) in list.iter().enumerate() {
                    check_entry(group, entry, &format!("{path}.{index}"), scope, found);
                }
            }
            Some(entry) => check_entry(group, entry, &path, scope, found),
            None => {}
        }
    }
}

fn check_entry(group: &FieldGroup, entry: &Value, path: &str, scope: Scope<'_>, found: &mut Vec<Issue>) {
    if let Value::Object(siblings) = entry {
        for property in group.values.iter() {
            check(property, path, Scope { siblings, ..scope }, found);
        }
    }
}

fn check(property: &Property, path: &str, scope: Scope<'_>, found: &mut Vec<Issue>) {
    let parameter = if path.is_empty() { property.name.clone().into_owned() } else { format!("{path}.{}", property.name) };
    let value = scope.siblings.get(property.name.as_ref());
    let shown = is_shown(property.display.as_ref(), scope);
    let mut add = |message: String, missing: bool| found.push(Issue { parameter: parameter.clone(), message, missing });
    if property.required && shown && !(value.is_none() && has_sample(property)) {
        let empty = match (property.type_options.multiple_values, value) {
            (Some(_), Some(Value::Array(list))) => list.iter().any(|value| is_missing(&property.kind, Some(value))),
            (Some(_), _) => false,
            (None, value) => is_missing(&property.kind, value),
        };
        if empty {
            add(format!("Parameter \"{}\" is required.", property.title()), true);
        }
    }
    match (&property.kind, &property.validate_type, value) {
        (PropertyKind::ResourceMapper, _, Some(value)) if shown => {
            for message in mapper_issues(property, value) {
                add(message, false);
            }
        }
        (_, Some(kind), Some(value)) if !is_expression(value) => {
            let choices = property.choices();
            if let Err(message) = validate_type(&property.name, value, kind, &Check { choices: &choices, ..Check::default() }) {
                add(message, false);
            }
        }
        _ => {}
    }
}

/// Whether a required value counts as empty. Numbers and booleans never do.
fn is_missing(kind: &PropertyKind, value: Option<&Value>) -> bool {
    match kind {
        PropertyKind::String | PropertyKind::DateTime | PropertyKind::Options(_) => value.is_none_or(|value| value == ""),
        PropertyKind::MultiOptions(_) => matches!(value, Some(Value::Array(list)) if list.is_empty()),
        PropertyKind::ResourceLocator(_) | PropertyKind::WorkflowSelector => match value {
            Some(Value::Object(locator)) => !locator.get("value").is_some_and(crate::json::truthy),
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Number(_)) => false,
            _ => true,
        },
        _ => false,
    }
}

/// Literals of a resource mapper that do not fit their column; columns are only required where something is added.
fn mapper_issues(property: &Property, mapper: &Value) -> Vec<String> {
    let settings = property.type_options.extra.as_ref().and_then(|extra| extra.get("resourceMapper"));
    let adds = settings.and_then(|settings| settings.get("mode")).is_some_and(|mode| mode == "add");
    let word = settings.and_then(|s| s.get("fieldWords")).and_then(|words| words.get("singular")).and_then(Value::as_str).unwrap_or("Field");
    let columns = mapper.get("schema").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut messages = Vec::new();
    for column in columns {
        let id = column.get("id").and_then(Value::as_str).unwrap_or_default();
        let value = mapper.get("value").and_then(|values| values.get(id)).filter(|value| !value.is_null());
        if adds && value.is_none() && column.get("required").is_some_and(|required| required == true) {
            messages.push(format!("{} \"{id}\" is required", capitalized(word)));
        }
        let kind = column.get("type").and_then(Value::as_str);
        if let (Some(value), Some(kind)) = (value.filter(|value| !is_expression(value)), kind) {
            let options = column.get("options").and_then(Value::as_array);
            let choices: Vec<Value> = options.into_iter().flatten().filter_map(|option| option.get("value").cloned()).collect();
            messages.extend(validate_type(id, value, kind, &Check { choices: &choices, ..Check::default() }).err());
        }
    }
    messages
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn is_expression(value: &Value) -> bool {
    !value.is_object() && to_js_string(value).starts_with('=')
}
