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
    /// An error code, for example KV0302; `kv0302` and `302` are the same
    pub code: String,
}

/// The page as it was written, in Markdown, where nobody watches: it may go into a document.
pub(crate) fn run(args: &ExplainArgs, session: &Session) -> Result<Exit, CliError> {
    let wanted = code(&args.code);
    let Some((_, page)) = error_pages().iter().find(|(code, _)| *code == wanted) else {
        return Err(CliError::usage(codes::UNKNOWN_NAME, format!("There is no error code `{}`.", args.code))
            .help("Codes look like KV0302 and stand in every message of konverte."));
    };
    let screen = session.console.output();
    let laid_out = screen.is_measured().then(|| markdown::page(page, screen));
    write_stdout(format!("{}\n", laid_out.as_deref().unwrap_or(page).trim_end()).as_bytes())?;
    Ok(Exit::Done)
}

/// The code as it is written everywhere: people leave out its letters, and zeros.
fn code(typed: &str) -> String {
    let typed = typed.trim().to_ascii_uppercase();
    let number = typed.strip_prefix("KV").unwrap_or(&typed);
    if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) { format!("KV{number:0>4}") } else { typed }
}
