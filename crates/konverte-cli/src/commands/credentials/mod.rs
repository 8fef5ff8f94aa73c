//! `konverte credentials`: signs credentials of a file in, and tests them.

mod ask;
mod authorize;
mod test;

use clap::{Args, Subcommand};

use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;

/// Options of `konverte credentials`.
#[derive(Debug, Args)]
pub struct CredentialsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CredentialsCommand,
}

/// The commands below `konverte credentials`.
#[derive(Debug, Subcommand)]
pub enum CredentialsCommand {
    /// Sign in to a service, and keep its token in a credentials file
    Authorize(Box<authorize::AuthorizeArgs>),
    /// Ask services whether the credentials of a file hold
    Test(test::TestArgs),
}

pub(crate) fn run(args: &CredentialsArgs, session: &Session) -> Result<Exit, CliError> {
    match &args.command {
        CredentialsCommand::Authorize(args) => authorize::run(args, session),
        CredentialsCommand::Test(args) => test::run(args, session),
    }
}
