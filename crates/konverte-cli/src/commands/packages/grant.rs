//! `konverte packages grant` and `remove`: changes of the lock alone.

use std::path::{Path, PathBuf};

use clap::Args;
use packages::codes;
use packages::lock::{self, Lock};

use super::HostArgs;
use crate::commands::Session;
use crate::error::{self, CliError};
use crate::exit::Exit;

/// Options of `konverte packages grant`.
#[derive(Debug, Args)]
pub struct GrantArgs {
    /// The package
    pub name: String,
    /// Where its requests may go.
    #[command(flatten)]
    pub hosts: HostArgs,
    /// The lock (default: packages.lock.json in the working directory)
    #[arg(long, value_name = "FILE", default_value = lock::FILE)]
    pub lock: PathBuf,
}

/// Options of `konverte packages remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The package
    pub name: String,
    /// The lock (default: packages.lock.json in the working directory)
    #[arg(long, value_name = "FILE", default_value = lock::FILE)]
    pub lock: PathBuf,
}

pub(crate) fn run(args: &GrantArgs, session: &Session) -> Result<Exit, CliError> {
    let Some(granted) = args.hosts.hosts()? else {
        return Err(CliError::usage(error::codes::USAGE, "Nothing is granted.").help("`--host HOST`, once or more, or `--any-host` says what is."));
    };
    let hosts = change(&args.lock, &args.name, |lock| {
        let package = lock.packages.get_mut(&args.name)?;
        package.hosts = package.hosts.clone().and(granted);
        Some(package.hosts.clone())
    })?;
    session.console.note(&format!("requests of {} may go to {hosts}", args.name));
    Ok(Exit::Done)
}

pub(crate) fn remove(args: &RemoveArgs, session: &Session) -> Result<Exit, CliError> {
    change(&args.lock, &args.name, |lock| lock.remove(&args.name).then_some(()))?;
    session.console.note(&format!("{} was taken out of {}; its files stay in the cache", args.name, args.lock.display()));
    Ok(Exit::Done)
}

/// Changes what a lock that is there says of a package.
fn change<T>(file: &Path, name: &str, change: impl FnOnce(&mut Lock) -> Option<T>) -> Result<T, CliError> {
    let not_added = || {
        let error = packages::Error::new(codes::NOT_ADDED, format!("{} has no package {name}.", file.display()));
        error.help("`konverte packages list` says which it has.")
    };
    // Where there is none, none is made, nor its folder.
    Lock::open(file)?.ok_or_else(not_added)?;
    Ok(Lock::change(file, |lock| change(lock).ok_or_else(not_added))?)
}
