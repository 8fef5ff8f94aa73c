//! The files of a folder that `check` is given.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{CliError, codes};

/// The files that are meant: those of a folder stand in its place, by name. What a folder has and is named by itself, or is in two of them, is meant once.
pub(super) fn expand(given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let (mut files, mut known) = (Vec::new(), HashSet::new());
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        collect(path, &mut found).map_err(|error| CliError::usage(codes::USAGE, format!("{} cannot be read: {error}.", path.display())))?;
        if found.is_empty() {
            let error = CliError::usage(codes::USAGE, format!("There is no workflow file in {}.", path.display()));
            return Err(error.help("Workflow files end in .json; folders below it are looked into, but for hidden ones and node_modules."));
        }
        files.extend(found.into_iter().filter(|file| !given.contains(file) && known.insert(file.clone())));
    }
    Ok(files)
}

/// The regular files that end in `.json`, also of folders below. A link to a folder may lead anywhere, also back.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name.as_encoded_bytes().starts_with(b".") || name == OsStr::new("node_modules") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
