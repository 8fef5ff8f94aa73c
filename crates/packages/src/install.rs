//! Adds packages to a lock, and brings what a lock names.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::archive::{self, Files};
use crate::built_in;
use crate::bundles;
use crate::cache::Cache;
use crate::closure::{self, Closure, Needed};
use crate::derived::not_as_made;
use crate::described;
use crate::error::{Error, Result, codes};
use crate::facts;
use crate::folder::{self, Found, Installed};
use crate::hosts::Hosts;
use crate::lock::{Library, Licence, Lock, Package, Source};
use crate::manifest::Manifest;
use crate::needs::{self, Needs};
use crate::offer::Offer;
use crate::registry::Registry;
use crate::spec::Name;

/// How many archives are fetched at once.
const AT_ONCE: usize = 8;

/// What happens while packages are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is known how many archives are to come.
    Needed(usize),
    /// One came: its name and version.
    Came(String),
}

/// Told of each step.
pub type Progress<'a> = &'a (dyn Fn(Step) + Sync);

/// What was accepted of an offer.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The day, as a date.
    pub on: String,
    /// Where the package's requests may go.
    pub hosts: Hosts,
}

/// Fetches what an accepted package needs, and keeps all of it in the cache. The result is what stands in a lock: the package, and its
/// libraries.
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
    let (uses, libraries) = match &offer.installed {
        Some(installed) => of_folder(cache, installed)?,
        None if offer.is_tested() => of_lock(registry, cache, built_in::lock(), progress).await?,
        None => return fetch_anew(registry, cache, offer, accepted, progress).await,
    };
    Ok((keep_package(cache, offer, accepted, uses)?, libraries))
}

/// As [`fetch`], of a package that was found in a folder: nothing is fetched.
///
/// # Errors
/// Those of the cache.
pub fn of_installed(cache: &Cache, offer: &Offer, accepted: Accepted) -> Result<(Package, BTreeMap<String, Library>)> {
    let (uses, libraries) = match &offer.installed {
        Some(installed) => of_folder(cache, installed)?,
        None => Fetched::default(),
    };
    Ok((keep_package(cache, offer, accepted, uses)?, libraries))
}

/// As [`fetch`], with the versions that the registry has now, also of the package whose libraries are built in.
///
/// # Errors
/// Those of the registry and of the cache.
pub async fn fetch_anew(
    registry: &Registry,
    cache: &Cache,
    offer: &Offer,
    accepted: Accepted,
    progress: Progress<'_>,
) -> Result<(Package, BTreeMap<String, Library>)> {
    let (uses, libraries) = of_registry(registry, cache, offer, progress).await?;
    Ok((keep_package(cache, offer, accepted, uses)?, libraries))
}

fn keep_package(cache: &Cache, offer: &Offer, accepted: Accepted, uses: BTreeMap<String, String>) -> Result<Package> {
    let library = Library { archive: offer.source.clone(), contents: cache.put(&offer.files)?, uses };
    described::keep_data(cache, &offer.manifest.name, &library.contents, &offer.files)?;
    let licence = Licence { name: offer.manifest.license().to_owned(), text: offer.licence_hash(), accepted: accepted.on };
    Ok(Package { version: offer.manifest.version.clone(), library, licence, hosts: accepted.hosts })
}

/// What a package uses, and the libraries of which that is.
type Fetched = (BTreeMap<String, String>, BTreeMap<String, Library>);

async fn of_registry(registry: &Registry, cache: &Cache, offer: &Offer, progress: Progress<'_>) -> Result<Fetched> {
    let Closure { uses, libraries, .. } = closure::work_out(registry, &offer.manifest.key()?, &offer.needs, &offer.manifest.dependencies).await?;
    progress(Step::Needed(libraries.len()));
    let fetched = stream::iter(libraries).map(|(key, needed)| async move {
        let library = fetch_library(registry, cache, &key, needed, progress).await?;
        Ok((key, library))
    });
    Ok((uses, fetched.buffer_unordered(AT_ONCE).try_collect().await?))
}

