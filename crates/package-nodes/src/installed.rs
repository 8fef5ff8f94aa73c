//! The packages that a workflow may use: those of a lock, or one in a folder.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use packages::built_in::TESTED;
use packages::cache::Cache;
use packages::described::Described;
use packages::facts::Facts;
use packages::hosts::Hosts;
use packages::install;
use packages::integrity::Integrity;
use packages::left_out::need_of_n8ns;
use packages::lock::Lock;
use packages::manifest::Manifest;
use packages::needs::Needs;
use packages::place::Place;
use packages::{Error, Result, codes};

/// The packages of a place. Nothing is read before a type is asked for.
pub struct Installed {
    place: Place,
    cache: Result<PathBuf>,
    packages: OnceLock<Result<Vec<Arc<Package>>>>,
}

/// A package of nodes.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where its files are.
    pub source: Source,
    /// What n8n would call the id of its installation: a hash of the folder of the lock, which has 64 digits too; empty where there is none.
    pub instance: String,
    described: OnceLock<Result<Described>>,
    needs: OnceLock<Needs>,
}

/// Where the files of a package are.
#[derive(Debug)]
pub enum Source {
    /// In the cache, by a lock.
    Locked {
        /// The lock.
        lock: Arc<Lock>,
        /// The cache.
        cache: Cache,
    },
    /// In a folder.
    Folder(PathBuf),
}

impl Installed {
    /// Those of a place; `cache` is the folder of the cache, or why there is none.
    pub fn new(place: Place, cache: Result<PathBuf>) -> Self {
        Self { place, cache, packages: OnceLock::new() }
    }

    /// Those of a lock that is no file; `folder` stands for the folder of the lock.
    pub fn of_lock(lock: Arc<Lock>, cache: Cache, folder: &Path) -> Self {
        let packages = Ok(of_lock(&lock, &cache, folder));
        Self { place: Place::Package(folder.to_owned()), cache: Ok(cache.folder().to_owned()), packages: packages.into() }
    }

    /// The packages, in the order of their names.
    ///
    /// # Errors
    /// The lock cannot be read, or there is no place for the cache.
    pub fn packages(&self) -> Result<&[Arc<Package>]> {
        let packages = self.packages.get_or_init(|| match &self.place {
            Place::Lock(path) => self.locked(path),
            Place::Package(folder) => in_folder(folder).map(|package| vec![Arc::new(package)]),
        });
        packages.as_deref().map_err(Clone::clone)
    }

    fn locked(&self, path: &Path) -> Result<Vec<Arc<Package>>> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Error::new(codes::LOCK, format!("{shown} cannot be read: {error}.")))?;
        let lock = Arc::new(Lock::read(&text, &shown)?);
        let cache = Cache::new(self.cache.clone()?);
        let folder = std::path::absolute(path).ok().and_then(|path| Some(path.parent()?.to_owned())).unwrap_or_default();
        Ok(of_lock(&lock, &cache, &folder))
    }

    /// The package after which a node type is named, and the type's name in it.
    ///
    /// # Errors
    /// As of [`Self::packages`].
    pub fn of_type<'n>(&self, type_name: &'n str) -> Result<Option<(&Arc<Package>, &'n str)>> {
        let within = |package: &Package| type_name.strip_prefix(&package.name)?.strip_prefix('.');
        Ok(self.packages()?.iter().find_map(|package| Some((package, within(package)?))))
    }
}

impl fmt::Debug for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installed").field("place", &self.place).finish_non_exhaustive()
    }
}

fn of_lock(lock: &Arc<Lock>, cache: &Cache, folder: &Path) -> Vec<Arc<Package>> {
    let instance = Integrity::of(folder.as_os_str().as_encoded_bytes()).hex();
    let package = |(name, package): (&String, &packages::lock::Package)| {
        let source = Source::Locked { lock: lock.clone(), cache: cache.clone() };
        Arc::new(Package { instance: instance.clone(), ..Package::new(name.clone(), package.version.clone(), source) })
    };
    lock.packages.iter().map(package).collect()
}

fn in_folder(folder: &Path) -> Result<Package> {
    let manifest = packages::manifest::Manifest::read(std::fs::read(folder.join("package.json")).ok().as_deref(), &folder.display().to_string())?;
    Ok(Package::new(manifest.name, manifest.version, Source::Folder(folder.to_owned())))
}

