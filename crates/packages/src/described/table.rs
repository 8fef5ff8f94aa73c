//! Many texts in one file, and an index of them: one is found and read without the others.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Where a text stands in the data, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    from: u64,
    len: u64,
}

/// An index, and the data that its entries speak of.
#[derive(Debug)]
pub(super) struct Table {
    /// Lines `NAME`, a tab, and the entry as JSON, sorted by the names' bytes.
    index: String,
    data: Data,
}

#[derive(Debug)]
enum Data {
    Memory(Bytes),
    File(PathBuf),
}

impl Table {
    /// Reads the index of a table in two files; the data stays where it is.
    pub(super) fn open(index: &Path, data: PathBuf) -> io::Result<Self> {
        Ok(Self { index: std::fs::read_to_string(index)?, data: Data::File(data) })
    }

    /// The entry of this name.
    pub(super) fn entry(&self, name: &str) -> Option<&str> {
        let mut rest = self.index.as_str();
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            let middle = bytes.len() / 2;
            let start = bytes[..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let end = bytes[start..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| start + at + 1);
            let (found, entry) = rest[start..end].trim_end().split_once('\t')?;
            match found.as_bytes().cmp(name.as_bytes()) {
                Ordering::Equal => return Some(entry),
                Ordering::Less => rest = &rest[end..],
                Ordering::Greater => rest = &rest[..start],
            }
        }
        None
    }

    /// All names with their entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.index.lines().filter_map(|line| line.split_once('\t'))
    }

    /// The text at a place of the data.
    pub(super) fn text(&self, span: Span) -> io::Result<String> {
        let bytes = match &self.data {
            Data::Memory(bytes) => part(bytes, span).ok_or(io::ErrorKind::UnexpectedEof)?.to_vec(),
            Data::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(span.from))?;
                let mut bytes = Vec::new();
                file.take(span.len).read_to_end(&mut bytes)?;
                bytes
            }
        };
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Index and data as the contents of files; `None` where the data lies in a file already.
    pub(super) fn files(&self) -> Option<[Bytes; 2]> {
        match &self.data {
            Data::Memory(data) => Some([self.index.clone().into(), data.clone()]),
            Data::File(_) => None,
        }
    }
}

fn part(bytes: &[u8], span: Span) -> Option<&[u8]> {
    let from = usize::try_from(span.from).ok()?;
    bytes.get(from..from.checked_add(usize::try_from(span.len).ok()?)?)
}

/// Makes a table.
#[derive(Debug, Default)]
pub(super) struct Builder {
    entries: BTreeMap<String, String>,
    data: Vec<u8>,
}

impl Builder {
    /// Adds a text to the data.
    pub(super) fn text(&mut self, text: &str) -> Span {
        let span = Span { from: self.data.len() as u64, len: text.len() as u64 };
        self.data.extend_from_slice(text.as_bytes());
        self.data.push(b'\n');
        span
    }

    /// Adds an entry. A name holds neither tabs nor line breaks ([`is_name`]).
    pub(super) fn entry(&mut self, name: &str, entry: &impl Serialize) {
        debug_assert!(is_name(name), "{name:?}");
        self.entries.insert(name.to_owned(), serde_json::to_string(entry).unwrap_or_default());
    }

    pub(super) fn table(self) -> Table {
        let index = self.entries.iter().map(|(name, entry)| format!("{name}\t{entry}\n")).collect();
        Table { index, data: Data::Memory(self.data.into()) }
    }
}

/// Whether a table can have an entry of this name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_and_no_other() {
        for count in 0..20 {
            let mut builder = Builder::default();
            let names: Vec<String> = (0..count).map(|n| format!("{}é{n}", "x".repeat(n * 7 % 5))).collect();
            for name in &names {
                let span = builder.text(&format!("text of {name}"));
                builder.entry(name, &span);
            }
            let table = builder.table();
            for name in &names {
                let span: Span = serde_json::from_str(table.entry(name).unwrap()).unwrap();
                assert_eq!(table.text(span).unwrap(), format!("text of {name}"));
            }
            assert_eq!(table.entries().count(), count);
            for other in ["", "a", "xxxé", "zz", "é99"] {
                assert_eq!(table.entry(other), None, "{other}");
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_no_text() {
        let mut builder = Builder::default();
        let span = builder.text("whole");
        let table = builder.table();
        for wrong in [Span { from: 3, ..span }, Span { len: u64::MAX, ..span }] {
            assert!(table.text(wrong).is_err());
        }
    }
}
