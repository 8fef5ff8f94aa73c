//! What n8n's node sends for fields that nobody set, and what that does: a sample of the service's document becomes a value, a change
//! reaches fields that it was not meant for. Read off the rows, whichever action it is; what lies in one action alone is in `traps`.
//!
//! A field at its default counts as not set: n8n's editor leaves it out of the file.

use node_sdk::action::{Api, Literal, Method, Param, ParamType, Place};
use node_sdk::json::{parse_answer, stringify};
use node_sdk::node::Finding;
use serde_json::{Value, json};

use crate::codes;
use crate::place::{Mode, Seen};

/// Findings about fields that n8n fills in, but for those that `known` speaks of.
pub(crate) fn found(seen: &Seen<'_>, known: &[Finding]) -> Vec<Finding> {
    if seen.mode == Mode::Native {
        return Vec::new();
    }
    let is_known = |param: &&Param| known.iter().any(|finding| finding.parameter.as_deref() == Some(param.key()));
    let fields = || seen.action.params.iter().filter(|param| param.place != Place::Path && !is_known(param) && !seen.action.is_double(param));
    let mut findings: Vec<Finding> = fields().filter_map(|param| sample(seen, param)).collect();
    findings.extend(fields().filter_map(|param| no_id(seen, param)));
    if is_change(seen) {
        findings.extend(overwritten(seen, fields()));
    }
    findings
}

fn sample(seen: &Seen<'_>, param: &Param) -> Option<Finding> {
    let key = param.key();
    let Literal::Text(default) = &param.default else { return None };
    let sample = match param.kind {
        ParamType::String => json!(default),
        ParamType::Json if param.parsed => parse_answer(default).ok()?,
        _ => return None,
    };
    let sent = if param.kind == ParamType::Json { seen.json(key)? } else { seen.literal(key)? };
    if sent != sample || sample == "" || sample == json!({}) {
        return None;
    }
    let what = if sample == json!([null]) { "a list with an empty entry" } else { "the sample of the service's document" };
    let message = format!("\"{key}\" is not set, and n8n sends {what}: {}", shown(&sample));
    let help =
        if param.kind == ParamType::Json { "Set it, or give an expression that yields undefined." } else { "Set it, to the empty text at least." };
    Some(seen.warn(&codes::SAMPLE, key, message, help))
}

/// No record has the number 0.
fn no_id(seen: &Seen<'_>, param: &Param) -> Option<Finding> {
    let is_number = matches!(param.kind, ParamType::Integer | ParamType::Number);
    if !(param.required && is_number && seen.literal(param.key())? == 0) {
        return None;
    }
    let message = format!("\"{}\" is required and is not set: n8n sends 0", param.key());
    Some(seen.warn(&codes::MISSING, param.key(), message, &*param.summary))
}

/// Whether the action changes a record. Visitors cannot take anything away with an empty text.
fn is_change(seen: &Seen<'_>) -> bool {
    matches!(seen.action.method, Method::Put | Method::Patch) && seen.action.api != Api::Public
}

fn overwritten<'p>(seen: &Seen<'_>, fields: impl Iterator<Item = &'p Param>) -> Option<Finding> {
    let is_unset = |param: &&Param| seen.literal(param.key()).is_some_and(|value| Some(value) == param.default.to_value());
    // What is required was chosen. An empty address of a picture changes none, and an id says which record is meant.
    let is_value = |param: &&Param| !param.required && !param.name.ends_with("_id") && !param.name.starts_with("avatar");
    let sent = |param: &'p Param| match (param.kind, &param.default) {
        (ParamType::Json, _) => None,
        (ParamType::String, Literal::Text(sample)) if !sample.is_empty() => None,
        (_, default) => Some((param.key(), default.to_value()?)),
    };
    let sent: Vec<_> = fields.filter(is_unset).filter(is_value).filter_map(sent).collect();
    let (first, _) = sent.first()?;
    let list: Vec<String> = sent.iter().map(|(key, value)| format!("{key} {}", shown(value))).collect();
    let message = format!(
        "n8n also sends fields at their defaults, and the server puts them in place of what the record has, or refuses a blank one: {}",
        list.join(", ")
    );
    let help = "Give what should stay as it is the expression ={{ undefined }}, or use the node type konverte, which sends what was set.";
    Some(seen.warn(&codes::OVERWRITTEN, first, message, help))
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = stringify(value);
    if text.chars().count() > LONGEST { format!("{}…", text.chars().take(LONGEST).collect::<String>()) } else { text }
}
