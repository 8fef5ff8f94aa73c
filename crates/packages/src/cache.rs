//! Where the files of packages lie on this machine: by content, so that what one project has fetched serves the next one.
//!
//! A folder for each package, named after the hash of what it holds, and beside it the list of which that is the hash: a line for each
//! file, with its own hash, so that one file can be read and checked without the others. Both are made beside their places and moved
//! there when they are whole: what is there is never half, and two that make the same do not disturb each other. Everybody may read
//! what is kept, whatever the mask of the user who fetched it: images are filled by one user and run by another.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use crate::archive::Files;
use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;

/// How a folder is called while it is made.
const UNFINISHED: &str = ".unfinished-";

/// After this time nobody makes it any more: its process was killed.
const GIVEN_UP: Duration = Duration::from_secs(24 * 60 * 60);

/// The cache of a machine.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// The files of a package in the cache, to be read one by one.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    list: String,
    of: String,
}

/// What all of these files are, in one hash: of their paths and contents.
pub fn contents(files: &Files) -> Integrity {
    Integrity::of(list(files).as_bytes())
}

/// A line for each file: its path, a zero byte, its hash.
fn list(files: &Files) -> String {
    files.iter().map(|(path, content)| format!("{path}\0{}\n", String::from(Integrity::of(content)))).collect()
}

impl Cache {
    /// In this folder, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a package.
    pub fn of(&self, contents: &Integrity) -> PathBuf {
        self.folder.join("files").join(contents.short())
    }

    fn list_of(&self, contents: &Integrity) -> PathBuf {
        self.folder.join("lists").join(contents.short())
    }

    /// Whether a package is there.
    pub fn has(&self, contents: &Integrity) -> bool {
        self.of(contents).is_dir() && self.list_of(contents).is_file()
    }

    /// Keeps a package.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put(&self, files: &Files) -> Result<Integrity> {
        let contents = contents(files);
        if !self.has(&contents) {
            self.put_anew(files)?;
        }
        Ok(contents)
    }

    /// Keeps a package, in the place of what is there under its name.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put_anew(&self, files: &Files) -> Result<()> {
        let contents = contents(files);
        let listed = || self.write_list(&self.list_of(&contents), &list(files));
        self.write(&self.of(&contents), files, listed).map_err(|error| self.cannot("be written", &error))
    }

    /// The folder of what was made from a package, not of anything that it holds. `form` says what that is, and in which form, so that
    /// another version of this program makes it anew.
    pub fn derived(&self, contents: &Integrity, form: &str) -> PathBuf {
        self.folder.join("derived").join(form).join(contents.short())
    }

    /// Keeps what was made from a package, in the place of what is there.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put_derived(&self, contents: &Integrity, form: &str, files: &Files) -> Result<()> {
        self.write(&self.derived(contents, form), files, || Ok(())).map_err(|error| self.cannot("be written", &error))
    }

    /// Makes a folder beside its place, and moves it there when it is whole; `before` that is done what has to be there with it.
    fn write(&self, place: &Path, files: &Files, before: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let beside = place.parent().unwrap_or(&self.folder);
        open_folders(beside, &self.folder)?;
        remove_given_up(beside);
        let unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(beside)?;
        let whole = unfinished.path().join("whole");
        open_folders(&whole, unfinished.path())?;
        for (path, content) in files {
            let path = whole.join(path);
            open_folders(path.parent().unwrap_or(&whole), &whole)?;
            fs::write(&path, content)?;
            readable(&path, 0o644)?;
        }
        before()?;
        // Another one may have been quicker, and what stands there may be damaged.
        let moved = fs::rename(place, unfinished.path().join("before")).and_then(|()| fs::rename(&whole, place));
        moved.or_else(|_| fs::rename(&whole, place)).or_else(|error| if place.is_dir() { Ok(()) } else { Err(error) })
    }

    fn write_list(&self, place: &Path, list: &str) -> io::Result<()> {
        let lists = self.folder.join("lists");
        open_folders(&lists, &self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&lists)?;
        file.write_all(list.as_bytes())?;
        readable(file.path(), 0o644)?;
        file.persist(place).map(drop).map_err(|error| error.error)
    }

    /// A package, to read its files one by one. `of` names it in errors.
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: it is not there. [`codes::INTEGRITY`]: its list was changed. [`codes::CACHE`]: it cannot be read.
    pub fn open(&self, wanted: &Integrity, of: &str) -> Result<Kept> {
        let list = match fs::read(self.list_of(wanted)) {
            Ok(list) if wanted.fits(&list) => list,
            Ok(_) => return Err(changed(of)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(not_installed(of)),
            Err(error) => return Err(self.cannot("be read", &error)),
        };
        let list = String::from_utf8(list).map_err(|_| changed(of))?;
        Ok(Kept { folder: self.of(wanted), list, of: of.to_owned() })
    }

    /// All files of a package, checked, and that there are no others.
    ///
    /// # Errors
    /// As of [`Self::open`].
    pub fn read(&self, wanted: &Integrity, of: &str) -> Result<Files> {
        let kept = self.open(wanted, of)?;
        let mut files = Files::new();
        match read_below(&kept.folder, "", &mut files) {
            Ok(()) if list(&files) == kept.list => Ok(files),
            Ok(()) => Err(changed(of)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(not_installed(of)),
            Err(error) => Err(self.cannot("be read", &error)),
        }
    }

    fn cannot(&self, what: &str, error: &io::Error) -> Error {
        Error::new(codes::CACHE, format!("The cache {} cannot {what}: {error}.", self.folder.display()))
            .help("`--cache DIR` and the variable KONVERTE_CACHE name another place. Nothing was changed.")
    }
}

impl Kept {
    /// The paths of its files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.list.lines().filter_map(|line| Some(line.split_once('\0')?.0))
    }

    /// The hash of a file; `None` where the package has none of this path.
    pub fn hash(&self, path: &str) -> Option<Integrity> {
        let after = |start: usize| self.list[start..].strip_prefix(path)?.strip_prefix('\0');
        let found = self.list.match_indices(path).map(|(start, _)| start).filter(|start| *start == 0 || self.list[..*start].ends_with('\n'));
        let rest = found.filter_map(after).next()?;
        Integrity::parse(rest.lines().next()?).ok()
    }

    /// One file, checked; `None` where the package has none of this path.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it was changed, or is gone.
    pub fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let Some(hash) = self.hash(path) else { return Ok(None) };
        let content = fs::read(self.folder.join(path)).map_err(|_| changed(&self.of))?;
        if hash.fits(&content) { Ok(Some(content.into())) } else { Err(changed(&self.of)) }
    }
}

