//! Comparing values as JavaScript and lodash do, and sorting as V8 does.

use std::cmp::Ordering;
use std::convert::Infallible;

use serde_json::Value;

use crate::js;

/// lodash's `isEqual`: deep, types apart, keys in any order. Numbers by value. `None` is undefined.
pub(crate) fn equal(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => node_sdk::json::same(a, b),
        _ => a.is_none() && b.is_none(),
    }
}

/// JavaScript's `a < b` between texts: by UTF-16 units.
pub(crate) fn text_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// JavaScript's `a < b`: texts as texts, all else as numbers; `None` where one is no number.
pub(crate) fn order(a: Option<&Value>, b: Option<&Value>) -> Option<Ordering> {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => Some(text_order(a, b)),
        _ => js::to_number(a).partial_cmp(&js::to_number(b)),
    }
}

/// lodash's `lt`.
pub(crate) fn less(a: Option<&Value>, b: Option<&Value>) -> bool {
    order(a, b) == Some(Ordering::Less)
}

/// The indexes of a list of this length as V8's `sort` would order them: with an order that contradicts itself (fields that are missing
/// or mixed) too.
pub(crate) fn sorted_like_v8(length: usize, mut compare: impl FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let Ok(order) = expression::sorted_order(length, |a, b| Ok::<_, Infallible>(compare(a, b)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equality_is_deep_and_knows_types() {
        assert!(equal(Some(&json!({"a": 1, "b": [1.0]})), Some(&json!({"b": [1], "a": 1.0}))));
        assert!(!equal(Some(&json!("1")), Some(&json!(1))));
        assert!(!equal(None, Some(&json!(null))));
        assert!(equal(None, None));
    }

    #[test]
    fn less_is_that_of_lodash() {
        assert!(less(Some(&json!(null)), Some(&json!("1"))));
        assert!(!less(Some(&json!("b")), Some(&json!(null))));
        assert!(!less(None, Some(&json!(1))));
        assert!(less(Some(&json!("10")), Some(&json!("9"))));
    }

    #[test]
    fn long_lists_are_sorted_and_stable() {
        let key = |i: usize| (i * 7919) % 50;
        let order = sorted_like_v8(1000, |a, b| key(a).cmp(&key(b)));
        assert!(order.windows(2).all(|w| (key(w[0]), w[0]) < (key(w[1]), w[1])));
    }

    #[test]
    fn an_order_that_contradicts_itself_leaves_v8s_order() {
        // Recorded: sorting by a field that two of five items lack.
        let field = [Some(3), Some(1), None, None, Some(2)];
        let order = sorted_like_v8(5, |a, b| match (field[a], field[b]) {
            (a, b) if a == b => Ordering::Equal,
            (Some(a), Some(b)) if a < b => Ordering::Less,
            _ => Ordering::Greater,
        });
        assert_eq!(order, [1, 0, 2, 3, 4]);
    }
}
