//! One file for each port of an execution: what stands behind it.

pub mod answers;
pub mod blobs;
pub mod clock;
pub mod commands;
pub mod credentials;
pub(crate) mod dry_run;
pub(crate) mod events;
pub mod files;
pub(crate) mod http;
pub mod random;
pub(crate) mod requests;
pub(crate) mod services;
pub mod variables;
pub mod workflows;

/// Gives a variable of the environment, as far as whoever puts the program together lets it be seen.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;
