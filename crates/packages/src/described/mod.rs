//! What the types of a package say of themselves, each to be read without the others. Nothing of the package runs for it: most packages
//! have their descriptions as data; of others they are what a worker said that ran the node files ([`Described::of`]).
//!
//! What is made from a package lies in the cache beside it: an index of node types and one of credential types, each with a file of
//! descriptions, a line for each group of versions. Reading one type takes the index and its lines.

mod added;
mod sources;
mod table;

use std::path::Path;

use bytes::Bytes;
use node_sdk::description;
use node_sdk::{Descriptor, VersionGroup};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::archive::Files;
use crate::cache::Cache;
use crate::derived::not_as_made;
use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;
use table::{Builder, Data, Table};

pub use sources::{Contents, Source, Sources, class_of};
pub use table::Span;

/// What is made here, and its form.
pub(crate) const FORM: &str = "described-3";
/// The files of node types: the index, the descriptions.
const NODES: [&str; 2] = ["nodes.index", "nodes.lines"];
/// The files of credential types.
const CREDENTIALS: [&str; 2] = ["credentials.index", "credentials.lines"];

/// Makes what is derived from a package that has its descriptions as data, and keeps it beside the package in the cache; `package` is its
/// name. Whether there was such data: of a package without it, [`Described::of`] makes it of what a worker said, and [`Described::keep`]
/// keeps it.
///
/// # Errors
/// [`codes::NO_NODES`]: the data cannot be read. [`codes::CACHE`]: the cache cannot be written.
pub fn keep_data(cache: &Cache, package: &str, contents: &Integrity, files: &Files) -> Result<bool> {
    let Some(described) = Described::of_data(package, files)? else { return Ok(false) };
    described.keep(cache, contents).map(|()| true)
}

/// Whether what is derived from a package is in the cache, as it was made: from its data, or from what a worker said (`identity`).
pub fn is_kept(cache: &Cache, contents: &Integrity, identity: &Integrity) -> bool {
    [contents, identity].iter().any(|of| matches!(Described::kept(cache, of), Ok(Some(_))) && cache.damaged(of, &[FORM]).is_empty())
}

/// Whether what was kept of the data of a package is what the data says now; also where nothing was kept.
///
/// # Errors
/// Those of [`Described::of_data`].
pub fn is_as_made(cache: &Cache, package: &str, contents: &Integrity, files: &Files) -> Result<bool> {
    if !cache.derived(contents, FORM).is_dir() {
        return Ok(true);
    }
    let is_same = |(name, content): (&String, &Bytes)| matches!(cache.derived_file(contents, FORM, name), Ok(Some(kept)) if kept == *content);
    Ok(Described::of_data(package, files)?.is_some_and(|made| made.files().iter().all(is_same)))
}

/// The types of a package.
#[derive(Debug)]
pub struct Described {
    nodes: Table,
    credentials: Table,
    /// Names of node types that cannot be used, with the reason; only of what was just made.
    pub left_out: Vec<(String, String)>,
}

/// What is known of a node type without reading its descriptions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeEntry {
    /// Its name within the package: `slack`.
    #[serde(skip)]
    pub name: String,
    /// The file of its class, below the package's folder.
    pub file: String,
    /// The name of its class.
    pub class: String,
    /// Whether that file is under n8n's Enterprise License and so is not there: the type is known and cannot run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub enterprise: bool,
    /// The groups of its versions, oldest first.
    pub groups: Vec<Group>,
    /// The version of a node that states none, where the type says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_version: Option<f64>,
}

/// Versions of a node type that share one description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The versions.
    pub versions: Vec<f64>,
    /// Whether requests are declared: there is no code to run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub declared: bool,
    at: Span,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What is known of a credential type without reading its description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialEntry {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// The file of its class, below the package's folder.
    pub file: String,
    /// The name of its class.
    pub class: String,
    at: Span,
}

impl Described {
    /// Of the data that a package brings; `None`: it brings none.
    ///
    /// # Errors
    /// [`codes::NO_NODES`]: the data is none. Those of [`Contents::get`].
    pub fn of_data(package: &str, contents: &(impl Contents + ?Sized)) -> Result<Option<Self>> {
        Ok(Sources::of_data(contents, package)?.map(|sources| Self::of(package, sources)))
    }

    /// Of descriptions, wherever they come from; `package` is the name that comes before those of its node types. What n8n adds when it loads
    /// a node is added. A type that cannot be read is left out.
    pub fn of(package: &str, sources: Sources) -> Self {
        let (mut nodes, mut credentials) = (Builder::default(), Builder::default());
        let mut left_out = Vec::new();
        for (name, source) in sources.nodes {
            match put_node(&mut nodes, package, &name, source) {
                Ok(entry) => nodes.entry(&name, &entry),
                Err(why) => left_out.push((name, why)),
            }
        }
        for (name, Source { descriptions, file, class }) in sources.credentials {
            let Some(description) = descriptions.into_iter().next().filter(|_| table::is_name(&name)) else { continue };
            let at = credentials.text(&Value::Object(description).to_string());
            credentials.entry(&name, &CredentialEntry { name: name.clone(), file, class, at });
        }
        Self { nodes: nodes.table(), credentials: credentials.table(), left_out }
    }

