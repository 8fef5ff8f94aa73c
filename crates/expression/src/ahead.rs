//! Items that were evaluated ahead of being asked for. Only what is proven pure is: nothing can be seen of it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use javascript::{Lease, Stop};
use node_sdk::sync::lock;

use crate::error::{ErrorKind, ExpressionError};
use crate::js::{Answer, Frame, Isolate, Request};
use crate::program::Program;

/// The most items that are evaluated at once.
const BATCH: usize = 512;

/// Time that a batch may take.
const TIME: Duration = Duration::from_millis(50);

pub(crate) type Answered = Result<Answer, ExpressionError>;

/// What was evaluated ahead in a node run, by programs.
#[derive(Default)]
pub(crate) struct Ahead(Mutex<HashMap<u64, Line>>);

#[derive(Default)]
struct Line {
    /// The item of the first answer.
    next: usize,
    answers: VecDeque<Answered>,
    /// How many were asked for at once.
    batch: usize,
    /// An item ran into a limit ahead of its turn: from then on each waits for its own.
    limited: bool,
    /// A batch is under way. One that does not come back stays so, and no other begins.
    under_way: bool,
}

impl Ahead {
    fn lines(&self) -> MutexGuard<'_, HashMap<u64, Line>> {
        lock(&self.0)
    }

    /// The answer for an item, where it is there.
    pub(crate) fn take(&self, program: &Program, item: usize) -> Option<Answered> {
        let mut lines = self.lines();
        let line = lines.get_mut(&program.id).filter(|line| line.next == item)?;
        let answer = line.answers.pop_front()?;
        line.next += 1;
        Some(answer)
    }

    /// An item was evaluated in its turn: how many after it are worth evaluating ahead.
    pub(crate) fn evaluated(&self, program: &Program, item: usize, left: usize) -> usize {
        let mut lines = self.lines();
        let line = lines.entry(program.id).or_default();
        let in_order = line.next == item && item > 0;
        line.batch = if in_order && !line.limited && !line.under_way { (line.batch * 8).clamp(8, BATCH) } else { 1 };
        line.next = item + 1;
        line.answers.clear();
        (line.batch - 1).min(left)
    }

    /// Keeps an answer, if it is still the next one; whether it was.
    fn keep(&self, program: &Program, item: usize, answer: Answered) -> bool {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(&program.id).filter(|line| line.next + line.answers.len() == item) else { return false };
        line.limited |= answer.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::Timeout | ErrorKind::Memory));
        if !line.limited {
            line.answers.push_back(answer);
        }
        !line.limited
    }

    fn set_under_way(&self, program: &Program, under_way: bool) {
        self.lines().entry(program.id).or_default().under_way = under_way;
    }
}

/// Items that follow one which was asked for.
pub(crate) struct Batch {
    pub(crate) program: Arc<Program>,
    /// The first of them.
    pub(crate) frame: Frame,
    pub(crate) count: usize,
}

impl Batch {
    /// Evaluates them until the time is over, or `stop` says so.
    pub(crate) fn run(mut self, isolate: &Isolate, lease: &Lease, ahead: &Ahead, stop: &Stop) {
        let until = Instant::now() + TIME;
        ahead.set_under_way(&self.program, true);
        for _ in 0..self.count {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || stop() {
                break;
            }
            let item = self.frame.item;
            let request = Request { program: self.program.clone(), frame: self.frame.clone(), marked: false };
            let answer = isolate.evaluate(lease, &request, left, stop);
            if !ahead.keep(&self.program, item, answer) {
                break;
            }
            self.frame.item += 1;
        }
        ahead.set_under_way(&self.program, false);
    }
}
