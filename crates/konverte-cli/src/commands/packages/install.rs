//! `konverte packages install` and `verify`.

use std::sync::Arc;

use clap::Args;
use node_sdk::size::size;
use packages::install;
use packages::lock::Package;

use super::progress::Progress;
use super::{RegistryArgs, WhereArgs, prepared, words};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::watch::until_signal;

/// Options of `konverte packages install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Ask no registry: say what is missing
    #[arg(long, conflicts_with = "registry")]
    pub offline: bool,
    /// Which registry is asked.
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Options of `konverte packages verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
}

pub(crate) fn run(args: &InstallArgs, session: &Session) -> Result<Exit, CliError> {
    let (lock, cache, console) = (args.place.open()?, args.place.cache()?, &session.console);
    for (name, package) in &lock.packages {
        let Package { version, licence, hosts, .. } = package;
        console.note(&format!("{name} {version}: licence {}, accepted on {}; requests may go to {hosts}", licence.name, licence.accepted));
    }
    let are_there = format!("{} there", words::are(lock.all().count(), "package"));
    if args.offline {
        all_of(install::verify(&cache, &lock))?;
        console.note(&are_there);
        return Ok(Exit::Done);
    }
    until_signal(async {
        let registry = args.registry.open(None)?;
        let progress = Progress::new(console, &registry);
        let fetched = install::install(&registry, &cache, &lock, &|step| progress.step(&step)).await;
        progress.end();
        let fetched = fetched?;
        let lock = Arc::new(lock);
        for name in lock.packages.keys() {
            prepared::prepare(&lock, &cache, name, console).await?;
        }
        console.note(&format!("{are_there}; {fetched} of them, {}, were fetched now", size(registry.fetched())));
        Ok(Exit::Done)
    })
}

pub(crate) fn verify(args: &VerifyArgs, session: &Session) -> Result<Exit, CliError> {
    let (lock, cache) = (args.place.open()?, args.place.cache()?);
    all_of(install::verify(&cache, &lock))?;
    session.console.note(&format!("{} as the lock says", words::are(lock.all().count(), "package")));
    Ok(Exit::Done)
}

/// One error with all the others beside it.
fn all_of(errors: Vec<packages::Error>) -> Result<(), CliError> {
    let mut errors = errors.into_iter().map(CliError::from);
    match errors.next() {
        None => Ok(()),
        Some(first) => Err(CliError { more: errors.collect(), ..first }),
    }
}
