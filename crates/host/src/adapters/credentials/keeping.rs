//! Writing a new token back to the credentials file: nobody else changes it meanwhile, and it is there whole or as it was.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use node_sdk::files;
use serde_json::{Map, Value};

use super::entries::{Entry, entries, fields_in, is_elsewhere, put};

/// The file, which nobody else writes as long as this is there.
pub(super) struct Held {
    path: PathBuf,
    _lock: File,
}

/// Waits until nobody else writes the file. Other processes that change it wait as well.
pub(super) fn hold(path: &Path) -> Result<Held, String> {
    // What a link points at is what changes.
    let path = path.canonicalize().map_err(|error| unreachable_file(path, &error))?;
    loop {
        let file = File::open(&path).map_err(|error| unreachable_file(&path, &error))?;
        if !file.metadata().is_ok_and(|known| known.is_file()) {
            return Err(format!("{} is not a file that could be written", path.display()));
        }
        file.lock().map_err(|error| unreachable_file(&path, &error))?;
        // Whoever had it may have put another file in its place.
        if is_same(&file, &path) {
            return Ok(Held { path, _lock: file });
        }
    }
}

/// The same of a file that is made where it is absent: an empty one that only its owner may read.
pub(super) fn hold_or_make(path: &Path) -> Result<Held, String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path).and_then(|mut file| file.write_all(b"[]\n")) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(format!("{} cannot be made: {error}", path.display())),
        Ok(()) | Err(_) => hold(path),
    }
}

fn unreachable_file(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be changed: {error}", path.display())
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of = |known: std::io::Result<std::fs::Metadata>| known.ok().map(|known| (known.dev(), known.ino()));
    of(file.metadata()) == of(path.metadata())
}

#[cfg(not(unix))]
fn is_same(_: &File, _: &Path) -> bool {
    true
}

impl Held {
    /// The plain fields of an entry as the file has them now.
    pub(super) fn fields(&self, entry: &Entry) -> Option<Map<String, Value>> {
        let mut content = self.content().ok()?;
        let fields = fields_in(&mut content, entry)?;
        Some(fields.iter().filter(|(_, value)| !is_elsewhere(value)).map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Puts fields of an entry into the file.
    pub(super) fn write(&self, entry: &Entry, fields: &Map<String, Value>) -> Result<(), String> {
        let mut content = self.content()?;
        let known = fields_in(&mut content, entry).ok_or_else(|| format!("{} has the credential no longer", self.path.display()))?;
        if let Some(field) = fields.keys().find(|field| known.get(*field).is_some_and(is_elsewhere)) {
            return Err(format!("its field `{field}` comes from elsewhere ($env or $file)"));
        }
        known.extend(fields.clone());
        self.write_content(&content)
    }

    /// Puts an entry into the file, or its fields into the one that is there.
    pub(super) fn put(&self, entry: &Entry) -> Result<(), String> {
        let mut content = self.content()?;
        put(&mut content, entry)?;
        self.write_content(&content)
    }

    fn write_content(&self, content: &Value) -> Result<(), String> {
        self.replace(format!("{content:#}\n").as_bytes()).map_err(|error| unreachable_file(&self.path, &error))
    }

    fn content(&self) -> Result<Value, String> {
        let text = files::found(&self.path).and_then(files::text).map_err(|error| unreachable_file(&self.path, &error))?;
        if text.trim().is_empty() {
            // Whoever makes the file has not written into it yet.
            return Ok(Value::Array(Vec::new()));
        }
        let content = node_sdk::json::parse_text(&text).map_err(|_| format!("{} is not JSON any more", self.path.display()))?;
        entries(&content)?;
        Ok(content)
    }

    /// Another file in its place, which only its owner may read.
    fn replace(&self, content: &[u8]) -> std::io::Result<()> {
        // A directory that is writable makes a file that is not replaceable all the same: whoever made it so did not want that.
        if self.path.metadata()?.permissions().readonly() {
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = self.path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&beside).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        });
        written.and_then(|()| std::fs::rename(&beside, &self.path)).inspect_err(|_| {
            let _ = std::fs::remove_file(&beside);
        })
    }
}
