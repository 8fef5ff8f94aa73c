//! A run for people: each node with its items and time, the last items, how it ended.

use std::fmt::Write;
use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Row, Table, TableStyle};
use engine::{NodeRun, RunResult, Status};
use node_sdk::event::PlannedRequest;
use node_sdk::json::stringify;
use node_sdk::{Item, Response, ResponseBody};
use picture::markup::shorten;
use picture::time::millis;
use serde_json::Value;

use crate::plain::plain;

/// Items and columns of the last node that are shown.
const ITEMS: usize = 5;
const COLUMNS: usize = 6;
/// Characters of the response's body that are shown.
const RESPONSE: usize = 400;

/// The whole text.
pub(crate) fn text(name: &str, result: &RunResult, plan: &[PlannedRequest]) -> String {
    let mut text = String::new();
    let mut table = table(["node", "runs", "in", "out", "time", ""]);
    for (node, runs) in &result.nodes {
        table.add_row(row(node, runs));
    }
    for column in 1..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(text, "{table}");
    if !plan.is_empty() {
        planned(&mut text, plan);
    }
    last_items(&mut text, result);
    if let Some(unknown) = unknown(result) {
        let _ = writeln!(text, "{unknown}");
    }
    if let Some(response) = &result.response {
        answered(&mut text, response);
    }
    let took = Duration::from_millis(u64::try_from(result.finished_at - result.started_at).unwrap_or(0));
    let word = match result.status {
        Status::Success => "done",
        Status::Error => "failed",
        Status::Canceled => "stopped",
        Status::Waiting => "waiting",
    };
    let runs = result.order.len();
    let _ = writeln!(text, "{name}: {word} after {}, {runs} node run{}", millis(took), if runs == 1 { "" } else { "s" });
    plain(&text).into_owned()
}

/// How many requests may have been done although their answers were lost; nothing where there is none.
pub(crate) fn unknown(result: &RunResult) -> Option<String> {
    let count = result.unknown_outcomes();
    let requests = if count == 1 { "1 request".to_owned() } else { format!("{count} requests") };
    (count > 0).then(|| format!("outcome unknown: {requests} may have been done, and no answer says so. Look there before you send them again."))
}

/// A table with lines above, below and between header and rows.
fn table(header: impl Into<Row>) -> Table {
    const LINE: LineStyle = LineStyle::none().fill('─').junction('─');
    const STYLE: TableStyle = TableStyle::new().top_border(LINE).header_separator(LINE).bottom_border(LINE);
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    table
}

fn row(node: &str, runs: &[NodeRun]) -> Vec<String> {
    let took: Duration = runs.iter().map(|run| run.duration).sum();
    let items_in: usize = runs.iter().map(|run| run.items_in).sum();
    let out = runs.iter().map(|run| run.counts.len()).max().unwrap_or(0);
    let per_output = (0..out).map(|output| runs.iter().filter_map(|run| run.counts.get(output)).sum::<usize>().to_string());
    let note = match runs.iter().find_map(|run| run.error.as_ref()) {
        Some(error) => shorten(&error.message, 60).into_owned(),
        None if runs.iter().any(|run| run.pinned) => "pinned".to_owned(),
        None => String::new(),
    };
    vec![node.to_owned(), runs.len().to_string(), items_in.to_string(), per_output.collect::<Vec<_>>().join(" / "), millis(took), note]
}

fn planned(text: &mut String, plan: &[PlannedRequest]) {
    let mut table = table(["node", "item", "request", "body", "answered"]);
    for request in plan.iter().take(100) {
        let body = if request.body.is_null() { String::new() } else { shorten(&stringify(&request.body), 80).into_owned() };
        let answered = request.answered.as_str();
        let item = request.item.map(|item| item.to_string()).unwrap_or_default();
        table.add_row([request.node.clone(), item, format!("{} {}", request.method, request.url), body, answered.to_owned()]);
    }
    let _ = writeln!(text, "What would have been done: {}\n{table}", plan.len());
}

/// What whoever called the workflow would get.
fn answered(text: &mut String, response: &Response) {
    let kind = response.headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| format!(", {kind}")).unwrap_or_default();
    let body = match &response.body {
        ResponseBody::Empty => "no body".to_owned(),
        ResponseBody::Json(value) => stringify(value),
        ResponseBody::Text(text) => text.replace(char::is_control, " "),
        ResponseBody::Bytes(content) => format!("{} bytes", content.len()),
    };
    let address = response.headers.iter().find(|(name, _)| name == "location").map(|(_, address)| format!(" to {address}")).unwrap_or_default();
    let _ = writeln!(text, "Response: {}{address}{kind}: {}", response.status, shorten(&body, RESPONSE));
}

/// The first items of the node that ran last.
fn last_items(text: &mut String, result: &RunResult) {
    let Some(name) = result.order.last() else { return };
    let Some(run) = result.nodes.get(name).and_then(|runs| runs.last()) else { return };
    let items: Vec<&Item> = run.outputs.iter().flat_map(|items| items.iter()).collect();
    if items.is_empty() {
        return;
    }
    let mut columns: Vec<&str> = Vec::new();
    for key in items.iter().take(ITEMS).filter_map(|item| item.object()).flat_map(|object| object.keys()) {
        if columns.len() < COLUMNS && !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    let mut table = table(if columns.is_empty() { vec!["json"] } else { columns.clone() });
    for item in items.iter().take(ITEMS) {
        let cells: Vec<String> = match (item.object(), columns.is_empty()) {
            (Some(object), false) => columns.iter().map(|key| cell(object.get(*key))).collect(),
            _ => vec![cell(item.json())],
        };
        table.add_row(cells);
    }
    let more = if items.len() > ITEMS { format!(" (the first {ITEMS} of {})", items.len()) } else { String::new() };
    let _ = writeln!(text, "Items of \"{name}\"{more}\n{table}");
}

fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => stringify(other),
    };
    shorten(&text.replace(char::is_control, " "), 60).into_owned()
}
