//! Checks a workflow and runs its graph: scheduling in both of n8n's orders, pairing, node settings, error outputs.
//!
//! Three steps, as for a node: [`check`] says everything that can be known before running, [`Plan::new`] prepares each node
//! once, [`run()`] runs the plan.
//!
//! ```text
//! let start = workflow.start_node(wanted /* --start */, use_pins, is_trigger)?.name.clone();
//! let found = check(&workflow, &registry, &CheckOptions { start: Some(start.clone()), .. });  // Finding::blocking: exit 3 or 4
//! let plan = Arc::new(Plan::new(&workflow, &registry, &PlanOptions { timezone }));
//! let result = run(plan, RunOptions::new(start), ports /* EnginePorts */).await;
//! write(&result, &WriteOptions { items, locate, blobs, extra }, &mut stdout).await?;          // the JSON of `--output json`
//! ```
//!
//! | room | what |
//! |---|---|
//! | `check` | diagnostics before a run |
//! | `plan` | the graph and its prepared nodes |
//! | `plans` | one plan for each text, shared by executions |
//! | `schedule` | which node runs next: `v1`, `v0`, and what both share; knows no nodes, only connections |
//! | `run` | the interpreter: inputs, retries, pairing, error outputs, settings |
//! | `subworkflow` | runs a workflow inside a run |
//! | `durable` | what a run needs so that it can survive a crash |
//! | `result` | what a run came to, and its JSON |

mod blobs;
mod cancel;
pub mod check;
pub mod codes;
mod defaults;
mod durable;
mod options;
mod places;
mod plan;
mod plans;
mod result;
mod run;
pub mod schedule;
mod subworkflow;

pub use cancel::Cancel;
pub use check::{Blocking, CheckOptions, Found, Given, Lack, brings, check, needed_credentials, package_of};
pub use durable::{Durable, ExchangeOutcome, InMemory, NodeOutcome, StartedSubworkflow, StaticMap, StepKey, StepKind, StepResult};
pub use expression::{Isolates, Limits, PoolOptions};
pub use options::{EnginePorts, NoWorkflows, RunOptions, WorkflowSource};
pub use plan::{Plan, PlanOptions, sends_and_goes_on};
pub use plans::Plans;
pub use result::{LeftOut, NodeRun, RunResult, ShownItems, Status, WriteOptions, iso, item_json, write};
pub use run::{run, run_paced};
pub use workflow::Workflow;
