//! The JavaScript engine, on threads of its own.

mod convert;
mod fault;
mod host;
mod isolate;
mod lazy;
mod prelude;
mod worker;

pub(crate) use convert::Converted;
pub(crate) use host::Frame;
pub(crate) use isolate::{Answer, Isolate, Request};
pub(crate) use worker::Worker;
