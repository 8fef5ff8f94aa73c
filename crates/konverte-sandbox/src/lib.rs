//! An emulator of the Konverte API, in memory.
//!
//! Its routes come from the table of actions in `konverte-nodes`; `src/resources` has a file for each resource, with a
//! handler for each action. It starts from a seed that is always the same, its clock moves one second with each request,
//! and its ids count: the same requests get the same answers.
//!
//! Use it in the process, as a function ([`Sandbox::handle`]) or as an HTTP client ([`SandboxClient`]), or on a socket
//! ([`serve`]).
//!
//! ```
//! use konverte_sandbox::{Options, Outcome, Request, Sandbox};
//! use serde_json::json;
//!
//! let sandbox = Sandbox::new(Options::default())?;
//! let request = Request::json("GET", "/api/v1/profile", Some("sandbox-admin"), None);
//! let Outcome::Answer(response) = sandbox.handle(&request) else { panic!("no fault was asked for") };
//! assert_eq!(response.status, 200);
//! assert_eq!(response.json()["email"], json!("admin@sandbox.example"));
//! # Ok::<(), konverte_sandbox::SeedError>(())
//! ```

mod call;
mod client;
pub mod examples;
mod failure;
mod fault;
mod filter;
mod http;
mod input;
mod limits;
mod resources;
mod router;
mod sandbox;
mod server;
mod state;
mod views;

pub use client::SandboxClient;
pub use fault::{Fault, FaultError, FaultKind, SLOW};
pub use http::{Outcome, Request, Response};
pub use sandbox::{ORIGIN, Options, Sandbox, SeedError, TOKENS, seeded_token_for};
pub use server::serve;
