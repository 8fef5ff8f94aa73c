//! Where the files of packages lie on this machine: by content, so that what one project has fetched serves the next one.
//!
//! A file for each package, named after the hash of what it holds. It begins with the list of which that is the hash, a line for each file
//! of the package with its own hash; then come the lengths of the files as they are kept (4 bytes each), and the files, each deflated by
//! itself: one can be read and checked without the others. It is made beside its place and moved there when it is whole: what is there is
//! never half, and two that make the same do not disturb each other. Everybody may read what is kept, whatever the mask of the user who
//! fetched it: images are filled by one user and run by another.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::archive::{Files, LARGEST};
use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;

/// How a file or a folder is called while it is made.
pub(crate) const UNFINISHED: &str = ".unfinished-";

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
    file: PathBuf,
    /// In the order of the paths.
    list: String,
    /// Where the line of each file begins in the list.
    lines: Vec<usize>,
    /// Bytes of each file of the list, as it is kept.
    lengths: Vec<u32>,
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

    /// Where a package is kept.
    pub fn of(&self, contents: &Integrity) -> PathBuf {
        self.folder.join("packages").join(contents.short())
    }

    /// Whether a package is there.
    pub fn has(&self, contents: &Integrity) -> bool {
        self.of(contents).is_file()
    }

    /// Of these packages those that are not there. One look at the folder answers for all of them: each run asks, for hundreds.
    pub fn missing<'l>(&self, packages: impl Iterator<Item = (&'l str, &'l Integrity)>) -> Vec<&'l str> {
        let there = fs::read_dir(self.folder.join("packages")).into_iter().flatten().flatten();
        let files = there.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()));
        let names: HashSet<_> = files.map(|entry| entry.file_name()).collect();
        packages.filter(|(_, contents)| !names.contains(OsStr::new(&contents.short()))).map(|(key, _)| key).collect()
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
        let list = list(files);
        let place = self.of(&Integrity::of(list.as_bytes()));
        self.write_package(&place, &list, files).map_err(|error| self.cannot("be written", &error))
    }

    fn write_package(&self, place: &Path, list: &str, files: &Files) -> io::Result<()> {
        remove_given_up(place.parent().unwrap_or(&self.folder));
        let deflated = files.values().map(|content| {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(content)?;
            encoder.finish()
        });
        let deflated = deflated.collect::<io::Result<Vec<_>>>()?;
        let lengths = deflated.iter().map(|content| length(content.len())).collect::<io::Result<Vec<_>>>()?.concat();
        let front = [&length(list.len())?, list.as_bytes(), &lengths].concat();
        let parts: Vec<&[u8]> = std::iter::once(front.as_slice()).chain(deflated.iter().map(Vec::as_slice)).collect();
        self.write_file(place, &parts)
    }

    /// Whether something could be written into a folder.
    pub(crate) fn can_write(&self, folder: &Path) -> bool {
        open_folders(folder, &self.folder).and_then(|()| tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)).is_ok()
    }

    /// Makes a file beside its place, and moves it there when it is whole.
    pub(crate) fn write_file(&self, place: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let beside = place.parent().unwrap_or(&self.folder);
        open_folders(beside, &self.folder)?;
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(beside)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        readable(file.path(), 0o644)?;
        file.persist(place).map(drop).map_err(|error| error.error)
    }

    /// Makes a folder beside its place, and moves it there when it is whole.
    pub(crate) fn write(&self, place: &Path, files: &Files) -> io::Result<()> {
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
        // Another one may have been quicker, and what stands there may be damaged.
        let moved = fs::rename(place, unfinished.path().join("before")).and_then(|()| fs::rename(&whole, place));
        moved.or_else(|_| fs::rename(&whole, place)).or_else(|error| if place.is_dir() { Ok(()) } else { Err(error) })
    }

    /// A package, to read its files one by one. `of` names it in errors.
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: it is not there. [`codes::INTEGRITY`]: it was changed. [`codes::CACHE`]: it cannot be read.
    pub fn open(&self, wanted: &Integrity, of: &str) -> Result<Kept> {
        let file = self.of(wanted);
        let begin = || -> io::Result<(Vec<u8>, Vec<u32>)> {
            let mut file = File::open(&file)?;
            let length = number(&mut file)?;
            let list = take(&mut file, u64::from(length))?;
            if !wanted.fits(&list) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let count = list.iter().filter(|byte| **byte == b'\n').count();
            let lengths = take(&mut file, count as u64 * 4)?;
            let lengths = lengths.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
            Ok((list, lengths.collect()))
        };
        let (list, lengths) = begin().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_installed(of),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => changed(of),
            _ => self.cannot("be read", &error),
        })?;
        let list = String::from_utf8(list).map_err(|_| changed(of))?;
        let lines = std::iter::once(0).chain(list.match_indices('\n').map(|(end, _)| end + 1)).take(lengths.len()).collect();
        Ok(Kept { file, list, lines, lengths, of: of.to_owned() })
    }

    /// All files of a package, checked.
    ///
    /// # Errors
    /// As of [`Self::open`].
    pub fn read(&self, wanted: &Integrity, of: &str) -> Result<Files> {
        let kept = self.open(wanted, of)?;
        let whole = fs::read(&kept.file).map_err(|error| self.cannot("be read", &error))?;
        let mut files = Files::new();
        let mut at = kept.begin();
        for (line, length) in kept.list.lines().zip(&kept.lengths) {
            let (path, hash) = line.split_once('\0').ok_or_else(|| changed(of))?;
            let end = at + *length as usize;
            let content = whole.get(at..end).and_then(inflated).filter(|content| Integrity::parse(hash).is_ok_and(|hash| hash.fits(content)));
            files.insert(path.to_owned(), content.ok_or_else(|| changed(of))?.into());
            at = end;
        }
        if at == whole.len() { Ok(files) } else { Err(changed(of)) }
    }

    pub(crate) fn cannot(&self, what: &str, error: &io::Error) -> Error {
        Error::new(codes::CACHE, format!("The cache {} cannot {what}: {error}.", self.folder.display()))
            .help("`--cache DIR` and the variable KONVERTE_CACHE name another place. The lock is as it was.")
    }
}

