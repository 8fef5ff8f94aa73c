//! Combining items whose fields match.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use node_sdk::{Item, ItemParams, NodeError, PairedItem};
use serde_json::{Value, json};

use super::clash::{Clash, origin, with_suffix};
use super::fuzzy;
use crate::{compare, path, text};

/// A field of input 1 and the field of input 2 that it must equal.
struct Pair {
    left: String,
    right: String,
}

/// Which items belong together.
struct Matches {
    /// (item of input 1, item of input 2), in the order of input 1.
    pairs: Vec<(usize, usize)>,
    alone_left: Vec<usize>,
    matched_right: Vec<usize>,
    alone_right: Vec<usize>,
}

/// The combined items.
pub(super) fn combine(params: &ItemParams<'_>, mut entries: Vec<Vec<Item>>) -> Result<Vec<Item>, NodeError> {
    let pairs = pairs(params)?;
    let join = params.string("joinMode")?;
    let right = if entries.len() > 1 { entries.swap_remove(1) } else { Vec::new() };
    let left = if entries.is_empty() { Vec::new() } else { entries.swap_remove(0) };
    let from = params.value("outputDataFrom")?.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_else(|| "both".to_owned());
    if left.is_empty() || right.is_empty() {
        let nothing = match join.as_str() {
            "keepMatches" => true,
            "enrichInput1" => left.is_empty(),
            "enrichInput2" => right.is_empty(),
            "keepNonMatches" => (left.is_empty() && from == "input1") || (right.is_empty() && from == "input2"),
            _ => false,
        };
        return Ok(if nothing { Vec::new() } else { left.into_iter().chain(right).collect() });
    }
    if pairs.is_empty() {
        return Ok(if matches!(join.as_str(), "keepNonMatches" | "enrichInput1") { left } else { Vec::new() });
    }
    let dots = !params.bool("options.disableDotNotation", false)?;
    let search = Search { dots, fuzzy: params.bool("options.fuzzyCompare", false)?, first: params.string("options.multipleMatches")? == "first" };
    let matches = search.run(&left, &right, &pairs);
    let clash = Clash::read(params)?;
    Ok(Joined { left: &left, right: &right, matches: &matches, clash: &clash }.items(&join, &from))
}

fn pairs(params: &ItemParams<'_>) -> Result<Vec<Pair>, NodeError> {
    let given: Vec<Pair> = if params.bool("advanced", false)? {
        let values = params.value("mergeByFields.values")?;
        let text = |entry: &Value, name: &str| entry.get(name).filter(|v| !v.is_null()).map(node_sdk::json::to_js_string).unwrap_or_default();
        values.as_ref().and_then(Value::as_array).into_iter().flatten().map(|e| Pair { left: text(e, "field1"), right: text(e, "field2") }).collect()
    } else {
        const PATH: &str = "fieldsToMatchString";
        let given = params.value(PATH)?.unwrap_or_else(|| "".into());
        let names = text::receiver(Some(&given), text::PARAMETER_CALL, "split").map_err(|error| error.parameter(PATH))?;
        names.split(',').map(|name| Pair { left: name.trim().to_owned(), right: name.trim().to_owned() }).collect()
    };
    for (at, pair) in given.iter().enumerate() {
        if pair.left.is_empty() && pair.right.is_empty() && given.len() == 1 {
            return Err(NodeError::new("You need to define at least one pair of fields in \"Fields to Match\" to match on"));
        }
        if pair.left.is_empty() || pair.right.is_empty() {
            let message = format!(
                "You need to define both fields in \"Fields to Match\" for pair {},\n\t\t\t\t field 1 = '{}'\n\t\t\t\t field 2 = '{}'",
                at + 1,
                pair.left,
                pair.right
            );
            return Err(NodeError::new(message));
        }
    }
    // n8n keeps them by the field of input 2: of two pairs with the same one the later counts.
    let by_right: IndexMap<String, String> = given.into_iter().map(|pair| (pair.right, pair.left)).collect();
    Ok(by_right.into_iter().map(|(right, left)| Pair { left, right }).collect())
}

struct Search {
    dots: bool,
    fuzzy: bool,
    /// Only the first match of an item counts.
    first: bool,
}

impl Search {
    fn run(&self, left: &[Item], right: &[Item], pairs: &[Pair]) -> Matches {
        let index = if self.fuzzy { None } else { Some(self.index(right, pairs)) };
        let (mut found, mut alone_left, mut hit) = (Vec::new(), Vec::new(), HashSet::new());
        for (at, item) in left.iter().enumerate() {
            let wanted: Option<Vec<&Value>> = pairs.iter().map(|pair| self.field(item, &pair.left)).collect();
            let mut matches = match (&wanted, &index) {
                (None, _) => Vec::new(),
                (Some(wanted), Some(index)) => index.get(&key(wanted)).cloned().unwrap_or_default(),
                (Some(wanted), None) => self.scan(right, pairs, wanted),
            };
            if self.first {
                matches.truncate(1);
            }
            if matches.is_empty() {
                alone_left.push(at);
            }
            hit.extend(matches.iter().copied());
            found.extend(matches.into_iter().map(|other| (at, other)));
        }
        let (matched_right, alone_right) = (0..right.len()).partition(|other| hit.contains(other));
        Matches { pairs: found, alone_left, matched_right, alone_right }
    }

