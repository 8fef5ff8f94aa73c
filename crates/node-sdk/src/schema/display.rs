//! When a parameter is shown.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::raw::raw_at;
use crate::json::{same, to_number};
use crate::property::{DefaultValue, DisplayCondition, DisplayOptions, DisplayRule};

/// What a display rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The parameters beside the one in question.
    pub siblings: &'a Map<String, Value>,
    /// The node's parameters, for `/name`.
    pub root: &'a Map<String, Value>,
    /// The node's version, for `@version`.
    pub version: f64,
}

/// Whether something with these display options is shown. Without options it is.
///
/// All rules of `show` must hold and none of `hide`. A rule of `show` that meets an expression counts as shown,
/// and nothing after it is looked at: what the expression gives is not known yet.
pub fn is_shown(options: Option<&DisplayOptions>, scope: Scope<'_>) -> bool {
    let Some(options) = options else { return true };
    for rule in options.show.iter() {
        let values = values(rule, scope);
        if values.iter().any(|value| matches!(value.as_deref(), Some(Value::String(text)) if text.starts_with('='))) {
            return true;
        }
        if values.is_empty() || !holds(rule, &values) {
            return false;
        }
    }
    !options.hide.iter().any(|rule| {
        let values = values(rule, scope);
        !values.is_empty() && holds(rule, &values)
    })
}

/// The values that a rule compares: of a list its elements, of a resource locator its value; `None` is undefined.
fn values<'a>(rule: &DisplayRule, scope: Scope<'a>) -> Vec<Option<Cow<'a, Value>>> {
    let value = match rule.path.as_ref() {
        // None counts as 0.
        "@version" => return vec![Some(Cow::Owned(crate::json::number(if scope.version.is_nan() { 0.0 } else { scope.version })))],
        // No node of ours is the variant that n8n makes for its AI agents.
        "@tool" => return vec![Some(Cow::Owned(Value::Bool(false)))],
        path => match path.strip_prefix('/') {
            Some(path) => raw_at(scope.root, path),
            None => raw_at(scope.siblings, path),
        },
    };
    let value = match value {
        Some(Value::Object(map)) if map.get("__rl").is_some_and(crate::json::truthy) => map.get("value"),
        other => other,
    };
    match value {
        Some(Value::Array(list)) => list.iter().map(|value| Some(Cow::Borrowed(value))).collect(),
        one => vec![one.map(Cow::Borrowed)],
    }
}

fn holds(rule: &DisplayRule, values: &[Option<Cow<'_, Value>>]) -> bool {
    rule.any_of.iter().any(|condition| match condition {
        DisplayCondition::Equals(wanted) => values.iter().any(|value| equals(value.as_deref(), wanted)),
        DisplayCondition::Compare { operator, operand } => values.iter().all(|value| compare(value.as_deref(), operator, operand)),
    })
}

fn equals(value: Option<&Value>, wanted: &DefaultValue) -> bool {
    match (value, wanted) {
        (Some(Value::String(text)), DefaultValue::Str(wanted)) => text == wanted,
        (Some(Value::Bool(value)), DefaultValue::Bool(wanted)) => value == wanted,
        (value, wanted) => match (value, wanted.to_value()) {
            (Some(value), Some(wanted)) => same(value, &wanted),
            (value, wanted) => value.is_none() && wanted.is_none(),
        },
    }
}

/// `_cnd`: one comparison. A value that is no number compares with nothing.
fn compare(value: Option<&Value>, operator: &str, operand: &DefaultValue) -> bool {
    let number = || value.and_then(to_number);
    let wanted = || operand.to_value().as_ref().and_then(to_number);
    let ordered = |test: fn(&f64, &f64) -> bool| number().zip(wanted()).is_some_and(|(a, b)| test(&a, &b));
    let text = |test: fn(&str, &str) -> bool| match (value, operand) {
        (Some(Value::String(text)), DefaultValue::Str(wanted)) => test(text, wanted),
        _ => false,
    };
    match operator {
        "eq" => equals(value, operand),
        "not" => !equals(value, operand),
        "gt" => ordered(f64::gt),
        "gte" => ordered(f64::ge),
        "lt" => ordered(f64::lt),
        "lte" => ordered(f64::le),
        "between" => {
            let bounds = operand.to_value();
            let bound = |key: &str| bounds.as_ref().and_then(|bounds| bounds.get(key)).and_then(to_number);
            matches!((number(), bound("from"), bound("to")), (Some(n), Some(from), Some(to)) if n >= from && n <= to)
        }
        "startsWith" => text(|text, wanted| text.starts_with(wanted)),
        "endsWith" => text(|text, wanted| text.ends_with(wanted)),
        "includes" => text(|text, wanted| text.contains(wanted)),
        "regex" => text(|text, wanted| regex::Regex::new(wanted).is_ok_and(|pattern| pattern.is_match(text))),
        "exists" => value.is_some_and(|value| !value.is_null() && value != ""),
        _ => false,
    }
}
