//! Files by a pattern.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, MetadataExt};
use globset::{GlobBuilder, GlobMatcher};
use node_sdk::ports::FileError;

use super::kernel;
use super::roots::{Roots, absolute, leads_out};

/// How many entries of folders are looked at.
const MOST_ENTRIES: usize = 1_000_000;

/// Signs of patterns that are not there: a file may have such a name all the same.
const EXTENDED: [&str; 5] = ["!(", "@(", "+(", "?(", "*("];

/// The regular files that a pattern means.
pub(super) fn find(roots: &Roots, pattern: &str, brackets: bool) -> Result<Vec<String>, FileError> {
    let pattern = Pattern::new(pattern, brackets)?;
    match pattern.rest.is_some() {
        true => Search::new(roots, &pattern)?.run(),
        false => itself(roots, &pattern.base),
    }
}

/// A path without signs: itself, if it is a file.
fn itself(roots: &Roots, path: &Path) -> Result<Vec<String>, FileError> {
    let text = path.to_string_lossy().into_owned();
    match roots.reach(&text, |dir, path| Ok(dir.metadata(path)?)) {
        Ok(metadata) => Ok(metadata.is_file().then_some(text).into_iter().collect()),
        Err(FileError::System(error)) if is_missing(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A pattern, split where its signs begin.
struct Pattern {
    /// The folder above the first part with a sign; the whole path where there is none.
    base: PathBuf,
    /// What is below that, as it was written; `None`: no part has a sign.
    rest: Option<String>,
    brackets: bool,
}

impl Pattern {
    fn new(text: &str, brackets: bool) -> Result<Self, FileError> {
        let path = absolute(Path::new(text))?;
        let has_sign =
            |part: &str| part.contains(['*', '?', '{']) || (!brackets && part.contains('[')) || EXTENDED.iter().any(|sign| part.contains(sign));
        let parts: Vec<_> = path.components().collect();
        let sign = parts.iter().position(|part| has_sign(&part.as_os_str().to_string_lossy()));
        let Some(sign) = sign else { return Ok(Self { base: path, rest: None, brackets }) };
        let rest: PathBuf = parts[sign..].iter().collect();
        let rest = rest.to_string_lossy().into_owned();
        Ok(Self { base: parts[..sign].iter().collect(), rest: Some(rest), brackets })
    }

    fn glob(&self, rest: &str) -> Option<GlobMatcher> {
        let text = if self.brackets { rest.replace('[', "\\[").replace(']', "\\]") } else { rest.to_owned() };
        GlobBuilder::new(&text).literal_separator(true).backslash_escape(true).empty_alternates(true).build().ok().map(|glob| glob.compile_matcher())
    }
}

/// A search below one folder.
struct Search<'a> {
    roots: &'a Roots,
    base: &'a Path,
    dir: Dir,
    rest: &'a str,
    /// `None`: the pattern means nothing but itself.
    glob: Option<GlobMatcher>,
    /// How many folders deep a match can be.
    deepest: usize,
    /// Whether parts that begin with a dot are meant.
    hidden: bool,
    seen: usize,
    found: Vec<String>,
    /// Folders to which links led: each is looked into once, so that no circle has no end.
    linked: HashSet<(u64, u64)>,
    waiting: VecDeque<PathBuf>,
}

impl<'a> Search<'a> {
    fn new(roots: &'a Roots, pattern: &'a Pattern) -> Result<Self, FileError> {
        let rest = pattern.rest.as_deref().unwrap_or_default();
        let (root, below) = roots.holding(&pattern.base).ok_or_else(|| roots.outside(&pattern.base))?;
        let open = || root.open_dir(below);
        let (dir, waiting) = match open() {
            Ok(dir) => (dir, VecDeque::from([PathBuf::new()])),
            Err(error) if leads_out(&error) => return Err(roots.outside(&pattern.base)),
            Err(error) if is_missing(&error) => (root.try_clone()?, VecDeque::new()),
            Err(error) => return Err(error.into()),
        };
        let deepest = if rest.contains("**") || rest.contains('{') { usize::MAX } else { rest.matches('/').count() };
        let hidden = rest.starts_with('.') || rest.contains("/.");
        let glob = pattern.glob(rest);
        Ok(Self { roots, base: &pattern.base, dir, rest, glob, deepest, hidden, seen: 0, found: Vec::new(), linked: HashSet::new(), waiting })
    }

    /// Folder by folder: what stands in one comes before what stands below it.
    fn run(mut self) -> Result<Vec<String>, FileError> {
        while let Some(folder) = self.waiting.pop_front() {
            let path = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            // One that cannot be opened went while it was waited for, or it is not to be read.
            let Ok(opened) = self.dir.open_dir(path) else { continue };
            match kernel::refuse(&opened) {
                // What the pattern names is refused; what it comes across is not looked into.
                Err(error) if folder.as_os_str().is_empty() => return Err(error),
                Err(_) => continue,
                Ok(()) => {}
            }
            let Ok(entries) = opened.entries() else { continue };
            let mut names = Vec::new();
            for entry in entries {
                names.push(entry?.file_name());
                self.seen += 1;
                if self.seen > MOST_ENTRIES {
                    return Err(FileError::Pattern(format!("more than {MOST_ENTRIES} files and folders would have to be looked at")));
                }
            }
            names.retain(|name| self.hidden || !name.as_encoded_bytes().starts_with(b"."));
            names.sort();
            for name in names {
                self.entry(folder.join(name))?;
            }
        }
        match EXTENDED.iter().find(|sign| self.found.is_empty() && self.rest.contains(**sign)) {
            Some(sign) => Err(FileError::Pattern(format!("patterns with {sign}…) are not supported"))),
            None => Ok(self.found),
        }
    }

    fn entry(&mut self, path: PathBuf) -> Result<(), FileError> {
        let metadata = match self.dir.metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if leads_out(&error) && self.means(&path) => {
                let whole = self.base.join(&path);
                self.found.extend(itself(self.roots, &whole)?);
                return Ok(());
            }
            // A link to nothing, or to what nobody asked for.
            Err(_) => return Ok(()),
        };
        if metadata.is_file() && self.means(&path) {
            self.found.push(self.base.join(&path).to_string_lossy().into_owned());
        } else if metadata.is_dir() && path.components().count() <= self.deepest {
            let is_link = self.dir.symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
            if !is_link || self.linked.insert((metadata.dev(), metadata.ino())) {
                self.waiting.push_back(path);
            }
        }
        Ok(())
    }

    /// A name that is written as the pattern is meant too, whatever its signs.
    fn means(&self, path: &Path) -> bool {
        path == Path::new(self.rest) || self.glob.as_ref().is_some_and(|glob| glob.is_match(path))
    }
}
