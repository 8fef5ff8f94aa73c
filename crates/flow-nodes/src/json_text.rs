//! Reading JSON that stands in a parameter.

use std::sync::LazyLock;

use node_sdk::json::{JsonError, JsonErrorKind};
use node_sdk::{ItemParams, NodeError, Resolvable, json};
use serde_json::{Map, Value};

/// Asks JavaScript why it does not take the text: its words become data.
static WHY: LazyLock<Resolvable> = LazyLock::new(|| {
    let text = "={{ (() => { try { JSON.parse($text); return '' } catch (e) { return e.message } })() }}";
    Resolvable::from(&Value::from(text))
});

/// The text as JSON; the error has the words of JavaScript's `JSON.parse`, or ours where JavaScript takes what we do not.
pub(crate) fn parse(text: &str, params: &ItemParams<'_>) -> Result<Value, NodeError> {
    json::parse_answer(text)
        .map_err(|error| too_deep(&error).unwrap_or_else(|| NodeError::new(words(text, params).unwrap_or_else(|| error.to_string()))))
}

/// The error of a text that is nested too deep: JavaScript takes it, so nothing else is wrong with it.
pub(crate) fn too_deep(error: &JsonError) -> Option<NodeError> {
    (error.kind == JsonErrorKind::TooDeep).then(json::too_deep)
}

/// JavaScript's words for a text that is no JSON; `None` where it takes the text.
pub(crate) fn words(text: &str, params: &ItemParams<'_>) -> Option<String> {
    let extra = Map::from_iter([("$text".to_owned(), Value::String(text.to_owned()))]);
    let why = params.resolve_with(&WHY, "", Some(&extra)).ok()?;
    why.value.as_str().filter(|words| !words.is_empty()).map(str::to_owned)
}
