//! What each operator means.

use std::cmp::Ordering;

use node_sdk::NodeError;
use serde_json::Value;

use super::typed::{Type, Typed};
use super::{Rules, pattern};
use crate::compare;
use crate::convert::FieldType;

/// Whether the comparison holds. An operator that the type does not have never holds.
pub(super) fn compare(kind: Type, operation: &str, left: Typed, right: Typed, rules: &Rules<'_>) -> Result<bool, NodeError> {
    match operation {
        "exists" => return Ok(left.exists()),
        "notExists" => return Ok(!left.exists()),
        _ => {}
    }
    Ok(match kind {
        Type::Field(FieldType::String) => return string(operation, left.text(), right.text(), rules),
        Type::Field(FieldType::Number) => number(operation, &left, &right),
        Type::Field(FieldType::Boolean) => boolean(operation, &left, &right),
        Type::Field(FieldType::Array) => array(operation, &left, &right, rules.ignore_case),
        Type::Field(FieldType::Object) => object(operation, &left),
        Type::DateTime => date(operation, &left, &right),
        Type::Any => false,
    })
}

/// Texts. Null and undefined count as "".
fn string(operation: &str, left: &str, right: &str, rules: &Rules<'_>) -> Result<bool, NodeError> {
    let is_pattern = matches!(operation, "regex" | "notRegex");
    let (left, right) = match rules.ignore_case {
        true => (left.to_lowercase(), if is_pattern { right.to_owned() } else { right.to_lowercase() }),
        false => (left.to_owned(), right.to_owned()),
    };
    Ok(match operation {
        "empty" => left.is_empty(),
        "notEmpty" => !left.is_empty(),
        "equals" => left == right,
        "notEquals" => left != right,
        "contains" => left.contains(&right),
        "notContains" => !left.contains(&right),
        "startsWith" => left.starts_with(&right),
        "notStartsWith" => !left.starts_with(&right),
        "endsWith" => left.ends_with(&right),
        "notEndsWith" => !left.ends_with(&right),
        "regex" => pattern::matches(&left, &right, rules.params)?,
        "notRegex" => !pattern::matches(&left, &right, rules.params)?,
        _ => false,
    })
}

/// Numbers, compared as JavaScript does: null counts as 0 in an order, undefined and NaN in none.
fn number(operation: &str, left: &Typed, right: &Typed) -> bool {
    let order = || number_order(left, right);
    let equal = || {
        left != &Typed::NotANumber && right != &Typed::NotANumber && left == right || {
            matches!((left, right), (Typed::Value(_), Typed::Value(_))) && compare::equal(left.value(), right.value())
        }
    };
    match operation {
        "empty" => !left.exists(),
        "notEmpty" => left.exists(),
        "equals" => equal(),
        "notEquals" => !equal(),
        "gt" => order() == Some(Ordering::Greater),
        "lt" => order() == Some(Ordering::Less),
        "gte" => order().is_some_and(Ordering::is_ge),
        "lte" => order().is_some_and(Ordering::is_le),
        _ => false,
    }
}

/// Beside an infinity every other number counts alike.
fn number_order(left: &Typed, right: &Typed) -> Option<Ordering> {
    let size = |side: &Typed| match side {
        Typed::Infinite(number) => Some(*number),
        side => side.value().map(|_| 0.0),
    };
    match (left, right) {
        (Typed::Infinite(_), _) | (_, Typed::Infinite(_)) => size(left)?.partial_cmp(&size(right)?),
        _ => compare::order(left.value(), right.value()),
    }
}

fn boolean(operation: &str, left: &Typed, right: &Typed) -> bool {
    let yes = left.value().is_some_and(node_sdk::json::truthy);
    match operation {
        "empty" => !left.exists(),
        "notEmpty" => left.exists(),
        "true" => yes,
        "false" => !yes,
        "equals" => left == right,
        "notEquals" => left != right,
        _ => false,
    }
}

/// Dates. With nothing on a side no comparison holds, not even "is not equal".
fn date(operation: &str, left: &Typed, right: &Typed) -> bool {
    match operation {
        "empty" => return !left.exists(),
        "notEmpty" => return left.exists(),
        _ => {}
    }
    let (Typed::Date(left), Typed::Date(right)) = (left, right) else { return false };
    match operation {
        "equals" => left == right,
        "notEquals" => left != right,
        "after" => left > right,
        "before" => left < right,
        "afterOrEquals" => left >= right,
        "beforeOrEquals" => left <= right,
        _ => false,
    }
}

/// Lists. Null and undefined count as `[]`.
fn array(operation: &str, left: &Typed, right: &Typed, ignore_case: bool) -> bool {
    let list = left.value().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let length = Value::from(list.len());
    let order = || compare::order(Some(&length), right.value());
    let same_length = || right.value().is_some_and(|right| right.is_number() && compare::equal(Some(&length), Some(right)));
    match operation {
        "empty" => list.is_empty(),
        "notEmpty" => !list.is_empty(),
        "contains" => contains(list, right, ignore_case),
        "notContains" => !contains(list, right, ignore_case),
        "lengthEquals" => same_length(),
        "lengthNotEquals" => !same_length(),
        "lengthGt" => order() == Some(Ordering::Greater),
        "lengthLt" => order() == Some(Ordering::Less),
        "lengthGte" => order().is_some_and(Ordering::is_ge),
        "lengthLte" => order().is_some_and(Ordering::is_le),
        _ => false,
    }
}

/// As JavaScript's `includes`: objects and lists are only ever themselves, so they are never found.
fn contains(list: &[Value], wanted: &Typed, ignore_case: bool) -> bool {
    match wanted.value() {
        Some(Value::String(wanted)) if ignore_case => {
            let wanted = wanted.to_lowercase();
            list.iter().any(|entry| entry.as_str().is_some_and(|text| text.to_lowercase() == wanted))
        }
        Some(wanted) if !wanted.is_object() && !wanted.is_array() => list.iter().any(|entry| compare::equal(Some(entry), Some(wanted))),
        _ => false,
    }
}

fn object(operation: &str, left: &Typed) -> bool {
    let empty = match left.value() {
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::Null) | None => true,
        // A date: an object that has fields, though JSON does not show them.
        Some(_) => false,
    };
    match operation {
        "empty" => empty,
        "notEmpty" => !empty,
        _ => false,
    }
}
