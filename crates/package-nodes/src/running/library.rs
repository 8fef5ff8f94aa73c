//! What a worker asks on behalf of no job: files of its package, and words.

use std::collections::HashSet;

use package_worker::protocol::Payload;
use packages::modules::{Asker, Form, Modules, Target};
use packages::requires;
use request::{common_errors, failure};
use serde_json::{Map, Value, json};

/// Answers. An error is a sentence.
pub(super) fn answer(modules: &Modules, name: &str, payload: &Payload) -> Result<Payload, String> {
    let arguments: Vec<Value> = serde_json::from_slice(&payload.json).map_err(|error| error.to_string())?;
    let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
    match name {
        "load" => load(modules, text(0)),
        "resolve" => Ok(Payload::json(target(modules, text(0), text(1), Asker::Require).to_string())),
        "failureWords" => Ok(Payload::json(words(arguments.first().unwrap_or(&Value::Null)).to_string())),
        _ => Err(format!("\"{name}\" is not there")),
    }
}

fn load(modules: &Modules, id: &str) -> Result<Payload, String> {
    let (code, _) = modules.read(id).map_err(|error| error.to_string())?;
    let form = modules.form_of(id);
    let mut asked = Map::new();
    if form != Form::Json {
        let asker = if form == Form::Module { Asker::Import } else { Asker::Require };
        let text = String::from_utf8_lossy(&code);
        for name in requires::of(&text) {
            if !asked.contains_key(name) {
                asked.insert(name.to_owned(), target(modules, id, name, asker));
            }
        }
        if form == Form::Script && modules.is_own(id) {
            put_off(modules, &mut asked, &requires::for_effect(&text).collect());
        }
    }
    let form = match form {
        Form::Script => "cjs",
        Form::Module => "esm",
        Form::Json => "json",
    };
    Ok(Payload { json: json!({"form": form, "requires": asked, "code": {"$buffer": 0}}).to_string().into(), buffers: vec![code] })
}

/// The modules of other packages that run when they are used, not when they are asked for: those of which it is known what they export.
fn put_off(modules: &Modules, asked: &mut Map<String, Value>, for_effect: &HashSet<&str>) {
    for (_, target) in asked.iter_mut().filter(|(name, _)| !for_effect.contains(name.as_str())) {
        if let Some(fact) = target["id"].as_str().filter(|id| !modules.is_own(id)).and_then(|id| modules.fact(id)) {
            target["lazy"] = json!(fact);
        }
    }
}

fn target(modules: &Modules, from: &str, name: &str, asker: Asker) -> Value {
    match modules.resolve(from, name, asker) {
        Target::File { id, .. } => json!({"id": id}),
        Target::BuiltIn(name) => json!({"builtin": name}),
        Target::StandIn(name) => json!({"standIn": name}),
        Target::Missing(why) => json!({"missing": why}),
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
