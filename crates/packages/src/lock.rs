//! `packages.lock.json`: which packages a folder of workflows uses, down to the last hash, and what each was granted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, codes};
use crate::hosts::Hosts;
use crate::integrity::Integrity;
use crate::spec::Name;

/// The name of the file, beside the workflows.
pub const FILE: &str = "packages.lock.json";

/// The form of the file that this version writes.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lock {
    lock_version: u32,
    /// The packages of nodes that were added, by their names.
    #[serde(default)]
    pub packages: BTreeMap<String, Package>,
    /// The packages that those need, by `NAME@VERSION`.
    #[serde(default)]
    pub libraries: BTreeMap<String, Library>,
}

/// A package of nodes that was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Package {
    /// Its version.
    pub version: String,
    /// What is kept of it, and what it uses.
    #[serde(flatten)]
    pub library: Library,
    /// Its terms, and that they were accepted.
    pub licence: Licence,
    /// Where its requests may go.
    pub hosts: Hosts,
}

/// What is kept of an archive, and what it uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Library {
    /// Where its archive lies.
    pub archive: Source,
    /// The hash of what is kept of it (`contents` of the cache).
    pub contents: Integrity,
    /// What its requires mean: the name that they use, and the key in `libraries`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<String, String>,
}

/// Where an archive lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", untagged)]
pub enum Source {
    /// At a registry.
    Registry {
        /// The address.
        url: String,
        /// What it has to be.
        integrity: Integrity,
    },
    /// In a folder of the machine where it was added: it cannot be fetched again.
    Folder {
        /// Its path there.
        folder: String,
    },
}

impl Source {
    /// Whether what lies there may be a version of what the other one is: both are of registries, or of one folder.
    pub fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Registry { .. }, Self::Registry { .. }) => true,
            (Self::Folder { folder }, Self::Folder { folder: other }) => folder == other,
            _ => false,
        }
    }
}

/// The terms of a package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Licence {
    /// In a word.
    pub name: String,
    /// The hash of the text that was accepted.
    pub text: Integrity,
    /// When, as a date.
    pub accepted: String,
}

impl Default for Lock {
    fn default() -> Self {
        Self { lock_version: VERSION, packages: BTreeMap::new(), libraries: BTreeMap::new() }
    }
}

impl Lock {
    /// Reads the file; `None` where there is none.
    ///
    /// # Errors
    /// [`codes::LOCK`]: it cannot be read or used.
    pub fn open(file: &Path) -> Result<Option<Self>> {
        match fs::read_to_string(file) {
            Ok(text) => Self::read(&text, &file.display().to_string()).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::new(codes::LOCK, format!("{} cannot be read: {error}.", file.display()))),
        }
    }

    /// Changes the file, as a whole or not at all: what others change at the same time comes before or after. Without a file, an empty
    /// lock is changed.
    ///
    /// # Errors
    /// [`codes::LOCK`]: it cannot be read, used or written. Those of `change`, which leave it as it is.
    pub fn change<T>(file: &Path, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let unwritable = |error: io::Error| Error::new(codes::LOCK, format!("{} cannot be written: {error}. It is as it was.", file.display()));
        // A link stays one; what it points at is replaced.
        let place = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(unwritable)?;
        let _alone = alone(folder).map_err(unwritable)?;
        let mut lock = Self::open(&place)?.unwrap_or_default();
        let done = change(&mut lock)?;
        replace(&place, folder, &lock.write()).map_err(unwritable)?;
        Ok(done)
    }

    /// Reads a lock. `file` names it in errors.
    ///
    /// # Errors
    /// [`codes::LOCK`]: it is not a lock, is of another version of the form, or uses what it does not hold.
    pub fn read(text: &str, file: &str) -> Result<Self> {
        let bad = |what: String| Error::new(codes::LOCK, format!("{file} {what}."));
        let version = serde_json::from_str::<Form>(text).map_err(|error| bad(format!("is not a lock of packages: {error}")))?.lock_version;
        if version != VERSION {
            return Err(bad(format!("has the form {version}; this version of konverte reads the form {VERSION}"))
                .help("Use the version of konverte that wrote it, or remove it and add the packages again."));
        }
        let lock: Self = serde_json::from_str(text).map_err(|error| bad(format!("cannot be read: {error}")))?;
        lock.check().map_err(|what| bad(what).help("It was changed by hand: take it from version control, or add the packages again."))?;
        let missing = lock.all().find_map(|(_, library)| library.uses.values().find(|used| !lock.libraries.contains_key(*used)));
        match missing {
            Some(missing) => Err(bad(format!("uses {missing} and does not hold it"))),
            None => Ok(lock),
        }
    }

    /// What of it would become a path or an address must be one that konverte writes.
    fn check(&self) -> std::result::Result<(), String> {
        let key = |key: &str| {
            let (name, rest) = key.rsplit_once('@')?;
            let version = rest.split('~').next()?;
            Name::new(name).ok().filter(|_| version.parse::<nodejs_semver::Version>().is_ok())
        };
        let named = self.packages.iter().map(|(name, package)| format!("{name}@{}", package.version));
        if let Some(bad) = named.chain(self.libraries.keys().cloned()).find(|name| key(name).is_none()) {
            return Err(format!("names `{bad}`, which is not a package and a version"));
        }
        for (name, library) in self.all() {
            if let Some(used) = library.uses.keys().find(|used| Name::new(used).is_err()) {
                return Err(format!("lets {name} use `{used}`, which is not a package"));
            }
            if !library.contents.is_ours() {
                return Err(format!("has a hash of {name} that konverte does not write"));
            }
            if let Source::Registry { url, .. } = &library.archive
                && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            {
                return Err(format!("fetches {name} from `{url}`, which is not an address of HTTP"));
            }
        }
        Ok(())
    }

    /// The text of the file: the same for the same content.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// All packages and libraries, with `NAME@VERSION`.
    pub fn all(&self) -> impl Iterator<Item = (String, &Library)> {
        let packages = self.packages.iter().map(|(name, package)| (format!("{name}@{}", package.version), &package.library));
        packages.chain(self.libraries.iter().map(|(key, library)| (key.clone(), library)))
    }

    /// Everything that a package uses, with what those use.
    pub fn libraries_of<'a>(&'a self, package: &'a Package) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = package.library.uses.values().map(String::as_str).collect();
        while let Some(key) = open.pop() {
            if reached.insert(key) {
                open.extend(self.libraries.get(key).into_iter().flat_map(|library| library.uses.values()).map(String::as_str));
            }
        }
        reached
    }

    /// What a package and all that it uses are, in one hash.
    pub fn identity(&self, name: &str, package: &Package) -> Integrity {
        let mut all: BTreeMap<String, &Library> =
            self.libraries_of(package).into_iter().filter_map(|key| Some((key.to_owned(), self.libraries.get(key)?))).collect();
        all.insert(format!("{name}@{}", package.version), &package.library);
        let all: String = all.iter().map(|(key, library)| format!("{key} {}\n", String::from(library.contents.clone()))).collect();
        Integrity::of(all.as_bytes())
    }

    /// Takes a package out, and what no other one uses. Whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let there = self.packages.remove(name).is_some();
        self.prune();
        there
    }

    /// Takes out what no package uses.
    pub(crate) fn prune(&mut self) {
        let used: BTreeSet<String> = self.packages.values().flat_map(|package| self.libraries_of(package)).map(str::to_owned).collect();
        self.libraries.retain(|key, _| used.contains(key));
    }
}

