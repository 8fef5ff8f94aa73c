//! Names: as people read them, and what was probably meant by one that does not exist.

use std::cmp::Reverse;

/// Shortest text that is looked for inside of names.
const SHORTEST_PART: usize = 3;
/// Shortest text that may be short for a name.
const SHORTEST_SHORT: usize = 5;

/// The candidates that are similar enough to be what was meant, best first. Case does not count.
///
/// Few typing errors (one in three characters) come first; then the names that begin with the word, then those that hold it, then those
/// that it may be short for.
///
/// ```
/// use node_sdk::names::similar;
/// assert_eq!(similar("creat contact", ["Create Contact", "Delete Contact"]), ["Create Contact"]);
/// assert_eq!(similar("Add New", ["Add New Agent", "List Agents", "Undo Add New", "Add New"]), ["Add New", "Add New Agent", "Undo Add New"]);
/// assert_eq!(similar("queryParams", ["queryParameters", "url"]), ["queryParameters"]);
/// assert!(similar("zebra", ["Create Contact"]).is_empty());
/// ```
pub fn similar<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let allowed = (length / 3).max(1);
    let rank = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let distance = strsim::damerau_levenshtein(&word, &candidate);
        let holds = length >= SHORTEST_PART && candidate.contains(&word);
        let order = (distance <= allowed, holds && candidate.starts_with(&word), holds, is_short_for(&word, &candidate));
        (order != (false, false, false, false)).then_some((Reverse(order), distance))
    };
    let mut near: Vec<_> = candidates.into_iter().filter_map(|candidate| Some((rank(candidate)?, candidate))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Whether the letters of the word, at least five, stand in the candidate in this order, from its first on, and are half of it or more.
fn is_short_for(word: &str, candidate: &str) -> bool {
    let length = word.chars().count();
    let mut letters = candidate.chars();
    length >= SHORTEST_SHORT
        && length * 2 >= candidate.chars().count()
        && word.chars().next() == candidate.chars().next()
        && word.chars().all(|letter| letters.any(|other| other == letter))
}

/// The best of [`similar`].
///
/// ```
/// use node_sdk::names::did_you_mean;
/// assert_eq!(did_you_mean("opne", ["closed", "open"]), Some("open"));
/// ```
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    similar(word, candidates).into_iter().next()
}

/// A name's words with capitals.
///
/// ```
/// use node_sdk::names::start_case;
/// assert_eq!(start_case("account_id"), "Account Id");
/// assert_eq!(start_case("workflowId"), "Workflow Id");
/// ```
pub fn start_case(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    let mut word_start = true;
    let mut lower_before = false;
    for c in name.chars() {
        if c == '_' || c == '-' || c == ' ' {
            word_start = true;
            continue;
        }
        if c.is_uppercase() && lower_before {
            word_start = true;
        }
        if word_start {
            if !title.is_empty() {
                title.push(' ');
            }
            title.extend(c.to_uppercase());
        } else {
            title.push(c);
        }
        word_start = false;
        lower_before = c.is_lowercase() || c.is_ascii_digit();
    }
    title
}
