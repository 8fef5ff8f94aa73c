//! `konverte packages outdated`.

use std::fmt::Write as _;

use clap::Args;
use futures_util::{StreamExt as _, stream};
use packages::cache::Cache;
use packages::changes::{Changes, Held};
use packages::lock::{Lock, Package, Source};
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::{Spec, is_older};
use serde_json::{Value, json};

use super::{RegistryArgs, WhereArgs, words};
use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::watch::until_signal;

/// How many packages are asked about at once: a registry that does not answer is waited for once.
const AT_ONCE: usize = 8;

/// Options of `konverte packages outdated`.
#[derive(Debug, Args)]
pub struct OutdatedArgs {
    /// Where the lock and the cache are.
    #[command(flatten)]
    pub place: WhereArgs,
    /// Which registry is asked.
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

pub(crate) fn run(args: &OutdatedArgs, session: &Session) -> Result<Exit, CliError> {
    let (lock, cache) = (args.place.open()?, args.place.cache()?);
    until_signal(async {
        let registry = args.registry.open(None)?;
        let published = lock.packages.iter().filter(|(_, package)| matches!(package.library.archive, Source::Registry { .. }));
        let looked = published.map(|(name, package)| Looked::at(name, package, &lock, &cache, &registry));
        let looked: Vec<Looked<'_>> = stream::iter(looked).buffered(AT_ONCE).collect().await;
        let others: Vec<&Looked<'_>> = looked.iter().filter(|looked| !matches!(looked.found, Ok(Found::Same))).collect();
        let text = if args.json {
            format!("{:#}\n", Value::from(others.iter().map(|looked| looked.json()).collect::<Vec<_>>()))
        } else if others.is_empty() {
            "Every package of the registry is the newest.\n".to_owned()
        } else {
            session.console.output().lines(&others.iter().map(|looked| looked.text()).collect::<String>())
        };
        write_stdout(text.as_bytes())?;
        let failed: Vec<&packages::Error> = looked.iter().filter_map(|looked| looked.found.as_ref().err()).collect();
        failed.iter().for_each(|error| session.console.failure(&CliError::from((*error).clone())));
        Ok(if failed.is_empty() { Exit::Done } else { Exit::Failed })
    })
}

/// What the registry has of a package of the lock.
struct Looked<'a> {
    name: &'a str,
    from: &'a str,
    found: packages::Result<Found>,
}

enum Found {
    /// The version that is there.
    Same,
    /// A newer one, and what would be other than it is.
    Newer { to: String, changes: Vec<String> },
    /// The one that would be taken is older.
    Older(String),
}

impl<'a> Looked<'a> {
    async fn at(name: &'a str, package: &'a Package, lock: &Lock, cache: &Cache, registry: &Registry) -> Self {
        Self { name, from: &package.version, found: Found::of(name, package, lock, cache, registry).await }
    }

    fn json(&self) -> Value {
        let mut told = json!({"name": self.name, "version": self.from});
        match &self.found {
            Ok(Found::Same) => {}
            Ok(Found::Newer { to, changes }) => (told["newest"], told["changes"]) = (json!(to), json!(changes)),
            Ok(Found::Older(older)) => told["older"] = json!(older),
            Err(error) => told["error"] = json!({"code": error.code.as_str(), "message": error.message, "help": error.help}),
        }
        told
    }

    fn text(&self) -> String {
        let Self { name, from, .. } = self;
        match &self.found {
            Ok(Found::Same) => String::new(),
            Ok(Found::Newer { to, changes }) => {
                let mut text = format!("{name} {from} -> {to}: `konverte packages update {name}`\n");
                for change in changes {
                    // Writing into a text cannot fail.
                    let _ = writeln!(text, "  {change}");
                }
                text
            }
            Ok(Found::Older(older)) => format!("{}\n", words::of_older(name, from, older)),
            Err(_) => format!("{name} {from}: which version is the newest could not be found out\n"),
        }
    }
}

impl Found {
    async fn of(name: &str, package: &Package, lock: &Lock, cache: &Cache, registry: &Registry) -> packages::Result<Self> {
        let spec = Spec::parse(name)?;
        let newest = Offer::newest(registry, &spec.name).await?;
        if newest == package.version {
            return Ok(Self::Same);
        }
        if is_older(&newest, &package.version) {
            return Ok(Self::Older(newest));
        }
        let offer = Offer::fetch(registry, &spec).await?;
        let changes = words::of_changes(&offer, package, &Changes::of(&Held::of(cache, lock, name, package, &offer), package, &offer));
        Ok(Self::Newer { to: offer.manifest.version.clone(), changes })
    }
}
