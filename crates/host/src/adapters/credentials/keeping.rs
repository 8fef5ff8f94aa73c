//! Writing a new token back to the credentials file: nobody else changes it meanwhile, and it is there whole or as it was, wherever another file
//! can take its place.

use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use node_sdk::files;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::entries::{Entry, entries, fields_in, is_elsewhere};
use super::finding;

/// The file, which nobody else writes as long as this is there.
pub(super) struct Held {
    path: PathBuf,
    lock: File,
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
            return Ok(Held { path, lock: file });
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
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(format!("{} cannot be made: {error}", path.display())),
        Ok(()) | Err(_) => hold(path),
    }
}

fn unreachable_file(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be changed: {error}", path.display())
}

#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of = |known: io::Result<std::fs::Metadata>| known.ok().map(|known| (known.dev(), known.ino()));
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
    pub(super) fn write(&mut self, entry: &Entry, fields: &Map<String, Value>) -> Result<(), String> {
        let mut content = self.content()?;
        let known = fields_in(&mut content, entry).ok_or_else(|| format!("{} has the credential no longer", self.path.display()))?;
        if let Some(field) = fields.keys().find(|field| known.get(*field).is_some_and(is_elsewhere)) {
            return Err(format!("its field `{field}` comes from elsewhere ($env or $file)"));
        }
        known.extend(fields.clone());
        self.write_content(&content)
    }

    /// Puts an entry into the file, or its fields into the one that is there.
    pub(super) fn put(&mut self, entry: &Entry) -> Result<(), String> {
        let mut content = self.content()?;
        put(&mut content, entry)?;
        self.write_content(&content)
    }

    fn write_content(&mut self, content: &Value) -> Result<(), String> {
        let written = self.replace(format!("{content:#}\n").as_bytes());
        written.map_err(|error| unreachable_file(&self.path, &error))
    }

    fn content(&self) -> Result<Value, String> {
        let text = files::found(&self.path).and_then(files::text).map_err(|error| unreachable_file(&self.path, &error))?;
        if text.trim().is_empty() {
            // Whoever makes the file has not written into it yet.
            return Ok(Value::Array(Vec::new()));
        }
        let content = node_sdk::json::parse_text(&text).map_err(|_| format!("{} is not JSON any more", self.path.display()))?;
        entries(&content).map_err(|wrong| wrong.why)?;
        Ok(content)
    }

    /// Another file in its place, with its owner and its mode. Where that cannot be (a folder that may not be written, a file of somebody else's, one
    /// that is mounted), the content of the file itself changes; where that cannot be either, the file becomes ours, and only we may read it.
    fn replace(&mut self, content: &[u8]) -> io::Result<()> {
        let known = self.path.metadata()?;
        // A directory that is writable makes a file that is not replaceable all the same: whoever made it so did not want that.
        if known.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.clear();
        let as_it_was = self.beside(content).and_then(|new| {
            make_like(new.as_file(), &known)?;
            self.take_place(new)
        });
        as_it_was.or_else(|_| self.overwrite(content)).or_else(|_| self.beside(content).and_then(|new| self.take_place(new)))
    }

    /// How the names of files begin that are made to take its place.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(self.path.file_name().unwrap_or_default());
        prefix.push(".konverte-");
        prefix
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Removes what those left that were killed while they wrote. Whoever writes holds the file, so nobody does now.
    fn clear(&self) {
        let prefix = self.prefix();
        let Ok(names) = self.folder().read_dir() else { return };
        let left = names.flatten().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()));
        for entry in left {
            // It is in nobody's way, and the next one tries again.
            let _ = std::fs::remove_file(entry.path());
        }
    }

    /// A file beside it that only we may read, with this content on the disk. It is gone when it is dropped.
    fn beside(&self, content: &[u8]) -> io::Result<NamedTempFile> {
        let mut new = tempfile::Builder::new().prefix(&self.prefix()).tempfile_in(self.folder())?;
        new.write_all(content)?;
        new.as_file().sync_all()?;
        Ok(new)
    }

    /// Puts another file in its place, which nobody else writes either from then on.
    fn take_place(&mut self, new: NamedTempFile) -> io::Result<()> {
        new.as_file().lock()?;
        self.lock = new.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Writes into the file itself; what was there is put back where the disk has no room.
    fn overwrite(&self, content: &[u8]) -> io::Result<()> {
        let before = std::fs::read(&self.path)?;
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        let mut write = |content: &[u8]| {
            file.rewind()?;
            file.write_all(content)?;
            file.set_len(content.len() as u64)?;
            file.sync_all()
        };
        write(content).inspect_err(|_| {
            let _ = write(&before);
        })
    }
}

/// Gives a new file the owner and the mode of another.
fn make_like(new: &File, known: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let made = new.metadata()?;
        if (made.uid(), made.gid()) != (known.uid(), known.gid()) {
            std::os::unix::fs::fchown(new, Some(known.uid()), Some(known.gid()))?;
        }
    }
    new.set_permissions(known.permissions())
}

/// The name, or with a number behind it where an entry has that id: nodes find their credential by it.
fn free_id(list: &[Value], name: &str) -> String {
    let is_free = |id: &String| list.iter().all(|entry| entry["id"] != **id);
    std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}"))).find(is_free).unwrap_or_default()
}

/// Puts an entry into a file, in the form that the file has: its fields beside those that an entry of its name (or id) and type has already.
fn put(content: &mut Value, entry: &Entry) -> Result<(), String> {
    let [_, name, type_name] = entry.keys();
    let known = finding::named(&entries(content).map_err(|wrong| wrong.why)?, &name, Some(&type_name)).map_err(|error| error.message)?.cloned();
    if let Some(fields) = known.and_then(|known| fields_in(content, &known)) {
        fields.extend(entry.fields.clone());
        return Ok(());
    }
    match content {
        Value::Object(entries) => drop(entries.insert(name, Value::Object(entry.fields.clone()))),
        Value::Array(list) => {
            let id = free_id(list, &name);
            list.push(json!({"id": id, "name": name, "type": type_name, "data": entry.fields}));
        }
        _ => {}
    }
    Ok(())
}
