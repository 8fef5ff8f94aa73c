//! Regular expressions of conditions: JavaScript's, so JavaScript runs them (its syntax to the letter, and its time limit).

use std::sync::LazyLock;

use node_sdk::{ItemParams, Kind, NodeError, Resolvable};
use serde_json::{Map, Value, json};

/// Gives null for a pattern that is not valid.
static TEST: LazyLock<Resolvable> = LazyLock::new(|| {
    let text = "={{ (() => { try { return new RegExp($pattern, $flags).test($text) } catch (e) { return null } })() }}";
    Resolvable::from(&json!(text))
});

/// Whether `text` matches `pattern`, plain or as `/pattern/flags`.
pub(super) fn matches(text: &str, pattern: &str, params: &ItemParams<'_>) -> Result<bool, NodeError> {
    test(text, pattern, params)?.ok_or_else(|| NodeError::new(""))
}

/// [`matches`]; `None` where the pattern is not valid.
pub(super) fn test(text: &str, pattern: &str, params: &ItemParams<'_>) -> Result<Option<bool>, NodeError> {
    let (pattern, flags) = split(pattern);
    let entry = |name: &str, text: &str| (name.to_owned(), Value::String(text.to_owned()));
    let extra = Map::from_iter([entry("$pattern", pattern), entry("$flags", flags), entry("$text", text)]);
    let result = params.resolve_with(&TEST, "", Some(&extra))?;
    Ok(if result.kind == Kind::Json { result.value.as_bool() } else { None })
}

/// `/pattern/flags` in its two parts.
fn split(text: &str) -> (&str, &str) {
    let parts = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    parts.filter(|(_, flags)| flags.chars().all(|c| "gimusy".contains(c))).unwrap_or((text, ""))
}
