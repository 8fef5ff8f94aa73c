//! A node's input and output, each as a table and as JSON.

use std::fmt::Write;

use engine::{NodeRun, RunResult};
use node_sdk::json::{stringify, stringify_pretty};
use node_sdk::{Item, ItemList};
use serde_json::Value;

use crate::markup::{escape, shorten};

/// A page with every item of a long run could not be opened; the JSON output has them all.
const ITEMS_SHOWN: usize = 50;
/// Runs of one node that are shown.
pub(super) const RUNS_SHOWN: usize = 20;
/// Columns of a table.
const COLUMNS: usize = 24;
/// Characters of a cell.
const CELL: usize = 300;

pub(super) fn inputs(text: &mut String, run: &NodeRun, result: &RunResult) {
    for (index, source) in run.source.iter().enumerate() {
        let Some(source) = source else { continue };
        let items = result.nodes.get(&source.node).and_then(|runs| runs.get(source.run)).and_then(|run| run.outputs.get(source.output));
        let label =
            if run.source.len() > 1 { format!("Input {} from \"{}\"", index + 1, source.node) } else { format!("Input from \"{}\"", source.node) };
        list(text, &label, items.unwrap_or(&ItemList::default()), false);
    }
}

pub(super) fn outputs(text: &mut String, run: &NodeRun) {
    for (index, items) in run.outputs.iter().enumerate() {
        let label = if run.outputs.len() > 1 { format!("Output {}", index + 1) } else { "Output".to_owned() };
        list(text, &label, items, true);
    }
}

fn list(text: &mut String, label: &str, items: &ItemList, open: bool) {
    let count = items.len().unwrap_or(0);
    let open = if open && !items.is_empty() { " open" } else { "" };
    let _ = writeln!(text, "<details{open}><summary>{}: {} {}</summary>", escape(label), count, if count == 1 { "item" } else { "items" });
    let shown: Vec<&Item> = items.iter().take(ITEMS_SHOWN).collect();
    if !shown.is_empty() {
        table(text, &shown);
        let values: Vec<Value> = shown.iter().map(|item| item.to_value()).collect();
        let json = stringify_pretty(&Value::Array(values));
        let _ = writeln!(text, "<details><summary>JSON</summary><pre>{}</pre></details>", escape(&json));
    }
    if count > shown.len() {
        let _ = writeln!(text, "<p class=\"muted\">and {} more items</p>", count - shown.len());
    }
    text.push_str("</details>\n");
}

fn table(text: &mut String, items: &[&Item]) {
    let mut columns: Vec<&str> = Vec::new();
    for key in items.iter().filter_map(|item| item.object()).flat_map(|object| object.keys()) {
        if columns.len() < COLUMNS && !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    let whole = items.iter().any(|item| item.object().is_none());
    let binary = items.iter().any(|item| item.binary.is_some());
    text.push_str("<div class=\"scroll\"><table><tr><th>#</th>");
    for column in &columns {
        let _ = write!(text, "<th>{}</th>", escape(&shorten(column, 60)));
    }
    text.push_str(if whole { "<th>(value)</th>" } else { "" });
    text.push_str(if binary { "<th>(files)</th>" } else { "" });
    text.push_str("</tr>\n");
    for (index, item) in items.iter().enumerate() {
        let _ = write!(text, "<tr><td>{index}</td>");
        for column in &columns {
            let value = item.object().and_then(|object| object.get(*column));
            let _ = write!(text, "<td>{}</td>", cell(value));
        }
        if whole {
            let value = if item.object().is_some() { None } else { item.json() };
            let _ = write!(text, "<td>{}</td>", cell(value));
        }
        if binary {
            let files = item.binary.iter().flat_map(|files| files.iter());
            let names: Vec<String> =
                files.map(|(key, file)| format!("{key}: {} ({})", file.file_name.as_deref().unwrap_or("file"), file.mime_type)).collect();
            let _ = write!(text, "<td>{}</td>", escape(&names.join(", ")));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</table></div>\n");
}

fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => stringify(other),
    };
    escape(&shorten(&text, CELL)).into_owned()
}