fn not_installed(of: &str) -> Error {
    Error::new(codes::NOT_INSTALLED, format!("{of} is not in the cache.")).help("`konverte packages install` brings it.")
}

fn changed(of: &str) -> Error {
    Error::new(codes::INTEGRITY, format!("{of} was changed in the cache.")).help("`konverte packages install` brings it again.")
}

/// Makes a folder and those above it, as far as they are below `top` or not there: everybody may look into them.
fn open_folders(folder: &Path, top: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        open_folders(above, top)?;
    }
    match fs::create_dir(folder) {
        Err(error) if !folder.is_dir() => return Err(error),
        _ => {}
    }
    if folder.starts_with(top) { readable(folder, 0o755) } else { Ok(()) }
}

#[cfg(unix)]
fn readable(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn readable(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Removes what processes left that were killed. What cannot be removed stays: it harms nobody.
fn remove_given_up(folder: &Path) {
    let is_old = |entry: &fs::DirEntry| {
        let made = entry.metadata().and_then(|known| known.modified()).ok();
        made.and_then(|made| made.elapsed().ok()).is_some_and(|age| age > GIVEN_UP)
    };
    let left = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(UNFINISHED));
    for entry in left.filter(is_old) {
        let _ = fs::remove_dir_all(entry.path());
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
        cache.put_anew(&files("1")).unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap(), files("1"));
        fs::write(cache.of(&kept).join("more.js"), "").unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap_err().code, codes::INTEGRITY);
        fs::remove_dir_all(cache.of(&kept)).unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap_err().code, codes::NOT_INSTALLED);
    }

    #[test]
    fn one_file_is_read_and_checked_without_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let kept = cache.put(&files("1")).unwrap();
        let open = cache.open(&kept, "a").unwrap();
        assert_eq!(open.paths().collect::<Vec<_>>(), ["dist/a.js", "package.json"]);
        assert_eq!(open.read("dist/a.js").unwrap().unwrap(), "1");
        for none in ["a.js", "dist/a", "", "dist", "../x", "package.json\0"] {
            assert_eq!(open.read(none).unwrap(), None, "{none}");
        }
        fs::write(cache.of(&kept).join("dist/a.js"), "2").unwrap();
        assert_eq!(open.read("dist/a.js").unwrap_err().code, codes::INTEGRITY);
        assert_eq!(open.read("package.json").unwrap().unwrap(), "{}");
        let lists = fs::read_dir(folder.path().join("lists")).unwrap().next().unwrap().unwrap();
        fs::write(lists.path(), "dist/a.js\0sha256-AAAA\n").unwrap();
        assert_eq!(cache.open(&kept, "a").unwrap_err().code, codes::INTEGRITY);
    }

    #[cfg(unix)]
    #[test]
    fn everybody_may_read_what_is_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("a/b"));
        let kept = cache.put(&files("1")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let place = cache.of(&kept);
        for open in [cache.folder(), &folder.path().join("a/b/lists"), place.parent().unwrap(), &place, &place.join("dist")] {
            assert_eq!(mode(open), 0o755, "{}", open.display());
        }
        for file in [&place.join("dist/a.js"), &cache.list_of(&kept)] {
            assert_eq!(mode(file), 0o644, "{}", file.display());
        }
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