    fn field<'a>(&self, item: &'a Item, name: &str) -> Option<&'a Value> {
        path::get_field(item.json()?, name, self.dots)
    }

    /// The items of input 2 by the values of their fields, so that a match costs the same however many there are.
    fn index(&self, right: &[Item], pairs: &[Pair]) -> HashMap<String, Vec<usize>> {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, item) in right.iter().enumerate() {
            let values: Option<Vec<&Value>> = pairs.iter().map(|pair| self.field(item, &pair.right)).collect();
            if let Some(values) = values {
                index.entry(key(&values)).or_default().push(at);
            }
        }
        index
    }

    fn scan(&self, right: &[Item], pairs: &[Pair], wanted: &[&Value]) -> Vec<usize> {
        let fits = |item: &Item| pairs.iter().zip(wanted).all(|(pair, value)| fuzzy::same(Some(value), self.field(item, &pair.right)));
        right.iter().enumerate().filter(|(_, item)| fits(item)).map(|(at, _)| at).collect()
    }
}

/// One text for values that are equal: numbers by value, keys of objects in order.
fn key(values: &[&Value]) -> String {
    values.iter().map(|value| canonical(value).to_string()).collect::<Vec<_>>().join("\u{1f}")
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().map_or_else(|| value.clone(), |n| json!(n + 0.0)),
        Value::Array(list) => list.iter().map(canonical).collect(),
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| compare::text_order(a, b));
            keys.into_iter().map(|key| (key.clone(), canonical(&map[key]))).collect()
        }
        other => other.clone(),
    }
}

/// What is put out of the matches.
struct Joined<'a> {
    left: &'a [Item],
    right: &'a [Item],
    matches: &'a Matches,
    clash: &'a Clash,
}

impl Joined<'_> {
    fn items(&self, join: &str, from: &str) -> Vec<Item> {
        let Matches { alone_left, alone_right, .. } = self.matches;
        match join {
            "keepNonMatches" => self.non_matches(from),
            "keepEverything" => {
                let others = self.alone(self.left, alone_left, 1).chain(self.alone(self.right, alone_right, 2));
                self.merged(false).into_iter().chain(others).collect()
            }
            "enrichInput1" => self.merged(false).into_iter().chain(self.alone(self.left, alone_left, 1)).collect(),
            "enrichInput2" => self.merged(true).into_iter().chain(self.alone(self.right, alone_right, 2)).collect(),
            _ => match from {
                "input1" => self.matched_left(),
                "input2" => self.matches.matched_right.iter().map(|at| self.right[*at].clone()).collect(),
                _ => self.merged(false),
            },
        }
    }

    fn matched_left(&self) -> Vec<Item> {
        let mut places: Vec<usize> = self.matches.pairs.iter().map(|(left, _)| *left).collect();
        places.dedup();
        places.into_iter().map(|at| self.left[at].clone()).collect()
    }

    fn non_matches(&self, from: &str) -> Vec<Item> {
        let side = |items: &[Item], places: &[usize], source: Option<&str>| {
            let mark = |at: &usize| match source {
                Some(source) => marked(&items[*at], source),
                None => items[*at].clone(),
            };
            places.iter().map(mark).collect::<Vec<_>>()
        };
        let Matches { alone_left, alone_right, .. } = self.matches;
        match from {
            "input1" => side(self.left, alone_left, None),
            "input2" => side(self.right, alone_right, None),
            _ => [side(self.left, alone_left, Some("input1")), side(self.right, alone_right, Some("input2"))].concat(),
        }
    }

    fn alone<'b>(&'b self, items: &'b [Item], places: &'b [usize], number: usize) -> impl Iterator<Item = Item> + 'b {
        let suffix = self.clash.is("addSuffix");
        places.iter().map(move |at| if suffix { with_suffix(&items[*at], number) } else { items[*at].clone() })
    }

    /// One item for each match. Input 2 wins, or input 1 where it is said so or where it enriches input 2; with any other word nothing is
    /// left of either.
    fn merged(&self, enrich_right: bool) -> Vec<Item> {
        let resolve = self.clash.resolve.as_deref().unwrap_or(if enrich_right { "preferInput1" } else { "preferLast" });
        let one = |(left, right): &(usize, usize)| {
            let (left, right) = (&self.left[*left], &self.right[*right]);
            let pairing = |first: &Item, second: &Item| origin(first).into_iter().chain(origin(second)).collect();
            match resolve {
                "addSuffix" => self.clash.merge(&[with_suffix(left, 1), with_suffix(right, 2)], pairing(left, right)),
                "preferInput1" => self.clash.merge([right, left], pairing(right, left)),
                "preferLast" => self.clash.merge([left, right], pairing(left, right)),
                _ => Item::empty().paired(PairedItem::none()),
            }
        };
        self.matches.pairs.iter().map(one).collect()
    }
}

fn marked(item: &Item, source: &str) -> Item {
    let mut item = item.clone();
    if let Value::Object(json) = item.json_mut() {
        json.insert("_source".into(), source.into());
    }
    item
}
