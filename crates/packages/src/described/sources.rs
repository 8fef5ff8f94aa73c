//! Where descriptions come from: the files of a package that hold them as data.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::archive::{Files, is_kept};
use crate::cache::Kept;
use crate::error::{Error, Result, codes};
use crate::manifest::Manifest;

/// The files of a package: in memory, in the cache, or in a folder.
pub trait Contents {
    /// The content of a file; `None` where it is not there.
    ///
    /// # Errors
    /// It cannot be read, or was changed.
    fn get(&self, path: &str) -> Result<Option<Bytes>>;
    /// Whether a file is there.
    fn has(&self, path: &str) -> bool;
}

impl Contents for Files {
    fn get(&self, path: &str) -> Result<Option<Bytes>> {
        Ok(Self::get(self, path).cloned())
    }

    fn has(&self, path: &str) -> bool {
        self.contains_key(path)
    }
}

impl Contents for Kept {
    fn get(&self, path: &str) -> Result<Option<Bytes>> {
        self.read(path)
    }

    fn has(&self, path: &str) -> bool {
        self.hash(path).is_some()
    }
}

impl Contents for Path {
    fn get(&self, path: &str) -> Result<Option<Bytes>> {
        let path = self.join(path);
        match std::fs::read(&path) {
            Ok(content) => Ok(Some(content.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::new(codes::FOLDER, format!("{} cannot be read: {error}.", path.display()))),
        }
    }

    fn has(&self, path: &str) -> bool {
        self.join(path).is_file()
    }
}

/// A description, and the class that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What it says of itself: of a node type one description for each group of versions.
    pub descriptions: Vec<Map<String, Value>>,
    /// The file of the class, below the package's folder.
    pub file: String,
    /// The name of the class.
    pub class: String,
}

/// The types of a package, by their names without the package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources {
    /// Node types.
    pub nodes: BTreeMap<String, Source>,
    /// Credential types.
    pub credentials: BTreeMap<String, Source>,
}

/// Which class is meant by a name (`dist/known`).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    class_name: String,
    source_path: String,
}

impl Sources {
    /// What a package has as data in `dist/types`. `None`: nothing; it is known only when its files are run.
    ///
    /// # Errors
    /// [`codes::NO_NODES`]: the package is not one of nodes, or its data is none. Those of [`Contents::get`].
    pub fn of_data(package: &(impl Contents + ?Sized), of: &str) -> Result<Option<Self>> {
        let manifest = Manifest::read(package.get("package.json")?.as_deref(), of)?;
        let nodes = list(package, of, "dist/types/nodes.json")?;
        let credentials = list(package, of, "dist/types/credentials.json")?;
        if nodes.is_none() && manifest.nodes().next().is_some() {
            return Ok(None);
        }
        if credentials.is_none() && manifest.credentials().next().is_some() {
            return Ok(None);
        }
        let nodes = with_files(package, of, nodes, "dist/known/nodes.json", &manifest.nodes().collect::<Vec<_>>())?;
        let credentials = with_files(package, of, credentials, "dist/known/credentials.json", &manifest.credentials().collect::<Vec<_>>())?;
        Ok(Some(Self { nodes, credentials }))
    }
}

/// The descriptions in a file; `None` where there is no such file.
fn list(package: &(impl Contents + ?Sized), of: &str, path: &str) -> Result<Option<Vec<Map<String, Value>>>> {
    let Some(text) = package.get(path)? else { return Ok(None) };
    let bad = |what: String| Error::new(codes::NO_NODES, format!("{path} of {of} cannot be read: {what}."));
    let value = node_sdk::json::parse_text(&String::from_utf8_lossy(&text)).map_err(|error| bad(error.to_string()))?;
    let Value::Array(list) = value else { return Err(bad("it is not a list".into())) };
    let object = |entry| if let Value::Object(map) = entry { Ok(map) } else { Err(bad("an entry is not an object".into())) };
    list.into_iter().map(object).collect::<Result<_>>().map(Some)
}

/// Descriptions of one name together, oldest first, with their class. A type whose file is missing is none, but for those of n8n's Enterprise
/// License: their files are not kept.
fn with_files(
    package: &(impl Contents + ?Sized),
    of: &str,
    descriptions: Option<Vec<Map<String, Value>>>,
    known: &str,
    files: &[&str],
) -> Result<BTreeMap<String, Source>> {
    let bad = |error: serde_json::Error| Error::new(codes::NO_NODES, format!("{known} of {of} cannot be read: {error}."));
    let known: BTreeMap<String, Known> =
        package.get(known)?.map_or_else(|| Ok(BTreeMap::new()), |text| serde_json::from_slice(&text)).map_err(bad)?;
    let mut found: BTreeMap<String, Source> = BTreeMap::new();
    for description in descriptions.into_iter().flatten() {
        let Some(name) = description.get("name").and_then(Value::as_str).map(str::to_owned) else { continue };
        if let Some(there) = found.get_mut(&name) {
            there.descriptions.push(description);
            continue;
        }
        let class = match known.get(&name) {
            Some(known) => Some((known.source_path.clone(), known.class_name.clone())),
            None => files.iter().filter_map(|file| Some(((*file).to_owned(), class_of(file)?))).find(|(_, class)| class.eq_ignore_ascii_case(&name)),
        };
        if let Some((file, class)) = class.filter(|(file, _)| package.has(file) || !is_kept(file)) {
            found.insert(name, Source { descriptions: vec![description], file, class });
        }
    }
    Ok(found)
}

/// The class of a file as n8n has it: the file's name up to its first dot.
pub fn class_of(file: &str) -> Option<String> {
    let name = file.rsplit('/').next()?.split('.').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The newest version of a description.
pub(super) fn newest(description: &Map<String, Value>) -> f64 {
    match description.get("version") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_f64).fold(0.0, f64::max),
        Some(one) => one.as_f64().unwrap_or_default(),
        None => 1.0,
    }
}
