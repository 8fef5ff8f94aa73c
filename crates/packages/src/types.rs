//! Which node types and credential types a package has, as far as that is known without running anything of it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;

use crate::archive::{self, Files};
use crate::cache::Kept;
use crate::described::Described;
use crate::error::Result;
use crate::manifest::Manifest;

/// Names of types, without the package's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types {
    /// Node types.
    pub nodes: Vec<String>,
    /// Credential types.
    pub credentials: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    source_path: String,
}

impl Types {
    /// Of the files of a package.
    pub fn of(manifest: &Manifest, files: &Files) -> Self {
        Self::with(manifest, |path| files.get(path).cloned())
    }

    /// Of a package in the cache.
    ///
    /// # Errors
    /// Its package.json cannot be read.
    pub fn of_kept(kept: &Kept) -> Result<Self> {
        let manifest = Manifest::read(kept.read("package.json")?.as_deref(), kept.name())?;
        Ok(Self::with(&manifest, |path| kept.read(path).ok().flatten()))
    }

    fn with(manifest: &Manifest, read: impl Fn(&str) -> Option<Bytes>) -> Self {
        let known = |path: &str| -> Option<Vec<String>> {
            let known: BTreeMap<String, Known> = serde_json::from_slice(&read(path)?).ok()?;
            Some(known.into_iter().filter(|(_, known)| archive::is_kept(&known.source_path)).map(|(name, _)| name).collect())
        };
        Self {
            nodes: known("dist/known/nodes.json").unwrap_or_else(|| manifest.nodes().map(named_after).collect()),
            credentials: known("dist/known/credentials.json").unwrap_or_else(|| manifest.credentials().map(named_after).collect()),
        }
    }
}

/// Types by what their files are called (their class, in the case of types), so that the types of two versions of a package are held against
/// each other whatever they call themselves.
#[derive(Debug, Default)]
pub(crate) struct ByFile {
    /// Names of node types.
    pub(crate) nodes: BTreeMap<String, String>,
    /// Names of credential types.
    pub(crate) credentials: BTreeMap<String, String>,
}

impl ByFile {
    /// Of the files of a package, each type under the name that it has in `dist/known` or says of itself, else under that of its file.
    pub(crate) fn of(manifest: &Manifest, files: &Files, described: Option<&Described>) -> Self {
        let types = |list: Vec<&str>, known: &str| {
            let known: Option<BTreeMap<String, Known>> = files.get(known).and_then(|text| serde_json::from_slice(text).ok());
            match known {
                Some(known) => known
                    .into_iter()
                    .filter(|(_, known)| archive::is_kept(&known.source_path))
                    .map(|(name, known)| (named_after(&known.source_path), name))
                    .collect(),
                None => list.into_iter().map(|file| (named_after(file), named_after(file))).collect(),
            }
        };
        let mut found = Self {
            nodes: types(manifest.nodes().collect(), "dist/known/nodes.json"),
            credentials: types(manifest.credentials().collect(), "dist/known/credentials.json"),
        };
        if let Some(described) = described {
            found.nodes.extend(described.nodes().map(|node| (named_after(&node.file), node.name)));
            found.credentials.extend(described.credentials().map(|credential| (named_after(&credential.file), credential.name)));
        }
        found
    }

    /// The node type of a file.
    pub(crate) fn node(&self, file: &str) -> String {
        let class = named_after(file);
        self.nodes.get(&class).cloned().unwrap_or(class)
    }
}

/// n8n's rule: `dist/nodes/Slack/SlackTrigger.node.js` has the class `SlackTrigger`, whose type is mostly called `slackTrigger`.
fn named_after(path: &str) -> String {
    let class = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default();
    let mut letters = class.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(entries: &[(&str, &str)]) -> Types {
        let manifest = r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["dist/Slack/SlackTrigger.node.js"], "credentials": ["dist/x.js"]}}"#;
        let files: Files =
            entries.iter().chain(&[("package.json", manifest)]).map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into())).collect();
        Types::of(&Manifest::of(&files, "p").unwrap(), &files)
    }

    #[test]
    fn names_come_from_the_list_or_from_the_files() {
        assert_eq!(types(&[]), Types { nodes: vec!["slackTrigger".into()], credentials: vec!["x".into()] });
        let known = r#"{"b": {"className": "B", "sourcePath": "dist/B.node.js"}, "e": {"className": "E", "sourcePath": "dist/E.node.ee.js"}}"#;
        assert_eq!(types(&[("dist/known/nodes.json", known)]).nodes, ["b"]);
        assert_eq!(types(&[("dist/known/nodes.json", "[")]).nodes, ["slackTrigger"]);
    }
}
