//! Puts the workspace together to a program that runs workflows, without a command line, a terminal or an environment.
//!
//! Two plain structs fill the ports of the engine: [`Process`] is there once, [`Execution`] once for each execution.
//!
//! ```
//! use host::{Execution, Process};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let process = Process::new(host::registry());
//! let workflow = engine::Workflow::parse(r#"{"nodes": [{"name": "Go", "type": "n8n-nodes-base.manualTrigger"}], "connections": {}}"#, "a.json")?;
//! let plan = process.plans.of(&workflow, &engine::PlanOptions::default());
//! let ports = process.ports(Execution::default())?;
//! let result = engine::run(plan, engine::RunOptions::new("Go"), ports).await;
//! assert_eq!(result.status, engine::Status::Success);
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```
//!
//! | room | what |
//! |---|---|
//! | `adapters` | a file for each port |
//! | `secrets` | what must not be shown, and how it is hidden |
//! | `reach` | who answers the requests of an execution |
//! | `credential_tests` | asks services whether credentials hold |
//! | `service_proof` | the same for mail servers and databases |
//! | `sign_in` | a person lets us act for them |

pub mod adapters;
mod at_work;
mod credential_tests;
mod emulator;
mod error;
mod execution;
pub mod json;
mod outside;
pub mod packages;
pub mod packs;
mod process;
mod reach;
pub mod secrets;
mod service_proof;
pub mod sign_in;
mod start;

pub use credential_tests::{CredentialTests, Tested, Used};
pub use emulator::emulator;
pub use error::{Error, Place, char_boundary, codes};
pub use execution::Execution;
pub use process::{Process, registry};
pub use reach::Reach;
pub use start::{begins, is_trigger, start_node};
