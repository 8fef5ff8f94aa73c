//! n8n's credential types: what each adds to a request, how its session begins, how it is tested.
//!
//! | room | what |
//! |---|---|
//! | `types.json` | the types of services, a line each, in n8n's form: `properties`, `authenticate`, `test` |
//! | `generic.json` | HTTP Request's own types |
//! | [`described`] | what such a description does; [`formula`] reads its texts, [`request`] sends its requests |
//! | [`oauth2`] | a stored token and its refresh, one by client credentials, or one that a person consents to |
//! | [`oauth1`] | signatures with the keys of an application and a user, and how a user's keys are had |
//! | [`advice`] | what a person can do where a service gives no token |
//! | [`made`] | what of a session that such JavaScript made is kept |
//! | [`functions`] | what lies in a package's JavaScript, as a trait |
//! | [`code`] | what no rule can say: signatures, tokens for tokens |
//!
//! In a description `authenticate` is n8n's rule, `"code"` (a function in [`code`]) or `"unknown"` (n8n has code for it that we do not
//! have: the type is refused). Beside n8n's keys there are `signIn` (the request that begins a session, and which field holds it) and
//! `replacesHeaders`. A type of a package ([`of_package`]) has n8n's keys alone, and functions where n8n has code.

mod address;
mod advice;
mod code;
mod described;
mod formula;
mod functions;
mod hosts;
mod jwt;
mod made;
mod names;
mod oauth1;
mod oauth2;
mod request;
mod text;

use std::sync::Arc;

use described::{Described, Description};
pub use functions::Functions;
pub use hosts::hosts_of;
use names::lines;
pub use names::{N8N, is_known, is_n8ns};
use node_sdk::{CredentialType, Node, Provider};
use serde_json::{Map, Value};

fn description_of(name: &str) -> Option<Description> {
    let (_, text) = lines().find(|(known, _)| *known == name)?;
    // A test reads every line.
    serde_json::from_str(text).ok()
}

fn n8n_type(name: &str) -> Option<Arc<dyn CredentialType>> {
    let description = with_parents(description_of(name)?, |parent| Ok(description_of(parent))).ok()?;
    Some(Arc::new(Described::new(name, description)))
}

/// The description with what it has of those that it extends, and they of theirs.
fn with_parents(mut description: Description, parent: impl Fn(&str) -> Result<Option<Description>, String>) -> Result<Description, String> {
    let mut next = 0;
    // Each parent adds its own parents behind.
    while let Some(above) = description.extends.get(next).cloned() {
        next += 1;
        if description.extends[..next - 1].contains(&above) {
            continue;
        }
        if let Some(above) = parent(&above)? {
            description.inherit(&above);
        }
    }
    Ok(description)
}

/// The credential types of n8n that are known here.
pub fn provider() -> impl Provider {
    N8nTypes
}

struct N8nTypes;

impl Provider for N8nTypes {
    fn find(&self, _: &str) -> Option<Arc<dyn Node>> {
        None
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        Vec::new()
    }

    fn gives_way(&self) -> bool {
        true
    }

    fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        n8n_type(type_name)
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        lines().filter_map(|(name, _)| n8n_type(name)).collect()
    }
}

/// Credential types from JSON: an object of descriptions by name, in the form of `types.json`. They may extend n8n's.
///
/// ```
/// use node_sdk::Provider;
/// let types = serde_json::json!({"acmeApi": {
///     "properties": [{"name": "key", "type": "string", "default": ""}],
///     "authenticate": {"type": "generic", "properties": {"headers": {"X-Key": "={{ $credentials.key }}"}}},
///     "test": {"request": {"baseURL": "https://acme.example", "url": "/me"}},
/// }});
/// let provider = credential_types::from_json(types.as_object().unwrap()).unwrap();
/// assert_eq!(provider.credential("acmeApi").unwrap().properties().len(), 1);
/// ```
///
/// # Errors
/// Names the type whose description cannot be read.
pub fn from_json(types: &Map<String, Value>) -> Result<impl Provider + use<>, String> {
    let described = |name: &str, json: &Value| serde_json::from_value::<Description>(json.clone()).map_err(|error| format!("{name}: {error}"));
    let parent = |name: &str| types.get(name).map(|json| described(name, json)).transpose().map(|own| own.or_else(|| description_of(name)));
    let read = |(name, json): (&String, &Value)| {
        let description = with_parents(described(name, json)?, parent)?;
        Ok(Arc::new(Described::new(name, description)) as Arc<dyn CredentialType>)
    };
    types.iter().map(read).collect::<Result<Vec<_>, String>>()
}

/// A credential type of a package, from its JSON in n8n's form (`dist/types/credentials.json`). `parent` finds the descriptions that it
/// extends. What is a function in the package, and so no part of JSON, `functions` runs (`None`: nothing does). In types of [`N8N`] konverte's own functions take the
/// place of the package's where it has them: they do the same, as recordings show, and need no worker.
///
/// # Errors
/// Names the type whose description cannot be read.
pub fn of_package(
    package: &str,
    name: &str,
    json: Value,
    parent: impl Fn(&str) -> Option<Value>,
    functions: Option<Arc<dyn Functions>>,
) -> Result<Arc<dyn CredentialType>, String> {
    let read = |name: &str, json: Value| serde_json::from_value::<Description>(json).map_err(|error| format!("{name}: {error}"));
    let above = |name: &str| parent(name).map(|json| read(name, json)).transpose().map(|own| own.or_else(|| description_of(name)));
    let description = with_parents(read(name, json)?, above)?;
    let ours = if package == N8N { description_of(name) } else { None };
    Ok(Arc::new(Described::new(name, description.with_functions(functions, ours)).of(package)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_page_of_n8ns_and_an_address_is_itself() {
        let page = |package: &str, said: &str| {
            let json = serde_json::json!({"documentationUrl": said, "properties": []});
            of_package(package, "madeUpApi", json, |_| None, None).unwrap().documentation()
        };
        assert_eq!(page(N8N, "slack").as_deref(), Some("https://docs.n8n.io/integrations/builtin/credentials/slack/"));
        assert_eq!(page("acme", "https://acme.example/keys").as_deref(), Some("https://acme.example/keys"));
        assert_eq!([page("acme", "slack"), page(N8N, "javascript:alert(1)"), page(N8N, "")], [None, None, None]);
    }

    #[test]
    fn every_line_reads() {
        for text in crate::names::TABLES {
            let whole: Map<String, Value> = serde_json::from_str(text).unwrap();
            let names: Vec<&String> = whole.keys().collect();
            assert!(names.is_sorted() && names.iter().all(|name| description_of(name).is_some()));
            assert_eq!(text.lines().count(), names.len() + 2, "a line each");
        }
    }
}
