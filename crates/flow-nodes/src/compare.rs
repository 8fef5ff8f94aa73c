//! Comparing values as JavaScript and lodash do, and sorting as V8 does.

use std::cmp::Ordering;

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

/// Below this length V8 sorts by insertion alone.
const MIN_MERGE: usize = 64;

/// Sorts as `Array.prototype.sort` of V8: stable, and with an order that contradicts itself (fields that are missing or mixed) it
/// never panics and leaves short lists in the order that V8 leaves them in.
pub(crate) fn sort_like_v8<T: Clone>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    let length = items.len();
    if length < 2 {
        return;
    }
    let run = min_run(length);
    let mut start = 0;
    let mut runs = Vec::new();
    while start < length {
        let natural = count_run(&mut items[start..], &mut compare);
        let size = natural.max(run.min(length - start));
        insertion_sort(&mut items[start..start + size], natural, &mut compare);
        runs.push(size);
        start += size;
    }
    while runs.len() > 1 {
        runs = merge_pairs(items, &runs, &mut compare);
    }
}

/// V8's (and Python's) shortest run for a list of this length: 32 to 64.
fn min_run(mut length: usize) -> usize {
    let mut odd = 0;
    while length >= MIN_MERGE {
        odd |= length & 1;
        length >>= 1;
    }
    length + odd
}

/// Length of the run at the beginning; one that falls is turned around.
fn count_run<T>(items: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) -> usize {
    if items.len() < 2 {
        return items.len();
    }
    let mut end = 2;
    if compare(&items[1], &items[0]).is_lt() {
        while end < items.len() && compare(&items[end], &items[end - 1]).is_lt() {
            end += 1;
        }
        items[..end].reverse();
    } else {
        while end < items.len() && !compare(&items[end], &items[end - 1]).is_lt() {
            end += 1;
        }
    }
    end
}

fn insertion_sort<T>(items: &mut [T], sorted: usize, compare: &mut impl FnMut(&T, &T) -> Ordering) {
    for at in sorted.max(1)..items.len() {
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low + (high - low) / 2;
            if compare(&items[at], &items[middle]).is_lt() { high = middle } else { low = middle + 1 }
        }
        items[low..=at].rotate_right(1);
    }
}

fn merge_pairs<T: Clone>(items: &mut Vec<T>, runs: &[usize], compare: &mut impl FnMut(&T, &T) -> Ordering) -> Vec<usize> {
    let mut merged = Vec::with_capacity(items.len());
    let mut sizes = Vec::with_capacity(runs.len().div_ceil(2));
    let mut start = 0;
    for pair in runs.chunks(2) {
        let size: usize = pair.iter().sum();
        let (mut left, mut right) = items[start..start + size].split_at(pair[0]);
        while let (Some(a), Some(b)) = (left.first(), right.first()) {
            if compare(b, a).is_lt() {
                merged.push(b.clone());
                right = &right[1..];
            } else {
                merged.push(a.clone());
                left = &left[1..];
            }
        }
        merged.extend_from_slice(left);
        merged.extend_from_slice(right);
        sizes.push(size);
        start += size;
    }
    *items = merged;
    sizes
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
        let mut items: Vec<(u32, u32)> = (0..1000).map(|i| ((i * 7919) % 50, i)).collect();
        sort_like_v8(&mut items, |a, b| a.0.cmp(&b.0));
        assert!(items.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn an_order_that_contradicts_itself_leaves_v8s_order() {
        // Recorded: sorting by a field that two of five items lack.
        let field = [Some(3), Some(1), None, None, Some(2)];
        let mut items: Vec<usize> = (0..5).collect();
        sort_like_v8(&mut items, |a, b| match (field[*a], field[*b]) {
            (a, b) if a == b => Ordering::Equal,
            (Some(a), Some(b)) if a < b => Ordering::Less,
            _ => Ordering::Greater,
        });
        assert_eq!(items, [1, 0, 2, 3, 4]);
    }
}
