//! What can be typed. Each command's options stand in its file in `commands/`.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::console::{LogFormat, Said};
use crate::screen::ColorWhen;

/// Runs n8n workflow files from a shell, with all 115 Konverte actions.
#[derive(Debug, Parser)]
#[command(name = "konverte", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// How standard error is written
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// Show what happens inside
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say nothing but errors on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When there are colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorWhen,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// What it says of messages.
    pub(crate) fn said(&self) -> Said {
        Said { format: self.log_format, colour: self.color, quiet: self.quiet, verbose: self.verbose }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one workflow file to its end
    Run(Box<commands::run::RunArgs>),
    /// Say everything about workflow files that can be known before they run
    Check(commands::check::CheckArgs),
    /// Evaluate one expression against an item, or many with --batch
    Eval(commands::eval::EvalArgs),
    /// List the nodes, or show one with its parameters and an example
    Nodes(commands::nodes::NodesArgs),
    /// Start the Konverte API emulator on a loopback port
    Sandbox(commands::sandbox::SandboxArgs),
    /// Draw a workflow
    Graph(commands::graph::GraphArgs),
    /// Node packages of n8n and its community: add, install, list, grant, remove, outdated, update, verify
    Packages(commands::packages::PackagesArgs),
    /// Credentials of a file: sign in, test
    Credentials(commands::credentials::CredentialsArgs),
    /// Show the page behind an error code
    Explain(commands::explain::ExplainArgs),
    /// Write shell completions to standard output
    Completions(commands::completions::CompletionsArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn what_is_said_of_packages_names_all_its_commands() {
        let cli = Cli::command();
        let packages = cli.find_subcommand("packages").expect("it is there");
        let about = packages.get_about().map(ToString::to_string).unwrap_or_default();
        let (_, list) = about.split_once(": ").expect("a list");
        let commands: std::collections::BTreeSet<&str> = packages.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(list.split(", ").collect::<std::collections::BTreeSet<_>>(), commands);
    }
}
