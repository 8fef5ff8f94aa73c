//! Checks a workflow and runs its graph: scheduling in both of n8n's orders, pairing, node settings, error outputs.
//!
//! Three steps, as for a node: [`check`] says everything that can be known before running, [`Plan::new`] prepares each node
//! once, [`run()`] runs the plan.
//!
//! ```text
//! let start = find_start(&workflow, &registry, wanted /* --start */, use_pins)?;      // StartError names the candidates (exit 2)
//! let found = check(&workflow, &registry, &CheckOptions { start: Some(start.clone()), .. });  // blocking: exit 3 or 4
//! let plan = Plan::new(workflow /* Arc<Workflow> */, &registry, &PlanOptions { timezone });
//! let result = run(plan /* Arc<Plan> */, RunOptions::new(start), host /* Host */).await;
//! write(&result, &WriteOptions { items, locate, blobs, extra }, &mut stdout).await?;          // the JSON of `--output json`
//! ```
//!
//! | room | what |
//! |---|---|
//! | `check` | diagnostics before a run |
//! | `plan` | the graph and its prepared nodes |
//! | `schedule` | which node runs next: `v1`, `v0`, and what both share; knows no nodes, only connections |
//! | `run` | the interpreter: inputs, retries, pairing, error outputs, settings |
//! | `view` | what expressions may ask about the run so far |
//! | `subworkflow` | runs a workflow inside a run |
//! | `durable` | what a run needs so that it can survive a crash |
//! | `result` | what a run came to, and its JSON |

mod cancel;
pub mod codes;
mod durable;
// mod options;
mod result;
pub mod schedule;

pub use cancel::Cancel;
pub use durable::{Durable, InMemory, StepKey, StepResult};
// pub use options::{Host, RunOptions};
pub use result::{NodeRun, RunResult, Status};
