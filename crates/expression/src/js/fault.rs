//! What an exception of the engine means.

use javascript::rquickjs::{Atom, CaughtError, Ctx, Object, Value as Js};
use javascript::{is_out_of_memory, throws_null};

use super::text::text;
use crate::error::{ErrorKind, ExpressionError};
use crate::v8_words;

/// An exception, sorted.
pub(crate) enum Fault {
    /// n8n swallows it: the value is `undefined`.
    Swallowed(String),
    /// It fails the item.
    Error(ExpressionError),
}

/// The memory limit.
pub(crate) fn out_of_memory() -> ExpressionError {
    ExpressionError::new(ErrorKind::Memory, "Expression exceeded memory limit")
}

/// The memory limit, if that is what the engine says.
pub(crate) fn limit(caught: &CaughtError<'_>) -> Option<ExpressionError> {
    is_out_of_memory(caught).then(out_of_memory)
}

/// Sorts an exception. `guarded`: n8n swallows what its rewriting wraps; `timed_out`: the interrupt handler stopped it; `source`: what threw.
pub(crate) fn sort<'js>(ctx: &Ctx<'js>, caught: CaughtError<'js>, source: &str, guarded: bool, timed_out: bool) -> Fault {
    if timed_out {
        return Fault::Error(ExpressionError::new(ErrorKind::Timeout, "Expression timed out"));
    }
    if let Some(error) = limit(&caught).filter(|_| !throws_null(source)) {
        return Fault::Error(error);
    }
    let message = match caught {
        CaughtError::Error(error) => error.to_string(),
        CaughtError::Exception(exception) => {
            let object = exception.into_object();
            if let Some(error) = own_error(ctx, &object) {
                return Fault::Error(error);
            }
            string(&object, "message").unwrap_or_default()
        }
        CaughtError::Value(value) => text(ctx, &value).unwrap_or_default(),
    };
    by_message(&message, guarded)
}

fn by_message(message: &str, guarded: bool) -> Fault {
    let message = v8_words::translate(message);
    if let Some(error) = v8_words::extension_on_nothing(&message) {
        return Fault::Error(error);
    }
    if guarded {
        return Fault::Swallowed(message);
    }
    Fault::Error(ExpressionError::new(ErrorKind::Evaluation, format!("Expression evaluation failed: {message}")))
}

/// The error that a host function or our prelude threw.
fn own_error<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Option<ExpressionError> {
    let key: Js<'js> = ctx.globals().get::<_, Object<'js>>("__kv_x").ok()?.get("error").ok()?;
    let kind: String = object.get::<_, Option<String>>(Atom::from_value(ctx.clone(), &key).ok()?).ok()??;
    let kind = match kind.as_str() {
        "extension" => ErrorKind::Extension,
        "evaluation" => ErrorKind::Evaluation,
        "unsupported" => ErrorKind::Unsupported,
        "memory" => ErrorKind::Memory,
        _ => ErrorKind::Expression,
    };
    let mut error = ExpressionError::new(kind, string(object, "message").unwrap_or_default());
    error.description = string(object, "description");
    error.context_type = string(object, "contextType").and_then(|t| CONTEXT_TYPES.iter().find(|known| ***known == *t).copied());
    Some(error)
}

const CONTEXT_TYPES: &[&str] = &[
    "no_execution_data",
    "node_not_found",
    "paired_item_no_connection",
    "paired_item_no_info",
    "paired_item_multiple_matches",
    "paired_item_intermediate_nodes",
];

fn string(object: &Object<'_>, key: &str) -> Option<String> {
    object.get::<_, Option<String>>(key).ok().flatten()
}
