//! Expressions and user code in an isolate.

mod code_functions;
mod compile;
mod convert;
mod fault;
#[cfg(test)]
mod frozen;
mod host;
mod host_functions;
mod isolate;
mod prelude;
#[cfg(test)]
mod rewound;
mod source;
mod text;
mod user_code;

pub use compile::Compiler;
pub(crate) use convert::Converted;
pub(crate) use host::{Frame, Outside};
pub(crate) use isolate::{Answer, Isolate, Request};
pub(crate) use source::check as check_code;
pub(crate) use user_code::{Begin, Clocks, Next, Settled, UserCode};
