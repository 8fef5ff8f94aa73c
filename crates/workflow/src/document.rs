//! A text with its name, and where each value stood in it.

mod lines;

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use node_sdk::files;
use node_sdk::json::{Observer, Overflow, parse_observed};

use self::lines::Lines;
use crate::error::WorkflowError;
use crate::place::Place;

/// A text with its name. Where its values stand is found out when it is first asked for.
pub struct Document {
    /// What messages call it: a path, or `-`.
    pub name: String,
    /// The whole text; messages that show a piece of it share it.
    pub text: Arc<str>,
    /// Path of the workflow's object inside the text: empty, or the wrapper's key.
    pub(crate) root: Vec<String>,
    /// Shared by all workflows of one text.
    found: Arc<Places>,
}

#[derive(Default)]
struct Places {
    spans: OnceLock<Spans>,
    lines: OnceLock<Lines>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("name", &self.name).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl Document {
    /// A text that is already there.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), root: Vec::new(), found: Arc::default() }
    }

    /// The same text, with the workflow that stands at this path of it.
    pub(crate) fn at(&self, root: Vec<String>) -> Self {
        Self { name: self.name.clone(), text: self.text.clone(), root, found: self.found.clone() }
    }

    /// Reads a file: that it is there, is a file and holds text is checked here.
    pub fn read(path: &Path) -> Result<Self, WorkflowError> {
        Self::read_by(path, files::named)
    }

    /// Reads a file that no person named: it must be a regular one.
    pub fn read_found(path: &Path) -> Result<Self, WorkflowError> {
        Self::read_by(path, files::found)
    }

    fn read_by(path: &Path, read: fn(&Path) -> std::io::Result<Vec<u8>>) -> Result<Self, WorkflowError> {
        let file = path.display().to_string();
        if path.is_dir() {
            return Err(WorkflowError::Directory { file });
        }
        let bytes = read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => WorkflowError::NotFound { file: file.clone() },
            _ => WorkflowError::Unreadable { file: file.clone(), reason: error.to_string() },
        })?;
        Self::from_bytes(file, bytes)
    }

    /// A text out of bytes; they must be UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, WorkflowError> {
        let name = name.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(&error.as_bytes()[..good]);
                Err(WorkflowError::NotUtf8 { place: Self::new(name, text).place_of(good..good), utf16: files::is_utf16(error.as_bytes()) })
            }
        }
    }

    /// Where the value at this path of the workflow stands; what is not there gives the place of what holds it.
    /// With `offset`: that many bytes into a text's value, escapes counted as what they stand for.
    pub fn place(&self, path: &[&str], offset: Option<usize>) -> Option<Place> {
        let places = &self.spans().found;
        let whole: Vec<&str> = self.root.iter().map(String::as_str).chain(path.iter().copied()).collect();
        let (range, exact) =
            (0..=whole.len()).rev().find_map(|length| Some((places.get(&pointer(&whole[..length]))?.clone(), length == whole.len())))?;
        let range = match offset {
            Some(offset) if exact => inside_text(&self.text, range, offset),
            _ => range,
        };
        Some(self.place_of(range))
    }

    /// Keys that stand again in the same object of the workflow, each with its later place; none inside what stands again itself.
    pub fn repeated_keys(&self) -> impl Iterator<Item = Place> {
        let root = self.root.iter().map(String::as_str).collect::<Vec<_>>();
        let root = pointer(&root) + "/";
        let ours = self.spans().repeated.iter().filter(move |(path, _)| path.starts_with(&root));
        ours.map(|(_, range)| self.place_of(range.clone()))
    }

    fn spans(&self) -> &Spans {
        self.found.spans.get_or_init(|| observe(&self.text))
    }

    /// The place of a byte range.
    pub fn place_of(&self, range: Range<usize>) -> Place {
        let (line, column) = self.found.lines.get_or_init(|| Lines::new(&self.text)).at(&self.text, range.start);
        Place { file: self.name.clone(), line, column, range }
    }
}

/// A JSON pointer.
fn pointer(path: &[&str]) -> String {
    path.iter().fold(String::new(), |mut pointer, key| {
        push_key(&mut pointer, key);
        pointer
    })
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

fn observe(text: &str) -> Spans {
    let mut spans = Spans::default();
    // A text that does not parse has no model, so nobody asks for its places; those found so far do no harm.
    let _ = parse_observed(text, Overflow::Refuse, &mut spans);
    spans
}

#[derive(Default)]
struct Spans {
    found: HashMap<String, Range<usize>>,
    /// Path and place of each key that stands again.
    repeated: Vec<(String, Range<usize>)>,
    path: String,
    lengths: Vec<usize>,
}

impl Observer for Spans {
    fn key(&mut self, key: &str, at: Range<usize>) {
        self.lengths.push(self.path.len());
        push_key(&mut self.path, key);
        let is_below = |(above, _): &(String, Range<usize>)| self.path.strip_prefix(above.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if self.found.contains_key(&self.path) && !self.repeated.last().is_some_and(is_below) {
            self.repeated.push((self.path.clone(), at));
        }
    }

    fn index(&mut self, index: usize) {
        self.lengths.push(self.path.len());
        push_key(&mut self.path, &index.to_string());
    }

    fn value(&mut self, at: Range<usize>) {
        self.found.insert(self.path.clone(), at);
    }

    fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.path.truncate(length);
        }
    }
}

/// The byte of the text that byte `offset` of a quoted text's value stands for.
fn inside_text(text: &str, range: Range<usize>, offset: usize) -> Range<usize> {
    let Some(quoted) = text.get(range.clone()).filter(|quoted| quoted.starts_with('"')) else { return range };
    let mut chars = quoted.char_indices().skip(1);
    let mut decoded = 0;
    while let Some((at, c)) = chars.next() {
        if decoded >= offset || c == '"' {
            return range.start + at..range.end;
        }
        decoded += match c {
            '\\' => match chars.next() {
                Some((_, 'u')) => {
                    let code = quoted.get(at + 2..at + 6).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0);
                    chars.nth(3);
                    // Each half of a pair counts two of its four bytes.
                    char::from_u32(code).map_or(2, char::len_utf8)
                }
                _ => 1,
            },
            c => c.len_utf8(),
        };
    }
    range
}
