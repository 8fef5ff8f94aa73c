//! `--report FILE.html`: one self-contained page. No script, nothing loaded from elsewhere, every text escaped. Long lists and
//! texts are cut, so that a browser opens it: what is left out is counted.

mod cards;
mod items;
mod problem;
mod timeline;
mod values;

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use engine::{RunResult, Status, iso};
use node_sdk::event::{Answered, PlannedRequest};

use crate::graph::{Note, Outcome, Picture, svg};
use crate::markup::{self, escape, shorten};
use crate::numbers::{counted, grouped};
use crate::time::millis;

/// Requests of a dry run that are shown.
const PLAN_SHOWN: usize = 200;
/// Characters of a sticky note that are shown.
const NOTE: usize = 4_000;
/// Characters of a name in a heading.
const NAME: usize = 200;

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

/// What the parts of the page know of the run.
struct Shown<'a> {
    picture: &'a Picture,
    /// The place of each node in the picture, by its name.
    index: HashMap<&'a str, usize>,
    result: &'a RunResult,
}

/// The whole page.
pub fn html(page: Page<'_>) -> String {
    let mut picture = page.picture;
    colour(&mut picture, page.result);
    let index = picture.nodes.iter().enumerate().map(|(index, node)| (node.name.as_str(), index)).collect();
    let shown = Shown { picture: &picture, index, result: page.result };
    let title = escape(&shorten(page.title, NAME)).into_owned();
    let status = page.result.status.as_str();
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}: {status}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        include_str!("style.css")
    );
    head(&mut text, &markup::name(page.title, NAME), &shown, page.plan);
    text.push_str("<main>\n");
    if let Some(error) = &page.result.error {
        problem::write(&mut text, error, Some(&shown));
    }
    lost_answers(&mut text, page.result);
    workflow(&mut text, &picture);
    if !page.plan.is_empty() {
        plan(&mut text, page.plan, &shown);
    }
    timeline::write(&mut text, &shown);
    cards::write(&mut text, &shown);
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

/// Boxes get what became of them and the numbers of their items, and lead to their part of the page; lines are marked that something went over.
fn colour(picture: &mut Picture, result: &RunResult) {
    let index: HashMap<String, usize> = picture.nodes.iter().enumerate().map(|(i, node)| (node.name.clone(), i)).collect();
    for node in &mut picture.nodes {
        node.outcome = Outcome::NotRun;
    }
    let mut taken = std::collections::HashSet::new();
    for (name, runs) in &result.nodes {
        let Some(&to) = index.get(&**name) else { continue };
        let node = &mut picture.nodes[to];
        node.outcome = if runs.iter().any(|run| run.error.is_some()) { Outcome::Failed } else { Outcome::Ran };
        (node.link, node.id) = (Some(format!("#n{to}")), Some(format!("g{to}")));
        for run in runs {
            node.counts.resize(node.counts.len().max(run.counts.len()), 0);
            run.counts.iter().enumerate().for_each(|(output, count)| node.counts[output] += count);
            for (input, source) in run.source.iter().enumerate() {
                let from = source.as_ref().and_then(|source| Some((*index.get(&*source.node)?, source.output)));
                taken.extend(from.map(|(from, output)| (from, output, to, input)));
            }
        }
    }
    for edge in &mut picture.edges {
        edge.taken = taken.contains(&(edge.from, edge.output, edge.to, edge.input));
    }
}

