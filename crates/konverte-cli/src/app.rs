//! The program: what it offers and how it starts.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use node_sdk::Registry;
use node_sdk::registry::Provider;

use crate::cli::{Cli, Command};
use crate::commands::{self, Session};
use crate::console::{Console, LogFormat};
use crate::error::{CliError, codes};
use crate::exit::Exit;

/// The program with its node types.
pub struct App {
    registry: Registry,
}

/// The program with the node types of this workspace.
pub fn app() -> App {
    App { registry: host::registry() }
}

impl App {
    /// Adds node types: a list of nodes, or any other provider. The program's own win where names collide.
    #[must_use]
    pub fn with(mut self, provider: impl Provider + 'static) -> Self {
        self.registry = self.registry.with(provider);
        self
    }

    /// All node types of this program.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Reads the command line, does what it says, and gives the exit code.
    pub fn run(self) -> ExitCode {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(error) => return usage(&error, wants_json(std::env::args_os())),
        };
        let session = Session { registry: self.registry, console: Console::new(cli.log_format, cli.verbose) };
        let exit = dispatch(cli.command, &session).unwrap_or_else(|error| {
            session.console.failure(&error);
            error.exit
        });
        exit.into()
    }
}

fn dispatch(command: Command, session: &Session) -> Result<Exit, CliError> {
    match command {
        Command::Eval(args) => commands::eval::run(&args, session),
        Command::Run(args) => commands::run::run(&args, session),
        Command::Check(args) => commands::check::run(&args, session),
        Command::Sandbox(args) => commands::sandbox::run(&args, session),
        Command::Graph(args) => commands::graph::run(&args, session),
        Command::Nodes(args) => commands::nodes::run(&args, session),
        Command::Packages(args) => commands::packages::run(&args, session),
        Command::Credentials(args) => commands::credentials::run(&args, session),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Completions(args) => commands::completions::run(&args, Cli::command()),
    }
}

/// Whether the words of a command line that cannot be read ask for logs in JSON.
fn wants_json(words: impl Iterator<Item = std::ffi::OsString>) -> bool {
    let words: Vec<_> = words.collect();
    words.iter().any(|word| word == "--log-format=json") || words.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == "json")
}

/// `--help` and `--version` are answers; everything else is wrong use.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        let text = error.render().to_string();
        Console::new(LogFormat::Json, false).failure(&CliError::usage(codes::USAGE, text.trim()));
    } else {
        let _ = error.print();
    }
    if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() }
}
