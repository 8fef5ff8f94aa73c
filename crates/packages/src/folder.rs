//! Packages that are installed already: folders as npm and its kin leave them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::archive::{self, Files};
use crate::cache;
use crate::error::{Error, Result, codes};
use crate::left_out::{LeftOut, left_out};
use crate::manifest::Manifest;
use crate::spec::{Name, Spec};

/// The package that a folder means: itself, or the only package of nodes in its `node_modules`.
///
/// # Errors
/// [`codes::FOLDER`]: there is none, or more than one.
pub fn find(folder: &Path) -> Result<PathBuf> {
    let folder = fs::canonicalize(folder).map_err(|error| unreadable(folder, &error))?;
    if has_nodes(&folder) {
        return Ok(folder);
    }
    let modules = if folder.ends_with("node_modules") { folder.clone() } else { folder.join("node_modules") };
    let scoped = |path: PathBuf| if name_of(&path).starts_with('@') { folders_in(&path) } else { vec![path] };
    let mut found: Vec<PathBuf> = folders_in(&modules).into_iter().flat_map(scoped).filter(|path| has_nodes(path)).collect();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => fs::canonicalize(&only).map_err(|error| unreadable(&only, &error)),
        (Some(last), false) => {
            let all = found.iter().chain([&last]).map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
            Err(Error::new(codes::FOLDER, format!("{} holds more than one package of nodes.", folder.display())).help(format!("Name one: {all}.")))
        }
        (None, _) => Err(Error::new(codes::FOLDER, format!("{} holds no package of nodes.", folder.display()))
            .help("Name the folder of an installed package, or one whose `node_modules` has it.")),
    }
}

fn has_nodes(folder: &Path) -> bool {
    fs::read(folder.join("package.json")).is_ok_and(|text| Manifest::read(Some(&text), "").is_ok())
}

fn name_of(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// In the order of their names; those that begin with a dot are the package managers' own.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| !name_of(path).starts_with('.') && path.is_dir()).collect();
    folders.sort();
    folders
}

/// What is kept of the package in this folder: what an archive of it would hold, without the packages that lie in it.
///
/// # Errors
/// [`codes::FOLDER`]: it cannot be read, holds a link, or is too large.
pub fn files(folder: &Path) -> Result<Files> {
    let mut reading = Reading { folder, files: Files::new(), left: archive::LARGEST, entries: 0 };
    reading.below(folder, "")?;
    archive::check_names(reading.files.keys()).map_err(|what| refused(folder, &what))?;
    Ok(reading.files)
}

/// When each file of a package was written, and its bytes, by its path.
pub type Stamps = BTreeMap<String, (u64, Option<SystemTime>)>;

/// How the files that [`files`] keeps are now: what was written since then differs. What cannot be read is not there.
pub fn stamps(folder: &Path) -> Stamps {
    let mut stamps = Stamps::new();
    let mut open = vec![String::new()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(folder.join(&path)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let below = if path.is_empty() { name.to_string_lossy().into_owned() } else { format!("{path}/{}", name.display()) };
            match entry.metadata() {
                Ok(facts) if facts.is_dir() && !is_left_out(&below) => open.push(below),
                Ok(facts) if facts.is_file() && archive::is_kept(&below) => drop(stamps.insert(below, (facts.len(), facts.modified().ok()))),
                _ => {}
            }
        }
    }
    stamps
}

/// Folders beside a package's own files.
fn is_left_out(path: &str) -> bool {
    path == "node_modules" || path == ".git"
}

struct Reading<'a> {
    folder: &'a Path,
    files: Files,
    /// Bytes.
    left: u64,
    entries: usize,
}

impl Reading<'_> {
    fn below(&mut self, folder: &Path, path: &str) -> Result<()> {
        let unread = |error: io::Error| unreadable(folder, &error);
        for entry in fs::read_dir(folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = entry.file_name().into_string().map_err(|name| refused(self.folder, &format!("`{}`, which is not text", name.display())))?;
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            self.entries += 1;
            let kind = entry.file_type().map_err(unread)?;
            if is_left_out(&path) {
                continue;
            } else if kind.is_symlink() {
                return Err(refused(self.folder, &format!("a link, `{path}`")));
            } else if self.entries > archive::MOST_ENTRIES {
                return Err(refused(self.folder, &format!("more than {} files", archive::MOST_ENTRIES)));
            } else if kind.is_dir() {
                self.below(&entry.path(), &path)?;
            } else if kind.is_file() && archive::is_kept(&path) {
                let size = entry.metadata().map_err(unread)?.len();
                self.left = self.left.checked_sub(size).ok_or_else(|| refused(self.folder, "more than 256 MiB"))?;
                self.files.insert(path, fs::read(entry.path()).map_err(unread)?.into());
            }
        }
        Ok(())
    }
}

