//! What a worker asks on behalf of no job: files of its package, and words.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use package_worker::protocol::{Code, Payload};
use packages::bundles::Bundle;
use packages::modules::{Asker, Form, Modules, Target};
use packages::{Result, requires};
use request::{common_errors, failure};
use serde_json::{Map, Value, json};

use super::bundling::{Bundler, bundle};
use super::workers::Starts;

/// The files of a package of nodes and of those that it uses, as its worker is given them.
pub(crate) struct Library {
    pub(super) modules: Arc<Modules>,
    /// How a worker is started that compiles; `None`: nothing compiled is given.
    starts: Option<Starts>,
}

/// A module.
pub(super) struct Found {
    pub(super) form: Form,
    /// What its names mean.
    pub(super) requires: Map<String, Value>,
    pub(super) code: (Code, Bytes),
}

impl Library {
    /// `starts` starts workers that compile; without it modules are given as they lie in their packages, with the texts of their functions.
    pub(super) fn new(modules: Arc<Modules>, starts: Option<Starts>) -> Self {
        Self { modules, starts }
    }

    /// Answers. An error is a sentence.
    pub(super) async fn answer(&self, name: &str, payload: &Payload) -> std::result::Result<Payload, String> {
        let arguments: Vec<Value> = serde_json::from_slice(&payload.json).map_err(|error| error.to_string())?;
        let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
        match name {
            "load" => {
                self.load(text(0)).await.map(|Bundle { modules, parts }| Payload { json: modules, buffers: parts }).map_err(|error| error.to_string())
            }
            "resolve" => Ok(Payload::json(self.target(text(0), text(1), Asker::Require).to_string())),
            "failureWords" => Ok(Payload::json(words(arguments.first().unwrap_or(&Value::Null)).to_string())),
            _ => Err(format!("\"{name}\" is not there")),
        }
    }

    /// A module with those that run at once with it; one that nothing begins with comes alone.
    async fn load(&self, id: &str) -> Result<Bundle> {
        if let Some(starts) = &self.starts {
            let bundles = self.modules.bundles(package_worker::protocol::ENGINE);
            if let Some(kept) = bundles.kept(id) {
                return Ok(kept);
            }
            // They were kept for another version of this program: they are made again where they can be kept.
            if self.modules.beginnings()?.contains(id) && bundles.can_keep() {
                let made = Bundler::new(self, starts.clone()).make(id).await?;
                // Where it cannot be kept after all, it is made again the next time.
                _ = bundles.keep(id, &made);
                return Ok(made);
            }
        }
        let found = self.find(id)?;
        Ok(bundle([(id, &found)]))
    }

    /// A module as it lies in its package.
    pub(super) fn find(&self, id: &str) -> Result<Found> {
        let (source, _) = self.modules.read(id)?;
        let form = self.modules.form_of(id);
        let mut asked = Map::new();
        if form != Form::Json {
            let asker = if form == Form::Module { Asker::Import } else { Asker::Require };
            let text = String::from_utf8_lossy(&source);
            for name in requires::of(&text) {
                if !asked.contains_key(name) {
                    asked.insert(name.to_owned(), self.target(id, name, asker));
                }
            }
            if form == Form::Script && self.modules.is_own(id) {
                self.put_off(&mut asked, &requires::for_effect(&text).collect());
            }
        }
        Ok(Found { form, requires: asked, code: (Code::Text, source) })
    }

    /// The modules of other packages that run when they are used, not when they are asked for: those of which it is known what they export.
    fn put_off(&self, asked: &mut Map<String, Value>, for_effect: &HashSet<&str>) {
        for (_, target) in asked.iter_mut().filter(|(name, _)| !for_effect.contains(name.as_str())) {
            if let Some(fact) = target["id"].as_str().filter(|id| !self.modules.is_own(id)).and_then(|id| self.modules.fact(id)) {
                target["lazy"] = json!(fact);
            }
        }
    }

    fn target(&self, from: &str, name: &str, asker: Asker) -> Value {
        match self.modules.resolve(from, name, asker) {
            Target::File { id, .. } => json!({"id": id}),
            Target::BuiltIn(name) => json!({"builtin": name}),
            Target::StandIn(name) => json!({"standIn": name}),
            Target::Missing(why) => json!({"missing": why}),
        }
    }
}

/// n8n's words for a failure, and what the service said.
fn words(asked: &Value) -> Value {
    let code = asked["code"].as_str().unwrap_or_default();
    let words = match code.parse::<u16>() {
        Ok(status) => failure::status_words(status),
        Err(_) => common_errors::of_code(code).or_else(|| asked["message"].as_str().and_then(common_errors::in_message)),
    };
    json!({"words": words, "said": failure::said(&asked["error"])})
}
