//! Parameters that hold no expression (`noDataExpression`): a leading `=` is text.

use node_sdk::ItemParams;
use node_sdk::json::truthy;
use serde_json::Value;

/// Whether it is true, as a text with a leading `=` is; `default` where it is absent.
pub(super) fn literal(params: &ItemParams<'_>, path: &str, default: bool) -> bool {
    params.raw(path).map_or(default, truthy)
}

/// Its text.
pub(super) fn raw_text<'a>(params: &'a ItemParams<'_>, path: &str) -> Option<&'a str> {
    params.raw(path).and_then(Value::as_str)
}
