//! Shows how far fetching is, to people.

use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use node_sdk::size::size;
use packages::install::Step;
use packages::registry::Registry;

use crate::console::Console;

/// How many archives come between two lines where no bar can be drawn.
const LINE_EACH: usize = 50;

pub(crate) struct Progress<'a> {
    console: &'a Console,
    registry: &'a Registry,
    bar: Option<ProgressBar>,
    needed: AtomicUsize,
    came: AtomicUsize,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(console: &'a Console, registry: &'a Registry) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = || ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style);
        Self { console, registry, bar: console.shows_progress().then(bar), needed: AtomicUsize::new(0), came: AtomicUsize::new(0) }
    }

    pub(crate) fn step(&self, step: &Step) {
        match step {
            Step::Needed(count) => {
                self.needed.store(*count, Ordering::Relaxed);
                self.bar.iter().for_each(|bar| bar.set_length(*count as u64));
            }
            Step::Came(name) => {
                let came = self.came.fetch_add(1, Ordering::Relaxed) + 1;
                let size = size(self.registry.fetched());
                match &self.bar {
                    Some(bar) => {
                        bar.set_position(came as u64);
                        bar.set_message(format!("{size} {name}"));
                    }
                    None if came.is_multiple_of(LINE_EACH) => {
                        self.console.note(&format!("{came} of {} packages, {size}", self.needed.load(Ordering::Relaxed)));
                    }
                    None => {}
                }
            }
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
