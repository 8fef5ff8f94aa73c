//! Takes a package into the lock: what is said and asked before, and what is done.

use std::path::PathBuf;
use std::sync::Arc;

use host::adapters::clock::SystemClock;
use node_sdk::ports::Clock as _;
use node_sdk::size::size;
use packages::cache::Cache;
use packages::changes::{Changes, Held, Types};
use packages::described::Described;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::integrity::Integrity;
use packages::known::one_letter_away;
use packages::lock::{Lock, Package, Source};
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Wish;

use super::progress::Progress;
use super::{TakeArgs, ask, prepared, taken, words};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;

/// The work of one command.
pub(super) struct Taking<'a> {
    pub(super) args: &'a TakeArgs,
    pub(super) session: &'a Session,
    pub(super) cache: &'a Cache,
    pub(super) granted: &'a Option<Hosts>,
}

/// The package that a lock has of the same origin, and what is known of it.
struct Before {
    package: Package,
    held: Held,
    /// What of the types was said to change.
    said: Vec<String>,
}

impl Taking<'_> {
    pub(super) async fn add(&self, registry: &Registry, wish: &Wish) -> Result<Exit, CliError> {
        self.take(registry, Offer::of_wish(registry, wish).await?, false).await
    }

    /// Says before it is asked for that a name of the registry is nearly another one: a name that is mistyped may be of no package.
    pub(super) fn tell_of_name(&self, wish: &Wish) -> Result<(), CliError> {
        match wish {
            Wish::Registry(spec) => self.tell_of_near(spec.name.as_str(), &self.lock()?),
            Wish::Folder(_) => {}
        }
        Ok(())
    }

    fn tell_of_near(&self, name: &str, lock: &Lock) {
        if let Some(known) = one_letter_away(name, lock.packages.keys().map(String::as_str)) {
            self.session.console.note(&format!("{name} is one letter away from {known}: is it the one that you mean?"));
        }
    }

    fn file(&self) -> PathBuf {
        self.args.place.file()
    }

    fn lock(&self) -> Result<Lock, CliError> {
        Ok(Lock::open(&self.file())?.unwrap_or_default())
    }

    /// Adds what is offered. `again`: it was told before what it is, so that only what is new is told.
    pub(super) async fn take(&self, registry: &Registry, offer: Offer, again: bool) -> Result<Exit, CliError> {
        let console = &self.session.console;
        let name = offer.manifest.name.as_str();
        let lock = self.lock()?;
        if matches!(offer.source, Source::Folder { .. }) && !again {
            self.tell_of_near(name, &lock);
        }
        let (before, hosts) = self.tell(&offer, &lock, again);
        let known = before.as_ref().map(|before| &before.package).filter(|before| words::is_accepted(before, &offer));
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
        let mut planned = self.lock()?;
        install::add(&mut planned, name, package.clone(), libraries.clone());
        let planned = Arc::new(planned);
        prepared::prepare(&planned, self.cache, name, console).await?;
        taken::of(name, &planned, self.cache, &self.session.registry).iter().for_each(|line| console.note(line));
        before.iter().for_each(|before| self.tell_of_types(before, name, &planned));
        let lock = Lock::change(&self.file(), |lock| {
            let mut package = package;
            // What others granted since then counts too.
            let now = lock.packages.get(name).filter(|now| now.library.archive.is_of(&offer.source)).map(|now| now.hosts.clone());
            let granted = now.filter(|now| before.as_ref().is_none_or(|before| before.package.hosts != *now));
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
            false => format!("{name} {version} was added, with {count} libraries; {} fetched", size(registry.fetched())),
        });
        Ok(Exit::Done)
    }

    /// Says what is offered, and what it changes; the hosts that it is to be granted.
    fn tell(&self, offer: &Offer, lock: &Lock, again: bool) -> (Option<Before>, Hosts) {
        let console = &self.session.console;
        let name = offer.manifest.name.as_str();
        // Nothing was granted to what comes from elsewhere under the same name.
        let before = lock.packages.get(name).filter(|before| before.library.archive.is_of(&offer.source));
        let hosts = self.hosts(offer, before);
        if !again || before.is_none_or(|before| !words::is_accepted(before, offer)) {
            words::of_offer(offer, before, &hosts).lines().for_each(|line| console.note(line));
        }
        let before = before.map(|package| {
            let held = Held::of(self.cache, lock, name, package, offer);
            let changes = Changes::of(&held, package, offer);
            words::of_changes(offer, package, &changes).iter().for_each(|change| console.note(&format!("  {change}")));
            if !again && self.granted.is_none() && !changes.hosts.is_empty() {
                console.note(&format!("  what was granted stays as it is: `konverte packages grant {name} --host HOST` adds a host"));
            }
            Before { package: package.clone(), held, said: words::of_types(&changes.types) }
        });
        (before, hosts)
    }

    /// Says what changes of the types, now that the new ones have told of themselves, where it was not said before.
    fn tell_of_types(&self, before: &Before, name: &str, planned: &Lock) {
        let now = planned.packages.get(name).and_then(|now| Described::known(self.cache, &now.library.contents, &planned.identity(name, now)));
        let Some((old, new)) = before.held.described.as_ref().zip(now.as_ref()) else { return };
        let changes = words::of_types(&Types::told(old, new));
        changes.iter().filter(|change| !before.said.contains(change)).for_each(|change| self.session.console.note(&format!("{name}: {change}")));
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
