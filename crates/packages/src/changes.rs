//! What another version of a package changes, as far as that is known before anything of it runs.

use std::collections::{BTreeMap, BTreeSet};

use nodejs_semver::Version;

use crate::archive::Files;
use crate::cache::Cache;
use crate::described::{Described, NodeEntry};
use crate::hosts::Hosts;
use crate::left_out::LeftOut;
use crate::lock::{Lock, Package};
use crate::manifest::Manifest;
use crate::needs::Needs;
use crate::offer::Offer;
use crate::reach;
use crate::spec::{Spec, Wanted};
use crate::types::ByFile;

/// What is known here of a package of a lock.
#[derive(Debug)]
pub struct Held {
    /// What its types say of themselves; `None`: that was not found out here.
    pub described: Option<Described>,
    /// Its `package.json` and its files; `None`: they are not in the cache, or what is offered has the same.
    files: Option<(Manifest, Files)>,
}

/// Names that one version has and the other has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differ {
    /// Those of the other version.
    pub new: Vec<String>,
    /// Those of the version that is there.
    pub gone: Vec<String>,
}

/// Which types come and go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types {
    /// Node types.
    pub nodes: Differ,
    /// Versions of node types that stay, as `slack 2.3`. One is gone where a node that states it would not run any more.
    pub versions: Differ,
    /// Credential types.
    pub credentials: Differ,
}

/// What another version changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The types: what those of both say of themselves. Where one says nothing that can be read without running it, the files of both are
    /// compared: a new type may be called otherwise than its file, and no versions are known.
    pub types: Types,
    /// Node types that are there for what no box lets them do, and were not before, each with what it needs.
    pub out_of_reach: Vec<String>,
    /// Modules of Node.js that are asked for and were not before.
    pub modules: Vec<String>,
    /// Packages that are asked for, were not before, and are not fetched, each with the reason.
    pub left_out: Vec<String>,
    /// The packages that it uses.
    pub dependencies: Differ,
    /// Packages that both use of which the version that is there is too old or too new, as `a 1.2.0 -> ^2.0.0`.
    pub ranges: Vec<String>,
    /// Hosts that its files name and that were not granted.
    pub hosts: Vec<String>,
}

impl Held {
    /// What is known of a package of a lock, to be held against an offer.
    pub fn of(cache: &Cache, lock: &Lock, name: &str, package: &Package, offer: &Offer) -> Self {
        let contents = &package.library.contents;
        let read = || cache.read(contents, name).ok().and_then(|files| Some((Manifest::of(&files, name).ok()?, files)));
        let files = if offer.contents == *contents { None } else { read() };
        Self { described: Described::known(cache, contents, &lock.identity(name, package)), files }
    }
}

impl Changes {
    /// What an offer changes of a package.
    pub fn of(held: &Held, package: &Package, offer: &Offer) -> Self {
        let mut changes = Self::default();
        if let Some((manifest, files)) = &held.files {
            changes.types = Types::of(held.described.as_ref(), manifest, files, offer);
            changes.of_reach(held.described.as_ref(), manifest, files, offer);
        }
        let uses = package.library.uses.keys().map(String::as_str).collect();
        let needs = || offer.needs.iter().filter(|(name, _)| !offer.left_out.keys().any(|left_out| left_out.as_str() == name.as_str()));
        changes.dependencies = Differ::of(&uses, &needs().map(|(name, _)| name.as_str()).collect());
        changes.ranges = needs().filter_map(|(name, range)| other_version(package.library.uses.get(name)?, name, range)).collect();
        if let (Hosts::These(_), Hosts::These(named)) = (&package.hosts, &offer.hosts) {
            changes.hosts = named.iter().filter(|host| !package.hosts.allow(host)).cloned().collect();
        }
        changes
    }

    /// What its files ask for that those of before did not.
    fn of_reach(&mut self, described: Option<&Described>, manifest: &Manifest, files: &Files, offer: &Offer) {
        let before = reach::from_nodes(manifest, files);
        self.modules = offer.reached.built_ins.difference(&before.built_ins).cloned().collect();
        let left_out = offer.left_out.iter().filter(|(name, _)| !before.names.contains(name));
        self.left_out =
            left_out.filter_map(|(name, why)| if let LeftOut::OutOfReach(why) = why { Some(format!("{name} ({why})")) } else { None }).collect();
        let (before, now) = (Needs::of(manifest, files).0, Needs::of(&offer.manifest, &offer.files).0);
        let names = ByFile::of(&offer.manifest, &offer.files, described);
        let needs = now.iter().filter(|(file, _)| !before.contains_key(*file));
        self.out_of_reach = needs.map(|(file, need)| format!("{} (needs {need})", names.node(file))).collect();
    }
}

impl Types {
    fn of(described: Option<&Described>, manifest: &Manifest, files: &Files, offer: &Offer) -> Self {
        let offered = Described::of_data(&offer.manifest.name, &offer.files).ok().flatten();
        match described.zip(offered.as_ref()) {
            Some((old, new)) => Self::told(old, new),
            None => Self::of_files(&ByFile::of(manifest, files, described), &ByFile::of(&offer.manifest, &offer.files, offered.as_ref())),
        }
    }

