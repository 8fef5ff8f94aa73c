//! `konverte packages add`.

use std::sync::Arc;

use clap::Args;
use host::adapters::clock::SystemClock;
use node_sdk::ports::Clock as _;
use packages::cache::Cache;
use packages::codes;
use packages::folder::stamps;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::integrity::Integrity;
use packages::known::one_letter_away;
use packages::lock::{Lock, Package};
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Wish;

use super::progress::Progress;
use super::{HostArgs, WhereArgs, ask, list, prepared, registry, taken, watch, words};
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
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Where its requests may go.
    #[command(flatten)]
    pub hosts: HostArgs,
    /// Accept the licence, grant the hosts that are proposed, and ask nothing
    #[arg(long, short)]
    pub yes: bool,
    /// Ask this registry (default: that of npm's configuration)
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// Add the folder again each time that its files change, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
}

pub(crate) fn run(args: &AddArgs, session: &Session) -> Result<Exit, CliError> {
    if cfg!(windows) {
        let error = packages::Error::new(codes::SYSTEM, "Node packages cannot be shut in on Windows yet, so none is added.");
        return Err(error.into());
    }
    let wish = Wish::parse(&args.package)?;
    let granted = args.hosts.hosts()?;
    let cache = args.place.cache()?;
    Lock::open(&args.place.file())?;
    let folder = args.watch.then(|| watch::folder(&wish)).transpose()?;
    until_signal(async {
        // What changes while it is added is a change too.
        let seen = folder.as_deref().map(stamps);
        let much = (!args.yes).then_some(MUCH);
        let work = Add { args, session, cache: &cache, granted: &granted };
        let added = match work.add(&registry(args.registry.as_deref(), much)?, &wish).await {
            Err(error) if error.code == codes::LARGE => {
                let question = format!("{} Begin again without a limit?", error.message);
                ask::consent(question, session).await?;
                work.add(&registry(args.registry.as_deref(), None)?, &wish).await
            }
            done => done,
        };
        let (Some(folder), Some(seen), Ok(_)) = (folder, seen, &added) else { return added };
        watch::again(&work, &registry(args.registry.as_deref(), None)?, &folder, seen).await
    })
}

/// The work of one command.
pub(super) struct Add<'a> {
    args: &'a AddArgs,
    pub(super) session: &'a Session,
    cache: &'a Cache,
    granted: &'a Option<Hosts>,
}

impl Add<'_> {
    async fn add(&self, registry: &Registry, wish: &Wish) -> Result<Exit, CliError> {
        self.take(registry, Offer::of_wish(registry, wish).await?, false).await
    }

    /// Adds what is offered. `again`: it was told before what it is, so that only what is new is told.
    pub(super) async fn take(&self, registry: &Registry, offer: Offer, again: bool) -> Result<Exit, CliError> {
        let console = &self.session.console;
        let name = offer.manifest.name.as_str();
        let lock = Lock::open(&self.args.place.file())?.unwrap_or_default();
        if let Some(known) = one_letter_away(name, lock.packages.keys().map(String::as_str)) {
            console.note(&format!("{name} is one letter away from {known}: is it the one that you mean?"));
        }
        // Nothing was granted to what comes from elsewhere under the same name.
        let before = lock.packages.get(name).filter(|before| before.library.archive.is_of(&offer.source)).cloned();
        let hosts = self.hosts(&offer, before.as_ref());
        if !again || before.as_ref().is_none_or(|before| !words::is_accepted(before, &offer)) {
            words::of_offer(&offer, before.as_ref(), &hosts).lines().for_each(|line| console.note(line));
        }
        if let Some(before) = &before {
            let types = list::types(name, before, &lock, self.cache);
            words::of_changes(&offer, before, types.as_ref()).iter().for_each(|change| console.note(&format!("  {change}")));
        }
        if !again && self.granted.is_none() && !hosts.cover(&offer.hosts) {
            console.note(&format!("  that was granted before; its files name more: {}. `konverte packages grant` adds hosts", offer.hosts));
        }
        let known = before.as_ref().filter(|before| words::is_accepted(before, &offer));
        if !self.args.yes && !known.is_some_and(|before| before.hosts.cover(&hosts) || self.granted.is_some()) {
            let question = format!("Add {name} {} under these terms, with requests to {hosts}?", offer.manifest.version);
            ask::consent(question, self.session).await?;
        }
        let on = known.map_or_else(today, |before| before.licence.accepted.clone());
        let progress = Progress::new(console, registry);
        let fetched = install::fetch(registry, self.cache, &offer, Accepted { on, hosts }, &|step| progress.step(&step)).await;
        progress.end();
        let (package, libraries) = fetched?;
        let count = libraries.len();
        let mut planned = Lock::open(&self.args.place.file())?.unwrap_or_default();
        install::add(&mut planned, name, package.clone(), libraries.clone());
        let planned = Arc::new(planned);
        prepared::prepare(&planned, self.cache, name, console).await?;
        taken::of(name, &planned, self.cache, &self.session.registry).iter().for_each(|line| console.note(line));
        let lock = Lock::change(&self.args.place.file(), |lock| {
            let mut package = package;
            // What others granted since then counts too.
            let now = lock.packages.get(name).filter(|now| now.library.archive.is_of(&offer.source)).map(|now| now.hosts.clone());
            let granted = now.filter(|now| before.as_ref().is_none_or(|before| before.hosts != *now));
            package.hosts = granted.into_iter().fold(package.hosts, Hosts::and);
            install::add(lock, name, package, libraries);
            Ok(Arc::new(lock.clone()))
        })?;
        // Its libraries may have got other names beside what others added since then.
        if identity(&lock, name) != identity(&planned, name) {
            prepared::prepare(&lock, self.cache, name, console).await?;
        }
        let version = &offer.manifest.version;
        console.note(&match again {
            true => format!("{name} {version} was loaded again"),
            false => format!("{name} {version} was added, with {count} libraries; {} fetched", words::megabytes(registry.fetched())),
        });
        Ok(Exit::Done)
    }

    /// What the command says; else what was granted before, else what is proposed.
    fn hosts(&self, offer: &Offer, before: Option<&Package>) -> Hosts {
        self.granted.clone().or_else(|| Some(before?.hosts.clone())).unwrap_or_else(|| offer.hosts.clone())
    }
}

fn identity(lock: &Lock, name: &str) -> Option<Integrity> {
    lock.packages.get(name).map(|package| lock.identity(name, package))
}

fn today() -> String {
    let now = jiff::Timestamp::from_millisecond(SystemClock::new().now_millis()).unwrap_or_default();
    now.strftime("%Y-%m-%d").to_string()
}
