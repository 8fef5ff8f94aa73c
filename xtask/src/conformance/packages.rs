//! Recorded operations of node packages, their polls and their credential types, played in one process by the program `conformance`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Score;
use crate::packages::{LOCK, Packages};
use crate::shell::text;

/// The package that is not under a free licence.
const BASE: &str = "n8n-nodes-base";

/// What is played, and by what.
pub(super) struct Player<'a> {
    /// The program.
    pub(super) program: &'a Path,
    /// Where the packages are.
    pub(super) packages: &'a Packages,
    /// Plays every so manieth case.
    pub(super) every: usize,
    /// The folder of the data.
    pub(super) data: &'a Path,
}

impl Player<'_> {
    /// Nodes with code of their own.
    pub(super) fn operations(&self) -> Result<Score, Box<dyn std::error::Error>> {
        self.score("operations", "operations of node packages")
    }

    /// Triggers that poll: they are few, and all are played.
    pub(super) fn polls(&self) -> Result<Score, Box<dyn std::error::Error>> {
        Player { every: 1, ..*self }.score("polls", "polls of node packages")
    }

    /// Credential types of packages.
    pub(super) fn credentials(&self) -> Result<Score, Box<dyn std::error::Error>> {
        self.score("credentials", "credential types of node packages")
    }

    fn score(&self, set: &str, what: &'static str) -> Result<Score, Box<dyn std::error::Error>> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(self.data.join("packages").join(set))?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        files.sort();
        let is_base = |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BASE));
        let (base, community): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_base);
        let mut results = Vec::new();
        let mut whole = self.every == 1;
        for (project, files) in [(&self.packages.base, base), (&self.packages.community, community)] {
            match project {
                Some(project) => results.extend(self.play(set, project, &files)?),
                None => whole = false,
            }
        }
        Ok(Score { whole, ..Score::of(what, results) })
    }

    /// Names of cases, and what differs of each.
    fn play(&self, set: &str, project: &Path, files: &[&PathBuf]) -> Result<super::Results, Box<dyn std::error::Error>> {
        let every = self.every.to_string();
        let lock = project.join(LOCK);
        let args = [OsStr::new(set), lock.as_os_str(), self.packages.cache.as_os_str(), OsStr::new(&every)];
        let mut command = Command::new(self.program);
        let said = text(command.args(args).args(files).env("TZ", "UTC").stderr(Stdio::inherit()))?;
        let result = |line: &str| -> Result<(String, Option<String>), serde_json::Error> {
            let result: Value = serde_json::from_str(line)?;
            Ok((result["name"].as_str().unwrap_or_default().to_owned(), result["differs"].as_str().map(str::to_owned)))
        };
        Ok(said.lines().map(result).collect::<Result<_, _>>()?)
    }
}