    /// Keeps it in the cache, beside the package of these contents. What a worker said depends on all that the package uses: it is kept
    /// under [`crate::lock::Lock::identity`].
    ///
    /// # Errors
    /// [`codes::CACHE`]: the cache cannot be written.
    pub fn keep(&self, cache: &Cache, contents: &Integrity) -> Result<()> {
        cache.put_derived(contents, FORM, &self.files())
    }

    /// As the contents of files; none where it is read from such.
    fn files(&self) -> Files {
        let tables = [(NODES, &self.nodes), (CREDENTIALS, &self.credentials)];
        let files = tables.into_iter().filter_map(|(names, table)| Some(names.map(str::to_owned).into_iter().zip(table.files()?)));
        files.flatten().collect()
    }

    /// What was kept of a package; `None`: nothing was. The descriptions stay where they are: each is checked when it is read.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it is not as it was made.
    pub fn kept(cache: &Cache, contents: &Integrity) -> Result<Option<Self>> {
        let folder = cache.derived(contents, FORM);
        if !folder.is_dir() {
            return Ok(None);
        }
        let file = |name: &str| cache.derived_file(contents, FORM, name)?.ok_or_else(|| not_as_made(&format!("{name} in the cache")));
        let table = |[index, lines]: [&str; 2]| {
            Table::new(&file(index)?, Data::File(folder.join(lines))).ok_or_else(|| not_as_made(&format!("{index} in the cache")))
        };
        Ok(Some(Self { nodes: table(NODES)?, credentials: table(CREDENTIALS)?, left_out: Vec::new() }))
    }

    /// What was kept of a package, from its data or from what a worker said (`identity` being [`crate::lock::Lock::identity`]); `None`: nothing
    /// that can be used.
    pub fn known(cache: &Cache, contents: &Integrity, identity: &Integrity) -> Option<Self> {
        [contents, identity].into_iter().find_map(|of| Self::kept(cache, of).ok().flatten())
    }

    /// What was kept of a package, else what its data says now, which is then kept where the cache can be written; else what a worker said of
    /// it, `identity` being [`crate::lock::Lock::identity`].
    ///
    /// # Errors
    /// [`codes::NOT_INSTALLED`]: the package is not in the cache, or what a worker said of it was not kept. [`codes::INTEGRITY`]: it was
    /// changed, or what was kept.
    pub fn load(cache: &Cache, package: &str, contents: &Integrity, identity: impl FnOnce() -> Integrity) -> Result<Self> {
        if let Some(kept) = Self::kept(cache, contents)? {
            return Ok(kept);
        }
        let package_files = cache.open(contents, package)?;
        let Some(made) = Self::of_data(package, &package_files)? else {
            return Self::kept(cache, &identity())?.ok_or_else(|| {
                let help = "`konverte packages install` brings it again.";
                Error::new(codes::NOT_INSTALLED, format!("What the nodes of {package} say of themselves is not in the cache.")).help(help)
            });
        };
        // A cache that may only be read is no fault: it is made again the next time.
        let _ = made.keep(cache, contents);
        Ok(made)
    }

    /// The node type of this name, without the package's.
    pub fn node(&self, name: &str) -> Option<NodeEntry> {
        read_entry(self.nodes.entry(name)?).map(|entry| NodeEntry { name: name.to_owned(), ..entry })
    }

