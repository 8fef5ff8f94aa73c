//! n8n's expression language: `=text {{ ... }} text` templates, JavaScript, `$`-variables, and the Code node's runner.
//!
//! * [`Session`]: the JavaScript state of one execution (one thread, started when first needed).
//! * [`Evaluator`]: evaluates the expressions of one node run, described by a [`Scope`] over an [`ExecutionView`].
//! * [`check`]: syntax and references without running.
//! * [`code::run`]: user code of a Code node.

pub mod code;
mod error;
mod evaluator;
mod view;

pub use error::{ErrorKind, ExpressionError};
pub use evaluator::{Evaluated, Evaluator, Kind, Limits, References, Session, check};
pub use view::{ExecutionInfo, ExecutionView, NodeView, Scope, SharedMap, SourceRef, WorkflowInfo};
