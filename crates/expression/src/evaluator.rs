//! The front door: one evaluator per node run.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use node_sdk::params::NonFinite;
use serde_json::{Map, Value, json};

use crate::error::{ErrorKind, ExpressionError};
use crate::js::{Answer, Converted, Frame, Request};
use crate::native::{self, Outcome};
use crate::program::{Body, Piece, Program};
use crate::script::Purity;
use crate::session::{Batch, Session};
use crate::view::Scope;

/// What sort of value came out, where JSON cannot say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON says it all.
    Json,
    /// `undefined`; the value is null.
    Undefined,
    /// A luxon `DateTime`; the value is its ISO text.
    DateTime,
    /// A JavaScript `Date`; the value is its ISO text.
    Date,
    /// `NaN` or an infinity; the value is null.
    NonFinite(NonFinite),
    /// A bigint; the value is its decimal text.
    BigInt,
    /// Another object that JSON cannot say (Map, Set, RegExp, Duration, ...).
    Other,
}

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value in JSON's form; nested `undefined` keys are dropped.
    pub value: Value,
    /// What sort of value it is.
    pub kind: Kind,
    /// The message of an error that n8n swallows (the value is then `undefined`, or text that lacks a part).
    pub swallowed: Option<String>,
}

/// What an expression refers to, known without running it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Nodes named by `$('X')`, `$node[...]`, `$items('X')`, with the byte offset of the name.
    pub nodes: Vec<(String, usize)>,
    /// Names read from `$env`.
    pub env: Vec<String>,
    /// Names read from `$vars`.
    pub vars: Vec<String>,
}

type Answered = Result<Answer, ExpressionError>;

/// Items that were evaluated ahead of being asked for. Only what is proven pure is: nothing can be seen of it.
#[derive(Default)]
struct Ahead {
    /// The item of the first answer.
    next: usize,
    answers: VecDeque<Answered>,
    /// How many were asked for at once.
    batch: usize,
    /// An item ran into a limit ahead of its turn: from then on each waits for its own.
    limited: bool,
}

/// What is said of text with a part that n8n leaves out.
pub(crate) const UNDEFINED_PART: &str = "A part of the text is undefined";

/// The most items that are evaluated at once.
const BATCH: usize = 512;

/// Evaluates the expressions of one node run.
pub struct Evaluator {
    session: Arc<Session>,
    scope: Arc<Scope>,
    /// n8n's engine takes up the workflow's zone before it evaluates anything.
    bad_zone: Option<ExpressionError>,
    ahead: Mutex<HashMap<u64, Ahead>>,
}

impl Evaluator {
    /// An evaluator for the node run `scope`.
    pub fn new(session: Arc<Session>, scope: Scope) -> Self {
        let bad_zone = bad_zone(scope.view.timezone());
        Self { session, scope: Arc::new(scope), bad_zone, ahead: Mutex::default() }
    }

