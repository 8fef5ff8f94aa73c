//! JavaScript's views of values that may be undefined (`None`).

use std::ops::Range;

use node_sdk::{Evaluated, Kind, json};
use serde_json::Value;

/// `Number(value)`, with NaN.
pub(crate) fn to_number(value: Option<&Value>) -> f64 {
    value.and_then(json::to_number).unwrap_or(f64::NAN)
}

/// `Number(value)` of what a parameter gives: undefined is NaN, null is 0.
pub(crate) fn number(given: Option<&Evaluated>) -> f64 {
    match given {
        Some(Evaluated { kind: Kind::NonFinite(number), .. }) => number.number(),
        Some(Evaluated { kind: Kind::Undefined, .. }) | None => f64::NAN,
        Some(given) => to_number(Some(&given.value)),
    }
}

/// Whether a parameter gives undefined.
pub(crate) fn is_undefined(given: Option<&Evaluated>) -> bool {
    given.is_none_or(|given| given.kind == Kind::Undefined)
}

/// `typeof value`.
pub(crate) fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Null | Value::Array(_) | Value::Object(_)) => "object",
    }
}

/// `String(value)`.
pub(crate) fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "undefined".to_owned(), json::to_js_string)
}

/// The indexes that `list.slice(start, end)` takes of a list of this length: below zero counts from the end, NaN is 0. An
/// undefined end is that of the list: infinity.
pub(crate) fn slice(length: usize, start: f64, end: f64) -> Range<usize> {
    let place = |at: f64| if at < 0.0 { (length as f64 + at.trunc()).max(0.0) as usize } else { (at as usize).min(length) };
    place(start)..place(end).max(place(start))
}

#[cfg(test)]
mod tests {
    use super::slice;

    #[test]
    fn slices() {
        for (start, end, expected) in [
            (0.0, 2.0, 0..2),
            (0.0, -1.0, 0..2),
            (4.0, 3.0, 3..3),
            (-2.5, 3.0, 1..3),
            (f64::NAN, 3.0, 0..3),
            (0.0, 1.9, 0..1),
            (f64::NEG_INFINITY, f64::INFINITY, 0..3),
        ] {
            assert_eq!(slice(3, start, end), expected, "{start} {end}");
        }
    }
}
