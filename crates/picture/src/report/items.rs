//! A node's input and output, each as a table and as JSON.

use std::fmt::Write;

use engine::NodeRun;
use node_sdk::{Binary, Item, ItemList};
use serde_json::Value;

use super::{Shown, values};
use crate::markup;
use crate::numbers::counted;

/// A page with every item of a long run could not be opened; the JSON output has them all.
const ITEMS: usize = 50;
/// Of what came in, which the node before it shows as its output.
const INPUT_ITEMS: usize = 10;
/// Of what is shown as JSON too.
const JSON_ITEMS: usize = 10;
/// Columns of a table.
const COLUMNS: usize = 24;
/// Characters of the name of a column.
const COLUMN: usize = 60;

/// Items of one input or output.
struct List<'a> {
    label: String,
    items: &'a ItemList,
    count: usize,
    most: usize,
    open: bool,
}

/// Where the first of so many parts ends, of the room that is left up to `end`.
pub(super) fn first_of(parts: usize, text: &str, end: usize) -> usize {
    text.len() + end.saturating_sub(text.len()) / parts.max(1)
}

/// Writes what came in, as far as the page has room up to `end`.
pub(super) fn inputs(text: &mut String, run: &NodeRun, shown: &Shown<'_>, end: usize) {
    let nothing = ItemList::default();
    for (index, source) in run.source.iter().enumerate() {
        let Some(source) = source else { continue };
        let from = shown.result.nodes.get(&source.node).and_then(|runs| runs.get(source.run));
        let number = if run.source.len() > 1 { format!("Input {}", index + 1) } else { "Input".to_owned() };
        let label = format!("{number} from {}", markup::name(&source.node, COLUMN));
        let items = from.and_then(|run| run.outputs.get(source.output)).unwrap_or(&nothing);
        let count = from.and_then(|run| run.counts.get(source.output)).copied().unwrap_or(0);
        List { label, items, count, most: INPUT_ITEMS, open: false }.write(text, end);
    }
}

/// Writes what came out, as far as the page has room up to `end`.
pub(super) fn outputs(text: &mut String, run: &NodeRun, names: &[String], end: usize) {
    for (index, items) in run.outputs.iter().enumerate() {
        let name = names.get(index).filter(|name| !name.is_empty() && run.outputs.len() > 1);
        let label = match name {
            Some(name) => format!("Output <q>{}</q>", markup::name(name, COLUMN)),
            None if run.outputs.len() > 1 => format!("Output {index}"),
            None => "Output".to_owned(),
        };
        let count = run.counts.get(index).copied().unwrap_or_else(|| items.len().unwrap_or(0));
        let end = first_of(run.outputs.len() - index, text, end);
        List { label, items, count, most: ITEMS, open: count > 0 }.write(text, end);
    }
}

impl List<'_> {
    fn write(&self, text: &mut String, end: usize) {
        let Self { label, count, .. } = self;
        let open = if self.open { " open" } else { "" };
        let _ = writeln!(text, "<details class=\"list\"{open}><summary>{label} <span class=\"muted\">{}</span></summary>", counted(*count, "item"));
        let items: Vec<&Item> = self.items.iter().take(self.most).collect();
        if !items.is_empty() {
            let (shown, columns) = table(text, &items, end);
            values::left_out(text, &[(count.saturating_sub(shown), "item"), (columns, "column")]);
            let values: Vec<Value> = items.iter().take(JSON_ITEMS.min(shown)).map(|item| item.to_value()).collect();
            let which = if values.len() < *count { format!("JSON of the first {}", counted(values.len(), "item")) } else { "JSON".to_owned() };
            let _ = writeln!(text, "<details class=\"list\"><summary>{which}</summary>{}</details>", values::pretty(&Value::Array(values)));
        }
        text.push_str("</details>\n");
    }
}

/// Writes a table of the items, one at least; gives how many it shows, and how many columns it does not show.
fn table(text: &mut String, items: &[&Item], end: usize) -> (usize, usize) {
    let mut columns: Vec<&str> = Vec::new();
    for key in items.iter().filter_map(|item| item.object()).flat_map(|object| object.keys()) {
        if !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    let hidden = columns.len().saturating_sub(COLUMNS);
    columns.truncate(COLUMNS);
    let whole = columns.is_empty() || items.iter().any(|item| item.object().is_none());
    let files = items.iter().any(|item| item.binary.is_some());
    text.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Items\"><table>\n<tr><th>#</th>");
    for column in &columns {
        let _ = write!(text, "<th>{}</th>", markup::name(column, COLUMN));
    }
    text.push_str(if whole { "<th>(value)</th>" } else { "" });
    text.push_str(if files { "<th>(files)</th>" } else { "" });
    text.push_str("</tr>\n");
    let mut shown = 0;
    for item in items {
        if shown > 0 && text.len() > end {
            break;
        }
        row(text, shown, item, &columns, (whole, files));
        shown += 1;
    }
    text.push_str("</table></div>\n");
    (shown, hidden)
}

/// A row; `more` says whether there is a column for whole values, and one for files.
fn row(text: &mut String, index: usize, item: &Item, columns: &[&str], more: (bool, bool)) {
    let failed = if item.error.is_some() { " class=\"bad\"" } else { "" };
    let _ = write!(text, "<tr{failed}><td class=\"number\">{index}</td>");
    for column in columns {
        text.push_str(&values::cell(item.object().and_then(|object| object.get(*column))));
    }
    if more.0 {
        let value = item.json().filter(|value| !value.is_object() || columns.is_empty());
        text.push_str(&values::cell(value));
    }
    if more.1 {
        let files = item.binary.iter().flat_map(|files| files.iter());
        let files: Vec<String> = files.map(|(key, file)| named(key, file)).collect();
        let _ = write!(text, "<td>{}</td>", files.join("<br>"));
    }
    text.push_str("</tr>\n");
}

fn named(key: &str, file: &Binary) -> String {
    let size = file.file_size.as_deref().map(|size| format!(", {size}")).unwrap_or_default();
    let about = format!("{}{size}", file.mime_type);
    let name = file.file_name.as_deref().unwrap_or("file");
    let short = |text: &str| markup::name(text, COLUMN);
    format!("<span class=\"tag\">{}</span> {} <span class=\"muted\">{}</span>", short(key), short(name), short(&about))
}
