//! `konverte explain CODE`.

use clap::Args;

use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::pages::error_pages;

/// Options of `konverte explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An error code, for example KV0302
    pub code: String,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let wanted = args.code.trim().to_ascii_uppercase();
    let Some((_, page)) = error_pages().iter().find(|(code, _)| *code == wanted) else {
        return Err(CliError::usage(codes::UNKNOWN_NAME, format!("There is no error code `{}`.", args.code))
            .help("Codes look like KV0302 and stand in every message of konverte."));
    };
    write_stdout(page.trim_end().as_bytes())?;
    write_stdout(b"\n")?;
    Ok(Exit::Done)
}
