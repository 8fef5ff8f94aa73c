//! Edit Fields (Set) 3: writes fields, one by one or as JSON, into an empty item or one that keeps other fields.

mod assign;
mod include;
mod raw;
mod repair;

use std::sync::Arc;

use node_sdk::error::codes::PARAMETER;
use node_sdk::{Item, ItemParams, Needs, NodeError, Output, PrepareContext, Prepared, RunContext, RunItem};
use serde_json::{Map, Value};

use crate::path;
use crate::row::Row;
use crate::setting::Setting;
use assign::Assignments;
use include::Include;
use raw::Json;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Edit Fields (Set)",
    summary: "Adds, changes and removes fields of items.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.set", Needs::Item, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    let raw_mode = cx.parameters.get("mode").is_some_and(|mode| mode == "raw");
    Ok(Prepared::Item(Arc::new(Ready {
        fields: if raw_mode { Fields::Json(Json::new(cx)) } else { Fields::Each(Assignments::new(cx)) },
        include: Include::new(cx),
        dots: Setting::at(cx, "options.dotNotation"),
        copied: Setting::at(cx, "duplicateItem"),
        copies: Setting::at(cx, "duplicateCount"),
    })))
}

struct Ready {
    fields: Fields,
    include: Include,
    dots: Setting,
    /// Whether there are more items to try the workflow out with,
    copied: Setting,
    /// and how many more of each.
    copies: Setting,
}

enum Fields {
    Each(Assignments),
    Json(Json),
}

impl RunItem for Ready {
    fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let dots = self.dots.bool(params, true)?;
        let fields = match &self.fields {
            Fields::Each(assignments) => assignments.resolve(params)?,
            Fields::Json(json) => json.resolve(params)?,
        };
        let mut item = self.include.begin(params, item, dots, fields.len())?;
        if let Value::Object(json) = item.json_mut() {
            write(json, fields, dots).map_err(|error| error.parameter(self.fields.parameter()).item(index))?;
        }
        let item = item.paired(index);
        let copies = self.copies(cx, params)?;
        std::iter::repeat_n(item, 1 + copies).for_each(|item| out.push(item));
        Ok(())
    }
}

fn write(json: &mut Map<String, Value>, fields: Map<String, Value>, dots: bool) -> Result<(), NodeError> {
    for (name, value) in fields {
        let name = key(json, &name, dots).to_owned();
        path::set_field(json, &name, value, dots)?;
    }
    Ok(())
}

/// The name as a key: with dots turned off, n8n takes `["a.b"]` for the key `a.b`, unless that is what the key itself looks like.
fn key<'a>(json: &Map<String, Value>, name: &'a str, dots: bool) -> &'a str {
    let quoted = ["'", "\""].into_iter().find_map(|quote| name.strip_prefix('[')?.strip_prefix(quote)?.strip_suffix(']')?.strip_suffix(quote));
    match quoted {
        Some(inner) if !dots && !json.contains_key(name) => inner,
        _ => name,
    }
}

impl Fields {
    fn parameter(&self) -> &'static str {
        match self {
            Self::Each(_) => "assignments",
            Self::Json(_) => "jsonOutput",
        }
    }
}

/// Copies of all items together; n8n states no limit, but a number in a file must not take the host's memory.
const MAX_COPIES: f64 = 1e6;

impl Ready {
    /// Copies are made in a run by hand only, for all items as the first one says.
    fn copies(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<usize, NodeError> {
        let first = params.of_item(0);
        if cx.execution.mode != "test" || !self.copied.bool(&first, false)? {
            return Ok(0);
        }
        let count = self.copies.value(&first)?.and_then(|count| count.as_f64()).unwrap_or(0.0).max(0.0);
        let items = cx.count.unwrap_or(0).max(1) as f64;
        if count * items > MAX_COPIES {
            let message = format!("{count} copies of each of {items} items are too many: {MAX_COPIES} are possible in all");
            return Err(NodeError::coded(PARAMETER, message).parameter("duplicateCount").help("Write a smaller number."));
        }
        Ok(count as usize)
    }
}

#[cfg(test)]
mod tests;
