//! JSON as n8n's HTTP client reads it: by JavaScript's rules for numbers and the order of keys.

use node_sdk::json::{JsonError, as_javascript, parse_answer};
use serde_json::{Map, Value};

/// Parses a text as JavaScript's `JSON.parse` would.
///
/// # Errors
/// It is no JSON.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    parse_answer(text).map(as_javascript).map(ordered)
}

/// An object as JavaScript orders its keys: integers first, in their order, then the others as they were written.
fn ordered(value: Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(ordered).collect()),
        Value::Object(map) => {
            let map: Map<String, Value> = map.into_iter().map(|(key, value)| (key, ordered(value))).collect();
            if !map.keys().any(|key| index(key).is_some()) {
                return Value::Object(map);
            }
            let (mut numbers, rest): (Vec<_>, Vec<_>) = map.into_iter().partition(|(key, _)| index(key).is_some());
            numbers.sort_by_key(|(key, _)| index(key));
            Value::Object(numbers.into_iter().chain(rest).collect())
        }
        other => other,
    }
}

/// A key that JavaScript takes for an index: `0`, `10`, not `01`.
fn index(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number.to_string() == key && number != u32::MAX).then_some(number)
}

#[cfg(test)]
mod tests {
    use node_sdk::json::stringify;

    #[test]
    fn keys_and_numbers_are_javascripts() {
        let text = r#"{"b":1.0,"a":9007199254740993,"10":{"1":0,"x":1E400,"0":1e3},"2":-0,"01":1}"#;
        let want = r#"{"2":0,"10":{"0":1000,"1":0,"x":null},"b":1,"a":9007199254740992,"01":1}"#;
        assert_eq!(stringify(&super::parse(text).unwrap()), want);
    }
}
