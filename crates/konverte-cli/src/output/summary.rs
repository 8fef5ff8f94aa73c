//! A run for people: each node with its items and time, the last items, how it ended.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::time::Duration;

use engine::{NodeRun, RunResult, Status};
use node_sdk::event::{Answered, PlannedRequest};
use node_sdk::json::stringify;
use node_sdk::size::size;
use node_sdk::{Item, Response, ResponseBody};
use picture::markup::shorten;
use picture::time::millis;
use serde_json::Value;

use crate::plain::plain;
use crate::screen::table::{Cell, Column, Table};
use crate::screen::words::fill;
use crate::screen::{Screen, Tone};

/// Items of the last node that are shown.
const ITEMS: usize = 5;
/// Lines that a value or an error takes at most.
const LINES: usize = 5;
/// What is said where that leaves text out.
const LEFT_OUT: &str = "Text is left out where … stands: `--output json` shows all of it.";
/// Characters of the response's body that are shown.
const RESPONSE: usize = 400;
/// Requests of a dry run that are shown.
const PLANNED: usize = 100;
/// Columns that a time takes: so wide that a table is the same however long its nodes took.
const TIME: usize = "0.00 ms".len();

/// The whole text.
pub(crate) fn text(name: &str, result: &RunResult, (plan, existing): (&[PlannedRequest], &BTreeMap<String, usize>), screen: Screen) -> String {
    let number = Column::number;
    let columns = [Column::text("node"), number("runs"), number("in"), number("out"), number("time").at_least(TIME), Column::text("note").if_any()];
    let mut table = Table::new(columns).at_most(LINES, LEFT_OUT);
    for (node, runs) in &result.nodes {
        table.row(row(node, runs));
    }
    let mut text = table.ruled(screen, &[]);
    if !plan.is_empty() {
        planned(&mut text, plan, screen);
    }
    let guessed = guessed(plan);
    last_items(&mut text, result, screen);
    let mut sentence = |said: &str| text += &format!("{}\n", fill(said, screen.text_width(), "  "));
    for line in guessed.into_iter().chain(existed(existing)).chain(unknown(result)) {
        sentence(&plain(&line));
    }
    if let Some(response) = &result.response {
        sentence(&plain(&answered(response)));
    }
    sentence(&ended(name, result, screen));
    text
}

/// How the end of a run is shown.
pub(crate) fn tone(status: Status) -> Tone {
    match status {
        Status::Success => Tone::Good,
        Status::Error => Tone::Bad,
        Status::Canceled | Status::Waiting => Tone::Look,
    }
}

/// How it ended.
fn ended(name: &str, result: &RunResult, screen: Screen) -> String {
    let took = Duration::from_millis(u64::try_from(result.finished_at - result.started_at).unwrap_or(0));
    let word = match result.status {
        Status::Success => "done",
        Status::Error => "failed",
        Status::Canceled => "stopped",
        Status::Waiting => "waiting",
    };
    let runs = result.order.len();
    format!(
        "{}: {} after {}, {runs} node run{}",
        plain(name),
        screen.paint(tone(result.status), word),
        millis(took),
        if runs == 1 { "" } else { "s" }
    )
}

/// How many requests may have been done although their answers were lost; nothing where there is none.
pub(crate) fn unknown(result: &RunResult) -> Option<String> {
    let count = result.unknown_outcomes();
    let requests = if count == 1 { "1 request".to_owned() } else { format!("{count} requests") };
    (count > 0).then(|| format!("outcome unknown: {requests} may have been done, and no answer says so. Look there before you send them again."))
}

/// How many records that were asked for as new ones were there before; nothing where there is none.
pub(crate) fn existed(existing: &BTreeMap<String, usize>) -> Option<String> {
    let nodes: Vec<String> = existing.iter().map(|(node, count)| format!("{count} of \"{node}\"")).collect();
    let count: usize = existing.values().sum();
    (count > 0).then(|| format!("{count} existed already: the answers show records that were there before ({})", nodes.join(", ")))
}

fn row(node: &str, runs: &[NodeRun]) -> Vec<Cell> {
    let took: Duration = runs.iter().map(|run| run.duration).sum();
    let items_in: usize = runs.iter().map(|run| run.items_in).sum();
    let out = runs.iter().map(|run| run.counts.len()).max().unwrap_or(0);
    let per_output = (0..out).map(|output| runs.iter().filter_map(|run| run.counts.get(output)).sum::<usize>().to_string());
    let note = match runs.iter().find_map(|run| run.error.as_ref()) {
        Some(error) => Cell::toned(&error.message, Tone::Bad),
        None if runs.iter().any(|run| run.pinned) => Cell::from("pinned"),
        None => Cell::from(""),
    };
    let per_output = per_output.collect::<Vec<_>>().join(" / ");
    [node, &runs.len().to_string(), &items_in.to_string(), &per_output, &millis(took)].map(Cell::from).into_iter().chain([note]).collect()
}

