//! Modules as they lie in their packages, with what their names mean.

use std::collections::HashSet;

use bytes::Bytes;
use package_worker::protocol::Code;
use packages::modules::{Asker, Form, Modules, Target};
use packages::{Result, requires};
use serde_json::{Map, Value, json};

use super::crossing::thrown;

/// A module.
pub(super) struct Found {
    pub(super) form: Form,
    /// What its names mean.
    pub(super) requires: Map<String, Value>,
    /// Whether it asks what a regular expression matched last.
    pub(super) last_match: bool,
    pub(super) code: (Code, Bytes),
}

/// A module as it lies in its package.
pub(super) fn find(modules: &Modules, id: &str) -> Result<Found> {
    let (source, _) = modules.read(id)?;
    let form = modules.form_of(id);
    let (mut asked, mut last_match) = (Map::new(), false);
    if form != Form::Json {
        let asker = if form == Form::Module { Asker::Import } else { Asker::Require };
        let text = String::from_utf8_lossy(&source);
        last_match = asks_for_last_match(&text);
        for name in requires::of(&text) {
            // What cannot be read now is asked for again: this may be kept for longer than that is so.
            if !asked.contains_key(name)
                && let meant = modules.resolve(id, name, asker)
                && !matches!(meant, Target::Unreadable(_))
            {
                asked.insert(name.to_owned(), told(meant));
            }
        }
        if form == Form::Script && modules.is_own(id) {
            put_off(modules, &mut asked, &requires::for_effect(&text).collect());
        }
    }
    Ok(Found { form, requires: asked, last_match, code: (Code::Text, source) })
}

/// Whether a source has `RegExp.$1` in it, or one of its kin.
fn asks_for_last_match(source: &str) -> bool {
    let names = [".$", "[\"$", "['$", ".input", ".lastMatch", ".lastParen", ".leftContext", ".rightContext"];
    source.split("RegExp").skip(1).any(|rest| names.iter().any(|name| rest.starts_with(name)))
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
    told(modules.resolve(from, name, asker))
}

fn told(target: Target) -> Value {
    match target {
        Target::File { id, .. } => json!({"id": id}),
        Target::BuiltIn(name) => json!({"builtin": name}),
        Target::StandIn(name) => json!({"standIn": name}),
        Target::Missing(why) => json!({"missing": why}),
        Target::Unreadable(why) => json!({"unreadable": thrown(&why.into())}),
    }
}
