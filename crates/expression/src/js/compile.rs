//! Expressions as the engine reads them: compiled for a run, or only looked at.

use std::cell::OnceCell;
use std::time::Duration;

use javascript::rquickjs::context::EvalOptions;
use javascript::rquickjs::{CatchResultExt, CaughtError, Ctx, Function};
use javascript::{Fault, Isolate, Limits, never};

use super::fault;
use crate::error::{ErrorKind, ExpressionError};
use crate::program::{Program, Script};

/// The text of the function that a run calls.
pub(super) fn text(script: &Script) -> String {
    format!("(function({}){{return ({}\n)}})", script.names.join(","), script.code)
}

/// The function of a [`text`]; `file` is what stacks call it.
pub(super) fn compile<'js>(ctx: &Ctx<'js>, text: String, file: String) -> Result<Function<'js>, ExpressionError> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(file);
    ctx.eval_with_options(text, options).catch(ctx).map_err(|caught| syntax(&caught))
}

/// Our parser let it pass, the engine does not: a syntax error all the same.
fn syntax(caught: &CaughtError<'_>) -> ExpressionError {
    fault::limit(caught).unwrap_or_else(|| {
        let said = match caught {
            CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
            other => other.to_string(),
        };
        ExpressionError { detail: Some(format!("The engine does not take it: {said}.")), ..ExpressionError::new(ErrorKind::Syntax, "invalid syntax") }
    })
}

/// More than any compilation takes.
const TIME: Duration = Duration::from_secs(60);

/// Finds what only the engine refuses, without running anything: a pattern that is none, a name that is declared twice.
///
/// It holds an engine, which takes about a millisecond to start: with the first block that is no plain path. Without one, nothing more is
/// known of an expression.
#[derive(Default)]
pub struct Compiler(OnceCell<Option<Isolate<()>>>);

impl Compiler {
    /// A syntax error of a text, with the place of its block.
    ///
    /// ```
    /// let compiler = expression::Compiler::default();
    /// assert!(expression::check("=a {{ /(/.test('b') }}").is_ok());
    /// assert_eq!(compiler.check("=a {{ /(/.test('b') }}").unwrap_err().offset, Some(5));
    /// ```
    pub fn check(&self, source: &str) -> Result<(), ExpressionError> {
        let program = Program::new(source);
        program.body.blocks().filter(|block| block.path.is_none()).try_for_each(|block| {
            let script = block.script().map_err(Clone::clone)?;
            let isolate = self.0.get_or_init(|| Isolate::new(Limits::default(), |_, _| Ok::<_, Fault>(())).ok());
            let Some(isolate) = isolate else { return Ok(()) };
            match isolate.enter(TIME, &never(), |ctx, ()| compile(ctx, text(script), "expression".into()).map(drop)) {
                // That it is too much for the engine is an error of the run.
                Err(error) if error.kind == ErrorKind::Syntax => Err(block.located(error)),
                _ => Ok(()),
            }
        })
    }
}
