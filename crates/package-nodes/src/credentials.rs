//! The credential types of installed packages: data, but for what is a function in the package.

use std::sync::Arc;

use async_trait::async_trait;
use credential_types::Functions;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, CredentialType};
use packages::described::{CredentialEntry, NodeEntry};
use serde_json::{Map, Value};

use crate::installed::{Installed, Package};
use crate::run::{CredentialJob, Runner, Tester};

/// The package whose types konverte has functions of its own for: they do what the package's do, as recordings show, and need no worker.
const KNOWN_HERE: &str = "n8n-nodes-base";

/// The credential type of this name, of the first package that has it; `runner` runs its functions.
pub(crate) fn find(installed: &Installed, name: &str, runner: Option<&Arc<dyn Runner>>) -> Option<Arc<dyn CredentialType>> {
    let (package, entry) = entry(installed, name)?;
    let json = package.described().ok()?.credential_description(&entry).ok()?;
    let parent = |name: &str| {
        let (package, entry) = entry_of(&package, name).or_else(|| self::entry(installed, name))?;
        package.described().ok()?.credential_description(&entry).ok()
    };
    let known_here = package.name == KNOWN_HERE;
    let functions = runner.map(|runner| -> Arc<dyn Functions> {
        let supported = json.get("supportedNodes").and_then(Value::as_array).cloned();
        let job = CredentialJob { package: package.clone(), entry: entry.clone() };
        Arc::new(OfPackage { job, supported, runner: runner.clone() })
    });
    credential_types::of_package(name, json, parent, functions, known_here).ok()
}

/// The names of all credential types.
pub(crate) fn names(installed: &Installed) -> Vec<String> {
    let packages = installed.packages().unwrap_or_default();
    let described = packages.iter().filter_map(|package| package.described().ok());
    described.flat_map(|described| described.credentials().map(|entry| entry.name).collect::<Vec<_>>()).collect()
}

fn entry(installed: &Installed, name: &str) -> Option<(Arc<Package>, CredentialEntry)> {
    installed.packages().ok()?.iter().find_map(|package| entry_of(package, name))
}

fn entry_of(package: &Arc<Package>, name: &str) -> Option<(Arc<Package>, CredentialEntry)> {
    Some((package.clone(), package.described().ok()?.credential(name)?))
}

/// The hosts that a credential of a type of a package names.
pub(crate) fn hosts_of(job: &CredentialJob, fields: &Map<String, Value>) -> Vec<String> {
    let read = |entry: &CredentialEntry| job.package.described().ok()?.credential_description(entry).ok();
    let parent = |name: &str| read(&entry_of(&job.package, name)?.1);
    let kind =
        read(&job.entry).and_then(|json| credential_types::of_package(&job.entry.name, json, parent, None, job.package.name == KNOWN_HERE).ok());
    kind.map(|kind| credential_types::hosts_of(&*kind, fields)).unwrap_or_default()
}

/// The functions of a type, run by whoever runs the package.
struct OfPackage {
    job: CredentialJob,
    /// The node types that use it, where the package says so.
    supported: Option<Vec<Value>>,
    runner: Arc<dyn Runner>,
}

#[async_trait]
impl Functions for OfPackage {
    async fn authenticate(&self, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
        self.runner.authenticate(&self.job, call, options).await
    }

    async fn pre_authenticate(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        self.runner.pre_authenticate(&self.job, call).await
    }

    fn tested_by(&self) -> Option<Value> {
        self.tests().map(|(_, _, tested)| tested)
    }

    async fn test(&self, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        let Some((entry, version, Value::String(function))) = self.tests() else { return Err(NodeError::new("No node tests the credential")) };
        self.runner.test(&self.job, &Tester { entry, version, function }, call).await
    }
}

impl OfPackage {
    /// The newest version of a node type that says how it tests the type, and how: the name of a function, or a request with what the node
    /// sends with all of its requests.
    fn tests(&self) -> Option<(NodeEntry, f64, Value)> {
        let described = self.job.package.described().ok()?;
        let named: Vec<NodeEntry> = match &self.supported {
            Some(names) => names.iter().filter_map(|name| described.node(name.as_str()?)).collect(),
            None => described.nodes().collect(),
        };
        named.into_iter().find_map(|entry| {
            let descriptor = described.descriptor(&entry).ok()?;
            descriptor.versions.iter().rev().find_map(|group| {
                let used = group.credentials.iter().find(|used| used.name == self.job.entry.name)?;
                let tested = used.extra.as_ref()?.get("testedBy")?.clone();
                let defaults = group.extra.as_ref().and_then(|extra| extra.get("requestDefaults"));
                Some((entry.clone(), group.newest(), with_defaults(tested, defaults)))
            })
        })
    }
}

/// A test by a request, with what the node sends with all of its requests.
fn with_defaults(mut tested: Value, defaults: Option<&Value>) -> Value {
    if let (Some(Value::Object(request)), Some(Value::Object(defaults))) = (tested.get_mut("request"), defaults) {
        for (name, value) in defaults {
            request.entry(name).or_insert_with(|| value.clone());
        }
    }
    tested
}
