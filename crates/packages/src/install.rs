//! Adds packages to a lock, and brings what a lock names.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::archive::{self, Files};
use crate::cache::Cache;
use crate::closure::{self, Closure, Needed};
use crate::error::{Error, Result, codes};
use crate::hosts::Hosts;
use crate::lock::{Library, Licence, Lock, Package, Source};
use crate::offer::Offer;
use crate::registry::Registry;

/// How many archives are fetched at once.
const AT_ONCE: usize = 8;

/// Told of each archive that was fetched: its name, and its bytes.
pub type Progress<'a> = &'a (dyn Fn(&str, usize) + Sync);

/// What was accepted of an offer.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The day, as a date.
    pub on: String,
    /// Where the package's requests may go.
    pub hosts: Hosts,
}

/// Works out and fetches what an accepted package needs, and keeps all of it in the cache. The result is what stands in a lock: the
/// package, and its libraries.
///
/// # Errors
/// Those of the registry and of the cache.
pub async fn fetch(
    registry: &Registry,
    cache: &Cache,
    offer: &Offer,
    accepted: Accepted,
    progress: Progress<'_>,
) -> Result<(Package, BTreeMap<String, Library>)> {
    let Closure { uses, libraries, .. } = closure::work_out(registry, &offer.needs).await?;
    let fetched = stream::iter(libraries).map(|(key, needed)| async move {
        let library = fetch_library(registry, cache, &key, needed, progress).await?;
        Ok((key, library))
    });
    let libraries = fetched.buffer_unordered(AT_ONCE).try_collect::<BTreeMap<_, _>>().await?;
    let library = Library { archive: offer.source.clone(), contents: cache.put(&offer.files)?, uses };
    let licence = Licence { name: offer.manifest.license().to_owned(), text: offer.licence_hash(), accepted: accepted.on };
    Ok((Package { version: offer.manifest.version.clone(), library, licence, hosts: accepted.hosts }, libraries))
}

async fn fetch_library(registry: &Registry, cache: &Cache, key: &str, needed: Needed, progress: Progress<'_>) -> Result<Library> {
    let (url, integrity) = (needed.published.archive().to_owned(), needed.published.integrity()?);
    let archive = registry.archive(&url, &integrity).await?;
    progress(key, archive.len());
    let contents = cache.put(&archive::unpack(&archive, key)?)?;
    Ok(Library { archive: Source::Registry { url, integrity }, contents, uses: needed.uses })
}

/// Puts a package into a lock, in place of the one of its name, and takes out what nothing uses any more.
pub fn add(lock: &mut Lock, name: &str, package: Package, libraries: BTreeMap<String, Library>) {
    lock.packages.insert(name.to_owned(), package);
    lock.libraries.extend(libraries);
    lock.prune();
}

/// Fetches what a lock names and the cache does not have. How many packages that were.
///
/// # Errors
/// [`codes::NOT_INSTALLED`]: it came from a folder. [`codes::INTEGRITY`]: what came is not what the lock names. Those of the registry
/// and of the cache.
pub async fn install(registry: &Registry, cache: &Cache, lock: &Lock, progress: Progress<'_>) -> Result<usize> {
    let missing = missing(cache, lock);
    let fetched = stream::iter(&missing).map(|(key, library)| async move {
        let Source::Registry { url, integrity } = &library.archive else {
            return Err(Error::new(codes::NOT_INSTALLED, format!("{key} is not in the cache, and was added from a folder."))
                .help("Add it again from its folder: `konverte packages add DIR`."));
        };
        let archive = registry.archive(url, integrity).await?;
        progress(key, archive.len());
        let files = archive::unpack(&archive, key)?;
        keep(cache, key, library, &files)
    });
    fetched.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    Ok(missing.len())
}

/// What a lock names and the cache does not have: how errors name it, and what it is.
pub fn missing<'a>(cache: &Cache, lock: &'a Lock) -> Vec<(String, &'a Library)> {
    lock.all().filter(|(_, library)| !cache.has(&library.contents)).collect()
}

fn keep(cache: &Cache, key: &str, library: &Library, files: &Files) -> Result<()> {
    if crate::cache::contents(files) != library.contents {
        return Err(Error::new(codes::INTEGRITY, format!("What is kept of {key} differs from what the lock names."))
            .help("The lock was written by another version of konverte, or changed by hand: remove the package and add it again."));
    }
    cache.put(files).map(drop)
}

/// Reads all that a lock names and holds it against its hashes: the errors, one for each package that is missing or changed.
pub fn verify(cache: &Cache, lock: &Lock) -> Vec<Error> {
    lock.all().filter_map(|(key, library)| cache.read(&library.contents, &key).err()).collect()
}