async fn of_lock(registry: &Registry, cache: &Cache, lock: &Lock, progress: Progress<'_>) -> Result<Fetched> {
    let mut libraries = Lock::default();
    libraries.libraries.clone_from(&lock.libraries);
    install(registry, cache, &libraries, progress).await?;
    let uses = lock.packages.values().flat_map(|package| package.library.uses.clone()).collect();
    Ok((uses, libraries.libraries))
}

fn of_folder(cache: &Cache, installed: &Installed) -> Result<Fetched> {
    let keep = |(key, found): (&String, &Found)| {
        let archive = Source::Folder { folder: found.folder.display().to_string() };
        Ok((key.clone(), Library { archive, contents: cache.put(&found.files)?, uses: found.uses.clone() }))
    };
    Ok((installed.uses.clone(), installed.libraries.iter().map(keep).collect::<Result<_>>()?))
}

async fn fetch_library(registry: &Registry, cache: &Cache, key: &str, needed: Needed, progress: Progress<'_>) -> Result<Library> {
    let (url, integrity) = (needed.published.archive().to_owned(), needed.published.integrity()?);
    let archive = registry.archive(&Name::new(&needed.published.name)?, &url, &integrity).await?;
    progress(Step::Came(key.to_owned()));
    let contents = cache.put(&archive::unpack(&archive, key)?)?;
    let integrity = integrity.or_stronger(&archive);
    Ok(Library { archive: Source::Registry { url, integrity }, contents, uses: needed.uses })
}

/// Puts a package into a lock, in place of the one of its name, and takes out what nothing uses any more. A library that the lock has in
/// another form (from a folder, or with other libraries) stays as it is for those who use it, and the new one stands beside it.
pub fn add(lock: &mut Lock, name: &str, mut package: Package, libraries: BTreeMap<String, Library>) {
    lock.remove(name);
    let renamed = renamed(lock, &libraries);
    let rename = |library: &mut Library| library.uses.values_mut().for_each(|key| *key = renamed.get(key).unwrap_or(key).clone());
    rename(&mut package.library);
    for (key, mut library) in libraries {
        rename(&mut library);
        lock.libraries.insert(renamed.get(&key).unwrap_or(&key).clone(), library);
    }
    lock.packages.insert(name.to_owned(), package);
    lock.prune();
}

/// Other keys for those whose own the lock has for something else: those that differ themselves, and those that use one of them.
fn renamed(lock: &Lock, libraries: &BTreeMap<String, Library>) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    loop {
        let is_other = |(key, library): &(&String, &Library)| {
            let differs = |there: &Library| there != *library || library.uses.values().any(|used| renamed.contains_key(used));
            !renamed.contains_key(*key) && lock.libraries.get(*key).is_some_and(differs)
        };
        let Some((key, _)) = libraries.iter().find(is_other) else { return renamed };
        let free = (2..).map(|number| format!("{key}~{number}")).find(|free| !lock.libraries.contains_key(free));
        renamed.insert(key.clone(), free.unwrap_or_default());
    }
}

/// Brings exactly what a lock names: what the cache does not have, or has in another form, is fetched, or read again from the folder that
/// it was added from. How many packages that were.
///
/// # Errors
/// [`codes::NOT_INSTALLED`]: its folder is not there. [`codes::INTEGRITY`]: what came is not what the lock names. Those of the registry
/// and of the cache.
pub async fn install(registry: &Registry, cache: &Cache, lock: &Lock, progress: Progress<'_>) -> Result<usize> {
    let missing: Vec<_> = lock.all().filter(|(key, library)| cache.read(&library.contents, key).is_err()).collect();
    progress(Step::Needed(missing.len()));
    let fetched = stream::iter(&missing).map(|(key, library)| async move {
        let files = match &library.archive {
            Source::Registry { url, integrity } => {
                let name = Name::new(key.rsplit_once('@').map_or("", |(name, _)| name))?;
                archive::unpack(&registry.archive(&name, url, integrity).await?, key)?
            }
            Source::Folder { folder } => folder::files(Path::new(folder)).map_err(|error| {
                Error::new(codes::NOT_INSTALLED, format!("{key} is not in the cache, and its folder cannot be used: {error}"))
                    .help("It was added from a folder: add it again, `konverte packages add DIR`.")
            })?,
        };
        progress(Step::Came(key.clone()));
        keep(cache, key, library, &files)
    });
    fetched.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    lock.packages.iter().try_for_each(|(name, package)| make_anew(cache, lock, name, package))?;
    Ok(missing.len())
}

