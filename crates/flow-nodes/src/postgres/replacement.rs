//! The author's own statements, with the values for their parameters.

use node_sdk::params::raw_at;
use node_sdk::{ItemParams, NodeError, PrepareContext, Resolvable, RunContext};
use serde_json::Value;

use super::asked::emptied;
use super::format::format;
use super::{Statement, failure};

/// Where the statement and the values for `$1`, `$2`, … come from.
#[derive(Clone)]
pub(super) struct Replacement {
    /// A statement with `{{ }}` in it that is not marked as an expression: the editor for SQL writes them so.
    query: Option<Resolvable>,
    /// The option's text, cut where commas stand between its parts.
    parts: Option<Vec<Resolvable>>,
}

impl Replacement {
    pub(super) fn prepare(cx: &PrepareContext<'_>) -> Self {
        let text = |path: &str| raw_at(cx.parameters, path).and_then(Value::as_str);
        let query = text("query").filter(|query| !query.starts_with('=') && query.contains("{{"));
        let parts = text("options.queryReplacement").and_then(|text| text.strip_prefix('=')).filter(|_| cx.node.type_version >= 2.5);
        let part = |part: &str| if part.contains("{{") { cx.parameters.make(format!("={part}")) } else { Resolvable::Literal(part.into()) };
        Self { query: query.map(|query| cx.parameters.make(format!("={query}"))), parts: parts.map(|text| cut(text).into_iter().map(part).collect()) }
    }

    /// The statement of each item.
    pub(super) async fn queries(&self, cx: &RunContext, count: usize) -> Result<Vec<Statement>, NodeError> {
        let this = self.clone();
        cx.params.read_each(count, move |params| this.statement(params)).await
    }

    fn statement(&self, params: &ItemParams<'_>) -> Result<Statement, NodeError> {
        let item = params.index();
        let query = match &self.query {
            Some(query) => node_sdk::json::to_js_string(&params.resolve(query, "query")?.value),
            None => params.string("query")?,
        };
        let replace = params.bool("options.replaceEmptyStrings", false)?;
        let values: Vec<Value> = self.values(params)?.into_iter().map(|value| emptied(value, replace)).collect();
        let as_text = params.bool("options.treatQueryParametersInSingleQuotesAsText", false)?;
        let text = format(&query, &values, as_text).map_err(|_| failure::in_quotes(item))?;
        Ok(Statement { item, text, shown: query, missing: None })
    }

    /// The values: a list is taken as it is, a text is cut at its commas.
    fn values(&self, params: &ItemParams<'_>) -> Result<Vec<Value>, NodeError> {
        const PATH: &str = "options.queryReplacement";
        if let Some(parts) = &self.parts {
            let mut values = Vec::new();
            for part in parts {
                match params.resolve(part, PATH)?.value {
                    Value::Array(list) if parts.len() == 1 => values.extend(list),
                    value => values.push(value),
                }
            }
            return Ok(values);
        }
        Ok(match params.value(PATH)? {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => list,
            Some(Value::String(text)) if text.is_empty() => Vec::new(),
            Some(Value::String(text)) => text.split(',').map(|part| part.trim().into()).collect(),
            Some(other) => vec![other],
        })
    }
}

/// The parts of a text between its commas, those within `{{ }}` left alone.
fn cut(text: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut inside) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '{' if text[at..].starts_with("{{") => inside = true,
            '}' if text[at..].starts_with("}}") => inside = false,
            ',' if !inside => {
                parts.push(text[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[begin..].trim());
    parts
}
