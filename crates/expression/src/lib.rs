//! n8n's expression language: `=text {{ ... }} text` templates, JavaScript, `$`-variables, and the Code node's runner.
//!
//! * [`Isolates`]: what a process has one of: threads for JavaScript, isolates that are ready.
//! * [`Session`]: the JavaScript state of one execution.
//! * [`Evaluator`]: evaluates the expressions of one node run, described by a [`Scope`] over an [`ExecutionView`].
//! * [`check`]: syntax and references without running; [`Compiler`]: what only the engine refuses.
//! * [`code::run`]: user code of a Code node.
//!
//! An expression takes this way: `template` cuts the text, `script` parses and rewrites each block, `native` answers
//! plain member paths without JavaScript, `js` runs the rest. What the variables show is looked up in `lookup` and
//! `pairing`, for both tiers alike.

mod ahead;
mod callee;
mod charged;
pub mod code;
mod code_result;
mod digest;
mod error;
mod evaluated;
mod evaluator;
mod extensions;
mod frames;
mod isolates;
mod js;
mod js_text;
mod json_words;
mod limits;
mod lookup;
mod native;
mod pairing;
mod program;
pub mod scenario;
mod script;
mod session;
mod template;
#[cfg(test)]
mod tiers;
mod v8_dates;
mod v8_sort;
mod v8_syntax;
mod v8_text;
mod v8_words;
mod view;

pub use error::{ErrorKind, ExpressionError};
pub use evaluated::{Evaluated, Kind};
pub use evaluator::{Evaluator, Lent, Reader};
pub use isolates::{Demand, Isolates};
pub use javascript::{Admission, PoolOptions, Stop};
pub use js::Compiler;
pub use limits::Limits;
pub use program::{beyond, check, code_references, is_native, outside};
pub use session::Session;
pub use v8_sort::sorted_order;
pub use v8_words::unreadable;
pub use view::{ExecutionInfo, ExecutionView, NodeView, Scope, SharedMap, SourceRef, WorkflowInfo};