fn refused(folder: &Path, what: &str) -> Error {
    Error::new(codes::FOLDER, format!("{} holds {what}.", folder.display())).help("It is not a package as npm installs it: install it anew.")
}

fn unreadable(folder: &Path, error: &io::Error) -> Error {
    Error::new(codes::FOLDER, format!("{} cannot be read: {error}.", folder.display()))
}

/// A package that was found beside another one.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its folder.
    pub folder: PathBuf,
    /// What is kept of it.
    pub files: Files,
    /// What its requires mean: the name that they use, and the key of the package.
    pub uses: BTreeMap<String, String>,
}

/// The packages that an installed package uses.
#[derive(Debug, Clone, Default)]
pub struct Installed {
    /// What its own requires mean.
    pub uses: BTreeMap<String, String>,
    /// By `NAME@VERSION`; a second one of that name and version that differs has `~2` behind it.
    pub libraries: BTreeMap<String, Found>,
    /// Those that are never kept, and why.
    pub left_out: BTreeMap<Name, LeftOut>,
    /// Those that are not there.
    pub missing: BTreeSet<Name>,
    /// The key of each folder.
    keys: BTreeMap<PathBuf, String>,
}

/// Finds the packages that the one in this folder needs, where Node.js would: in the `node_modules` of its folder and of those above it.
///
/// # Errors
/// [`codes::FOLDER`]: one of them cannot be read, or is another one than was asked for.
pub fn libraries(folder: &Path, needs: &BTreeMap<String, String>) -> Result<Installed> {
    let mut installed = Installed::default();
    let (uses, mut open) = installed.resolve(folder, needs)?;
    installed.uses = uses;
    while let Some(key) = open.pop() {
        let Some(found) = installed.libraries.get(&key).cloned() else { continue };
        let needs = Manifest::of_any(&found.files, &key)?.needs();
        let (uses, more) = installed.resolve(&found.folder, &needs)?;
        open.extend(more);
        if let Some(found) = installed.libraries.get_mut(&key) {
            found.uses = uses;
        }
    }
    Ok(installed)
}

impl Installed {
    /// What these dependencies of the package in a folder mean; the keys that are new come second.
    fn resolve(&mut self, folder: &Path, needs: &BTreeMap<String, String>) -> Result<(BTreeMap<String, String>, Vec<String>)> {
        let (mut uses, mut new) = (BTreeMap::new(), Vec::new());
        for (used_as, range) in needs {
            let used_as = Name::new(used_as)?;
            // An installation may come from a repository or a folder: what counts is what lies there.
            let name = Spec::of_dependency(used_as.as_str(), range).map_or_else(|_| used_as.clone(), |spec| spec.name);
            if let Some(why) = left_out(&used_as).or_else(|| left_out(&name)) {
                self.left_out.insert(used_as, why);
            } else if let Some(place) = place(folder, &used_as) {
                let key = match self.keys.get(&place) {
                    Some(key) => key.clone(),
                    None => self.add(place, &name, &mut new)?,
                };
                uses.insert(used_as.to_string(), key);
            } else {
                self.missing.insert(name);
            }
        }
        Ok((uses, new))
    }

    fn add(&mut self, folder: PathBuf, name: &Name, new: &mut Vec<String>) -> Result<String> {
        let files = files(&folder)?;
        let manifest = Manifest::of_any(&files, &folder.display().to_string())?;
        if manifest.name != name.as_str() {
            return Err(Error::new(codes::FOLDER, format!("{} is the package {} and not {name}.", folder.display(), manifest.name)));
        }
        let bare = manifest.key()?;
        let contents = cache::contents(&files);
        let mut keys = std::iter::once(bare.clone()).chain((2..).map(|number| format!("{bare}~{number}")));
        let key = keys.find(|key| self.libraries.get(key).is_none_or(|there| cache::contents(&there.files) == contents)).unwrap_or(bare);
        if !self.libraries.contains_key(&key) {
            new.push(key.clone());
            self.libraries.insert(key.clone(), Found { folder: folder.clone(), files, uses: BTreeMap::new() });
        }
        self.keys.insert(folder, key.clone());
        Ok(key)
    }
}

/// Node's rule: a package lies in the `node_modules` of a folder above the one that asks. Links of package managers are followed.
fn place(folder: &Path, name: &Name) -> Option<PathBuf> {
    let above = folder.ancestors().filter(|folder| !folder.ends_with("node_modules"));
    let mut places = above.map(|folder| folder.join("node_modules").join(name.as_str()));
    places.find(|place| place.join("package.json").is_file()).and_then(|place| fs::canonicalize(place).ok())
}