    /// Between what the types of two versions say of themselves.
    pub fn told(old: &Described, new: &Described) -> Self {
        let mut versions = Differ::default();
        for before in old.nodes() {
            let Some(now) = new.node(&before.name) else { continue };
            let listed = |entry: &NodeEntry| entry.groups.iter().flat_map(|group| group.versions.clone()).collect::<Vec<f64>>();
            let shown = |version: &f64| format!("{} {version}", before.name);
            let (there, comes) = (listed(&before), listed(&now));
            versions.gone.extend(there.iter().filter(|version| now.group(**version).is_none()).map(shown));
            versions.new.extend(comes.iter().filter(|version| !there.contains(version)).map(shown));
        }
        let credentials = |of: &Described| of.credentials().map(|credential| credential.name).collect::<Vec<_>>();
        let (before, now) = (credentials(old), credentials(new));
        Self {
            nodes: Differ::of(&old.node_names().collect(), &new.node_names().collect()),
            versions,
            credentials: Differ::of(&before.iter().map(String::as_str).collect(), &now.iter().map(String::as_str).collect()),
        }
    }

    /// Between the files of two versions.
    fn of_files(old: &ByFile, new: &ByFile) -> Self {
        let differ = |old: &BTreeMap<String, String>, new: &BTreeMap<String, String>| {
            let without = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
                one.iter().filter(|(file, _)| !other.contains_key(*file)).map(|(_, name)| name.clone()).collect()
            };
            Differ { new: without(new, old), gone: without(old, new) }
        };
        Self { nodes: differ(&old.nodes, &new.nodes), versions: Differ::default(), credentials: differ(&old.credentials, &new.credentials) }
    }
}

impl Differ {
    fn of(old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> Self {
        let without = |one: &BTreeSet<&str>, other| one.difference(other).map(|name| (*name).to_owned()).collect();
        Self { new: without(new, old), gone: without(old, new) }
    }
}

/// The version of a library that is there, by its key in a lock, and the range that is asked for, where it does not fit.
fn other_version(key: &str, used_as: &str, asked: &str) -> Option<String> {
    let version = key.rsplit_once('@')?.1.split('~').next()?;
    let Some(Wanted::Range(range)) = Spec::of_dependency(used_as, asked).ok()?.wanted else { return None };
    let fits = range.satisfies(&version.parse::<Version>().ok()?);
    (!fits).then(|| format!("{used_as} {version} -> {asked}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A package that has its descriptions as data.
    fn described(nodes: &serde_json::Value, credentials: &[&str]) -> Described {
        let files_of = |names: Vec<&str>| names.iter().map(|name| format!("dist/{name}.js")).collect::<std::collections::BTreeSet<_>>();
        let names: Vec<&str> = nodes.as_array().unwrap().iter().filter_map(|node| node["name"].as_str()).collect();
        let (nodes_files, credential_files) = (files_of(names), files_of(credentials.to_vec()));
        let manifest = json!({"name": "p", "version": "1.0.0", "n8n": {"nodes": nodes_files, "credentials": credential_files}});
        let credentials: Vec<_> = credentials.iter().map(|name| json!({"name": name, "displayName": name, "properties": []})).collect();
        let mut files: Files = nodes_files.iter().chain(&credential_files).map(|path| (path.clone(), "".into())).collect();
        for (path, value) in
            [("package.json", &manifest), ("dist/types/nodes.json", nodes), ("dist/types/credentials.json", &serde_json::Value::from(credentials))]
        {
            files.insert(path.to_owned(), value.to_string().into());
        }
        Described::of_data("p", &files).unwrap().unwrap()
    }

    #[test]
    fn types_and_their_versions_come_and_go() {
        let node = |name: &str, version: serde_json::Value| {
            json!({"displayName": name, "name": name, "description": "", "group": ["output"], "version": version, "defaults": {"name": name},
                "inputs": ["main"], "outputs": ["main"], "properties": []})
        };
        let old = json!([node("slack", json!(1)), node("slack", json!([2.2, 2.3])), node("one", json!([1, 2])), node("fax", json!(1))]);
        let new = json!([node("slack", json!([2.2, 2.4])), node("slack", json!(3)), node("one", json!([2, 3])), node("post", json!(1))]);
        let types = Types::told(&described(&old, &["fax", "slackApi"]), &described(&new, &["slackApi", "slackOAuth2Api"]));
        let differ = |new: &[&str], gone: &[&str]| {
            let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            Differ { new: all(new), gone: all(gone) }
        };
        assert_eq!(types.nodes, differ(&["post"], &["fax"]));
        // A type of one implementation runs in any version, so none of its versions is gone.
        assert_eq!(types.versions, differ(&["one 3", "slack 2.4", "slack 3"], &["slack 1", "slack 2.3"]));
        assert_eq!(types.credentials, differ(&["slackOAuth2Api"], &["fax"]));
    }
}
