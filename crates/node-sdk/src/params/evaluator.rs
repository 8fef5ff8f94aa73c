//! The port to the expression language, and the values that come from it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::Expression;
use crate::error::NodeError;

/// The value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// Its JSON form: ISO text for dates, `null` for undefined, NaN and the infinities; undefined keys are dropped.
    pub value: Value,
    /// What it was before it became JSON.
    pub kind: Kind,
}

/// What a value is in JavaScript, where JSON cannot say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Plain JSON.
    #[default]
    Json,
    /// `undefined`.
    Undefined,
    /// A date-time object with its zone (Luxon's `DateTime`).
    DateTime,
    /// A JavaScript `Date`.
    Date,
    /// A number that JSON cannot say.
    NonFinite(NonFinite),
    /// Anything else JSON cannot say (Map, Set, RegExp, BigInt, ...).
    Other,
}

/// A number that JSON cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonFinite {
    /// `NaN`.
    NaN,
    /// `Infinity`.
    Infinity,
    /// `-Infinity`.
    NegativeInfinity,
}

impl NonFinite {
    /// What the number is; `None` for one that JSON can say.
    pub fn of(number: f64) -> Option<Self> {
        Some(match number {
            _ if number.is_finite() => return None,
            f64::INFINITY => Self::Infinity,
            f64::NEG_INFINITY => Self::NegativeInfinity,
            _ => Self::NaN,
        })
    }

    /// The number.
    pub fn number(self) -> f64 {
        match self {
            Self::NaN => f64::NAN,
            Self::Infinity => f64::INFINITY,
            Self::NegativeInfinity => f64::NEG_INFINITY,
        }
    }

    /// JavaScript's text.
    pub fn text(self) -> &'static str {
        match self {
            Self::NaN => "NaN",
            Self::Infinity => "Infinity",
            Self::NegativeInfinity => "-Infinity",
        }
    }
}

/// Evaluates expressions of one run of one node by plain calls.
pub trait Evaluator: Send + Sync {
    /// The value of `source` (with its leading `=`) for input item `item`, with `extra` variables in scope.
    fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError>;

    /// The same where an error that n8n passes over is to be expected: nothing is said of it, and it is none in a strict run.
    fn evaluate_quietly(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.evaluate(source, item, extra)
    }
}

/// Work that reads parameters by plain calls.
pub type Reading = Box<dyn FnOnce(&dyn Evaluator) + Send>;

/// Port: the expressions of one run of one node. Most need no JavaScript and are evaluated where they are asked for; the others run on
/// threads for JavaScript, which a node waits for without holding up others.
/// An [`Evaluator`] that never has to wait is all there is to them.
#[async_trait]
pub trait Expressions: Send + Sync {
    /// The value, if it is there without JavaScript; `quietly` as in [`Evaluator::evaluate_quietly`].
    fn at_once(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>, quietly: bool) -> Option<Result<Evaluated, NodeError>>;

    /// Does work on a thread for JavaScript. `one_item`: it reads for one item, and comes again for the next. An `Err` where the work did
    /// not begin, or did not come back: what it does after that is of no use to anybody.
    async fn lend(&self, one_item: bool, work: Reading) -> Result<(), NodeError>;

    /// What runs user code in the same scope (the Code node): an `expression::Evaluator` behind `Any`, because this crate
    /// sees no other. `None`: user code cannot run here.
    fn user_code(&self) -> Option<&(dyn std::any::Any + Send + Sync)> {
        None
    }
}

/// What evaluates without JavaScript needs no other thread.
#[async_trait]
impl<E: Evaluator> Expressions for E {
    fn at_once(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>, quietly: bool) -> Option<Result<Evaluated, NodeError>> {
        Some(if quietly { self.evaluate_quietly(source, item, extra) } else { self.evaluate(source, item, extra) })
    }

    async fn lend(&self, _one_item: bool, work: Reading) -> Result<(), NodeError> {
        work(self);
        Ok(())
    }
}

/// Evaluates what needs no JavaScript, and remembers whether something did.
pub struct AtOnce<'a> {
    expressions: &'a dyn Expressions,
    /// What is said of an expression that needs JavaScript.
    refusal: Option<NodeError>,
    asked: AtomicBool,
}

impl<'a> AtOnce<'a> {
    /// `refusal`: the error of an expression that needs JavaScript, where there is none to be had.
    pub fn new(expressions: &'a dyn Expressions, refusal: Option<NodeError>) -> Self {
        Self { expressions, refusal, asked: AtomicBool::new(false) }
    }

    /// Whether JavaScript was asked for: what was read is of no use then.
    pub fn needs_javascript(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    fn answer(&self, known: Option<Result<Evaluated, NodeError>>) -> Result<Evaluated, NodeError> {
        known.unwrap_or_else(|| {
            self.asked.store(true, Ordering::Relaxed);
            Err(self.refusal.clone().unwrap_or_else(|| NodeError::new("The expression needs JavaScript")))
        })
    }
}

impl Evaluator for AtOnce<'_> {
    fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.answer(self.expressions.at_once(source, item, extra, false))
    }

    fn evaluate_quietly(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.answer(self.expressions.at_once(source, item, extra, true))
    }
}
