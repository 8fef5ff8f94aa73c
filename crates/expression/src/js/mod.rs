//! The JavaScript engine, on threads of its own.

mod compile;
mod convert;
mod fault;
mod host;
mod host_functions;
mod isolate;
mod prelude;
mod source;
mod user_code;
mod worker;

pub use compile::Compiler;
pub(crate) use convert::Converted;
pub(crate) use host::Frame;
pub(crate) use isolate::{Answer, Request};
pub(crate) use source::check as check_code;
pub(crate) use user_code::{Outside, Settled, UserCode, timeout as code_timeout};
pub(crate) use worker::{Started, Worker};