    /// All node types, by their names.
    pub fn nodes(&self) -> impl Iterator<Item = NodeEntry> + '_ {
        self.nodes.entries().filter_map(|(name, entry)| Some(NodeEntry { name: name.to_owned(), ..read_entry(entry)? }))
    }

    /// The names of all node types, without the package's.
    pub fn node_names(&self) -> impl Iterator<Item = &str> {
        self.nodes.entries().map(|(name, _)| name)
    }

    /// The credential type of this name.
    pub fn credential(&self, name: &str) -> Option<CredentialEntry> {
        read_entry(self.credentials.entry(name)?).map(|entry| CredentialEntry { name: name.to_owned(), ..entry })
    }

    /// All credential types, by their names.
    pub fn credentials(&self) -> impl Iterator<Item = CredentialEntry> + '_ {
        self.credentials.entries().filter_map(|(name, entry)| Some(CredentialEntry { name: name.to_owned(), ..read_entry(entry)? }))
    }

    /// The descriptor of a node type, read whole.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: what was kept is not as it was made.
    pub fn descriptor(&self, entry: &NodeEntry) -> Result<Descriptor> {
        self.read(entry, |_| true)
    }

    /// The descriptor of a node type, of which only the group that runs a node of this version is whole; of the others it has the versions.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: what was kept is not as it was made.
    pub fn descriptor_of(&self, entry: &NodeEntry, version: f64) -> Result<Descriptor> {
        let wanted = entry.group(version).map(|group| &group.at);
        self.read(entry, |group| Some(&group.at) == wanted)
    }

    /// What a credential type says of itself.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: what was kept is not as it was made.
    pub fn credential_description(&self, entry: &CredentialEntry) -> Result<Value> {
        text_of(&self.credentials, &entry.name, &entry.at)
    }

    fn read(&self, entry: &NodeEntry, wanted: impl Fn(&Group) -> bool) -> Result<Descriptor> {
        // The type's names stand in each group; those of the newest count.
        let any = entry.groups.iter().any(&wanted);
        let is_read = |group: &Group| if any { wanted(group) } else { entry.groups.last() == Some(group) };
        let read = entry.groups.iter().filter(|group| is_read(group)).map(|group| text_of(&self.nodes, &entry.name, &group.at));
        let descriptor = description::read(Value::Array(read.collect::<Result<_>>()?)).map_err(|_| damaged(&entry.name, None))?;
        let mut read = descriptor.versions.into_owned().into_iter();
        let groups = entry.groups.iter().map(|group| if is_read(group) { read.next().unwrap_or_default() } else { entry.bare(group) });
        // n8n 2.41.1 runs a type of one implementation in any version.
        let groups = groups.map(|group| VersionGroup { any_version: entry.groups.len() == 1, ..group });
        Ok(Descriptor { versions: groups.collect(), ..descriptor })
    }
}

impl NodeEntry {
    /// The group that runs a node of this version; one that states none (0, NaN) has the default version, else the newest. A type with one group
    /// runs in any version.
    pub fn group(&self, version: f64) -> Option<&Group> {
        let versions = || self.groups.iter().flat_map(|group| &group.versions);
        let newest = || versions().copied().fold(0.0, f64::max);
        let wanted = if version == 0.0 || version.is_nan() { self.default_version.unwrap_or_else(newest) } else { version };
        let listed = self.groups.iter().find(|group| group.versions.contains(&wanted));
        let only = || self.groups.first().filter(|_| self.groups.len() == 1);
        listed.or_else(only)
    }

    /// A group of which the versions alone are known.
    fn bare(&self, group: &Group) -> VersionGroup {
        VersionGroup { versions: group.versions.clone().into(), default_version: self.default_version, ..VersionGroup::default() }
    }
}

/// Adds the descriptions of a node type to the data; `Err`: why it cannot be used.
fn put_node(nodes: &mut Builder, package: &str, name: &str, mut source: Source) -> std::result::Result<NodeEntry, String> {
    if !table::is_name(name) {
        return Err("its name cannot be written".into());
    }
    let full = Value::String(format!("{package}.{name}"));
    source.descriptions.sort_by(|a, b| sources::newest(a).total_cmp(&sources::newest(b)));
    source.descriptions.dedup();
    let prepared = source.descriptions.into_iter().map(|mut description| {
        added::add(&mut description);
        description.insert("name".into(), full.clone());
        description
    });
    let descriptions: Vec<Map<String, Value>> = prepared.collect();
    let whole = Value::Array(descriptions.iter().cloned().map(Value::Object).collect());
    let descriptor = description::read(whole).map_err(|error| error.to_string())?;
    let groups = descriptions.into_iter().zip(descriptor.versions.iter()).map(|(description, read)| Group {
        versions: read.versions.to_vec(),
        declared: added::declares_requests(&description),
        at: nodes.text(&Value::Object(description).to_string()),
    });
    let default_version = descriptor.versions.iter().find_map(|group| group.default_version);
    let groups = groups.collect();
    let enterprise = !crate::archive::is_kept(&source.file);
    Ok(NodeEntry { name: name.to_owned(), file: source.file, class: source.class, enterprise, groups, default_version })
}

/// One that cannot be read is none: only who may write the cache, and the hash of the index, could put it there.
fn read_entry<T: DeserializeOwned>(entry: &str) -> Option<T> {
    serde_json::from_str(entry).ok()
}

fn text_of(table: &Table, name: &str, span: &Span) -> Result<Value> {
    let damaged = || damaged(name, table.place(span));
    let text = table.text(span).map_err(|_| damaged())?;
    node_sdk::json::parse_text(&text).map_err(|_| damaged())
}

/// `place`: the file and the line where it stands.
fn damaged(name: &str, place: Option<(&Path, usize)>) -> Error {
    let place = place.map(|(file, line)| format!(" ({}, line {line})", file.display())).unwrap_or_default();
    not_as_made(&format!("What the cache says of the type {name}{place}"))
}