    /// The session it evaluates in, for user code that runs beside it ([`crate::code::run`]).
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The node run it stands in.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The value of `source` (a parameter's text; a leading `=` makes it an expression) for the item of that index.
    pub fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, ExpressionError> {
        let Answer { converted, swallowed } = self.answer(source, item, extra, false)?;
        Ok(Evaluated { value: converted.value, kind: converted.kind, swallowed })
    }

    /// The line that `konverte eval` prints: `{"value": ..., "type": ...}` with markers for what JSON cannot say, or
    /// `{"error": {"code": ..., "message": ..., "type": ...}}`.
    pub fn evaluate_marked(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Value {
        self.evaluate_noted(source, item, extra).0
    }

    /// The same line, and the message of an error that n8n swallows.
    pub fn evaluate_noted(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> (Value, Option<String>) {
        match self.answer(source, item, extra, true) {
            Ok(Answer { converted, swallowed }) => {
                // `json!` would copy the value.
                let line = [("value".to_owned(), converted.value), ("type".to_owned(), converted.class.into())];
                (Value::Object(Map::from_iter(line)), swallowed)
            }
            Err(error) => (json!({ "error": error_line(&error) }), None),
        }
    }

    fn answer(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>, marked: bool) -> Answered {
        let program = self.session.program(source);
        if let (Body::Value(_) | Body::Text(_), Some(error)) = (&program.body, &self.bad_zone) {
            return Err(error.clone());
        }
        if let Some(answer) = native(&program, &self.scope, item, marked, self.session.limits().handed_over())? {
            return Ok(answer);
        }
        if marked || extra.is_some() || !program.purity.is_pure() {
            let extra = extra.map(|map| Arc::new(map.clone()));
            return self.request(&program, item, extra, marked, 1).answers.pop_front().unwrap_or_else(|| Err(timeout()));
        }
        self.batched(&program, item)
    }

    /// From what was evaluated ahead, or with the items that follow.
    fn batched(&self, program: &Arc<Program>, item: usize) -> Answered {
        let mut all = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = all.entry(program.id).or_default();
        let in_order = ahead.next == item && (item > 0 || !ahead.answers.is_empty());
        let disturbed = self.session.is_disturbed();
        if !in_order || disturbed || ahead.answers.is_empty() {
            ahead.batch = if in_order && !disturbed && !ahead.limited { (ahead.batch * 8).min(BATCH) } else { 1 };
            let count = ahead.batch.min(self.scope.items().len().saturating_sub(item)).max(1);
            let Batch { answers, limited, .. } = self.request(program, item, None, false, count);
            ahead.answers = answers;
            ahead.limited |= limited;
        }
        ahead.next = item + 1;
        ahead.answers.pop_front().unwrap_or_else(|| Err(timeout()))
    }

    fn request(&self, program: &Arc<Program>, item: usize, extra: Option<Arc<Map<String, Value>>>, marked: bool, count: usize) -> Batch {
        let Purity { quiet, still, .. } = program.purity;
        let shares = quiet && still && !self.session.is_disturbed();
        let frame = Frame { scope: self.scope.clone(), item, extra, shares };
        self.session.evaluate(Request { program: program.clone(), frame, marked }, count)
    }
}

fn bad_zone(name: &str) -> Option<ExpressionError> {
    let message = || format!("Expression evaluation failed: Invalid timezone: \"{name}\"");
    // The first look into the database opens it, which costs more than a small run: not for the zone that is always there.
    if name == "UTC" {
        return None;
    }
    TimeZone::get(name).err().map(|_| ExpressionError::new(ErrorKind::Evaluation, message()))
}

fn timeout() -> ExpressionError {
    ExpressionError::new(ErrorKind::Timeout, "Expression timed out")
}

pub(crate) fn error_line(error: &ExpressionError) -> Value {
    let mut line = json!({"code": error.code().as_str(), "message": error.message, "type": error.class()});
    if let Some(description) = &error.description {
        line["description"] = description.as_str().into();
    }
    if let Some(context) = error.context_type {
        line["contextType"] = context.into();
    }
    if let Some(offset) = error.offset {
        line["offset"] = offset.into();
    }
    if let Some(help) = error.help() {
        line["help"] = help.into();
    }
    line
}

/// The value where no JavaScript is needed; `most`: how many bytes a text may take.
fn native(program: &Program, scope: &Scope, item: usize, marked: bool, most: usize) -> Result<Option<Answer>, ExpressionError> {
    match &program.body {
        Body::Plain(text) => Ok(Some(Answer::json(text.as_str().into()))),
        Body::Broken(error) => Err(error.clone()),
        Body::Value(block) => {
            let Some(path) = &block.path else { return Ok(None) };
            Ok(match path.evaluate(scope, item)? {
                Outcome::Value(value) => Some(Answer::json(value)),
                Outcome::Undefined => Some(Answer::undefined(None, marked)),
                Outcome::Swallowed(message) => Some(Answer::undefined(Some(message), marked)),
                Outcome::Ask => None,
            })
        }
        Body::Text(pieces) => native_text(pieces, scope, item, most),
    }
}

fn native_text(pieces: &[Piece], scope: &Scope, item: usize, most: usize) -> Result<Option<Answer>, ExpressionError> {
    let plain = |piece: &Piece| !matches!(piece, Piece::Block(block) if block.path.is_none());
    if !pieces.iter().all(plain) {
        return Ok(None);
    }
    let mut out = String::new();
    let mut swallowed = None;
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Block(block) => match block.path.as_ref().map(|path| path.evaluate(scope, item)).transpose()? {
                Some(Outcome::Value(value)) => {
                    if native::print(&value, &mut out).is_none() {
                        return Ok(None);
                    }
                }
                Some(Outcome::Undefined) => swallowed = swallowed.or_else(|| Some(UNDEFINED_PART.to_owned())),
                Some(Outcome::Swallowed(message)) => swallowed = swallowed.or(Some(message)),
                Some(Outcome::Ask) | None => return Ok(None),
            },
        }
        if out.len() > most {
            return Err(ExpressionError::new(ErrorKind::Memory, "Expression exceeded memory limit"));
        }
    }
    Ok(Some(Answer { converted: Converted::json(out.into()), swallowed }))
}
