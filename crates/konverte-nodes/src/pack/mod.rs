//! Action packs: JSON files of rows that become nodes, without compiling anything.
//!
//! A pack is one service: a node type, its credential, and its actions, each a row as [`node_sdk::action::ActionSpec`]
//! writes itself. It runs in native mode.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use node_sdk::action::{ActionSpec, ParamType, Place, RateLimit, Resource, Text, Texts};
use node_sdk::json::parse_text;
use node_sdk::{CredentialType, ErrorCode, Node, NodeError, Provider, files};
use serde::Deserialize;
use serde_json::Value;

use crate::codes;
use crate::credential::ServiceCredential;
use crate::node::ActionNode;
use crate::place::Mode;
use crate::service::{Auth, Service};

mod place;
mod schema;

pub use schema::schema;

/// Why a pack cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {at}: {message}")]
pub struct PackError {
    /// The file.
    pub file: String,
    /// The place in it: line and column, with a path such as `actions[2].path` and the action's name.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl PackError {
    /// The code, which has a page.
    pub const CODE: ErrorCode = codes::PACK;
}

impl From<PackError> for NodeError {
    fn from(error: PackError) -> Self {
        Self::coded(codes::PACK, error.to_string())
    }
}

/// A pack as its file has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PackFile {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    node: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    url: Option<String>,
    credential: CredentialFile,
    #[serde(default)]
    resources: std::collections::BTreeMap<String, String>,
    actions: Vec<ActionSpec>,
}

/// How a pack's requests are authorized.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CredentialFile {
    #[serde(rename = "type")]
    type_name: String,
    #[serde(default = "url")]
    url_field: String,
    #[serde(default = "token")]
    token_field: String,
    header: String,
    #[serde(default)]
    prefix: String,
}

/// Reads every `*.json` file of a folder, in the order of their names. The result is a provider.
///
/// # Errors
/// The first file that is no pack, with the place in it; a node type that two files name.
pub fn load(folder: &Path) -> Result<Packs, PackError> {
    let mut nodes: Vec<Arc<ActionNode>> = Vec::new();
    for file in files(folder)? {
        let name = file.display().to_string();
        let text = files::found(&file).and_then(files::text).map_err(|error| refuse(&name, "the file", error))?;
        let node = read(&name, &text)?;
        if nodes.iter().any(|other| other.descriptor().name == node.descriptor().name) {
            return Err(refuse(&name, "node", format!("another pack has the node type \"{}\" already", node.descriptor().name)));
        }
        nodes.push(Arc::new(node));
    }
    Ok(Packs(nodes))
}

/// The packs of a folder: the node type and the credential type of each.
pub struct Packs(Vec<Arc<ActionNode>>);

