//! Where the lock of a folder of workflows lies, and the cache of this machine. One rule for all commands.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result, codes};
use crate::lock;

/// A variable of the environment, by its name.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What `run`, `check`, `nodes` and `serve` take packages from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A lock: the path of the file.
    Lock(PathBuf),
    /// An installed package, without a lock: its folder.
    Package(PathBuf),
}

/// Where the packages of a workflow are named: in `given` (`--packages`), a folder that holds a lock or is an installed package; else in
/// the lock of the workflow's folder, else in the one of the working directory. `None`: nowhere.
///
/// # Errors
/// [`codes::LOCK`]: `given` holds neither.
pub fn of_workflow(given: Option<&Path>, folder: &Path, working: &Path) -> Result<Option<Place>> {
    let lock_in = |folder: &Path| Some(folder.join(lock::FILE)).filter(|path| path.is_file());
    let Some(given) = given else { return Ok(lock_in(folder).or_else(|| lock_in(working)).map(Place::Lock)) };
    let package = || given.join("package.json").is_file().then(|| Place::Package(given.to_owned()));
    let found = lock_in(given).map(Place::Lock).or_else(package);
    found.map(Some).ok_or_else(|| {
        let message = format!("{} holds neither a lock ({}) nor an installed package.", given.display(), lock::FILE);
        Error::new(codes::LOCK, message).help("`--packages` names the folder in which `konverte packages add` was run.")
    })
}

/// The folder of the cache: `given` (`--cache`), else the variable `KONVERTE_CACHE`, else the one that the system has for caches of this
/// user.
///
/// # Errors
/// [`codes::CACHE`]: nothing says where the user's files lie (no `HOME`).
pub fn cache(given: Option<&Path>, variable: Variable<'_>) -> Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let named = given.map(Path::to_owned).or_else(|| set("KONVERTE_CACHE"));
    named.or_else(|| of_user(&set)).ok_or_else(|| {
        Error::new(codes::CACHE, "There is no place for the cache of packages: HOME is not set.")
            .help("`--cache DIR` or the variable KONVERTE_CACHE names a folder for it.")
    })
}

fn of_user(set: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(set("LOCALAPPDATA")?.join("konverte").join("cache"));
    }
    if cfg!(target_os = "macos") {
        return Some(set("HOME")?.join("Library/Caches/konverte"));
    }
    // A relative path there has no meaning, says its specification.
    let caches = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    Some(caches.or_else(|| Some(set("HOME")?.join(".cache")))?.join("konverte"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_lock_counts_and_what_is_given_wins() {
        let root = tempfile::tempdir().unwrap();
        let [flows, working, package, empty] = ["flows", "working", "package", "empty"].map(|name| root.path().join(name));
        for folder in [&flows, &working, &package, &empty] {
            std::fs::create_dir(folder).unwrap();
        }
        let locked = |folder: &Path| Some(Place::Lock(folder.join(lock::FILE)));
        assert_eq!(of_workflow(None, &flows, &working).unwrap(), None);
        std::fs::write(working.join(lock::FILE), "{}").unwrap();
        assert_eq!(of_workflow(None, &flows, &working).unwrap(), locked(&working));
        std::fs::write(flows.join(lock::FILE), "{}").unwrap();
        assert_eq!(of_workflow(None, &flows, &working).unwrap(), locked(&flows));
        assert_eq!(of_workflow(Some(&working), &flows, &working).unwrap(), locked(&working));
        std::fs::write(package.join("package.json"), "{}").unwrap();
        assert_eq!(of_workflow(Some(&package), &flows, &working).unwrap(), Some(Place::Package(package)));
        assert_eq!(of_workflow(Some(&empty), &flows, &working).unwrap_err().code, codes::LOCK);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_cache_is_where_the_user_or_the_system_says() {
        let all = [("KONVERTE_CACHE", "/k"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")];
        let with = |known: &[(&str, &str)], given: Option<&str>| {
            let known: Vec<_> = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            cache(given.map(Path::new), &move |name| known.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(with(&all, Some("own")).unwrap(), Path::new("own"));
        assert_eq!(with(&all, None).unwrap(), Path::new("/k"));
        assert_eq!(with(&all[1..], None).unwrap(), Path::new("/x/konverte"));
        assert_eq!(with(&all[2..], None).unwrap(), Path::new("/h/.cache/konverte"));
        assert_eq!(with(&[("KONVERTE_CACHE", ""), ("XDG_CACHE_HOME", "x"), ("HOME", "/h")], None).unwrap(), Path::new("/h/.cache/konverte"));
        assert_eq!(with(&[], None).unwrap_err().code, codes::CACHE);
    }
}
