//! The program: what it offers and how it starts.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches, ValueEnum};
use node_sdk::Registry;
use node_sdk::registry::Provider;

use crate::cli::{Cli, Command};
use crate::commands::{self, Session};
use crate::console::{Console, LogFormat, Said};
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::screen::{ColorWhen, Screen};

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
        let cli = match parse() {
            Ok(cli) => cli,
            Err(error) => return usage(&error),
        };
        let session = Session { registry: self.registry, console: Console::new(cli.said()) };
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
        Command::Explain(args) => commands::explain::run(&args, session),
        Command::Completions(args) => commands::completions::run(&args, Cli::command()),
    }
}

/// Reads the command line. Help and errors of it are laid out as everything else is.
fn parse() -> Result<Cli, clap::Error> {
    let colour = colour();
    let choice = match (colour, Screen::stdout(colour).has_colour() || Screen::stderr(colour).has_colour()) {
        (ColorWhen::Auto, true) => ColorChoice::Auto,
        (_, true) => ColorChoice::Always,
        (_, false) => ColorChoice::Never,
    };
    let matches = Cli::command().color(choice).term_width(Screen::stdout(colour).text_width()).try_get_matches()?;
    Cli::from_arg_matches(&matches)
}

/// What a command line, even one that cannot be read, gives an option.
fn word_of(option: &str) -> Option<String> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let joined = words.iter().find_map(|word| Some(word.strip_prefix(option)?.strip_prefix('=')?.to_owned()));
    joined.or_else(|| words.windows(2).find(|pair| pair[0] == option).map(|pair| pair[1].clone()))
}

/// `--help` and `--version` are answers; everything else is wrong use, and said as every other error.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Done.into();
    }
    // A command without its subcommand is answered with its help, which clap has laid out.
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !is_json() {
        let _ = error.print();
        return Exit::Usage.into();
    }
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error: ");
    let (message, help) = text.split_once("\n\n").map_or((text, None), |(message, help)| (message, Some(help.trim_start())));
    let failure = CliError { help: help.map(str::to_owned), ..CliError::usage(codes::USAGE, message) };
    let format = if is_json() { LogFormat::Json } else { LogFormat::Text };
    Console::new(Said { format, colour: colour(), ..Said::default() }).failure(&failure);
    Exit::Usage.into()
}

fn is_json() -> bool {
    word_of("--log-format").is_some_and(|format| format == "json")
}

fn colour() -> ColorWhen {
    word_of("--color").and_then(|when| ColorWhen::from_str(&when, false).ok()).unwrap_or_default()
}
