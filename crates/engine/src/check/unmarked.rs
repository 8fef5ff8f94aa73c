//! Text that is meant to be an expression and is none: `{{ }}` without the leading `=`, or a leading `=` without `{{ }}`.

use std::sync::LazyLock;

use node_sdk::node::Level;
use regex::Regex;
use serde_json::Value;
use workflow::Diagnostic;

use super::{Found, Subject};
use crate::codes;

/// A block that names what only expressions have; braces alone are those of other programs' templates.
static BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\{[^{}]*?(\$[a-zA-Z(]|\bDateTime\.|\bMath\.|\bJSON\.|\bnew Date\b)[^{}]*\}\}").ok());
/// `={ $json.x }` and `=$json.x`.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = "json|node|input|items?|now|today|binary|vars|env|workflow|execution|parameter|prevNode|itemIndex|runIndex|position|secrets|jmespath|if|min|max";
    Regex::new(&format!(r"^=\s*\{{?\s*\$(?:\(|(?:{names})\b)")).ok()
});

pub(super) fn check(subject: &Subject<'_>) -> Vec<Found> {
    let Some((_, group)) = subject.found.filter(|_| !subject.node.is_note()) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in subject.node.parameters.iter() {
        // What is not shown is not read; of text that is never an expression braces are part.
        let is_text = group.property(name).is_none_or(|property| property.no_data_expression);
        if subject.parameters.contains_key(name) && !is_text {
            texts(value, name, &mut |text, path| found.extend(say(subject, text, path)));
        }
    }
    found
}

fn texts(value: &Value, path: &str, take: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => take(text, path),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| texts(value, &format!("{path}.{index}"), take)),
        Value::Object(map) => map.iter().for_each(|(key, value)| texts(value, &format!("{path}.{key}"), take)),
        _ => {}
    }
}

/// Whether a block stands there that no `=` in quotes goes before: a workflow in JSON text has expressions of its own.
fn holds_block(text: &str) -> bool {
    let is_bare = |at: usize| !text[..at].rsplit('"').next().is_some_and(|quoted| quoted.starts_with('='));
    BLOCK.as_ref().is_some_and(|block| block.find_iter(text).any(|found| is_bare(found.start())))
}

fn say(subject: &Subject<'_>, text: &str, path: &str) -> Option<Found> {
    let (why, meant) = match text.strip_prefix('=') {
        None if text.contains("{{") && holds_block(text) => ("has {{ }} but no = before it, so it is text as it stands", format!("={text}")),
        Some(rest) if !text.contains("{{") && BARE.as_ref().is_some_and(|bare| bare.is_match(text)) => {
            let inner = rest.trim();
            let inner = inner.strip_prefix('{').map_or(inner, |inner| inner.strip_suffix('}').unwrap_or(inner)).trim();
            ("begins with = but has no {{ }}, so it is text as it stands", format!("={{{{ {inner} }}}}"))
        }
        _ => return None,
    };
    let node = &subject.node.name;
    let shown: String = meant.chars().take(80).collect();
    let more = if shown.len() < meant.len() { "…" } else { "" };
    let message = format!("\"{node}\": parameter {path} {why}");
    let diagnostic = Diagnostic::new(codes::NO_EXPRESSION, Level::Warning, message).at(subject.workflow, node, Some(path));
    Some(Found::reported(diagnostic.help(format!("Did you mean \"{shown}{more}\"?"))))
}
