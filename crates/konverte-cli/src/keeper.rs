//! The program as the keeper of a command: what stands between a run and what the command starts.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use host::adapters::commands;

use crate::environment;
use crate::error::{CliError, codes};

/// The word that makes the program a keeper; the command follows.
const WORD: &str = "keeper";

/// Keeps a command where the command line says so, until it has ended or the run has. `None`: it does not.
pub fn keeper() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != WORD) {
        return None;
    }
    let command = words.next().and_then(|command| command.into_string().ok());
    Some(command.map_or(ExitCode::FAILURE, |command| commands::keep(&command)))
}

/// The program and the words that start it so.
pub(crate) fn start() -> Result<(PathBuf, Vec<OsString>), CliError> {
    let program = environment::program();
    let program = program.ok_or_else(|| CliError::usage(codes::USAGE, "Commands cannot be run: the system does not say where this program is."))?;
    Ok((program, vec![WORD.into()]))
}