fn planned(text: &mut String, plan: &[PlannedRequest], screen: Screen) {
    let columns = [Column::text("node"), Column::number("item"), Column::data("request"), Column::data("body"), Column::text("answered")];
    let mut table = Table::new(columns).at_most(LINES, LEFT_OUT);
    let (sent, held): (Vec<_>, Vec<_>) = plan.iter().partition(|request| request.answered == Answered::Server);
    let origin = shared_origin(plan);
    // What would have changed something is not to be lost behind many reads.
    for request in held.iter().chain(&sent).take(PLANNED) {
        let body = if request.body.is_null() { String::new() } else { stringify(&request.body) };
        let item = request.item.map(|item| item.to_string()).unwrap_or_default();
        table.row(
            [
                &*request.node,
                &item,
                &format!("{} {}", request.method, request.url.strip_prefix(origin).unwrap_or(&request.url)),
                &body,
                request.answered.as_str(),
            ]
            .map(Cell::from),
        );
    }
    let read = if sent.is_empty() { String::new() } else { format!(", and what was read: {}", sent.len()) };
    let more = if plan.len() > PLANNED { format!(" (the first {PLANNED} are shown)") } else { String::new() };
    let said = format!("What would have been done: {}{read}{more}", held.len());
    let at = if origin.is_empty() { String::new() } else { format!("\nAll at {}", plain(origin)) };
    let _ = writeln!(text, "{said}{at}\n{}", table.ruled(screen, &[]).trim_end());
}

/// Where all requests go, as `https://desk.example`, which each would say again; nothing where they differ, or where there is one request alone.
fn shared_origin(plan: &[PlannedRequest]) -> &str {
    fn origin(url: &str) -> &str {
        let host = url.find("://").map(|at| at + "://".len());
        host.map_or("", |host| url[host..].find(['/', '?', '#']).map_or(url, |end| &url[..host + end]))
    }
    let first = plan.first().map_or("", |request| origin(&request.url));
    let shared = plan.len() > 1 && plan.iter().all(|request| origin(&request.url) == first && request.url.len() > first.len());
    if shared { first } else { "" }
}

/// What a dry run that reads cannot know of its writes; nothing where there is no such write.
fn guessed(plan: &[PlannedRequest]) -> Option<String> {
    let has = |answered: Answered| plan.iter().any(|request| request.answered == answered);
    let said = "The emulator answered the writes from what this run has read. What was not read, such as an address that is taken already, only a real run shows.";
    (has(Answered::Server) && has(Answered::Emulator)).then(|| said.to_owned())
}

/// What whoever called the workflow would get.
fn answered(response: &Response) -> String {
    let kind = response.headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| format!(", {kind}")).unwrap_or_default();
    let body = match &response.body {
        ResponseBody::Empty => "no body".to_owned(),
        ResponseBody::Json(value) => stringify(value),
        ResponseBody::Text(text) => text.replace(char::is_control, " "),
        ResponseBody::Bytes(content) => size(content.len() as u64),
    };
    let address = response.headers.iter().find(|(name, _)| name == "location").map(|(_, address)| format!(" to {address}")).unwrap_or_default();
    format!("Response: {}{address}{kind}: {}", response.status, shorten(&body, RESPONSE))
}

/// The first items of the node that ran last.
fn last_items(text: &mut String, result: &RunResult, screen: Screen) {
    let Some(name) = result.order.last() else { return };
    let Some(run) = result.nodes.get(name).and_then(|runs| runs.last()) else { return };
    let items: Vec<&Item> = run.outputs.iter().flat_map(|items| items.iter()).collect();
    if items.is_empty() {
        return;
    }
    let shown = &items[..items.len().min(ITEMS)];
    let mut keys: Vec<&str> = Vec::new();
    let mut known = HashSet::new();
    keys.extend(shown.iter().filter_map(|item| item.object()).flat_map(|object| object.keys()).map(String::as_str).filter(|key| known.insert(*key)));
    // What is surely too much is named alone.
    let hidden = keys.split_off(keys.len().min(screen.width() / 3));
    let table = if keys.is_empty() { Table::new([Column::text("json")]) } else { Table::new(keys.iter().map(|key| column(key, shown))) };
    let mut table = table.at_most(LINES, LEFT_OUT);
    for item in shown {
        table.row(match (item.object(), keys.is_empty()) {
            (Some(object), false) => keys.iter().map(|key| cell(object.get(*key))).collect(),
            _ => vec![cell(item.json())],
        });
    }
    let more = if items.len() > ITEMS { format!(" (the first {ITEMS} of {})", items.len()) } else { String::new() };
    let _ = writeln!(text, "{}", fill(&plain(&format!("Items of \"{name}\"{more}")), screen.text_width(), "  "));
    *text += &table.ruled(screen, &hidden);
}

/// A column of numbers is one where no item has anything else.
fn column(key: &str, items: &[&Item]) -> Column {
    let values: Vec<&Value> = items.iter().filter_map(|item| item.object()?.get(key)).collect();
    if !values.is_empty() && values.iter().all(|value| value.is_number()) {
        Column::number(key)
    } else if values.iter().any(|value| value.is_object() || value.is_array()) {
        Column::data(key)
    } else {
        Column::text(key)
    }
}

fn cell(value: Option<&Value>) -> Cell {
    let text = match value {
        None => return Cell::from(""),
        Some(Value::String(text)) => text.clone(),
        Some(other) => stringify(other),
    };
    Cell::from(text.replace(char::is_control, " "))
}
