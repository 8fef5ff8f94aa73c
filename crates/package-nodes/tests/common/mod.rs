//! A package of our own making, and a runner that says what node code would be given.

use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use node_sdk::{Inputs, NodeError, Outputs, RunContext};
use package_nodes::parameters::{Got, Options};
use package_nodes::{Installed, Job, Provider, Runner};
use packages::place::Place;
use serde_json::{Value, json};

/// Asks for a parameter for each item, and puts out what it is given.
pub struct Asking {
    name: String,
    options: Value,
    /// How often it ran.
    pub runs: Mutex<usize>,
}

impl Asking {
    pub fn new(name: &str, options: Value) -> Arc<Self> {
        Arc::new(Self { name: name.to_owned(), options, runs: Mutex::default() })
    }
}

#[async_trait]
impl Runner for Asking {
    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        *self.runs.lock().unwrap() += 1;
        let mut items = Vec::new();
        for item in 0..inputs.main().len().unwrap_or_default() {
            let got = job.parameters.get(&cx.params, item, &self.name, Options::read(&self.options)).await?;
            items.push(node_sdk::Item::new(match got {
                Got::Missing(error) => json!({"missing": error.message}),
                Got::Undefined => json!({"undefined": true}),
                Got::Value(value) => json!({"got": value, "literal": job.parameters.literals(&cx.params).contains_key(&self.name)}),
            }));
        }
        Ok(Outputs::one(items))
    }
}

/// The name of the package.
pub const NAME: &str = "@acme/n8n-nodes-acme";

/// The node types of a package.
pub fn provider(nodes: &Value, runner: Arc<dyn Runner>) -> (Provider, tempfile::TempDir) {
    provider_of(NAME, nodes, runner)
}

/// The node types of a package of this name.
pub fn provider_of(name: &str, nodes: &Value, runner: Arc<dyn Runner>) -> (Provider, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), name, nodes);
    (Provider::new(Installed::new(Place::Package(folder.path().to_owned()), Ok("nowhere".into())), Some(runner)), folder)
}

/// Writes a package: its descriptions as data, and an empty file for each type.
pub fn write(folder: &Path, name: &str, nodes: &Value) {
    let names: Vec<&str> = nodes.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    let files: Vec<String> = names.iter().map(|name| format!("dist/nodes/{name}.node.js")).collect();
    let put = |path: &str, text: String| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("package.json", json!({"name": name, "version": "1.2.3", "n8n": {"nodes": files}}).to_string());
    put("dist/types/nodes.json", nodes.to_string());
    files.iter().for_each(|file| put(file, String::new()));
}

/// A description of a node type with these properties.
pub fn node(name: &str, version: &Value, properties: &Value, more: &Value) -> Value {
    let mut description = json!({"displayName": name, "name": name, "description": "", "group": ["output"], "version": version,
        "defaults": {"name": name}, "inputs": ["main"], "outputs": ["main"], "properties": properties});
    description.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    description
}
