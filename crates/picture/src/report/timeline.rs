//! When each node ran, as bars.

use std::fmt::Write;

use engine::RunResult;

use crate::markup::escape;
use crate::time::millis;

/// More rows than this help nobody; the slowest are shown.
const ROWS: usize = 200;

pub(super) fn write(text: &mut String, result: &RunResult) {
    let mut rows: Vec<_> = result.nodes.iter().flat_map(|(name, runs)| runs.iter().map(move |run| (name, run))).collect();
    let all = rows.len();
    if all > ROWS {
        rows.sort_by_key(|(_, run)| std::cmp::Reverse(run.duration));
        rows.truncate(ROWS);
    }
    rows.sort_by_key(|(_, run)| run.started_at);
    let end = |run: &engine::NodeRun| (run.started_at - result.started_at).max(0) as f64 + run.duration.as_secs_f64() * 1000.0;
    let total = rows.iter().map(|(_, run)| end(run)).fold(1.0, f64::max);
    text.push_str("<section class=\"timeline\">\n");
    for (name, run) in rows {
        let begin = (run.started_at - result.started_at).max(0) as f64;
        let left = begin / total * 100.0;
        let width = (run.duration.as_secs_f64() * 1000.0 / total * 100.0).max(0.2);
        let failed = if run.error.is_some() { " failed" } else { "" };
        let _ = writeln!(
            text,
            "<span>{}</span><span class=\"track\"><span class=\"bar{failed}\" style=\"left:{left:.2}%;width:{width:.2}%\"></span></span><span class=\"took\">{}</span>",
            escape(name),
            millis(run.duration)
        );
    }
    text.push_str("</section>\n");
    if all > ROWS {
        let _ = writeln!(text, "<p class=\"muted\">The {ROWS} slowest of {all} runs.</p>");
    }
}
