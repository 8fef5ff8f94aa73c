//! Modules as they lie in their packages, with what their names mean.

use std::collections::HashSet;

use bytes::Bytes;
use package_worker::protocol::Code;
use packages::modules::{Asker, Form, Modules, Target};
use packages::{Result, requires};
use serde_json::{Map, Value, json};

/// A module.
pub(super) struct Found {
    pub(super) form: Form,
    /// What its names mean.
    pub(super) requires: Map<String, Value>,
    pub(super) code: (Code, Bytes),
}

/// A module as it lies in its package.
pub(super) fn find(modules: &Modules, id: &str) -> Result<Found> {
    let (source, _) = modules.read(id)?;
    let form = modules.form_of(id);
    let mut asked = Map::new();
    if form != Form::Json {
        let asker = if form == Form::Module { Asker::Import } else { Asker::Require };
        let text = String::from_utf8_lossy(&source);
        for name in requires::of(&text) {
            if !asked.contains_key(name) {
                asked.insert(name.to_owned(), target(modules, id, name, asker));
            }
        }
        if form == Form::Script && modules.is_own(id) {
            put_off(modules, &mut asked, &requires::for_effect(&text).collect());
        }
    }
    Ok(Found { form, requires: asked, code: (Code::Text, source) })
}

/// The modules of other packages that run when they are used, not when they are asked for: those of which it is known what they export.
fn put_off(modules: &Modules, asked: &mut Map<String, Value>, for_effect: &HashSet<&str>) {
    for (_, target) in asked.iter_mut().filter(|(name, _)| !for_effect.contains(name.as_str())) {
        if let Some(fact) = target["id"].as_str().filter(|id| !modules.is_own(id)).and_then(|id| modules.fact(id)) {
            target["lazy"] = json!(fact);
        }
    }
}

/// What a name means that a file asks for, as the worker reads it.
pub(super) fn target(modules: &Modules, from: &str, name: &str, asker: Asker) -> Value {
    match modules.resolve(from, name, asker) {
        Target::File { id, .. } => json!({"id": id}),
        Target::BuiltIn(name) => json!({"builtin": name}),
        Target::StandIn(name) => json!({"standIn": name}),
        Target::Missing(why) => json!({"missing": why}),
        Target::Unreadable(why) => json!({"unreadable": why}),
    }
}
