//! `konverte completions SHELL`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;

/// Options of `konverte completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Writes those of `program`.
pub(crate) fn run(args: &CompletionsArgs, mut program: Command) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "konverte", &mut script);
    write_stdout(&script)?;
    Ok(Exit::Done)
}