impl Provider for Packs {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        self.list().into_iter().find(|node| node.descriptor().name == type_name)
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        self.0.iter().map(|node| node.clone() as Arc<dyn Node>).collect()
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        self.0.iter().map(|node| Arc::new(ServiceCredential(node.service().clone())) as Arc<dyn CredentialType>).collect()
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, PackError> {
    let fail = |error: std::io::Error| refuse(&folder.display().to_string(), "the folder", error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads one pack. `file` is its name in errors.
///
/// # Errors
/// Text that is no JSON, no pack, or a pack whose rows contradict themselves.
pub fn read(file: &str, text: &str) -> Result<ActionNode, PackError> {
    let value = parse_text(text).map_err(|error| refuse(file, &format!("line {}, column {}", error.line, error.column), &error.message))?;
    let pack = whole(&value).map_err(|(place, message)| refuse(file, &describe(text, &value, &place), message))?;
    Ok(ActionNode::new(service(pack), Mode::Native))
}

/// A place as a person finds it: by line and column, by its path, by the name of its action.
fn describe(text: &str, pack: &Value, place: &str) -> String {
    let (line, column) = place::find(text, place);
    let index = place.strip_prefix("actions[").and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
    let action = index.and_then(|index| pack["actions"][index]["operation"].as_str());
    format!("line {line}, column {column}: {place}{}", action.map_or_else(String::new, |name| format!(" (\"{name}\")")))
}

/// The pack, or the first place in it that cannot be, and why.
fn whole(value: &Value) -> Result<PackFile, (String, String)> {
    fits(value)?;
    let pack = PackFile::deserialize(value).map_err(|error| ("the pack".to_owned(), error.to_string()))?;
    usable(&pack.node).map_err(|why| ("node".to_owned(), why))?;
    if crate::service::is_family(&pack.node) || pack.node.starts_with("n8n-nodes-base.") {
        return Err(("node".into(), format!("\"{}\" cannot be the name of a pack's node type", pack.node)));
    }
    sendable(&pack.credential)?;
    let mut seen = HashSet::new();
    for (index, action) in pack.actions.iter().enumerate() {
        consistent(action).map_err(|(place, message)| (format!("actions[{index}].{place}"), message))?;
        if !seen.insert((&action.resource, &action.operation)) {
            let message = format!("\"{}\" of \"{}\" is there twice", action.operation, action.resource);
            return Err((format!("actions[{index}].operation"), message));
        }
    }
    Ok(pack)
}

/// Holds the file against its JSON Schema: the first place that does not fit, like `actions[2].method`, and what is wrong with it.
fn fits(pack: &Value) -> Result<(), (String, String)> {
    let validator = jsonschema::validator_for(&schema()).map_err(|error| ("the schema".to_owned(), error.to_string()))?;
    let Some(error) = validator.iter_errors(pack).next() else { return Ok(()) };
    let place = error.instance_path().as_str().split('/').skip(1).fold(String::new(), |place, key| match key.parse::<usize>() {
        Ok(index) => format!("{place}[{index}]"),
        Err(_) => place::join(&place, key),
    });
    let message = match error.kind() {
        // All of them, where the validator names two.
        ValidationErrorKind::Enum { options } => {
            let choices: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            format!("{} is none of {}", error.instance(), choices.join(", "))
        }
        _ => error.to_string(),
    };
    Err((if place.is_empty() { "the pack".to_owned() } else { place }, message))
}

/// What a constant row has checked by the compiler.
fn consistent(action: &ActionSpec) -> Result<(), (String, String)> {
    for name in placeholders(&action.path) {
        if !action.params_in(Place::Path).any(|param| param.name == name) {
            return Err(("path".into(), format!("{{{name}}} is no parameter with \"in\": \"path\"")));
        }
    }
    for name in placeholders(action.native_path()) {
        if action.param(name).is_none() {
            return Err(("native.path".into(), format!("{{{name}}} is no parameter")));
        }
    }
    for (field, path) in [("path", action.path.as_ref()), ("native.path", action.native_path())] {
        if !path.starts_with('/') {
            return Err((field.into(), "must begin with a slash".into()));
        }
        if path.split('/').any(|segment| matches!(segment, "." | ".."))
            || path.contains(|c: char| c.is_control() || c.is_whitespace() || "?#\\".contains(c))
        {
            return Err((field.into(), "must be the path that is sent, without dots as a segment, spaces, \\, ? and #".into()));
        }
    }
    for (field, name) in [("resource", &action.resource), ("operation", &action.operation)] {
        usable(name).map_err(|why| (field.into(), why))?;
    }
    parameters(action)?;
    for (index, file) in action.native.files.iter().enumerate() {
        for (field, name) in [("name", &file.name), ("field", &file.field)] {
            usable(name).map_err(|why| (format!("native.files[{index}].{field}"), why))?;
        }
        if action.native.files[..index].iter().any(|other| other.name == file.name) {
            return Err((format!("native.files[{index}].name"), format!("\"{}\" is there twice", file.name)));
        }
        if placeholders(action.native_path()).any(|name| action.param(name).is_some_and(|param| param.key() == file.name)) {
            return Err((format!("native.files[{index}].name"), format!("\"{}\" is part of the address, so it cannot be a file", file.name)));
        }
    }
    Ok(())
}

/// That each parameter can be set and sent, be it n8n's or native mode's own, and that what is needed is there.
fn parameters(action: &ActionSpec) -> Result<(), (String, String)> {
    for (index, param) in action.native_params().enumerate() {
        let own = index.checked_sub(action.params.len());
        let place = own.map_or_else(|| format!("params[{index}]"), |index| format!("native.params[{index}]"));
        let refuse = |why: String| Err((place.clone(), why));
        for (field, name) in [("name", param.name.as_ref()), ("n8nName", param.key()), ("native.sendAs", param.native_name())] {
            usable(name).map_err(|why| (format!("{place}.{field}"), why))?;
        }
        if param.place == Place::Path && own.is_some() {
            return refuse("goes into the query string or the body: what is part of the path stands in params".into());
        }
        if param.place == Place::Path && !placeholders(&action.path).any(|name| name == param.name) {
            return refuse(format!("the path has no {{{}}}", param.name));
        }
        if param.kind == ParamType::Options && param.choices.is_empty() {
            return refuse("the type \"options\" needs \"choices\"".into());
        }
        if action.native_params().take(index).any(|other| other.key() == param.key() && other.place == param.place) {
            return refuse(format!("\"{}\" is there twice", param.key()));
        }
    }
    let is_there = |name: &str| action.native_params().any(|param| param.key() == name) || action.native.files.iter().any(|file| file.name == name);
    let needs = action.native.needs.iter().flat_map(Texts::iter).find(|name| !is_there(name)).map(|name| ("native.needs", name));
    let counted = action.limits.iter().flat_map(RateLimit::params).find(|name| action.param(name).is_none()).map(|name| ("limits", name));
    match needs.or(counted) {
        Some((field, name)) => Err((field.into(), format!("\"{name}\" is no parameter"))),
        None => Ok(()),
    }
}

/// That the credential's header can be sent, and is not one that the client writes itself.
fn sendable(credential: &CredentialFile) -> Result<(), (String, String)> {
    const OWN: [&str; 9] =
        ["host", "content-length", "content-type", "transfer-encoding", "connection", "te", "trailer", "upgrade", "accept-encoding"];
    let refused = |field: &str, why: &str| Err((format!("credential.{field}"), why.to_owned()));
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if credential.header.is_empty() || !credential.header.chars().all(token) {
        return refused("header", "is not the name of an HTTP header");
    }
    if OWN.contains(&credential.header.to_ascii_lowercase().as_str()) {
        return refused("header", "is a header that requests have already");
    }
    if credential.prefix.contains(|c: char| !(' '..='~').contains(&c)) {
        return refused("prefix", "cannot stand in an HTTP header");
    }
    for (field, name) in [("type", &credential.type_name), ("urlField", &credential.url_field), ("tokenField", &credential.token_field)] {
        usable(name).map_err(|why| (format!("credential.{field}"), why))?;
    }
    Ok(())
}

/// That a name can be a key of a workflow file: one that JavaScript treats as a key like others, and that people can read.
fn usable(name: &str) -> Result<(), String> {
    match name {
        "" => Err("must not be empty".into()),
        "__proto__" | "constructor" | "prototype" => Err(format!("\"{name}\" cannot be a name: it has a meaning of its own in JavaScript")),
        name if name.contains(char::is_control) => Err("a name has no control characters".into()),
        _ => Ok(()),
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The service of a pack, its actions by their resources in the order in which they come.
fn service(pack: PackFile) -> Service {
    let PackFile { node, display_name, description, url, credential, mut resources, actions, .. } = pack;
    let mut groups: Vec<Resource> = Vec::new();
    let mut places = HashMap::new();
    for action in actions {
        let place = *places.entry(action.resource.clone()).or_insert(groups.len());
        if place == groups.len() {
            let summary = resources.remove(&*action.resource).unwrap_or_default().into();
            groups.push(Resource { name: action.resource.clone(), summary, actions: Vec::new().into() });
        }
        groups[place].actions.to_mut().push(action);
    }
    let display_name = if display_name.is_empty() { node.clone() } else { display_name };
    Service {
        node: node.into(),
        display_name: display_name.into(),
        summary: description.into(),
        url: url.map(Text::from),
        auth: Auth {
            credential: credential.type_name.into(),
            url_field: credential.url_field.into(),
            token_field: credential.token_field.into(),
            header: credential.header.into(),
            prefix: credential.prefix.into(),
        },
        limit: None,
        resources: groups.into(),
    }
}

fn refuse(file: &str, at: &str, message: impl ToString) -> PackError {
    PackError { file: file.to_owned(), at: at.to_owned(), message: message.to_string() }
}

fn url() -> String {
    "url".to_owned()
}

fn token() -> String {
    "accessToken".to_owned()
}
