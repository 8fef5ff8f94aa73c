//! What happens during a run, as it happens: progress bars for people, notices, the plan of a dry run.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use node_sdk::ErrorCode;
use node_sdk::event::{Event, EventSink, PlannedRequest, callers};
use node_sdk::sync::lock;

use crate::console::{Console, Level, Message};
use crate::plain::plain;

/// A node that reports this many items or more is shown at once.
const MANY: usize = 20;
/// One that is at work for longer than this is shown, whatever it reports.
const LONG: Duration = Duration::from_secs(2);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often what is shown moves.
const TICK: Duration = Duration::from_millis(120);

/// The sink of a run's events.
pub(crate) struct Progress {
    console: Console,
    bars: Option<Arc<Bars>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Node with those that called it, parameter and, where there is no parameter, message: each comes once.
    told: HashSet<(String, String)>,
    plan: Vec<PlannedRequest>,
    /// For each node, how many answers were records that were there before.
    existed: BTreeMap<String, usize>,
}

/// The nodes at work, for people at a terminal.
struct Bars {
    all: MultiProgress,
    at_work: Mutex<BTreeMap<Key, AtWork>>,
}

/// Execution and node.
type Key = (Arc<str>, Arc<str>);

struct AtWork {
    /// Without a length as long as the node has reported no items.
    bar: ProgressBar,
    shown: bool,
}

impl Bars {
    /// Looks at the nodes at work as long as there are any to be shown.
    fn start() -> Arc<Self> {
        let bars = Arc::new(Self { all: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()), at_work: Mutex::default() });
        let looked_at = Arc::downgrade(&bars);
        // A thread of its own: a node that computes may leave the runtime no time.
        std::thread::spawn(move || {
            while let Some(bars) = Weak::upgrade(&looked_at) {
                bars.look();
                drop(bars);
                std::thread::sleep(LOOK);
            }
        });
        bars
    }

    fn began(&self, execution: &Arc<str>, node: Arc<str>) {
        let name = plain(&shown(execution, &node)).into_owned();
        let bar = ProgressBar::hidden().with_message(name).with_style(style("{msg:24!} {spinner} {elapsed}"));
        lock(&self.at_work).insert((execution.clone(), node), AtWork { bar, shown: false });
    }

    fn advanced(&self, execution: &Arc<str>, node: Arc<str>, done: usize, total: usize) {
        let mut at_work = lock(&self.at_work);
        let Some(node) = at_work.get_mut(&(execution.clone(), node)) else { return };
        if node.bar.length().is_none() {
            node.bar.set_length(total as u64);
            node.bar.set_style(style("{msg:24!} {wide_bar} {pos}/{len} {rate} {eta}").with_key("rate", rate));
        }
        node.bar.set_position(done as u64);
        if total >= MANY {
            self.show(node);
        }
    }

    fn finished(&self, execution: &Arc<str>, node: Arc<str>) {
        if let Some(node) = lock(&self.at_work).remove(&(execution.clone(), node)) {
            node.bar.finish_and_clear();
        }
    }

    /// Shows those that take long.
    fn look(&self) {
        lock(&self.at_work).values_mut().filter(|node| node.bar.elapsed() > LONG).for_each(|node| self.show(node));
    }

    fn show(&self, node: &mut AtWork) {
        if !std::mem::replace(&mut node.shown, true) {
            self.all.add(node.bar.clone()).enable_steady_tick(TICK);
        }
    }

    fn clear(&self) {
        lock(&self.at_work).clear();
        let _ = self.all.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress {
    pub(crate) fn new(console: Console) -> Self {
        let bars = console.shows_progress().then(Bars::start);
        Self { console, bars, state: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Where messages go.
    pub(crate) fn console(&self) -> &Console {
        &self.console
    }

    /// The requests of a dry run.
    pub(crate) fn plan(&self) -> Vec<PlannedRequest> {
        self.state().plan.clone()
    }

    /// For each node, how many of its answers were records that were there before.
    pub(crate) fn existed(&self) -> BTreeMap<String, usize> {
        self.state().existed.clone()
    }

    /// Takes the bars away.
    pub(crate) fn clear(&self) {
        self.bars.iter().for_each(|bars| bars.clear());
    }

    fn print(&self, line: &dyn Fn()) {
        match &self.bars {
            Some(bars) => bars.all.suspend(line),
            None => line(),
        }
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
            Event::NodeStarted { node, run, items } => {
                tracing::debug!(execution = &**execution, node = &*node, run, items, "node started");
                self.bars.iter().for_each(|bars| bars.began(execution, node.clone()));
            }
            Event::Progress { node, done, total } => self.bars.iter().for_each(|bars| bars.advanced(execution, node.clone(), done, total)),
            Event::NodeFinished { node, run, items, took, .. } => {
                let ms = took.as_secs_f64() * 1000.0;
                tracing::debug!(execution = &**execution, node = &*node, run, items, ms, "node finished");
                self.bars.iter().for_each(|bars| bars.finished(execution, node.clone()));
            }
            Event::RunEnded => {}
            Event::Planned(request) => self.state().plan.push(*request),
            Event::Existed { node, .. } => *self.state().existed.entry(shown(execution, &node)).or_default() += 1,
            Event::Notice { code, node, parameter, item, message } => self.notice(code, &shown(execution, &node), parameter, item, &message),
            Event::Log { node, line } => self.print(&|| self.console.line(&format!("[{}] {line}", shown(execution, &node)))),
            Event::Aside { node, text } => self.print(&|| tracing::debug!(execution = &**execution, node = &*node, "{text}")),
        }
    }
}