fn head(text: &mut String, title: &str, shown: &Shown<'_>, plan: &[PlannedRequest]) {
    let Shown { result, picture, .. } = shown;
    let (status, sign) = (result.status.as_str(), sign(result.status));
    let dry = if plan.is_empty() { "" } else { " <p class=\"status\">dry run</p>" };
    let took = Duration::from_millis(u64::try_from(result.finished_at - result.started_at).unwrap_or(0));
    let _ = write!(
        text,
        "<header class=\"{status}\"><div>\n<p class=\"status {status}\"><span aria-hidden=\"true\">{sign}</span> {status}</p>{dry}\n<h1>{title}</h1>\n<dl>"
    );
    let started = iso(result.started_at);
    let started = format!("{} UTC", started.get(..19).unwrap_or(&started).replacen('T', " ", 1));
    let nodes = format!("{} of {} ran", grouped(result.nodes.len()), grouped(picture.nodes.len()));
    let mut facts = vec![
        ("Started", escape(&started).into_owned()),
        ("Took", millis(took)),
        ("Nodes", nodes),
        ("Node runs", grouped(result.order.len())),
        ("Execution", escape(&result.execution_id).into_owned()),
    ];
    if !plan.is_empty() {
        let held = plan.iter().filter(|request| request.answered != Answered::Server).count();
        facts.push(("Not done", format!("<a href=\"#plan\">{}</a>", counted(held, "request"))));
    }
    for (name, value) in facts {
        let _ = write!(text, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    text.push_str("</dl>\n</div></header>\n");
}

fn sign(status: Status) -> char {
    match status {
        Status::Success => '✓',
        Status::Error => '!',
        Status::Canceled => '■',
        Status::Waiting => '…',
    }
}

fn lost_answers(text: &mut String, result: &RunResult) {
    let count = result.unknown_outcomes();
    if count > 0 {
        let requests = counted(count, "request");
        let _ = writeln!(
            text,
            "<p class=\"notice\">{requests} may have been done: the answer was lost. Look at the service before you run this again.</p>"
        );
    }
}

fn workflow(text: &mut String, picture: &Picture) {
    text.push_str("<section>\n<div class=\"title\"><h2>Workflow</h2><label><input type=\"checkbox\" id=\"fit\"> Whole graph</label></div>\n");
    let _ = writeln!(text, "<div class=\"picture\" tabindex=\"0\" role=\"region\" aria-label=\"Graph\">\n{}</div>", svg(picture));
    let written: Vec<&Note> = picture.notes.iter().filter(|note| !note.text.trim().is_empty()).collect();
    if !written.is_empty() {
        let _ = writeln!(text, "<details class=\"notes\"><summary>{}</summary>", counted(written.len(), "sticky note"));
        for note in written {
            let _ = writeln!(text, "<p>{}</p>", values::cut(note.text.trim(), NOTE));
        }
        text.push_str("</details>\n");
    }
    text.push_str("</section>\n");
}

fn plan(text: &mut String, plan: &[PlannedRequest], shown: &Shown<'_>) {
    let (sent, held): (Vec<_>, Vec<_>) = plan.iter().partition(|request| request.answered == Answered::Server);
    let read = if sent.is_empty() { "" } else { ", and what was read" };
    let _ = write!(text, "<section id=\"plan\">\n<h2>What would have been done{read}</h2>\n");
    text.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Plan\"><table>\n");
    text.push_str("<tr><th>Node</th><th>Item</th><th>Method</th><th>URL</th><th>Body</th><th>Answered</th></tr>\n");
    // What would have changed something is not to be lost behind many reads.
    for request in held.iter().chain(&sent).take(PLAN_SHOWN) {
        let item = request.item.map(|item| item.to_string()).unwrap_or_default();
        let _ = write!(text, "<tr><td>{}</td><td class=\"number\">{item}</td>", shown.link(&request.node));
        let _ = write!(text, "<td><span class=\"tag\">{}</span></td>", escape(&request.method));
        text.push_str(&values::text(&request.url));
        text.push_str(&values::cell(Some(&request.body).filter(|body| !body.is_null())));
        let _ = writeln!(text, "<td>{}</td></tr>", request.answered.as_str());
    }
    text.push_str("</table></div>\n");
    values::left_out(text, &[(plan.len().saturating_sub(PLAN_SHOWN), "request")]);
    text.push_str("</section>\n");
}

impl Shown<'_> {
    /// The name of a node, as a link to its part of the page where it ran.
    fn link(&self, name: &str) -> String {
        let words = markup::name(name, NAME);
        match self.ran(name) {
            Some(index) => format!("<a href=\"#n{index}\">{words}</a>"),
            None => words,
        }
    }

    /// The place in the picture of a node that ran.
    fn ran(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied().filter(|_| self.result.nodes.contains_key(name))
    }
}
