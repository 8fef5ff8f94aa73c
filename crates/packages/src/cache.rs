//! Where the files of packages lie on this machine: by content, so that what one project has fetched serves the next one.
//!
//! A folder for each package, named after the hash of what it holds. It is made beside its place and moved there when it is whole: a
//! folder that is there is never half of one, and two that make the same one do not disturb each other.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::archive::Files;
use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;

/// The cache of a machine.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// Others wait while this is kept.
#[must_use = "others wait only while it is kept"]
pub struct Guard {
    _file: File,
}

/// What all of these files are, in one hash: of their paths and contents.
pub fn contents(files: &Files) -> Integrity {
    let lines = files.iter().map(|(path, content)| format!("{path}\0{}\n", String::from(Integrity::of(content))));
    Integrity::of(lines.collect::<String>().as_bytes())
}

impl Cache {
    /// In this folder, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder of a package.
    pub fn of(&self, contents: &Integrity) -> PathBuf {
        self.folder.join("files").join(contents.short())
    }

    /// Whether a package is there.
    pub fn has(&self, contents: &Integrity) -> bool {
        self.of(contents).is_dir()
    }

    /// Keeps a package.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put(&self, files: &Files) -> Result<Integrity> {
        let contents = contents(files);
        if !self.has(&contents) {
            self.write(&self.of(&contents), files).map_err(|error| self.cannot("be written", &error))?;
        }
        Ok(contents)
    }

    fn write(&self, place: &Path, files: &Files) -> io::Result<()> {
        let beside = self.folder.join("files");
        fs::create_dir_all(&beside)?;
        let unfinished = tempfile::Builder::new().prefix(".unfinished-").tempdir_in(&beside)?;
        for (path, content) in files {
            let path = unfinished.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(unfinished.path()))?;
            fs::write(path, content)?;
        }
        match fs::rename(unfinished.path(), place) {
            // Another one was quicker.
            Err(_) if place.is_dir() => Ok(()),
            other => other,
        }
    }

    /// All files of a package, checked.
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: it is not there. [`codes::INTEGRITY`]: it was changed. [`codes::CACHE`]: it cannot be read.
    pub fn read(&self, wanted: &Integrity, of: &str) -> Result<Files> {
        let folder = self.of(wanted);
        if !folder.is_dir() {
            return Err(Error::new(codes::NOT_INSTALLED, format!("{of} is not in the cache.")).help("`konverte packages install` brings it."));
        }
        let mut files = Files::new();
        read_below(&folder, "", &mut files).map_err(|error| self.cannot("be read", &error))?;
        if contents(&files) != *wanted {
            let help = format!("Remove {} and run `konverte packages install`.", folder.display());
            return Err(Error::new(codes::INTEGRITY, format!("{of} was changed in the cache.")).help(help));
        }
        Ok(files)
    }

    /// Waits until no other process changes what belongs to this path.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the cache may not be written.
    pub fn alone(&self, path: &Path) -> Result<Guard> {
        let locks = self.folder.join("locks");
        let name = Integrity::of(path.to_string_lossy().as_bytes()).short();
        let take = || {
            fs::create_dir_all(&locks)?;
            let file = File::create(locks.join(name))?;
            file.lock()?;
            Ok(Guard { _file: file })
        };
        take().map_err(|error: io::Error| self.cannot("be written", &error))
    }

    fn cannot(&self, what: &str, error: &io::Error) -> Error {
        Error::new(codes::CACHE, format!("The cache {} cannot {what}: {error}.", self.folder.display()))
            .help("`--cache DIR` and the variable KONVERTE_CACHE name another place. Nothing was changed.")
    }
}

fn read_below(folder: &Path, path: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &path, files)?;
        } else {
            files.insert(path, Bytes::from(fs::read(entry.path())?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(content: &'static str) -> Files {
        [("package.json", "{}"), ("dist/a.js", content)].map(|(path, text)| (path.to_owned(), text.into())).into()
    }

    #[test]
    fn what_is_put_is_read_and_a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        let kept = cache.put(&files("1")).unwrap();
        assert_eq!(cache.put(&files("1")).unwrap(), kept);
        assert_eq!(cache.read(&kept, "a").unwrap(), files("1"));
        assert_ne!(cache.put(&files("2")).unwrap(), kept);

        fs::write(cache.of(&kept).join("dist/a.js"), "3").unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap_err().code, codes::INTEGRITY);
        fs::remove_dir_all(cache.of(&kept)).unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap_err().code, codes::NOT_INSTALLED);
    }

    #[test]
    fn nothing_is_left_of_what_could_not_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        // A file and a folder of one name cannot both be written.
        let impossible: Files = [("a", "1"), ("a/b", "2")].map(|(path, text)| (path.to_owned(), text.into())).into();
        assert_eq!(cache.put(&impossible).unwrap_err().code, codes::CACHE);
        assert!(!cache.has(&contents(&impossible)));
        assert_eq!(fs::read_dir(folder.path().join("files")).unwrap().count(), 0);
    }

    #[test]
    fn two_at_once_write_one() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let kept: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| cache.put(&files("1")).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(kept.iter().all(|one| cache.read(one, "a").unwrap() == files("1")));
        assert_eq!(fs::read_dir(folder.path().join("files")).unwrap().count(), 1);
    }
}
