//! The front door: one evaluator per node run.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use javascript::{Lease, Leased, Stop};
use jiff::tz::TimeZone;
use node_sdk::Expression;
use node_sdk::sync::lock;
use serde_json::{Map, Value, json};

use crate::ahead::{Ahead, Answered, Batch};
use crate::error::{ErrorKind, ExpressionError};
use crate::evaluated::{Evaluated, UNDEFINED_PART};
use crate::js::{Answer, Converted, Frame, Request};
use crate::native::{self, Outcome};
use crate::program::{Body, Piece, Program};
use crate::script::Purity;
use crate::session::{Held, Session, ended};
use crate::view::Scope;

/// Evaluates the expressions of one node run. A clone is the same evaluator.
#[derive(Clone)]
pub struct Evaluator(Arc<Inner>);

struct Inner {
    session: Arc<Session>,
    scope: Arc<Scope>,
    /// n8n's engine takes up the workflow's zone before it evaluates anything.
    bad_zone: Option<ExpressionError>,
    ahead: Ahead,
}

/// What is asked for.
struct Asked<'a> {
    program: Cow<'a, Arc<Program>>,
    item: usize,
    extra: Option<Arc<Map<String, Value>>>,
    marked: bool,
}

fn asked<'a>(source: &'a Expression, item: usize, extra: Option<&Map<String, Value>>, marked: bool) -> Asked<'a> {
    Asked { program: Program::of(source), item, extra: extra.map(|map| Arc::new(map.clone())), marked }
}

impl Asked<'_> {
    /// The same for another thread.
    fn owned(&self) -> Asked<'static> {
        Asked { program: Cow::Owned((*self.program).clone()), item: self.item, extra: self.extra.clone(), marked: self.marked }
    }
}

impl Evaluator {
    /// An evaluator for the node run `scope`.
    pub fn new(session: Arc<Session>, scope: Scope) -> Self {
        let bad_zone = bad_zone(scope.view.timezone());
        Self(Arc::new(Inner { session, scope: Arc::new(scope), bad_zone, ahead: Ahead::default() }))
    }

    /// The session it evaluates in, for user code that runs beside it ([`crate::code::run`]).
    pub fn session(&self) -> &Arc<Session> {
        &self.0.session
    }

    /// The node run it stands in.
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// The value of `source` for the item of that index. Where JavaScript is needed it waits on this thread: for callers without a
    /// runtime. A run leases a thread instead ([`Self::lease`]).
    pub fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, ExpressionError> {
        self.wait(&asked(source, item, extra, false)).map(Evaluated::from)
    }

    /// The value, where no JavaScript is needed.
    pub fn evaluate_natively(
        &self,
        source: &Expression,
        item: usize,
        extra: Option<&Map<String, Value>>,
    ) -> Option<Result<Evaluated, ExpressionError>> {
        let answer = self.0.known(&asked(source, item, extra, false))?;
        Some(answer.map(Evaluated::from))
    }

