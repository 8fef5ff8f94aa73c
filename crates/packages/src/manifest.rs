//! `package.json` of a node package.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::archive::Files;
use crate::error::{Error, Result, codes};
use crate::spec::Name;

/// What a node package says of itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its terms, in SPDX's words where it keeps to them.
    #[serde(default)]
    license: Option<serde_json::Value>,
    /// The packages that it needs: the name under which it uses them, and the range.
    #[serde(default, deserialize_with = "dependencies")]
    pub dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "optionalDependencies", deserialize_with = "dependencies")]
    optional: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "dependencies", rename = "peerDependencies")]
    peers: BTreeMap<String, String>,
    #[serde(default, rename = "peerDependenciesMeta")]
    of_peers: serde_json::Value,
    #[serde(default)]
    n8n: Entries,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Entries {
    nodes: Vec<String>,
    credentials: Vec<String>,
}

impl Manifest {
    /// Reads it from the files of a package.
    ///
    /// # Errors
    /// [`codes::NO_NODES`]: it is not there, cannot be read, or names no nodes and no credentials.
    pub fn of(files: &Files, of: &str) -> Result<Self> {
        Self::read(files.get("package.json").map(AsRef::as_ref), of)
    }

    /// [`Self::of`] a `package.json`.
    ///
    /// # Errors
    /// As of [`Self::of`].
    pub fn read(text: Option<&[u8]>, of: &str) -> Result<Self> {
        let manifest = Self::parse(text, of)?;
        if manifest.n8n.nodes.is_empty() && manifest.n8n.credentials.is_empty() {
            let message = format!("{of} is not a package of n8n nodes: its package.json has no `n8n.nodes` and no `n8n.credentials`.");
            return Err(Error::new(codes::NO_NODES, message));
        }
        Ok(manifest)
    }

    /// Reads it from the files of any package, with or without nodes.
    ///
    /// # Errors
    /// [`codes::NO_NODES`]: it is not there, or cannot be read.
    pub fn of_any(files: &Files, of: &str) -> Result<Self> {
        Self::parse(files.get("package.json").map(AsRef::as_ref), of)
    }

    fn parse(text: Option<&[u8]>, of: &str) -> Result<Self> {
        let bad = |what: String| Error::new(codes::NO_NODES, format!("{of} is not a package: {what}."));
        let text = text.ok_or_else(|| bad("it has no package.json".into()))?;
        serde_json::from_slice(text).map_err(|error| bad(format!("package.json cannot be read: {error}")))
    }

    /// `NAME@VERSION`, checked.
    ///
    /// # Errors
    /// [`codes::NAME`]: npm allows no such name, or the version is none.
    pub fn key(&self) -> Result<String> {
        let name = Name::new(&self.name)?;
        match self.version.parse::<nodejs_semver::Version>() {
            Ok(version) => Ok(format!("{name}@{version}")),
            Err(_) => Err(Error::new(codes::NAME, format!("`{}` is not a version of {name}.", self.version))),
        }
    }

    /// What it cannot do without: npm lists optional dependencies twice.
    pub fn needs(&self) -> BTreeMap<String, String> {
        let needed = self.dependencies.iter().filter(|(name, _)| !self.optional.contains_key(*name));
        let mut needs = self.peers();
        needs.extend(needed.map(|(name, range)| (name.clone(), range.clone())));
        needs
    }

    /// The peers that npm brings.
    pub fn peers(&self) -> BTreeMap<String, String> {
        brought(&self.peers, &self.of_peers, &BTreeMap::new())
    }

    /// The files of its nodes, as n8n loads them; not those of n8n's Enterprise License, which are not kept.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        kept(&self.n8n.nodes)
    }

    /// The files of its credential types.
    pub fn credentials(&self) -> impl Iterator<Item = &str> {
        kept(&self.n8n.credentials)
    }

    /// Its terms in a word, for people.
    pub fn license(&self) -> &str {
        let license = self.license.as_ref();
        license.and_then(|license| license.as_str().or_else(|| license["type"].as_str())).unwrap_or("not said")
    }
}

/// Names and ranges. Old packages say by an empty list that they need nothing.
pub(crate) fn dependencies<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<BTreeMap<String, String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Needs(BTreeMap<String, String>),
        Nothing([String; 0]),
    }
    Ok(match Said::deserialize(deserializer)? {
        Said::Needs(needs) => needs,
        Said::Nothing([]) => BTreeMap::new(),
    })
}

/// The peers that npm brings: those that are not optional. Where the package of nodes depends on one itself (`own`), the same is meant.
pub(crate) fn brought(peers: &BTreeMap<String, String>, of_peers: &serde_json::Value, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let needed = peers.iter().filter(|(name, _)| of_peers[name.as_str()]["optional"] != true);
    needed.map(|(name, range)| (name.clone(), own.get(name).unwrap_or(range).clone())).collect()
}

fn kept(paths: &[String]) -> impl Iterator<Item = &str> {
    paths.iter().map(|path| path.trim_start_matches("./")).filter(|path| crate::archive::is_kept(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_of_dependencies_is_none() {
        let read = |needs: &str| Manifest::parse(Some(format!(r#"{{"name": "a", "version": "1.0.0", "dependencies": {needs}}}"#).as_bytes()), "a");
        assert_eq!(read("[]").unwrap().needs(), BTreeMap::new());
        assert_eq!(read(r#"{"b": "1"}"#).unwrap().needs(), [("b".to_owned(), "1".to_owned())].into());
        assert!(read(r#"["b"]"#).is_err());
    }
}
