//! The conditions of Filter 1 (and of the nodes of its time): lists of `{value1, operation, value2}` by type, with JavaScript's own
//! comparisons and no types to speak of.

use std::cmp::Ordering;

use node_sdk::{ItemParams, Kind, NodeError, PrepareContext, json};
use serde_json::Value;

use super::pattern;
use crate::compare;
use crate::setting::Setting;
use crate::text::receiver;

/// Conditions, read once.
#[derive(Debug)]
pub(crate) struct LegacyConditions {
    any: Setting,
    list: Vec<LegacyCondition>,
}

#[derive(Debug)]
struct LegacyCondition {
    date: bool,
    operation: Setting,
    left: Setting,
    right: Setting,
}

/// The types, in the order in which n8n goes through them, with the operation that is meant when the file names none.
const TYPES: [(&str, &str); 4] = [("boolean", "equal"), ("dateTime", "after"), ("number", "smaller"), ("string", "equal")];

impl LegacyConditions {
    /// Reads `conditions` and `combineConditions`.
    pub(crate) fn new(cx: &PrepareContext<'_>) -> Self {
        let mut list = Vec::new();
        for (kind, operation) in TYPES {
            let path = format!("conditions.{kind}");
            let entries = node_sdk::params::raw_at(cx.parameters, &path).and_then(Value::as_array).map_or(0, Vec::len);
            for i in 0..entries {
                let field = |name: &str| Setting::at(cx, &format!("{path}.{i}.{name}"));
                let operation = field("operation").or(operation);
                list.push(LegacyCondition { date: kind == "dateTime", operation, left: field("value1"), right: field("value2") });
            }
        }
        Self { any: Setting::at(cx, "combineConditions"), list }
    }

    /// Whether the conditions hold for an item.
    pub(crate) fn hold(&self, params: &ItemParams<'_>) -> Result<bool, NodeError> {
        let any = self.any.text(params)? == "OR";
        for condition in &self.list {
            if condition.holds(params)? == any {
                return Ok(any);
            }
        }
        Ok(!any)
    }
}

impl LegacyCondition {
    fn holds(&self, params: &ItemParams<'_>) -> Result<bool, NodeError> {
        let (left, right) = (self.side(&self.left, params)?, self.side(&self.right, params)?);
        let (left, right) = (left.as_ref(), right.as_ref());
        let or_zero = |value: Option<&Value>| value.filter(|v| json::truthy(v)).cloned().unwrap_or_else(|| 0.into());
        let order = || compare::order(Some(&or_zero(left)), Some(&or_zero(right)));
        let text = |value: Option<&Value>| value.filter(|v| json::truthy(v)).map(json::to_js_string).unwrap_or_default();
        let operation = self.operation.text(params)?;
        Ok(match &*operation {
            "after" | "larger" => order() == Some(Ordering::Greater),
            "before" | "smaller" => order() == Some(Ordering::Less),
            "largerEqual" => order().is_some_and(Ordering::is_ge),
            "smallerEqual" => order().is_some_and(Ordering::is_le),
            "equal" => identical(left, right),
            "notEqual" => !identical(left, right),
            "contains" => text(left).contains(&text(right)),
            "notContains" => !text(left).contains(&text(right)),
            "startsWith" => receiver(left, "value1", "startsWith")?.starts_with(&crate::js::text(right)),
            "notStartsWith" => !receiver(left, "value1", "startsWith")?.starts_with(&crate::js::text(right)),
            "endsWith" => receiver(left, "value1", "endsWith")?.ends_with(&crate::js::text(right)),
            "notEndsWith" => !receiver(left, "value1", "endsWith")?.ends_with(&crate::js::text(right)),
            "isEmpty" => empty(left),
            "isNotEmpty" => !empty(left),
            "regex" => regex(&text(left), &text(right), params)?,
            "notRegex" => !regex(&text(left), &text(right), params)?,
            _ => false,
        })
    }

    fn side(&self, setting: &Setting, params: &ItemParams<'_>) -> Result<Option<Value>, NodeError> {
        let evaluated = setting.evaluated(params)?;
        let value = (evaluated.kind != Kind::Undefined).then_some(evaluated.value);
        if !self.date {
            return Ok(value);
        }
        let millis = match &value {
            Some(number @ Value::Number(_)) => number.as_f64(),
            Some(text @ Value::String(_)) => crate::date::millis(text, &jiff::tz::TimeZone::UTC),
            _ => None,
        };
        match millis {
            Some(millis) => Ok(Some(json::number(millis))),
            None => Err(NodeError::new(format!("The value \"{}\" is not a valid DateTime.", crate::js::text(value.as_ref())))),
        }
    }
}

/// JavaScript's `===`: objects and lists are only ever themselves.
fn identical(a: Option<&Value>, b: Option<&Value>) -> bool {
    let scalar = |v: Option<&Value>| !v.is_some_and(|v| v.is_object() || v.is_array());
    scalar(a) && scalar(b) && compare::equal(a, b)
}

fn empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        _ => false,
    }
}

fn regex(text: &str, pattern: &str, params: &ItemParams<'_>) -> Result<bool, NodeError> {
    pattern::test(text, pattern, params)?.ok_or_else(|| NodeError::new(format!("Invalid regular expression: /{pattern}/")).named("SyntaxError"))
}
