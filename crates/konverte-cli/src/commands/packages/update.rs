//! `konverte packages update`.

use clap::Args;
use packages::codes;
use packages::lock::Source;
use packages::offer::Offer;
use packages::spec::{Spec, is_older};

use super::add::{self, AddArgs};
use super::{TakeArgs, words};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::watch::until_signal;

/// Options of `konverte packages update`.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// The package
    pub name: String,
    /// How it is taken.
    #[command(flatten)]
    pub take: TakeArgs,
}

pub(crate) fn run(args: &UpdateArgs, session: &Session) -> Result<Exit, CliError> {
    until_signal(updated(args, session))
}

async fn updated(args: &UpdateArgs, session: &Session) -> Result<Exit, CliError> {
    let UpdateArgs { name, take } = args;
    let lock = take.place.open()?;
    let Some(package) = lock.packages.get(name) else {
        let error = packages::Error::new(codes::NOT_ADDED, format!("{} has no package {name}.", take.place.file().display()));
        return Err(error.help("`konverte packages list` says which it has; `add` adds one.").into());
    };
    let package = match &package.library.archive {
        Source::Registry { .. } => {
            let spec = Spec::parse(name)?;
            let newest = Offer::newest(&take.registry.open(None)?, &spec.name).await?;
            if is_older(&newest, &package.version) {
                let older = words::of_older(name, &package.version, &newest);
                session.console.note(&format!("{older}; nothing was changed: `konverte packages add {name}@{newest}` takes it"));
                return Ok(Exit::Done);
            }
            if newest == package.version && take.hosts.hosts()?.is_none() {
                session.console.note(&format!("{name} {newest} is the newest; nothing was changed"));
                return Ok(Exit::Done);
            }
            name.clone()
        }
        // What came from a folder is read from there again.
        Source::Folder { folder } => folder.clone(),
    };
    add::added(&AddArgs { package, take: take.clone(), watch: false }, session).await
}
