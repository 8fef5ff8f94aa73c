//! The nodes of installed packages.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use flow_nodes::user_code;
use node_sdk::{Item, NodeError, References, Registry, Resolvable, RunContext};
use package_nodes::{Provider, Runner, UserCode, Workers};
use packages::cache::Cache;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::lock::Lock;
use packages::offer::Offer;
use packages::place;
use serde_json::{Map, Value};

use crate::error::Error;

pub use credential_types::{N8N, is_n8ns};
pub use package_nodes::{Installed, Prepared};
pub use packages::place::Place;

/// Adds packages; their types are read when they are asked for. Types that are there already win, unless those of the packages are
/// `preferred`.
pub fn add(registry: Registry, installed: Installed, runner: Option<Arc<dyn Runner>>, preferred: bool) -> Registry {
    let provider = Provider::new(installed, runner);
    if preferred { registry.preferring(provider) } else { registry.with(provider) }
}

/// An installed package that no lock names: read from its folder into the cache, and prepared, as when it is added. No host is granted to it:
/// its requests go to those of the credentials that it is given.
///
/// # Errors
/// The folder is no package of nodes; the cache cannot be written.
pub async fn unlocked(folder: &Path, program: Option<PathBuf>, words: Vec<OsString>, cache: &Cache) -> packages::Result<Installed> {
    let offer = Offer::read(folder)?;
    let accepted = Accepted { on: String::new(), hosts: Hosts::These(BTreeSet::new()) };
    let (package, libraries) = install::of_installed(cache, &offer, accepted)?;
    let (name, mut lock) = (offer.manifest.name.as_str(), Lock::default());
    install::add(&mut lock, name, package, libraries);
    let lock = Arc::new(lock);
    prepare(program, words, &lock, cache, name).await?;
    Ok(Installed::of_lock(lock, cache.clone(), folder))
}

/// What runs the nodes of packages: each package in a process of its own, this program started with these words. `weak`: also where the
/// system has no wall to put around it.
pub fn workers(program: PathBuf, words: Vec<OsString>, weak: bool) -> Arc<dyn Runner> {
    Arc::new(Workers::new(program, words, weak).with_user_code(Arc::new(AsCodeNode)))
}

/// Code that nodes of packages hand on runs as that of a Code node.
struct AsCodeNode;

#[async_trait]
impl UserCode for AsCodeNode {
    fn references(&self, source: &str) -> References {
        user_code::references(source)
    }

    async fn items(&self, cx: &RunContext, source: String) -> Result<Vec<Item>, NodeError> {
        user_code::items(cx, source).await
    }

    async fn value(&self, cx: &RunContext, source: String, given: Map<String, Value>) -> Result<Value, NodeError> {
        user_code::value(cx, source, given).await
    }

    async fn hold(&self, cx: &RunContext, item: usize, path: &str, conditions: Resolvable) -> Result<bool, NodeError> {
        user_code::hold(cx, item, path, &conditions).await
    }
}

/// Finds out what is known of a package of a lock only by running it, in a process of its own as of [`workers`], and keeps it in the cache:
/// types that do not say what they are as data, and what lets the others be loaded quickly. Where nothing of packages can run, that is
/// said, and nothing is found out.
///
/// # Errors
/// The package has no type that can be used; the cache cannot be read or written.
pub async fn prepare(program: Option<PathBuf>, words: Vec<OsString>, lock: &Arc<Lock>, cache: &Cache, name: &str) -> packages::Result<Prepared> {
    let Some(program) = program else {
        return Ok(Prepared { not_started: Some(node_sdk::NodeError::new("It is not known where this program lies")), ..Prepared::default() });
    };
    package_nodes::prepare(&Workers::new(program, words, false), lock, cache, name).await
}

/// Where the packages of a workflow are named: [`place::of_workflow`].
///
/// # Errors
/// The folder that is given has neither a lock nor a package.
pub fn of_workflow(given: Option<&Path>, folder: &Path) -> Result<Option<Place>, Error> {
    Ok(place::of_workflow(given, folder, Path::new("."))?)
}

/// The folder of the cache: [`place::cache`].
///
/// # Errors
/// Nothing says where the user's files lie.
pub fn cache(given: Option<&Path>, variable: place::Variable<'_>) -> packages::Result<PathBuf> {
    place::cache(given, variable)
}

impl From<packages::Error> for Error {
    fn from(packages::Error { code, message, help }: packages::Error) -> Self {
        Self { help, ..Self::new(code, message) }
    }
}
