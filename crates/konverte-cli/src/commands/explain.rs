//! `konverte explain CODE`.

use clap::Args;

use crate::commands::Session;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::pages::error_pages;
use crate::screen::markdown;

/// Options of `konverte explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An error code, for example KV0302
    pub code: String,
}

/// The page as it was written, in Markdown, where nobody watches: it may go into a document.
pub(crate) fn run(args: &ExplainArgs, session: &Session) -> Result<Exit, CliError> {
    let wanted = args.code.trim().to_ascii_uppercase();
    let Some((_, page)) = error_pages().iter().find(|(code, _)| *code == wanted) else {
        return Err(CliError::usage(codes::UNKNOWN_NAME, format!("There is no error code `{}`.", args.code))
            .help("Codes look like KV0302 and stand in every message of konverte."));
    };
    let screen = session.console.output();
    let laid_out = screen.is_measured().then(|| markdown::page(page, screen));
    write_stdout(format!("{}\n", laid_out.as_deref().unwrap_or(page).trim_end()).as_bytes())?;
    Ok(Exit::Done)
}
