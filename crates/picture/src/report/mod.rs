//! `--report FILE.html`: one self-contained page. No script, nothing loaded from elsewhere, every text escaped.

mod items;
mod timeline;

use std::collections::HashMap;
use std::fmt::Write;

use engine::{NodeRun, RunResult, iso};
use node_sdk::event::PlannedRequest;
use node_sdk::json::stringify;
use node_sdk::{ItemList, NodeError};

use crate::graph::{Look, Picture, label_edges, svg};
use crate::markup::escape;
use crate::time::millis;

/// What the page shows.
pub struct Page<'a> {
    /// Name of the workflow.
    pub title: &'a str,
    /// The graph, not yet coloured.
    pub picture: Picture,
    /// The run.
    pub result: &'a RunResult,
    /// Requests that a dry run did not send.
    pub plan: &'a [PlannedRequest],
}

/// The whole page.
pub fn html(page: Page<'_>) -> String {
    let mut picture = page.picture;
    colour(&mut picture, page.result);
    let title = escape(page.title);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
        include_str!("style.css")
    );
    let _ = writeln!(text, "<h1>{title}</h1>");
    facts(&mut text, page.result);
    let _ = writeln!(text, "<h2>Workflow</h2>\n<section class=\"picture\">\n{}</section>", svg(&picture));
    if !page.plan.is_empty() {
        plan(&mut text, page.plan);
    }
    text.push_str("<h2>Timeline</h2>\n");
    timeline::write(&mut text, page.result);
    text.push_str("<h2>Nodes</h2>\n");
    for (name, runs) in &page.result.nodes {
        node(&mut text, name, runs, page.result);
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

/// Boxes get the colour of what happened, lines the number of items that went over them.
pub fn colour(picture: &mut Picture, result: &RunResult) {
    let index: HashMap<String, usize> = picture.nodes.iter().enumerate().map(|(i, node)| (node.name.clone(), i)).collect();
    let mut counts = HashMap::new();
    for (name, runs) in &result.nodes {
        let Some(&to) = index.get(&**name) else { continue };
        picture.nodes[to].look = if runs.iter().any(|run| run.error.is_some()) { Look::Failed } else { Look::Ran };
        for run in runs {
            for (input, source) in run.source.iter().enumerate() {
                let Some(source) = source else { continue };
                let Some(&from) = index.get(&*source.node) else { continue };
                let items = result.nodes.get(&source.node).and_then(|runs| runs.get(source.run)).and_then(|run| run.outputs.get(source.output));
                *counts.entry((from, source.output, to, input)).or_insert(0) += items.and_then(ItemList::len).unwrap_or(0);
            }
        }
    }
    label_edges(picture, &counts);
}

fn facts(text: &mut String, result: &RunResult) {
    let status = result.status.as_str();
    let runs = result.order.len();
    let took = (result.finished_at - result.started_at).max(0);
    text.push_str("<section>\n<dl class=\"facts\">");
    let _ = write!(text, "<div><dt>Status</dt><dd class=\"{status}\">{status}</dd></div>");
    for (name, value) in [
        ("Started", iso(result.started_at)),
        ("Took", format!("{took} ms")),
        ("Node runs", runs.to_string()),
        ("Execution", result.execution_id.clone()),
    ] {
        let _ = write!(text, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(&value));
    }
    text.push_str("</dl>\n");
    if let Some(error) = &result.error {
        problem(text, error);
    }
    text.push_str("</section>\n");
}

fn problem(text: &mut String, error: &NodeError) {
    let node = error.node.as_deref().map(|node| format!(" in \"{node}\"")).unwrap_or_default();
    let item = error.item.map(|item| format!(", item {item}")).unwrap_or_default();
    let mut lines = format!("{}{node}{item}: {}", error.code, error.message);
    for more in [&error.description, &error.help].into_iter().flatten() {
        lines.push('\n');
        lines.push_str(more);
    }
    let _ = writeln!(text, "<div class=\"problem\">{}</div>", escape(&lines));
}

fn plan(text: &mut String, plan: &[PlannedRequest]) {
    text.push_str("<h2>What would have been done</h2>\n<section class=\"scroll\"><table><tr><th>Node</th><th>Item</th><th>Method</th><th>URL</th><th>Body</th><th>Answered</th></tr>\n");
    for request in plan {
        let body = if request.body.is_null() { String::new() } else { stringify(&request.body) };
        let answered = request.answered.as_str();
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{answered}</td></tr>",
            escape(&request.node),
            request.item.map(|item| item.to_string()).unwrap_or_default(),
            escape(&request.method),
            escape(&request.url),
            escape(&body)
        );
    }
    text.push_str("</table></section>\n");
}

fn node(text: &mut String, name: &str, runs: &[NodeRun], result: &RunResult) {
    let failed = runs.iter().any(|run| run.error.is_some());
    let (items_in, items_out) = runs.iter().fold((0, 0), |(i, o), run| (i + run.items_in, o + run.items_out()));
    let open = if failed { " open" } else { "" };
    let class = if failed { "error" } else { "success" };
    let _ = writeln!(
        text,
        "<details class=\"node\"{open}><summary><h3 class=\"{class}\">{}</h3><span class=\"muted\">{} in, {} out, {}</span></summary>\n<div class=\"runs\">",
        escape(name),
        items_in,
        items_out,
        if runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", runs.len()) }
    );
    for (index, run) in runs.iter().enumerate().take(items::RUNS_SHOWN) {
        let pinned = if run.pinned { ", pinned" } else { "" };
        let _ = writeln!(text, "<div class=\"run\"><strong>Run {}</strong> <span class=\"muted\">{}{pinned}</span>", index + 1, millis(run.duration));
        if let Some(error) = &run.error {
            problem(text, error);
        }
        items::inputs(text, run, result);
        items::outputs(text, run);
        text.push_str("</div>\n");
    }
    if runs.len() > items::RUNS_SHOWN {
        let _ = writeln!(text, "<p class=\"muted\">and {} more runs</p>", runs.len() - items::RUNS_SHOWN);
    }
    text.push_str("</div>\n</details>\n");
}
