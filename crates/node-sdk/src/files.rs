//! Reading whole files: none that never ends, none that fills the memory.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The most of what a person names, and of what only stands in a folder; n8n takes no workflow of more than 16 MiB.
const MOST_NAMED: u64 = 1 << 30;
const MOST_FOUND: u64 = 16 << 20;

/// What a person names by its path; pipes too, as `<(command)` makes them.
pub fn named(path: &Path) -> Result<Vec<u8>> {
    all(File::open(path)?)
}

/// Everything that a reader gives, as standard input.
pub fn all(reader: impl Read) -> Result<Vec<u8>> {
    at_most(reader, MOST_NAMED)
}

/// A file that was found in a folder or that another file names: a pipe or a device is none.
pub fn found(path: &Path) -> Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    at_most(File::open(path)?, MOST_FOUND)
}

fn at_most(reader: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = reader.take(most + 1).read_to_end(&mut bytes)?;
    match read as u64 > most {
        true => Err(Error::new(ErrorKind::FileTooLarge, format!("it is larger than {} MiB", most >> 20))),
        false => Ok(bytes),
    }
}

/// Bytes of a file as text; they must be UTF-8.
pub fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let what = if is_utf16(error.as_bytes()) { "it looks like UTF-16: save it as UTF-8" } else { "it is not UTF-8 text" };
        Error::new(ErrorKind::InvalidData, what)
    })
}

/// Whether bytes begin as text in UTF-16 does: editors of Windows save it.
pub fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_without_end() {
        assert_eq!(at_most(&b"abc"[..], 3).expect("fits"), b"abc");
        assert!(at_most(std::io::repeat(0), 3).is_err());
        assert!(found(Path::new("/")).is_err() && found(Path::new("/dev/zero")).is_err());
    }
}
