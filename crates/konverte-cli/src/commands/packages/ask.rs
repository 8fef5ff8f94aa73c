//! Asks the person at the terminal.

use std::io::{self, IsTerminal, Write};

use packages::codes;

use crate::commands::Session;
use crate::error::CliError;

/// Goes on after a yes alone.
///
/// # Errors
/// Nobody is there to ask, or the answer is no.
pub(crate) async fn consent(question: String, session: &Session) -> Result<(), CliError> {
    if !io::stdin().is_terminal() || !session.console.interactive() {
        let error = packages::Error::new(codes::CONSENT, format!("{question} Nobody is here to ask: there is no terminal. Nothing was kept."));
        return Err(error.help("`--yes` accepts the licence and grants the hosts that are proposed; `--host` and `--any-host` say others.").into());
    }
    let answer = tokio::task::spawn_blocking(move || {
        let _ = write!(io::stderr(), "{} [y/N] ", crate::plain::plain(&question));
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let answer = answer.await.map_err(io::Error::other).and_then(|answer| answer).unwrap_or_default();
    if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(packages::Error::new(codes::CONSENT, "The answer was no. Nothing was kept.").help("Run the command again to answer otherwise.").into())
}
