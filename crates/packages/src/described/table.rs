//! Many texts in one file, and an index of them: one is found and read without the others.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::derived;
use crate::integrity::Integrity;

/// Where a text stands in the data, in bytes, and what it has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    from: u64,
    len: u64,
    /// [`Integrity::short`] of the text.
    hash: String,
}

/// An index, and the data that its entries speak of.
#[derive(Debug)]
pub(super) struct Table {
    /// Lines `NAME`, a tab, and the entry as JSON, sorted by the names' bytes.
    index: String,
    data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    /// At hand.
    Memory(Bytes),
    /// In a file of the cache, of which nothing is read but the texts that are asked for.
    File(PathBuf),
}

impl Table {
    /// Of an index, and its data; `None`: the index is no text.
    pub(super) fn new(index: &[u8], data: Data) -> Option<Self> {
        Some(Self { index: std::str::from_utf8(index).ok()?.to_owned(), data })
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

    /// The text at a place of the data; an error where another one stands there.
    pub(super) fn text(&self, span: &Span) -> io::Result<String> {
        let bytes = match &self.data {
            Data::Memory(bytes) => part(bytes, span).ok_or(io::ErrorKind::UnexpectedEof)?.to_vec(),
            Data::File(path) => derived::part(path, span.from, span.len)?,
        };
        if Integrity::of(&bytes).short() != span.hash {
            return Err(io::ErrorKind::InvalidData.into());
        }
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// The file and the line, from 1, where a text stands; `None`: its data is in no file.
    pub(super) fn place(&self, span: &Span) -> Option<(&Path, usize)> {
        let Data::File(path) = &self.data else { return None };
        Some((path, 1 + derived::lines_before(path, span.from).ok()?))
    }

    /// Index and data as the contents of files; `None` where the data lies in a file already.
    pub(super) fn files(&self) -> Option<[Bytes; 2]> {
        match &self.data {
            Data::Memory(data) => Some([self.index.clone().into(), data.clone()]),
            Data::File(_) => None,
        }
    }
}

fn part<'b>(bytes: &'b [u8], span: &Span) -> Option<&'b [u8]> {
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
        let span = Span { from: self.data.len() as u64, len: text.len() as u64, hash: Integrity::of(text.as_bytes()).short() };
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
                assert_eq!(table.text(&span).unwrap(), format!("text of {name}"));
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
        assert_eq!(table.text(&span).unwrap(), "whole");
        for wrong in [Span { from: 3, ..span.clone() }, Span { len: u64::MAX, ..span.clone() }, Span { len: 4, ..span }] {
            assert!(table.text(&wrong).is_err());
        }
    }
}
