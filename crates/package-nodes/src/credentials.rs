//! The credential types of installed packages: data, but for what is a function in the package.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use credential_types::{Functions, N8N};
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, CredentialType, Grant};
use node_sdk::error::codes;
use node_sdk::ports::HttpClient;
use packages::described::{CredentialEntry, NodeEntry};
use serde_json::{Map, Value};

use crate::installed::{Installed, Package};
use crate::run::{CredentialJob, Runner, Tester};
use crate::running::Guard;

/// The credential type of a name, as nodes of a type see it; `runner` runs its functions. `None`: no package has it.
///
/// A name belongs to whoever n8n has it from: to konverte and [`N8N`], whatever others declare. Of the other packages each has its own types
/// for its own nodes; for others they are there where one package alone declares the name.
pub(crate) fn find(installed: &Installed, node_type: Option<&str>, name: &str, runner: Option<&Arc<dyn Runner>>) -> Option<Arc<dyn CredentialType>> {
    let of_node = node_type.and_then(|node_type| Some(installed.of_type(node_type).ok()??.0.name.as_str()));
    let found = declared(installed, of_node, name)?.and_then(|(package, entry)| {
        let json = description(&package, &entry)?;
        Ok((package, entry, json))
    });
    let (package, entry, json) = match found {
        Ok(found) => found,
        Err(why) => return Some(Arc::new(Refused { name: name.to_owned(), why })),
    };
    let parent = |name: &str| declared(installed, Some(&package.name), name)?.and_then(|(package, entry)| description(&package, &entry)).ok();
    let made = |functions| credential_types::of_package(&package.name, name, json.clone(), parent, functions).ok();
    let Some(runner) = runner else { return made(None) };
    let supported = json.get("supportedNodes").and_then(Value::as_array).cloned();
    let job = CredentialJob { package: package.clone(), entry: entry.clone(), data: made(None)? };
    made(Some(Arc::new(OfPackage { job, supported, runner: runner.clone() })))
}

/// The names of all credential types.
pub(crate) fn names(installed: &Installed) -> BTreeSet<String> {
    let packages = installed.packages().unwrap_or_default();
    let described = packages.iter().filter_map(|package| package.described().ok());
    described.flat_map(|described| described.credentials().map(|entry| entry.name).collect::<Vec<_>>()).collect()
}

/// The package whose type it is for nodes of the package `of_node`. The inner error: why it is nobody's, as the end of a sentence.
fn declared(installed: &Installed, of_node: Option<&str>, name: &str) -> Option<Result<(Arc<Package>, CredentialEntry), String>> {
    let packages = installed.packages().ok()?;
    if let Some(n8ns) = packages.iter().filter(|package| package.name == N8N).find_map(|package| entry_of(package, name)) {
        return Some(Ok(n8ns));
    }
    if credential_types::is_n8ns(name) {
        let why = || Err(format!("it is one of {N8N}, which has to be installed for it: `konverte packages add {N8N}`"));
        return (!credential_types::is_known(name)).then(why);
    }
    let mut all: Vec<_> = packages.iter().filter_map(|package| entry_of(package, name)).collect();
    if let Some(own) = all.iter().position(|(package, _)| of_node == Some(&package.name)) {
        return Some(Ok(all.swap_remove(own)));
    }
    if all.len() > 1 {
        let names: Vec<&str> = all.iter().map(|(package, _)| package.name.as_str()).collect();
        return Some(Err(format!("the packages {} each have one of this name, for their own nodes", names.join(" and "))));
    }
    all.pop().map(Ok)
}

fn entry_of(package: &Arc<Package>, name: &str) -> Option<(Arc<Package>, CredentialEntry)> {
    Some((package.clone(), package.described().ok()?.credential(name)?))
}

/// What a type says of itself; the error: why nobody knows, and what to do.
fn description(package: &Package, entry: &CredentialEntry) -> Result<Value, String> {
    let read = package.described().and_then(|described| described.credential_description(entry));
    read.map_err(|error| [Some(error.message), error.help].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A type that cannot be used here.
struct Refused {
    name: String,
    why: String,
}

#[async_trait]
impl CredentialType for Refused {
    fn name(&self) -> &str {
        &self.name
    }

    fn properties(&self) -> Vec<Value> {
        Vec::new()
    }

    fn refusal(&self) -> Option<String> {
        Some(self.why.clone())
    }

    async fn grant(&self, _: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        Err(NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{}\" cannot be used: {}", self.name, self.why)))
    }
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

    fn http<'a>(&'a self, call: &'a CredentialCall<'_>) -> Box<dyn HttpClient + 'a> {
        Box::new(Guard { job: &self.job, call, room: None })
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
