//! `konverte packages add`.

use clap::Args;
use packages::codes;
use packages::folder::stamps;
use packages::lock::Lock;
use packages::spec::Wish;

use super::taking::Taking;
use super::{TakeArgs, ask, watch};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::watch::until_signal;

/// What is fetched without asking; bytes.
const MUCH: u64 = 100_000_000;

/// Options of `konverte packages add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// NAME, NAME@VERSION, or the folder of an installed package or of an n8n installation
    #[arg(value_name = "NAME[@VERSION]|DIR")]
    pub package: String,
    /// How it is taken.
    #[command(flatten)]
    pub take: TakeArgs,
    /// Add the folder again each time that its files change, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
}

pub(crate) fn run(args: &AddArgs, session: &Session) -> Result<Exit, CliError> {
    until_signal(added(args, session))
}

pub(super) async fn added(args: &AddArgs, session: &Session) -> Result<Exit, CliError> {
    let take = &args.take;
    if cfg!(windows) {
        let error = packages::Error::new(codes::SYSTEM, "Node packages cannot be shut in on Windows yet, so none is added.");
        return Err(error.into());
    }
    let wish = Wish::parse(&args.package)?;
    let granted = take.hosts.hosts()?;
    let cache = take.place.cache()?;
    Lock::open(&take.place.file())?;
    let folder = args.watch.then(|| watch::folder(&wish)).transpose()?;
    // What changes while it is added is a change too.
    let seen = folder.as_deref().map(stamps);
    let much = (!take.yes).then_some(MUCH);
    let work = Taking { args: take, session, cache: &cache, granted: &granted };
    work.tell_of_name(&wish)?;
    let added = match work.add(&take.registry.open(much)?, &wish).await {
        Err(error) if error.code == codes::LARGE => {
            let question = format!("{} Begin again without a limit?", error.message);
            ask::consent(question, session).await?;
            work.add(&take.registry.open(None)?, &wish).await
        }
        done => done,
    };
    let (Some(folder), Some(seen), Ok(_)) = (folder, seen, &added) else { return added };
    watch::again(&work, &take.registry.open(None)?, &folder, seen).await
}
