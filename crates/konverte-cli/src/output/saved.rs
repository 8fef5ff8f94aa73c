//! `--save-files`: the files of items, in a folder.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use node_sdk::Binary;

use crate::error::{CliError, codes};
use crate::plain::steers;

/// A folder that files are saved in. Nothing that is there is written over.
#[derive(Debug)]
pub(crate) struct SaveFolder {
    path: PathBuf,
    /// How often each name was asked for.
    names: HashMap<String, usize>,
}

impl SaveFolder {
    /// Makes the folder where it is not there, and finds out whether it can be written into.
    pub(crate) fn new(path: &Path) -> Result<Self, CliError> {
        let made = fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
        made.map(|_| Self { path: path.to_owned(), names: HashMap::new() }).map_err(|error| unwritable(path, &error))
    }

    /// Saves a file of an item; gives its path. `property`: what the item calls it.
    pub(crate) fn save(&mut self, file: &Binary, property: &str, content: &[u8]) -> Result<PathBuf, CliError> {
        let name = name_of(file, property);
        let (stem, extension) = split(&name);
        let count = self.names.entry(name.to_lowercase()).or_default();
        loop {
            *count += 1;
            let path = self.path.join(if *count == 1 { name.clone() } else { format!("{stem}-{count}{extension}") });
            // Made only where nothing has this name, not even a link.
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut new) => match new.write_all(content) {
                    Ok(()) => return Ok(path),
                    Err(error) => {
                        // Half a file is worse than none; that it stays is no news beside the error.
                        let _ = fs::remove_file(&path);
                        return Err(unwritable(&path, &error));
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritable(&path, &error)),
            }
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::usage(codes::OUTPUT, format!("{} cannot be written: {error}.", path.display()))
}

/// The most bytes of a name; systems take 255, and a number may be added.
const LONGEST: usize = 200;

/// A name for a file in a folder: a service chose it, so it leads nowhere, hides nothing and is one on every system.
fn name_of(file: &Binary, property: &str) -> String {
    let extension = file.file_extension.as_deref().map(|extension| format!(".{extension}")).unwrap_or_default();
    let given = file.file_name.as_deref().map(safe).filter(|name| !name.is_empty());
    let name = given.unwrap_or_else(|| safe(&format!("{property}{extension}")));
    let name = if name.is_empty() { "file".to_owned() } else { name };
    let (stem, extension) = split(&name);
    let room = LONGEST.saturating_sub(extension.len());
    let cut = stem.char_indices().map(|(start, c)| start + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
    let name = format!("{}{extension}", &stem[..cut]);
    if is_reserved(&name) || name.starts_with('-') { format!("_{name}") } else { name }
}

/// The last part of a path, without what a system or a shell would take for something else.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_odd = |c: char| c.is_control() || steers(c) || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    let name: String = last.chars().map(|c| if is_odd(c) { '_' } else { c }).collect();
    name.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end_matches(|c: char| c == '.' || c.is_whitespace()).to_owned()
}

/// The name before its last dot, and the rest; what is too long for an ending is none.
fn split(name: &str) -> (&str, &str) {
    let dot = name.rfind('.').filter(|dot| *dot > 0 && name.len() - dot <= 20).unwrap_or(name.len());
    name.split_at(dot)
}

/// Windows has devices of these names, whatever their ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = || stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem.ends_with(|c: char| c.is_ascii_digit());
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: Option<&str>, extension: Option<&str>) -> Binary {
        Binary { file_name: name.map(str::to_owned), file_extension: extension.map(str::to_owned), ..Binary::default() }
    }

    #[test]
    fn a_name_leads_nowhere_and_is_one_on_every_system() {
        for (name, expected) in [
            ("a.pdf", "a.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a b.txt", "a b.txt"),
            (".bashrc", "bashrc"),
            ("..", "data.txt"),
            ("a\0b\n\u{202e}c?.txt", "a_b__c_.txt"),
            ("con.txt", "_con.txt"),
            ("-rf", "_-rf"),
            ("Zoë.", "Zoë"),
        ] {
            assert_eq!(name_of(&named(Some(name), Some("txt")), "data"), expected, "{name:?}");
        }
        assert_eq!(name_of(&named(None, None), "../x"), "x");
        let long = name_of(&named(Some(&format!("{}.pdf", "é".repeat(300))), None), "data");
        assert!(long.len() <= LONGEST && long.ends_with("é.pdf"), "{long}");
    }

    #[test]
    fn no_file_is_written_over_another() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.txt"), "mine").expect("written");
        let mut saved = SaveFolder::new(&folder.path().join(".")).expect("can be written");
        let mut names = Vec::new();
        for (name, content) in [("a.txt", "1"), ("a.txt", "2"), ("A.txt", "3"), ("b", "4"), ("b", "5")] {
            let path = saved.save(&named(Some(name), None), "data", content.as_bytes()).expect("is saved");
            assert_eq!(fs::read_to_string(&path).expect("there"), content);
            names.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        }
        assert_eq!(names, ["a-2.txt", "a-3.txt", "A-4.txt", "b", "b-2"]);
        assert_eq!(fs::read_to_string(folder.path().join("a.txt")).expect("there"), "mine");
        assert_eq!(SaveFolder::new(&folder.path().join("a.txt")).expect_err("no folder").code, codes::OUTPUT);
    }
}
