//! What was made from packages, and lies beside them in the cache: each file says in a hash what it has to be.
//!
//! A file begins with the SHA-256 (32 bytes) of what it is, of which packages it was made, how it is called and all that it holds. What does
//! not fit was damaged, or belongs to something else, and is not used. Somebody who may write the cache can write the hash too: what can be
//! made again of the packages alone is held against that by `packages verify` and `install`.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::archive::Files;
use crate::cache::Cache;
use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;

/// Bytes of the hash that a file begins with.
const HASH: usize = 32;

impl Cache {
    /// The folder of what was made from a package, not of anything that it holds. `form` says what that is, and in which form, so that
    /// another version of this program makes it anew.
    pub fn derived(&self, of: &Integrity, form: &str) -> PathBuf {
        self.folder().join("derived").join(form).join(of.short())
    }

    /// Keeps what was made from a package, in the place of what is there.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put_derived(&self, of: &Integrity, form: &str, files: &Files) -> Result<()> {
        let sealed = files.iter().map(|(name, content)| (name.clone(), [seal(of, form, name, content).digest(), content].concat().into()));
        self.write(&self.derived(of, form), &sealed.collect()).map_err(|error| self.cannot("be written", &error))
    }

    /// Keeps one file of what was made from a package, in the place of what is there.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub fn put_derived_file(&self, of: &Integrity, form: &str, name: &str, content: &[u8]) -> Result<()> {
        let place = self.derived(of, form).join(name);
        self.write_file(&place, &[seal(of, form, name, content).digest(), content]).map_err(|error| self.cannot("be written", &error))
    }

    /// Whether something could be kept of what was made from a package.
    pub fn can_put_derived(&self, of: &Integrity, form: &str) -> bool {
        self.can_write(&self.derived(of, form))
    }

    /// A file of what was made from a package, checked; `None`: it is not there.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it is not as it was made.
    pub fn derived_file(&self, of: &Integrity, form: &str, name: &str) -> Result<Option<Bytes>> {
        match fs::read(self.derived(of, form).join(name)) {
            Ok(whole) => checked(of, form, name, whole).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.cannot("be read", &error)),
        }
    }

    /// Keeps a value that was made from packages, as JSON: the one file of its form.
    ///
    /// # Errors
    /// [`codes::CACHE`]: the disk is full, or may not be written.
    pub(crate) fn put_value(&self, of: &Integrity, form: &str, name: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value).unwrap_or_default();
        self.put_derived(of, form, &[(name.to_owned(), text.into())].into())
    }

    /// A value that was made from packages; `None`: none was kept.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it is not as it was made.
    pub(crate) fn value<T: DeserializeOwned>(&self, of: &Integrity, form: &str, name: &str) -> Result<Option<T>> {
        let Some(text) = self.derived_file(of, form, name)? else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|_| not_as_made(name))
    }

    /// Takes away what was made from a package.
    ///
    /// # Errors
    /// [`codes::CACHE`]: it may not be written.
    pub(crate) fn remove_derived(&self, of: &Integrity, form: &str) -> Result<()> {
        fs::remove_dir_all(self.derived(of, form)).map_err(|error| self.cannot("be written", &error))
    }

    /// The files that were made from these packages and are not as they were made, in the forms that begin as one of these.
    pub fn damaged(&self, of: &Integrity, forms: &[&str]) -> Vec<PathBuf> {
        let there = fs::read_dir(self.folder().join("derived")).into_iter().flatten().flatten();
        let names = there.filter_map(|entry| entry.file_name().into_string().ok());
        let ours = names.filter(|name| forms.iter().any(|form| name.starts_with(form)));
        let files = ours.flat_map(|form| {
            let files = fs::read_dir(self.derived(of, &form)).into_iter().flatten().flatten();
            files.filter_map(|file| file.file_name().into_string().ok()).map(move |name| (form.clone(), name)).collect::<Vec<_>>()
        });
        let unfinished = |name: &str| name.starts_with(crate::cache::UNFINISHED);
        let damaged = files.filter(|(form, name)| !unfinished(name) && self.derived_file(of, form, name).is_err());
        damaged.map(|(form, name)| self.derived(of, &form).join(name)).collect()
    }
}

/// A part of what a file holds that was made from packages. It is not checked: who asks for a part knows what it has to be.
pub(crate) fn part(file: &Path, from: u64, len: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(from.saturating_add(HASH as u64)))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many lines of such a file end before a place in what it holds, as an editor counts them.
pub(crate) fn lines_before(file: &Path, from: u64) -> io::Result<usize> {
    let mut bytes = Vec::new();
    File::open(file)?.take(from.saturating_add(HASH as u64)).read_to_end(&mut bytes)?;
    Ok(bytes.iter().filter(|byte| **byte == b'\n').count())
}

/// What was made from a package is not as it was made. `what` begins the sentence.
pub(crate) fn not_as_made(what: &str) -> Error {
    Error::new(codes::INTEGRITY, format!("{what} is not as it was made.")).help("`konverte packages install` makes it anew.")
}

fn seal(of: &Integrity, form: &str, name: &str, content: &[u8]) -> Integrity {
    Integrity::of_all(&[form.as_bytes(), b"\0", of.digest(), name.as_bytes(), b"\0", content])
}

fn checked(of: &Integrity, form: &str, name: &str, whole: Vec<u8>) -> Result<Bytes> {
    let fits = whole.split_at_checked(HASH).is_some_and(|(hash, content)| seal(of, form, name, content).digest() == hash);
    if fits { Ok(Bytes::from(whole).slice(HASH..)) } else { Err(not_as_made(&format!("{name} of {form} in the cache"))) }
}
