//! `konverte packages grant` and `remove`: changes of the lock alone.

use std::path::PathBuf;

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
    let hosts = change(&args.lock, |lock| {
        let package = lock.packages.get_mut(&args.name).ok_or_else(|| not_added(&args.name, &args.lock))?;
        package.hosts = package.hosts.clone().and(granted);
        Ok(package.hosts.clone())
    })?;
    session.console.note(&format!("requests of {} may go to {hosts}", args.name));
    Ok(Exit::Done)
}

pub(crate) fn remove(args: &RemoveArgs, session: &Session) -> Result<Exit, CliError> {
    change(&args.lock, |lock| if lock.remove(&args.name) { Ok(()) } else { Err(not_added(&args.name, &args.lock)) })?;
    session.console.note(&format!("{} was taken out of {}; its files stay in the cache", args.name, args.lock.display()));
    Ok(Exit::Done)
}

/// Changes a lock that is there: a failure makes none.
fn change<T>(file: &std::path::Path, change: impl FnOnce(&mut Lock) -> packages::Result<T>) -> Result<T, CliError> {
    Ok(Lock::change(file, change)?)
}

fn not_added(name: &str, lock: &std::path::Path) -> packages::Error {
    packages::Error::new(codes::NOT_ADDED, format!("{} has no package {name}.", lock.display())).help("`konverte packages list` says which it has.")
}
