//! The node types and credential types of installed packages, for a registry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use node_sdk::names::did_you_mean;
use node_sdk::sync::lock;
use node_sdk::{Absent, CredentialType, Node};
use packages::Result;
use packages::described::NodeEntry;

use crate::credentials;
use crate::installed::{Installed, Package};
use crate::node::PackageNode;
use crate::run::Runner;

/// Types that were read.
type Known = HashMap<(String, Option<usize>), Arc<PackageNode>>;

/// Credential types, by the node type that asked, where one did, and their names; `None`: there is no such type.
type KnownCredentials = HashMap<(Option<String>, String), Option<Arc<dyn CredentialType>>>;

/// The types of installed packages. One is read when it is asked for, and of its versions the one that is asked for alone.
pub struct Provider {
    installed: Installed,
    runner: Option<Arc<dyn Runner>>,
    /// By their names, and the place of the group that is whole; `None`: all are.
    known: Mutex<Known>,
    /// Credential types that were asked for: each request asks.
    credentials: Mutex<KnownCredentials>,
}

impl Provider {
    /// Of these packages; `runner` runs their nodes. Without one they are described and checked, and none runs.
    pub fn new(installed: Installed, runner: Option<Arc<dyn Runner>>) -> Self {
        Self { installed, runner, known: Mutex::default(), credentials: Mutex::default() }
    }

    /// The packages.
    pub fn installed(&self) -> &Installed {
        &self.installed
    }

    /// A type, whole or as far as a version of it needs.
    fn node(&self, type_name: &str, version: Option<f64>) -> Result<Option<Arc<PackageNode>>> {
        let Some((package, name)) = self.installed.of_type(type_name)? else { return Ok(None) };
        let described = package.described()?;
        let (entry, tool) = match (described.node(name), name.strip_suffix("Tool")) {
            (Some(entry), _) => (entry, false),
            (None, Some(base)) => match described.node(base) {
                Some(entry) => (entry, true),
                None => return Ok(None),
            },
            (None, None) => return Ok(None),
        };
        let group = version.and_then(|version| entry.groups.iter().position(|group| Some(group) == entry.group(version)));
        let key = (type_name.to_owned(), group);
        if let Some(known) = lock(&self.known).get(&key) {
            return Ok(Some(known.clone()));
        }
        let node = self.read(package, entry, version.filter(|_| group.is_some()))?;
        let node = match tool {
            true if node.has_tool() => node.tool(),
            true => return Ok(None),
            false => node,
        };
        Ok(Some(lock(&self.known).entry(key).or_insert_with(|| Arc::new(node)).clone()))
    }

    fn read(&self, package: &Arc<Package>, entry: NodeEntry, version: Option<f64>) -> Result<PackageNode> {
        let described = package.described()?;
        let descriptor = match version {
            Some(version) => described.descriptor_of(&entry, version)?,
            None => described.descriptor(&entry)?,
        };
        Ok(PackageNode::new(package.clone(), entry, descriptor, self.runner.clone()))
    }

    fn credential_of(&self, node_type: Option<&str>, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        let key = (node_type.map(str::to_owned), type_name.to_owned());
        if let Some(known) = lock(&self.credentials).get(&key) {
            return known.clone();
        }
        let found = credentials::find(&self.installed, node_type, type_name, self.runner.as_ref());
        lock(&self.credentials).entry(key).or_insert(found).clone()
    }

    /// The packages whose types can be read.
    fn described(&self) -> impl Iterator<Item = &Arc<Package>> {
        self.installed.packages().into_iter().flatten().filter(|package| package.described().is_ok())
    }
}

impl node_sdk::Provider for Provider {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        self.node(type_name, None).ok()?.map(|node| node as Arc<dyn Node>)
    }

    fn find_version(&self, type_name: &str, version: f64) -> Option<Arc<dyn Node>> {
        self.node(type_name, Some(version)).ok()?.map(|node| node as Arc<dyn Node>)
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        self.names().iter().filter_map(|name| self.find(name)).collect()
    }

    fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.credential_of(None, type_name)
    }

    fn credential_for(&self, node_type: &str, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        self.credential_of(Some(node_type), type_name)
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        credentials::names(&self.installed).iter().filter_map(|name| self.credential(name)).collect()
    }

    fn names(&self) -> Vec<String> {
        let of = |package: &Package| -> Vec<String> {
            package.described().into_iter().flat_map(|described| described.node_names()).map(|name| format!("{}.{name}", package.name)).collect()
        };
        self.described().flat_map(|package| of(package)).collect()
    }

    fn packages(&self) -> Vec<String> {
        self.installed.packages().into_iter().flatten().map(|package| package.key()).collect()
    }

    fn absent(&self, type_name: &str) -> Option<Absent> {
        match self.node(type_name, None) {
            Ok(Some(_)) => None,
            Err(error) => {
                let what = if error.code == packages::codes::NOT_INSTALLED { "whose package is not installed here" } else { "which cannot be read" };
                let reason = format!("{what}: {}", error.message.trim_end_matches('.'));
                Some(Absent { code: Some(error.code), reason, help: error.help })
            }
            Ok(None) => {
                let (package, name) = self.installed.of_type(type_name).ok()??;
                let reason = format!("which version {} of the package {} does not have", package.version, package.name);
                let near = package.described().ok().and_then(|described| did_you_mean(name, described.node_names()));
                let help = match near {
                    Some(near) => format!("Did you mean {}.{near}?", package.name),
                    None => format!("`konverte nodes list` shows what it has; another version of {} may have more.", package.name),
                };
                Some(Absent { code: None, reason, help: Some(help) })
            }
        }
    }
}