/// Others that change a lock in this folder wait while what comes back is kept. The folder itself is locked: the file is replaced, and
/// nothing else is left beside it.
fn alone(folder: &Path) -> io::Result<File> {
    let folder = File::open(folder)?;
    folder.lock()?;
    Ok(folder)
}

fn replace(file: &Path, folder: &Path, text: &str) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".packages-");
    // As for every new file, the user's mask takes away what others may not.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut new = builder.tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    if let Ok(known) = fs::metadata(file) {
        new.as_file().set_permissions(known.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(file).map(drop).map_err(|error| error.error)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    lock_version: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(uses: &[(&str, &str)]) -> Library {
        Library {
            archive: Source::Registry { url: "https://r/a.tgz".into(), integrity: Integrity::of(b"a") },
            contents: Integrity::of(b"b"),
            uses: uses.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect(),
        }
    }

    fn package(uses: &[(&str, &str)], hosts: Hosts) -> Package {
        let licence = Licence { name: "MIT".into(), text: Integrity::of(b"free"), accepted: "2026-11-29".into() };
        Package { version: "1.0.0".into(), library: library(uses), licence, hosts }
    }

    fn lock() -> Lock {
        let mut lock = Lock::default();
        lock.packages.insert("a".into(), package(&[("x", "x@1.0.0")], Hosts::Any));
        lock.packages.insert("b".into(), package(&[("y", "y@1.0.0")], Hosts::These(["api.example.com".to_owned()].into())));
        lock.libraries.insert("x@1.0.0".into(), library(&[("y", "y@1.0.0"), ("z", "z@2.0.0")]));
        lock.libraries.insert("y@1.0.0".into(), library(&[]));
        lock.libraries.insert("z@2.0.0".into(), library(&[("x", "x@1.0.0")]));
        lock
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Lock::read(&lock().write(), "l").unwrap(), lock());
    }

    #[test]
    fn a_package_goes_with_what_it_alone_uses() {
        let mut lock = lock();
        assert!(lock.remove("a"));
        assert_eq!(lock.libraries.keys().collect::<Vec<_>>(), ["y@1.0.0"]);
        assert!(!lock.remove("a"));
    }

    #[test]
    fn a_lock_that_cannot_be_used_says_why() {
        let mut dangling = lock();
        dangling.libraries.remove("z@2.0.0");
        for (text, says) in [
            ("", "not a lock"),
            ("[]", "not a lock"),
            (r#"{"lockVersion": 9}"#, "has the form 9"),
            (r#"{"lockVersion": 1, "other": 1}"#, "cannot be read"),
            (dangling.write().as_str(), "uses z@2.0.0"),
            (lock().write().replace("\"any\"", "\"all\"").as_str(), "expected \"any\" or a list"),
            (lock().write().replace("sha256-", "sha256-!").as_str(), "is not a hash"),
        ] {
            let error = Lock::read(text, "l").unwrap_err();
            assert!(error.code == codes::LOCK && error.message.contains(says), "{error}");
        }
    }
}
