//! What stands on standard output: the result, in the form that was asked for.

pub(crate) mod time;

use std::io::{self, Write};

use crate::error::{CliError, codes};
use crate::exit::Exit;

/// Writes bytes; a reader that went away (`| head`) ends the program quietly.
pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).or_else(closed)
}

fn closed(error: io::Error) -> Result<(), CliError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(CliError::usage(codes::OUTPUT, format!("Standard output cannot be written: {error}.")).exit(Exit::Failed))
}
