//! The executor: from parameters to requests, from answers to items.
//!
//! * [`N8n`] sends what n8n sends, timed as n8n times it.
//! * [`Native`] sends what was set, with bounded concurrency, retries and paging.

mod answer;
mod failure;
mod misfit;
mod n8n;
mod native;
mod options;
mod pages;
mod request;
mod upload;
mod value;

pub use n8n::N8n;
pub use native::Native;

pub(crate) use misfit::{Misfit, find as misfits};
pub(crate) use request::segment;
pub(crate) use value::{Unfit, convert, emptied, says_nothing};

use node_sdk::event::Event;
use node_sdk::{Item, NodeError, Outputs, RunContext};

/// Puts the results of all input items together, in the order of the input.
///
/// An item that failed becomes an error item where the node goes on after errors; else the error of the lowest index ends
/// the run. Of a run that was stopped, what was done by then. `stand_in` makes the error item that stands for an input item.
fn gather(
    cx: &RunContext,
    results: impl Iterator<Item = (usize, Result<Vec<Item>, NodeError>)>,
    stand_in: impl Fn(&NodeError, usize) -> Item,
) -> Result<Outputs, NodeError> {
    let mut items = Vec::with_capacity(results.size_hint().0);
    for (index, result) in results {
        match result {
            Ok(out) => items.extend(out),
            Err(error) if error.fatal => {}
            Err(error) if cx.continue_on_fail() => items.push(stand_in(&error, index)),
            Err(error) => return Err(error),
        }
    }
    Ok(Outputs::one(items))
}

fn progress(cx: &RunContext, done: usize, total: usize) {
    cx.emit(Event::Progress { node: cx.node.name.as_str().into(), done, total });
}
