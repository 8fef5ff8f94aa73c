//! The files of a folder that `check` is given.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{CliError, codes};
use crate::exit::Exit;

/// What the paths of a command line mean.
#[derive(Default)]
pub(super) struct Files {
    /// The files: those of a folder stand in its place, by name.
    pub(super) files: Vec<PathBuf>,
    /// The folders that could not be looked into, or have none.
    pub(super) unread: Vec<(PathBuf, CliError)>,
    /// Files by what they are, whatever leads to them: each is meant once.
    known: HashSet<PathBuf>,
    /// How many files of folders were seen, also a second time.
    seen: usize,
}

impl Files {
    /// # Errors
    /// There is no file at all.
    pub(super) fn of(given: &[PathBuf]) -> Result<Self, CliError> {
        let mut all = Self::default();
        all.known.extend(given.iter().filter(|path| !path.is_dir()).map(|path| real(path)));
        for path in given {
            if !path.is_dir() {
                all.files.push(path.clone());
                continue;
            }
            let before = all.seen + all.unread.len();
            all.collect(path);
            if all.seen + all.unread.len() == before {
                all.unread.push((path.clone(), empty(path)));
            }
        }
        match all.unread.first() {
            Some((_, error)) if all.files.is_empty() => Err(error.clone()),
            _ => Ok(all),
        }
    }

    /// Adds the regular files that end in `.json`, also of folders below.
    fn collect(&mut self, folder: &Path) {
        if let Err(error) = self.read(folder) {
            let error = CliError::usage(codes::USAGE, format!("{} cannot be read: {error}.", folder.display()));
            self.unread.push((folder.to_owned(), error.exit(Exit::Invalid).help("Its files are left out; those of the other folders are not.")));
        }
    }

    /// A link to a folder may lead anywhere, also back: it is not followed.
    fn read(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            if name.as_encoded_bytes().starts_with(b".") || name == OsStr::new("node_modules") {
                continue;
            }
            let is_workflow = || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && path.is_file();
            if entry.file_type()?.is_dir() {
                self.collect(&path);
            } else if is_workflow() {
                self.seen += 1;
                if self.known.insert(real(&path)) {
                    self.files.push(path);
                }
            }
        }
        Ok(())
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn empty(folder: &Path) -> CliError {
    let error = CliError::usage(codes::USAGE, format!("There is no workflow file in {}.", folder.display()));
    error.help("Workflow files end in .json; folders below it are looked into, but for hidden ones and node_modules.")
}