    /// Asks for a thread on which expressions are evaluated by plain calls. Items that follow those that `work` asks for are evaluated
    /// ahead where that cannot be seen, with `ahead`: for work on one item, of many that are done one by one.
    pub fn lease<T: Send + 'static>(&self, ahead: bool, work: impl FnOnce(&Reader<'_>) -> T + Send + 'static) -> Lent<T> {
        let inner = self.0.clone();
        Lent(self.0.session.lease(move |held, lease| {
            let reader = Reader { inner: &inner, held: Mutex::new(held), lease, ahead: ahead.then(Mutex::default) };
            let done = work(&reader);
            reader
                .ahead
                .map(|ahead| ahead.into_inner().unwrap_or_else(PoisonError::into_inner))
                .into_iter()
                .flatten()
                .for_each(|batch| inner.clone().go_ahead(batch));
            done
        }))
    }

    /// The line that `konverte eval` prints: `{"value": ..., "type": ...}` with markers for what JSON cannot say, or
    /// `{"error": {"code": ..., "message": ..., "type": ...}}`.
    pub fn evaluate_marked(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Value {
        self.evaluate_noted(source, item, extra).0
    }

    /// The same line, and the message of an error that n8n swallows.
    pub fn evaluate_noted(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> (Value, Option<String>) {
        match self.wait(&asked(source, item, extra, true)) {
            Ok(Answer { converted, swallowed }) => {
                // `json!` would copy the value.
                let line = [("value".to_owned(), converted.value), ("type".to_owned(), converted.class.into())];
                (Value::Object(Map::from_iter(line)), swallowed)
            }
            Err(error) => (json!({ "error": error_line(&error) }), None),
        }
    }

    fn wait(&self, asked: &Asked<'_>) -> Answered {
        self.0.known(asked).unwrap_or_else(|| {
            let asked = asked.owned();
            self.lease(true, move |reader| reader.answer(&asked)).wait().and_then(|answer| answer)
        })
    }
}

impl Inner {
    /// The answer without JavaScript: natively, or from what was evaluated ahead.
    fn known(&self, asked: &Asked<'_>) -> Option<Answered> {
        if let (Body::Value(_) | Body::Text(_), Some(error)) = (&asked.program.body, &self.bad_zone) {
            return Some(Err(error.clone()));
        }
        match native(&asked.program, &self.scope, asked.item, asked.marked, self.session.limits().handed_over()).transpose() {
            None if self.goes_ahead(asked) => self.ahead.take(&asked.program, asked.item),
            answer => answer,
        }
    }

    /// Whether other items may be evaluated with it.
    fn goes_ahead(&self, asked: &Asked<'_>) -> bool {
        !asked.marked && asked.extra.is_none() && asked.program.purity.is_pure() && !self.session.is_disturbed()
    }

    fn frame(&self, program: &Program, item: usize, extra: Option<Arc<Map<String, Value>>>) -> Frame {
        let Purity { effect_free, read_only, .. } = program.purity;
        Frame { scope: self.scope.clone(), item, extra, shares: effect_free && read_only && !self.session.is_disturbed() }
    }

    /// Evaluates items ahead, after everything that waits for the isolate.
    fn go_ahead(self: Arc<Self>, batch: Batch) {
        let inner = self.clone();
        drop(self.session.lease(move |held, lease| {
            let (disturbing, stopped) = (inner.clone(), inner.session.stop().clone());
            let stop: Stop = Arc::new(move || disturbing.session.is_disturbed() || stopped());
            batch.run(held.isolate(), lease, &inner.ahead, &stop);
        }));
    }
}

/// A lease that was asked for: a future of what its work gives back.
pub struct Lent<T>(Leased<Result<T, ExpressionError>>);

impl<T> Lent<T> {
    /// Waits on this thread.
    pub fn wait(self) -> Result<T, ExpressionError> {
        ended(self.0.wait())
    }
}

impl<T> Future for Lent<T> {
    type Output = Result<T, ExpressionError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(ended)
    }
}

/// Evaluates on a thread that has an isolate. It stays there: a plain call does not wait.
pub struct Reader<'a> {
    inner: &'a Arc<Inner>,
    held: Mutex<&'a mut Held>,
    lease: &'a Lease,
    /// What is to be evaluated ahead afterwards.
    ahead: Option<Mutex<Vec<Batch>>>,
}

impl Reader<'_> {
    /// The value of a parameter's text for an item.
    pub fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, ExpressionError> {
        self.answer(&asked(source, item, extra, false)).map(Evaluated::from)
    }

    fn answer(&self, asked: &Asked<'_>) -> Answered {
        let inner = self.inner;
        if let Some(answer) = inner.known(asked) {
            return answer;
        }
        let mut held = lock(&self.held);
        let Asked { program, item, extra, marked } = asked;
        let item = *item;
        held.prepare(program)?;
        let goes_ahead = inner.goes_ahead(asked);
        let request = Request { program: (**program).clone(), frame: inner.frame(program, item, extra.clone()), marked: *marked };
        let answer = held.isolate().evaluate(self.lease, &request, inner.session.limits().time, inner.session.stop());
        if let (true, Some(ahead)) = (goes_ahead, &self.ahead) {
            let count = inner.ahead.evaluated(program, item, inner.scope.count().saturating_sub(item + 1));
            let mut ahead = lock(ahead);
            // Only what follows the last item that was asked for.
            ahead.retain(|batch| batch.program.id != program.id);
            if count > 0 {
                let frame = inner.frame(program, item + 1, None);
                ahead.push(Batch { program: (**program).clone(), frame, count });
            }
        }
        answer
    }
}

impl From<Answer> for Evaluated {
    fn from(Answer { converted, swallowed }: Answer) -> Self {
        Self { value: converted.value, kind: converted.kind, swallowed }
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
