//! The program `konverte` as a library: the composition root of the workspace.
//!
//! A binary with nodes of its own is three lines ([`App::with`]):
//!
//! ```no_run
//! fn my_nodes() -> Vec<std::sync::Arc<dyn node_sdk::Node>> {
//!     Vec::new()
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     konverte::app().with(my_nodes()).run()
//! }
//! ```
//!
//! Rooms: [`cli`] says what can be typed, `commands` has a file for each command, `adapters` has a file for each port
//! of a run, `input` and `output` read and write items.

mod adapters;
mod app;
pub mod cli;
pub mod commands;
mod console;
mod error;
mod exit;
mod host;
mod input;
mod json;
mod loading;
mod mask;
mod output;
mod packs;
mod pages;
mod plain;
mod progress;
pub mod reference;
mod watch;

pub use app::{App, app};
pub use exit::Exit;
pub use pages::error_pages;
