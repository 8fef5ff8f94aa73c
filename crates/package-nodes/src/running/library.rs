//! What a worker asks on behalf of no job: files of its package, and words.

use std::sync::Arc;

use node_sdk::NodeError;
use node_sdk::schema::{Check, validate_type};
use package_worker::protocol::Payload;
use packages::Result;
use packages::bundles::Bundle;
use packages::modules::{Asker, Modules};
use request::{common_errors, failure};
use serde_json::{Value, json};

use super::bundling::{Bundler, bundle};
use super::finding::{find, target};
use super::starting::Starts;

/// The files of a package of nodes and of those that it uses, as its worker is given them.
pub(crate) struct Library {
    pub(super) modules: Arc<Modules>,
    /// How a worker is started that compiles; `None`: nothing compiled is given.
    starts: Option<Starts>,
}

impl Library {
    /// `starts` starts workers that compile; without it modules are given as they lie in their packages, with the texts of their functions.
    pub(super) fn new(modules: Arc<Modules>, starts: Option<Starts>) -> Self {
        Self { modules, starts }
    }

    /// Answers.
    pub(super) async fn answer(&self, name: &str, payload: &Payload) -> std::result::Result<Payload, NodeError> {
        let arguments: Vec<Value> = serde_json::from_slice(&payload.json).map_err(|error| NodeError::new(error.to_string()))?;
        let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
        match name {
            "load" => {
                let Bundle { modules, parts } = self.load(text(0)).await?;
                Ok(Payload { json: modules, buffers: parts })
            }
            "resolve" => Ok(Payload::json(target(&self.modules, text(0), text(1), Asker::Require).to_string())),
            "throwsNull" => Ok(Payload::json(self.throws_null(arguments.first().unwrap_or(&Value::Null)).to_string())),
            "fieldType" => Ok(Payload::json(fitted(arguments.first().unwrap_or(&Value::Null)).to_string())),
            "failureWords" => Ok(Payload::json(words(arguments.first().unwrap_or(&Value::Null)).to_string())),
            _ => Err(NodeError::new(format!("\"{name}\" is not there"))),
        }
    }

    /// Whether one of these modules may throw null by itself.
    fn throws_null(&self, ids: &Value) -> bool {
        let source = |id: &Value| self.modules.read(id.as_str()?).ok();
        ids.as_array().into_iter().flatten().filter_map(source).any(|(source, _)| throws_null(&String::from_utf8_lossy(&source)))
    }

    /// A module with those that run at once with it; one that nothing begins with comes alone.
    async fn load(&self, id: &str) -> Result<Bundle> {
        if let Some(starts) = &self.starts {
            let bundles = self.modules.bundles(package_worker::protocol::ENGINE);
            if let Some(kept) = bundles.kept(id) {
                return Ok(kept);
            }
            // They were kept for another version of this program: they are made again where they can be kept.
            if self.modules.beginnings().is_ok_and(|all| all.contains(id)) && bundles.can_keep() {
                let made = Bundler::new(&self.modules, starts.clone()).make(id).await?;
                // Where it cannot be kept after all, it is made again the next time.
                _ = bundles.keep(id, &made);
                return Ok(made);
            }
        }
        let found = find(&self.modules, id)?;
        Ok(bundle([(id, &found)]))
    }
}

/// Whether a source may throw null by itself, or a promise be rejected with it.
fn throws_null(source: &str) -> bool {
    let after = |word| source.split(word).skip(1).any(|rest| rest.trim_start_matches(['(', ' ']).starts_with("null"));
    after("throw") || after("reject")
}

/// A value as one of a type, or why it is none.
fn fitted(asked: &Value) -> Value {
    let text = |key: &str| asked[key].as_str().unwrap_or_default();
    let flag = |key: &str| asked[key] == Value::Bool(true);
    let choices = asked["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let check = Check { strict: flag("strict"), parse_strings: flag("parseStrings"), choices, zone: None };
    // What is not JSON is no value of any type.
    let value = node_sdk::json::parse_text(text("value")).unwrap_or_default();
    match validate_type(text("field"), &value, text("type"), &check) {
        Ok(value) => json!({"valid": true, "value": value}),
        Err(message) => json!({"valid": false, "message": message}),
    }
}

/// n8n's words for a failure, and what the service said.
fn words(asked: &Value) -> Value {
    let code = asked["code"].as_str().unwrap_or_default();
    let words = match code.parse::<u16>() {
        Ok(status) => failure::status_words(status),
        Err(_) => common_errors::of_code(code).or_else(|| asked["message"].as_str().and_then(common_errors::in_message)),
    };
    let mut error = asked["error"].clone();
    // A body that was taken as text says what its JSON says.
    let parsed = error["error"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(Value::is_object);
    if let Some(parsed) = parsed {
        error["error"] = parsed;
    }
    json!({"words": words, "said": failure::said(&error)})
}
