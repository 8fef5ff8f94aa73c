//! A card for each node that ran, with its runs; what did not run is named.

use std::fmt::Write;
use std::time::Duration;

use engine::NodeRun;

use super::{NAME, Shown, items, problem, values};
use crate::graph::Outcome;
use crate::markup;
use crate::numbers::{counted, grouped};
use crate::time::millis;

/// Runs of one node that are shown; of the others those that failed, as many again.
const RUNS: usize = 20;
/// Bytes that the items of all cards may take, and those of one.
const PAGE: usize = 1_200_000;
const CARD: (usize, usize) = (8_000, 200_000);
/// Nodes without a run that are named.
const NOT_RUN: usize = 100;

pub(super) fn write(text: &mut String, shown: &Shown<'_>) {
    text.push_str("<section>\n<h2>Nodes</h2>\n");
    let share = (PAGE / shown.result.nodes.len().max(1)).clamp(CARD.0, CARD.1);
    for (name, runs) in &shown.result.nodes {
        card(text, name, runs, shown, share);
    }
    let not_run = shown.picture.nodes.iter().filter(|node| node.outcome == Outcome::NotRun);
    let not_run: Vec<&str> = not_run.map(|node| node.name.as_str()).collect();
    if !not_run.is_empty() {
        let names: Vec<_> = not_run.iter().take(NOT_RUN).map(|name| format!("<li>{}</li>", markup::name(name, NAME))).collect();
        let more = not_run.len().saturating_sub(NOT_RUN);
        let more = if more > 0 { format!("<li>{}</li>", counted(more, "more node")) } else { String::new() };
        let _ = writeln!(text, "<div class=\"idle\"><h3>Did not run</h3><ul>{}{more}</ul></div>", names.concat());
    }
    text.push_str("</section>\n");
}

fn card(text: &mut String, name: &str, runs: &[NodeRun], shown: &Shown<'_>, share: usize) {
    let failed = runs.iter().any(|run| run.error.is_some());
    let (class, sign) = if failed { ("failed", "!") } else { ("ran", "✓") };
    // What failed, else what came out at the end.
    let last = shown.result.order.last().is_some_and(|last| **last == *name) && shown.result.error.is_none();
    let open = if failed || last { " open" } else { "" };
    let index = shown.index.get(name).copied();
    let node = index.map(|index| &shown.picture.nodes[index]);
    let (items_in, items_out) = runs.iter().fold((0, 0), |(i, o), run| (i + run.items_in, o + run.items_out()));
    let took = millis(runs.iter().map(|run| run.duration).sum::<Duration>());
    let _ = write!(text, "<details class=\"card {class}\"{open}><summary><span class=\"mark\" aria-hidden=\"true\">{sign}</span>");
    let _ = write!(text, "<h3>{}</h3>", markup::name(name, NAME));
    if runs.iter().any(|run| run.pinned) {
        text.push_str("<span class=\"tag\">pinned</span>");
    }
    let _ = write!(text, "<span class=\"muted\">{}</span>", markup::name(node.map(|node| node.subtitle.as_str()).unwrap_or_default(), 60));
    let failed = if failed { "<strong class=\"error\">failed</strong> " } else { "" };
    let runs_word = if runs.len() == 1 { String::new() } else { format!("{}, ", counted(runs.len(), "run")) };
    let _ = writeln!(
        text,
        "<span class=\"sum\">{failed}{runs_word}{} in, {} out, {took}</span></summary>",
        counted(items_in, "item"),
        grouped(items_out)
    );
    let anchor = index.map(|index| format!(" id=\"n{index}\"")).unwrap_or_default();
    let _ = writeln!(text, "<div class=\"runs\"{anchor}>");
    let names = node.map(|node| node.output_names.as_slice()).unwrap_or_default();
    let end = text.len() + share;
    let picked = picked(runs);
    for (place, &index) in picked.iter().enumerate() {
        let end = items::first_of(picked.len() - place, text, end);
        run(text, (index, runs), shown, names, end);
    }
    values::left_out(text, &[(runs.len() - picked.len(), "run")]);
    text.push_str("</div>\n</details>\n");
}

/// The runs that are shown: the first, and of the others those that failed.
fn picked(runs: &[NodeRun]) -> Vec<usize> {
    let failed = runs.iter().enumerate().skip(RUNS).filter(|(_, run)| run.error.is_some()).map(|(index, _)| index).take(RUNS);
    (0..runs.len().min(RUNS)).chain(failed).collect()
}

fn run(text: &mut String, (index, runs): (usize, &[NodeRun]), shown: &Shown<'_>, names: &[String], end: usize) {
    let run = &runs[index];
    let several = runs.len() > 1;
    if several {
        let open = if index == 0 || run.error.is_some() { " open" } else { "" };
        let failed = if run.error.is_some() { "<strong class=\"error\">failed</strong> " } else { "" };
        let counts = format!("{} in, {} out", counted(run.items_in, "item"), grouped(run.items_out()));
        let _ = writeln!(
            text,
            "<details class=\"run\"{open}><summary>Run {} <span class=\"muted\">{failed}{counts}, {}</span></summary>",
            index + 1,
            millis(run.duration)
        );
    }
    if let Some(error) = &run.error {
        problem::write(text, error, None);
    }
    items::inputs(text, run, shown, items::first_of(4, text, end));
    items::outputs(text, run, names, end);
    text.push_str(if several { "</details>\n" } else { "" });
}
