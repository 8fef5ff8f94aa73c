//! `konverte packages outdated` and `update`.

use std::fmt::Write as _;

use clap::Args;
use packages::built_in::TESTED;
use packages::cache::Cache;
use packages::codes;
use packages::lock::{Lock, Source};
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Spec;
use serde_json::{Value, json};

use super::add::{self, AddArgs};
use super::{HostArgs, WhereArgs, list, registry, words};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::watch::until_signal;

/// Options of `konverte packages outdated`.
#[derive(Debug, Args)]
pub struct OutdatedArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Ask this registry (default: that of npm's configuration)
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `konverte packages update`.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// The package
    pub name: String,
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Where its requests may go.
    #[command(flatten)]
    pub hosts: HostArgs,
    /// Accept the licence, and ask nothing
    #[arg(long, short)]
    pub yes: bool,
    /// Ask this registry (default: that of npm's configuration)
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
}

pub(crate) fn update(args: &UpdateArgs, session: &Session) -> Result<Exit, CliError> {
    let lock = args.place.open()?;
    let Some(package) = lock.packages.get(&args.name) else {
        let error = packages::Error::new(codes::NOT_ADDED, format!("{} has no package {}.", args.place.file().display(), args.name));
        return Err(error.help("`konverte packages list` says which it has; `add` adds one.").into());
    };
    // What came from a folder is read from there again.
    let package = match &package.library.archive {
        Source::Registry { .. } => args.name.clone(),
        Source::Folder { folder } => folder.clone(),
    };
    let (place, hosts) = (args.place.clone(), args.hosts.clone());
    add::run(&AddArgs { package, place, hosts, yes: args.yes, registry: args.registry.clone(), watch: false }, session)
}

pub(crate) fn outdated(args: &OutdatedArgs) -> Result<Exit, CliError> {
    let (lock, cache) = (args.place.open()?, args.place.cache()?);
    until_signal(async {
        let registry = registry(args.registry.as_deref(), None)?;
        let mut newer = Vec::new();
        for name in lock.packages.keys() {
            newer.extend(Newer::of(name, &lock, &cache, &registry).await?);
        }
        let text = if args.json {
            format!("{:#}\n", Value::from(newer.iter().map(Newer::json).collect::<Vec<_>>()))
        } else if newer.is_empty() {
            "Every package of the registry is the newest.\n".to_owned()
        } else {
            newer.iter().map(Newer::text).collect()
        };
        write_stdout(text.as_bytes())?;
        Ok(Exit::Done)
    })
}

/// A package of which there is another version.
struct Newer<'a> {
    name: &'a str,
    from: &'a str,
    to: String,
    /// What would be other than it is.
    changes: Vec<String>,
}

impl<'a> Newer<'a> {
    /// `None`: there is none. Of n8n-nodes-base the one that was compared with n8n counts, and nothing is fetched of it.
    async fn of(name: &'a str, lock: &'a Lock, cache: &Cache, registry: &Registry) -> Result<Option<Self>, CliError> {
        let Some(package) = lock.packages.get(name).filter(|package| matches!(package.library.archive, Source::Registry { .. })) else {
            return Ok(None);
        };
        let from = package.version.as_str();
        if name == TESTED.0 {
            let to = TESTED.1.to_owned();
            return Ok((to != from).then_some(Self { name, from, to, changes: Vec::new() }));
        }
        let spec = Spec::parse(name)?;
        let versions = registry.versions(&spec.name).await?;
        if versions.choose(None).is_none_or(|newest| newest.version.to_string() == from) {
            return Ok(None);
        }
        let offer = Offer::fetch(registry, &spec).await?;
        let types = list::types(name, package, lock, cache);
        Ok(Some(Self { name, from, to: offer.manifest.version.clone(), changes: words::of_changes(&offer, package, types.as_ref()) }))
    }

    fn json(&self) -> Value {
        json!({"name": self.name, "version": self.from, "newest": self.to, "changes": self.changes})
    }

    fn text(&self) -> String {
        let mut text = format!("{} {} -> {}: `konverte packages update {}`\n", self.name, self.from, self.to, self.name);
        for change in &self.changes {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "  {change}");
        }
        text
    }
}