/// Makes of the files of a package what is missing of what is made of them, and what is not as they say. What is found out by running them
/// is not made here.
fn make_anew(cache: &Cache, lock: &Lock, name: &str, package: &Package) -> Result<()> {
    let contents = &package.library.contents;
    let files = cache.read(contents, name)?;
    if !described::is_as_made(cache, name, contents, &files)? {
        cache.remove_derived(contents, described::FORM)?;
    }
    if !described::is_kept(cache, contents, &lock.identity(name, package)) {
        described::keep_data(cache, name, contents, &files)?;
    }
    let needs = Needs::of(&Manifest::of(&files, name)?, &files);
    if Needs::kept(cache, contents) != Ok(Some(needs.clone())) { needs.keep(cache, contents) } else { Ok(()) }
}

/// Whether the cache has a package and all that it uses.
///
/// # Errors
/// [`codes::NOT_INSTALLED`]: what is missing.
pub fn is_whole(cache: &Cache, lock: &Lock, name: &str, package: &Package) -> Result<()> {
    let root = format!("{name}@{}", package.version);
    let libraries = lock.libraries_of(package).into_iter().filter_map(|key| Some((key, lock.libraries.get(key)?)));
    let all = std::iter::once((root.as_str(), &package.library)).chain(libraries);
    let missing = cache.missing(all.map(|(key, library)| (key, &library.contents)));
    let message = match missing.as_slice() {
        [] => return Ok(()),
        [one] => format!("{one} is not in the cache {}.", cache.folder().display()),
        [first, more @ ..] => format!("{first} and {} more packages are not in the cache {}.", more.len(), cache.folder().display()),
    };
    Err(Error::new(codes::NOT_INSTALLED, message).help("`konverte packages install` brings what is missing."))
}

fn keep(cache: &Cache, key: &str, library: &Library, files: &Files) -> Result<()> {
    if crate::cache::contents(files) != library.contents {
        return Err(Error::new(codes::INTEGRITY, format!("What is kept of {key} differs from what the lock names."))
            .help("The lock was written by another version of konverte, or changed by hand: remove the package and add it again."));
    }
    cache.put_anew(files)
}

/// Reads all that a lock names and holds it against its hashes, and what was made of it against what it is made of: the errors, one for each
/// package that is missing or changed, or of which something else was made.
pub fn verify(cache: &Cache, lock: &Lock) -> Vec<Error> {
    let changed: Vec<Error> = lock.all().filter_map(|(key, library)| cache.read(&library.contents, &key).err()).collect();
    let derived = lock.packages.iter().filter_map(|(name, package)| verify_derived(cache, lock, name, package).err());
    changed.into_iter().chain(derived).collect()
}

/// What is made here and in its worker of a package.
const FORMS: [&str; 4] = [described::FORM, needs::FORM, facts::FORM, bundles::FORM];

fn verify_derived(cache: &Cache, lock: &Lock, name: &str, package: &Package) -> Result<()> {
    let contents = &package.library.contents;
    let identity = lock.identity(name, package);
    let damaged = [contents, &identity].into_iter().flat_map(|of| cache.damaged(of, &FORMS));
    let damaged: Vec<String> = damaged.map(|path| path.display().to_string()).collect();
    if !damaged.is_empty() {
        return Err(not_as_made(&format!("What was made of {name} ({})", damaged.join(", "))));
    }
    // A package that cannot be read has its error already.
    let Ok(files) = cache.read(contents, name) else { return Ok(()) };
    let needs = Needs::kept(cache, contents)?;
    let as_made = described::is_as_made(cache, name, contents, &files)?
        && needs.is_none_or(|needs| Manifest::of(&files, name).is_ok_and(|manifest| Needs::of(&manifest, &files) == needs));
    if as_made { Ok(()) } else { Err(not_as_made(&format!("What was made of {name}"))) }
}
