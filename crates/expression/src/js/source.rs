//! User code as text: compiled for a run, or only looked at.

use std::time::Duration;

use javascript::rquickjs::context::EvalOptions;
use javascript::rquickjs::{self, CatchResultExt, CaughtError, Ctx, Function, Value as Js};
use javascript::{Fault, Isolate, Limits, never};

use crate::code_result::CodeError;
use crate::script;
use crate::v8_syntax;

/// What n8n puts around user code: the words and the places of syntax errors follow from it.
const BEFORE: &str = "module.exports = async function VmCodeWrapper() {";
const AFTER: &str = "\n}()";

/// Keeps text that was compiled from running: what it may bring along beside the function does not begin.
const STOP: &str = "throw 0; ";

/// The text that a run compiles. The names are those of a function around the code, so that it may declare them anew.
pub(crate) fn wrapped(source: &str, names: &[String]) -> String {
    let spread = script::spread_texts(source);
    let source = spread.as_deref().unwrap_or(source);
    format!("(function({}){{return async function VmCodeWrapper() {{{source}\n}}}})", names.join(","))
}

/// The function of a text that [`wrapped`] made of `source`.
pub(crate) fn compile<'js>(ctx: &Ctx<'js>, wrapped: String, source: &str) -> Result<Function<'js>, CodeError> {
    let made: rquickjs::Result<Function<'js>> = ctx.eval_with_options(wrapped, options());
    made.catch(ctx).map_err(|caught| match super::fault::limit(&caught) {
        Some(error) => error.into(),
        None => look(ctx, source).err().unwrap_or_else(|| failure("Invalid or unexpected token".into(), None)),
    })
}

/// More than any compilation takes.
const TIME: Duration = Duration::from_secs(60);

thread_local! {
    /// An isolate that only compiles: starting one takes longer than most code.
    static CHECKER: Option<Isolate<()>> = checker();
}

fn checker() -> Option<Isolate<()>> {
    Isolate::new(Limits::default(), |_, _| Ok::<_, Fault>(())).ok()
}

/// Compiles user code without running it.
pub(crate) fn check(source: &str) -> Result<(), CodeError> {
    let look_in = |isolate: &Isolate<()>| isolate.enter(TIME, &never(), |ctx, ()| look(ctx, source));
    // Without an engine nothing is known of the code.
    let known = CHECKER.with(|checker| checker.as_ref().map_or(Ok(()), look_in));
    // Code that ends the function around it may have declared a name for all that comes after it: an error counts in a new isolate.
    known.or_else(|_| checker().as_ref().map_or(Ok(()), look_in))
}

fn look(ctx: &Ctx<'_>, source: &str) -> Result<(), CodeError> {
    let text = format!("{STOP}{BEFORE}{source}{AFTER}");
    let done: rquickjs::Result<Js<'_>> = ctx.eval_with_options(text.as_str(), options());
    match done.catch(ctx) {
        Err(CaughtError::Exception(exception)) => {
            let said = exception.message().unwrap_or_default();
            Err(match place(&text, &exception.stack().unwrap_or_default()) {
                Some(at) => failure(v8_syntax::words(&said, &text, at), Some(at.saturating_sub(STOP.len() + BEFORE.len()).min(source.len()))),
                // Only regular expressions are read apart from the text.
                None if said.ends_with("flags") => failure("Invalid regular expression flags".into(), None),
                None => failure(format!("Invalid regular expression: {said}"), None),
            })
        }
        _ => Ok(()),
    }
}

fn options() -> EvalOptions {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some("code".into());
    options
}

/// The byte of `text` that the first line of a stack names.
fn place(text: &str, stack: &str) -> Option<usize> {
    let (line, column) = stack.split("code:").nth(1)?.lines().next()?.trim_end_matches(')').split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let at = start + column.checked_sub(1)?;
    text.is_char_boundary(at).then_some(at)
}

fn failure(message: String, offset: Option<usize>) -> CodeError {
    CodeError { message, name: "SyntaxError".into(), syntax: true, offset, ..CodeError::default() }
}
