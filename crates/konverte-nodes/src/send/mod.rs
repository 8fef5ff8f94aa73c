//! The executor: from parameters to requests, from answers to items.
//!
//! * [`N8n`] sends what n8n sends, timed as n8n times it.
//! * [`Native`] sends what was set, with bounded concurrency, retries and paging.

mod answer;
mod broken;
mod existing;
mod failure;
mod misfit;
mod n8n;
mod native;
mod needs;
mod options;
mod pages;
mod request;
mod upload;
mod value;

pub use n8n::N8n;
pub use native::Native;

pub(crate) use misfit::{Misfit, find as misfits};
pub(crate) use needs::lacking;
pub(crate) use request::segment;
pub(crate) use value::{Unfit, convert, emptied, says_nothing};
