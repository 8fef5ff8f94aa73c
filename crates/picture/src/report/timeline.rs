//! When each node ran: a row for each node, a bar for each of its runs.

use std::fmt::Write;
use std::time::Duration;

use engine::NodeRun;

use super::Shown;
use crate::numbers::grouped;
use crate::time::millis;

/// More rows, or more bars in one, help nobody; those that took longest are shown.
const ROWS: usize = 200;
const BARS: usize = 200;

pub(super) fn write(text: &mut String, shown: &Shown<'_>) {
    let result = shown.result;
    let begin = |run: &NodeRun| (run.started_at - result.started_at).max(0) as f64;
    let took = |runs: &[NodeRun]| runs.iter().map(|run| run.duration).sum::<Duration>();
    let all = result.nodes.values().flatten().map(|run| begin(run) + run.duration.as_secs_f64() * 1000.0).fold(1.0, f64::max);
    let mut rows: Vec<_> = result.nodes.iter().enumerate().collect();
    if rows.len() > ROWS {
        rows.sort_by_key(|(_, (_, runs))| std::cmp::Reverse(took(runs)));
        rows.truncate(ROWS);
        rows.sort_by_key(|(index, _)| *index);
    }
    text.push_str("<section>\n<h2>Timeline</h2>\n<div class=\"timeline\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline\">\n<div class=\"scale\" aria-hidden=\"true\">");
    for quarter in 0..=4_u8 {
        let at = Duration::from_secs_f64(all * f64::from(quarter) / 4.0 / 1000.0);
        let _ = write!(text, "<span style=\"left:{}%\">{}</span>", quarter * 25, if quarter == 0 { "0".to_owned() } else { millis(at) });
    }
    text.push_str("</div>\n");
    for (_, (name, runs)) in rows {
        let times = if runs.len() > 1 { format!(" <span class=\"muted\">× {}</span>", grouped(runs.len())) } else { String::new() };
        let _ = write!(text, "<div class=\"row\"><span>{}{times}</span><span class=\"track\">", shown.link(name));
        bars(text, runs, all, &begin);
        let _ = writeln!(text, "</span><span class=\"took\">{}</span></div>", millis(took(runs)));
    }
    text.push_str("</div>\n");
    if result.nodes.len() > ROWS {
        let _ = writeln!(text, "<p class=\"muted\">The {ROWS} of {} nodes that took longest.</p>", grouped(result.nodes.len()));
    }
    text.push_str("</section>\n");
}

fn bars(text: &mut String, runs: &[NodeRun], all: f64, begin: &dyn Fn(&NodeRun) -> f64) {
    let mut longest: Vec<(usize, &NodeRun)> = runs.iter().enumerate().collect();
    if longest.len() > BARS {
        longest.sort_by_key(|(_, run)| std::cmp::Reverse((run.error.is_some(), run.duration)));
        longest.truncate(BARS);
    }
    for (index, run) in longest {
        let left = (begin(run) / all * 100.0).min(99.5);
        let width = (run.duration.as_secs_f64() * 1000.0 / all * 100.0).clamp(0.1, 100.0 - left);
        let failed = if run.error.is_some() { " class=\"failed\"" } else { "" };
        let _ = write!(text, "<i{failed} style=\"left:{left:.2}%;width:{width:.2}%\" title=\"Run {}: {}\"></i>", index + 1, millis(run.duration));
    }
}