impl Package {
    fn new(name: String, version: String, source: Source) -> Self {
        Self { name, version, source, instance: String::new(), described: OnceLock::new(), needs: OnceLock::new() }
    }

    /// One of a lock; `None`: the lock does not have it.
    pub(crate) fn locked(lock: &Arc<Lock>, cache: &Cache, name: &str) -> Option<Self> {
        let version = lock.packages.get(name)?.version.clone();
        Some(Self::new(name.to_owned(), version, Source::Locked { lock: lock.clone(), cache: cache.clone() }))
    }

    /// `NAME@VERSION`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Where its requests may go, besides the hosts of credentials.
    pub fn hosts(&self) -> Hosts {
        match &self.source {
            Source::Locked { lock, .. } => lock.packages.get(&self.name).map(|package| package.hosts.clone()),
            Source::Folder(_) => None,
        }
        .unwrap_or_else(|| Hosts::These(BTreeSet::new()))
    }

    /// What its types say of themselves.
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: its files, or those of what it uses, are not there. [`codes::INTEGRITY`]: what was made of them is not as it was
    /// made. [`codes::NO_NODES`]: they say nothing that can be read.
    pub fn described(&self) -> Result<&Described> {
        let described = self.described.get_or_init(|| match &self.source {
            Source::Locked { lock, cache } => {
                let package = lock.packages.get(&self.name).ok_or_else(|| self.says_nothing())?;
                // Else its nodes would fail in the middle of a run.
                install::is_whole(cache, lock, &self.name, package)?;
                let (contents, identity) = (&package.library.contents, lock.identity(&self.name, package));
                // They are read when it runs, where damage would be told too late, or not at all.
                Needs::kept(cache, contents)?;
                Facts::kept(cache, &identity)?;
                Described::load(cache, &self.name, contents, || identity)
            }
            Source::Folder(folder) => Described::of_data(&self.name, folder.as_path())?.ok_or_else(|| self.says_nothing()),
        });
        described.as_ref().map_err(Clone::clone)
    }

    /// What a node file needs that no box lets it do, as a phrase.
    pub fn need_of(&self, file: &str) -> Option<&str> {
        if let Some(need) = need_of_n8ns(file).filter(|_| self.name == TESTED.0) {
            return Some(need);
        }
        let kept = |(cache, contents): (&Cache, &Integrity)| Needs::kept(cache, contents).ok().flatten();
        self.needs.get_or_init(|| self.kept().and_then(kept).unwrap_or_default()).0.get(file).map(String::as_str)
    }

    /// Finds out what node files need, where that is not known yet, and keeps it in the cache.
    ///
    /// # Errors
    /// Those of the cache.
    pub(crate) fn find_needs(&self, cache: &Cache) -> Result<()> {
        let Some((_, contents)) = self.kept().filter(|(_, contents)| !matches!(Needs::kept(cache, contents), Ok(Some(_)))) else { return Ok(()) };
        let files = cache.read(contents, &self.name)?;
        Needs::of(&Manifest::of(&files, &self.name)?, &files).keep(cache, contents)
    }

    /// Whether a node file, or a file of the package that it reaches, holds this text. What cannot be read holds none, and nothing
    /// of it runs.
    pub(crate) fn mentions(&self, file: &str, text: &str) -> bool {
        let files = match (&self.source, self.kept()) {
            (Source::Folder(folder), _) => packages::folder::files(folder).ok(),
            (Source::Locked { .. }, kept) => kept.and_then(|(cache, contents)| cache.read(contents, &self.name).ok()),
        };
        files.is_some_and(|files| packages::reach::mentions(file, &files, text))
    }

    /// Where its files are kept, and what they are.
    fn kept(&self) -> Option<(&Cache, &Integrity)> {
        let Source::Locked { lock, cache } = &self.source else { return None };
        Some((cache, &lock.packages.get(&self.name)?.library.contents))
    }

    fn says_nothing(&self) -> Error {
        let message = format!("The package {} does not say as data which nodes it has.", self.name);
        Error::new(codes::NO_NODES, message).help("`konverte packages add` finds out by running its node files in a box.")
    }
}