impl Kept {
    /// What it is called in errors.
    pub fn name(&self) -> &str {
        &self.of
    }

    /// The paths of its files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.list.lines().filter_map(|line| Some(line.split_once('\0')?.0))
    }

    /// The hash of a file; `None` where the package has none of this path.
    pub fn hash(&self, path: &str) -> Option<Integrity> {
        self.find(path).map(|(_, hash)| hash)
    }

    /// The place of a file in the list, and its hash.
    fn find(&self, path: &str) -> Option<(usize, Integrity)> {
        let line = |start: usize| self.list[start..].lines().next().and_then(|line| line.split_once('\0')).unwrap_or_default();
        let index = self.lines.binary_search_by(|start| line(*start).0.cmp(path)).ok()?;
        Some((index, Integrity::parse(line(self.lines[index]).1).ok()?))
    }

    /// Where the files begin.
    fn begin(&self) -> usize {
        4 + self.list.len() + 4 * self.lengths.len()
    }

    /// One file, checked; `None` where the package has none of this path.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it was changed, or is gone.
    pub fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let Some((index, hash)) = self.find(path) else { return Ok(None) };
        let before: u64 = self.lengths[..index].iter().map(|length| u64::from(*length)).sum();
        let deflated = || -> io::Result<Vec<u8>> {
            let mut file = File::open(&self.file)?;
            file.seek(SeekFrom::Start(self.begin() as u64 + before))?;
            take(&mut file, u64::from(self.lengths[index]))
        };
        let content = deflated().ok().and_then(|bytes| inflated(&bytes)).filter(|content| hash.fits(content));
        content.map(|content| Some(content.into())).ok_or_else(|| changed(&self.of))
    }
}

/// A length as it is written.
fn length(bytes: usize) -> io::Result<[u8; 4]> {
    u32::try_from(bytes).map(u32::to_le_bytes).map_err(io::Error::other)
}

fn number(file: &mut File) -> io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// As many bytes, which have to be there.
fn take(file: &mut File, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == count { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// `None` where it is not what was deflated here.
fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    DeflateDecoder::new(bytes).take(LARGEST).read_to_end(&mut content).ok().map(|_| content)
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
        let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
    }
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

        let place = cache.of(&kept);
        let whole = fs::read(&place).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&place, changed).unwrap();
            let read = cache.read(&kept, "a");
            // The stream of a deflated file has bits that mean nothing.
            assert!(read.as_ref().is_ok_and(|read| *read == files("1")) || read.is_err_and(|error| error.code == codes::INTEGRITY), "byte {at}");
        }
        for broken in [&whole[..whole.len() - 1], &whole[..9], &[], &[whole.as_slice(), b"more"].concat()] {
            fs::write(&place, broken).unwrap();
            assert_eq!(cache.read(&kept, "a").unwrap_err().code, codes::INTEGRITY);
        }
        cache.put_anew(&files("1")).unwrap();
        assert_eq!(cache.read(&kept, "a").unwrap(), files("1"));
        fs::remove_file(place).unwrap();
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
        assert!(open.hash("package.json").unwrap().fits(b"{}"));
        let mut whole = fs::read(cache.of(&kept)).unwrap();
        let last = whole.len() - open.lengths[1] as usize;
        whole[last..].fill(0);
        fs::write(cache.of(&kept), whole).unwrap();
        assert_eq!(open.read("package.json").unwrap_err().code, codes::INTEGRITY);
        assert_eq!(open.read("dist/a.js").unwrap().unwrap(), "1");
    }

    #[cfg(unix)]
    #[test]
    fn everybody_may_read_what_is_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("a/b"));
        let kept = cache.put(&files("1")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        cache.put_derived(&kept, "made-1", &files("1")).unwrap();
        let derived = cache.derived(&kept, "made-1");
        for open in [cache.folder(), cache.of(&kept).parent().unwrap(), &derived, &derived.join("dist")] {
            assert_eq!(mode(open), 0o755, "{}", open.display());
        }
        for file in [&cache.of(&kept), &derived.join("dist/a.js")] {
            assert_eq!(mode(file), 0o644, "{}", file.display());
        }
    }

    #[test]
    fn nothing_is_left_of_what_could_not_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        // A file and a folder of one name cannot both be written.
        let impossible: Files = [("a", "1"), ("a/b", "2")].map(|(path, text)| (path.to_owned(), text.into())).into();
        assert_eq!(cache.put_derived(&contents(&impossible), "made-1", &impossible).unwrap_err().code, codes::CACHE);
        assert_eq!(fs::read_dir(folder.path().join("derived/made-1")).unwrap().count(), 0);
        fs::write(folder.path().join("packages"), "in the way").unwrap();
        assert_eq!(cache.put(&files("1")).unwrap_err().code, codes::CACHE);
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
        assert_eq!(fs::read_dir(folder.path().join("packages")).unwrap().count(), 1);
    }
}
