//! Putting together what a module brings along when it is loaded: the modules that run at once with it, compiled.

use std::collections::{HashMap, HashSet};

use package_worker::protocol::Code;
use packages::Result;
use packages::bundles::Bundle;
use packages::modules::{Form, Modules};
use serde_json::json;

use super::compiling::{Compiler, Source};
use super::finding::{Found, find};
use super::starting::Starts;

/// Makes bundles, and compiles each module once.
pub(super) struct Bundler<'a> {
    modules: &'a Modules,
    starts: Starts,
    /// Started with the first module that is compiled.
    compiler: Option<Compiler>,
    found: HashMap<String, Found>,
}

impl<'a> Bundler<'a> {
    pub(super) fn new(modules: &'a Modules, starts: Starts) -> Self {
        Self { modules, starts, compiler: None, found: HashMap::new() }
    }

    /// What the module of an id brings along. What cannot be compiled is in it as text: whoever runs it is told why.
    ///
    /// # Errors
    /// The module cannot be read.
    pub(super) async fn make(&mut self, id: &str) -> Result<Bundle> {
        let mut together = vec![id.to_owned()];
        let mut seen: HashSet<String> = together.iter().cloned().collect();
        let mut fresh = Vec::new();
        let mut at = 0;
        while let Some(id) = together.get(at).cloned() {
            if !self.found.contains_key(&id) {
                match find(self.modules, &id) {
                    Ok(found) => drop(self.found.insert(id.clone(), found)),
                    Err(error) if at == 0 => return Err(error),
                    // Whoever asks for it is told.
                    Err(_) => {
                        together.remove(at);
                        continue;
                    }
                }
                fresh.push(id.clone());
            }
            let at_once = self.found[&id].requires.values().filter(|target| target.get("lazy").is_none()).filter_map(|target| target["id"].as_str());
            together.extend(at_once.filter(|id| seen.insert((*id).to_owned())).map(str::to_owned));
            at += 1;
        }
        self.compile(fresh).await;
        Ok(bundle(together.iter().filter_map(|id| Some((id.as_str(), self.found.get(id)?)))))
    }

    async fn compile(&mut self, mut ids: Vec<String>) {
        ids.retain(|id| self.found[id].form != Form::Json);
        if ids.is_empty() {
            return;
        }
        let source = |id: &String| {
            let found = &self.found[id];
            Source { id: id.clone(), is_module: found.form == Form::Module, text: found.code.1.clone() }
        };
        let sources = ids.iter().map(source).collect();
        if self.compiler.is_none() {
            self.compiler = self.starts.compiler().await.ok();
        }
        let Some(compiler) = &mut self.compiler else { return };
        match compiler.compile(sources).await {
            Ok(made) => {
                for (id, bytecode) in ids.iter().zip(made) {
                    if let (Some(found), Some(bytecode)) = (self.found.get_mut(id), bytecode) {
                        found.code = (if found.form == Form::Module { Code::Module } else { Code::Script }, bytecode);
                    }
                }
            }
            // A source that ended the worker.
            Err(_) => self.compiler = None,
        }
    }
}

/// Modules in one piece. The first part says what the others are.
pub(super) fn bundle<'a>(modules: impl IntoIterator<Item = (&'a str, &'a Found)>) -> Bundle {
    let (mut told, mut codes, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for (id, Found { form, requires, last_match, code }) in modules {
        let form = match form {
            Form::Script => "cjs",
            Form::Module => "esm",
            Form::Json => "json",
        };
        told.push(json!({"id": id, "form": form, "requires": requires, "lastMatch": last_match}));
        codes.push(code.0 as u8);
        parts.push(code.1.clone());
    }
    parts.insert(0, codes.into());
    Bundle { modules: json!(told).to_string().into(), parts }
}
