//! The program `konverte` as a library: words, options, printing. What it gives a run, the crate `host` puts together.
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
//! Rooms: [`cli`] says what can be typed, `commands` has a file for each command, `input` and `output` read and write items,
//! `screen` lays out what people read.

mod app;
pub mod cli;
pub mod commands;
mod console;
pub mod emulator;
mod environment;
mod error;
mod exit;
mod input;
mod keeper;
mod loading;
mod misfits;
mod offline;
mod output;
mod packaged;
mod pages;
mod plain;
mod progress;
pub mod reference;
mod screen;
mod watch;
mod worker;

pub use app::{App, app};
pub use exit::Exit;
pub use keeper::keeper;
pub use pages::error_pages;
pub use worker::worker;
