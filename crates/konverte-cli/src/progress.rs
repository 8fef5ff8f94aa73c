//! What happens during a run, as it happens: progress bars for people, notices, the plan of a dry run.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use node_sdk::ErrorCode;
use node_sdk::event::{Event, EventSink, PlannedRequest, callers};
use node_sdk::sync::lock;

use crate::console::{Console, Level, Message};
use crate::plain::plain;

/// Bars appear for nodes that report this many items or more.
const LONG: usize = 20;

/// The sink of a run's events.
pub(crate) struct Progress {
    console: Console,
    bars: Option<MultiProgress>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By execution and node.
    bars: BTreeMap<(Arc<str>, Arc<str>), ProgressBar>,
    /// Node with those that called it, parameter and, where there is no parameter, message: each comes once.
    told: HashSet<(String, String)>,
    plan: Vec<PlannedRequest>,
}

impl Progress {
    pub(crate) fn new(console: Console) -> Self {
        let bars = console.interactive().then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { console, bars, state: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Where messages go.
    pub(crate) fn console(&self) -> &Console {
        &self.console
    }

    /// The requests that a dry run did not send.
    pub(crate) fn plan(&self) -> Vec<PlannedRequest> {
        self.state().plan.clone()
    }

    /// Takes the bars away.
    pub(crate) fn clear(&self) {
        self.state().bars.clear();
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    fn print(&self, line: &dyn Fn()) {
        match &self.bars {
            Some(bars) => bars.suspend(line),
            None => line(),
        }
    }

    fn finished(&self, execution: &Arc<str>, node: Arc<str>) {
        if let Some(bar) = self.state().bars.remove(&(execution.clone(), node)) {
            bar.finish_and_clear();
        }
    }

    fn advanced(&self, execution: &Arc<str>, node: Arc<str>, done: usize, total: usize) {
        let Some(bars) = self.bars.as_ref().filter(|_| total >= LONG) else { return };
        let mut state = self.state();
        let name = shown(execution, &node);
        let bar = state.bars.entry((execution.clone(), node)).or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg:24!} {bar:30} {pos}/{len} {rate} {eta}").map(|style| style.with_key("rate", rate));
            let bar = bars.add(ProgressBar::new(total as u64)).with_message(plain(&name).into_owned());
            style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
        });
        bar.set_position(done as u64);
    }

    fn notice(&self, code: Option<ErrorCode>, node: &str, parameter: Option<String>, item: Option<usize>, message: &str) {
        let about = parameter.as_deref().unwrap_or(message);
        if !self.state().told.insert((node.to_owned(), about.to_owned())) {
            return;
        }
        let parameter = parameter.map(|name| format!(", parameter {name}")).unwrap_or_default();
        let item = item.map(|index| format!(", item {index}")).unwrap_or_default();
        let text = format!("\"{node}\"{parameter}{item}: {message}");
        let message = Message { level: Level::Warning, code: code.map(|code| code.to_string()), text, help: None, place: None };
        self.print(&|| self.console.message(&message));
    }
}

/// The node's name, behind those of the nodes that called its workflow: both may have nodes of one name.
fn shown(execution: &str, node: &str) -> String {
    callers(execution).iter().map(|caller| format!("{caller} > ")).chain([node.to_owned()]).collect()
}

/// Items in a second, as whole ones.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
}

impl EventSink for Progress {
    fn emit(&self, execution: &Arc<str>, event: Event) {
        match event {
            Event::NodeStarted { node, run, items } => tracing::debug!(execution = &**execution, node = &*node, run, items, "node started"),
            Event::Progress { node, done, total } => self.advanced(execution, node, done, total),
            Event::NodeFinished { node, run, items, took, .. } => {
                let ms = took.as_secs_f64() * 1000.0;
                tracing::debug!(execution = &**execution, node = &*node, run, items, ms, "node finished");
                self.finished(execution, node);
            }
            Event::RunEnded => {}
            Event::Planned(request) => self.state().plan.push(*request),
            Event::Notice { code, node, parameter, item, message } => self.notice(code, &shown(execution, &node), parameter, item, &message),
            Event::Log { node, line } => self.print(&|| self.console.note(&format!("[{}] {line}", shown(execution, &node)))),
        }
    }
}
