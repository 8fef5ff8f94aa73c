//! `konverte nodes show`: what words mean, and what is said of it.

use std::collections::HashSet;
use std::sync::Arc;

use engine::brings;
use konverte_nodes::RESOURCES;
use node_sdk::action::{ActionSpec, Resource};
use node_sdk::names::{did_you_mean, similar};
use node_sdk::{CredentialType, Node, Registry};
use serde_json::{Value, json};
use workflow::names::{is_n8n_package, n8n_types, n8n_versions};

use super::{Form, node_json, pretty};
use crate::error::{CliError, codes};
use crate::reference::actions;
use crate::reference::operations::{Operation, operations, value};
use crate::reference::shown::{self, Shown};
use crate::screen::Screen;
use crate::screen::page::Page;

/// What a name can mean.
enum Found {
    Node(Arc<dyn Node>),
    Resource(&'static Resource),
    Action(&'static ActionSpec),
    Credential(Arc<dyn CredentialType>),
}

/// Says what the words mean: a name, and for a node type perhaps a resource and an operation of it.
pub(super) fn show(words: &[String], version: Option<f64>, form: Form, registry: &Registry) -> Result<String, CliError> {
    let whole = words.join(" ");
    // The name of a node may have several words: the longest one that there is counts.
    for count in (1..=words.len()).rev() {
        let name = words[..count].join(" ");
        let Some(found) = find(&name, registry)? else { continue };
        return match (found, &words[count..]) {
            (Found::Node(node), rest) if !rest.is_empty() && node.descriptor().name == "konverte" => {
                let path = format!("konverte/{}", rest.join("/"));
                let of_ours = find(&path, registry)?.ok_or_else(|| unknown(&path, registry))?;
                Ok(said(&of_ours, form))
            }
            (Found::Node(node), rest) => of_node(node, &name, rest, version, form, registry),
            (found, []) => Ok(said(&found, form)),
            (_, rest) => Err(CliError::usage(codes::UNKNOWN_NAME, format!("`{name}` has no `{}`.", rest.join(" ")))),
        };
    }
    Err(of_n8n(&whole).unwrap_or_else(|| unknown(&whole, registry)))
}

fn said(found: &Found, form: Form) -> String {
    let laid_out = |show: &dyn Fn(&mut Page)| match form {
        Form::Json => None,
        Form::Page(screen) => Some(page(screen, show)),
    };
    match found {
        Found::Node(node) => pretty(&node_json(&**node, true)),
        Found::Resource(resource) => laid_out(&|page| resource.actions.iter().for_each(|action| actions::show(action, page))).unwrap_or_else(|| {
            let actions: Vec<Value> = resource.actions.iter().map(action_json).collect();
            pretty(&json!({"name": resource.name, "summary": resource.summary, "actions": actions}))
        }),
        Found::Action(action) => laid_out(&|page| actions::show(action, page)).unwrap_or_else(|| pretty(&action_json(action))),
        Found::Credential(kind) => laid_out(&|page| shown::credential(&**kind, page)).unwrap_or_else(|| pretty(&shown::credential_json(&**kind))),
    }
}

fn page(screen: Screen, show: &dyn Fn(&mut Page)) -> String {
    let mut page = Page::new(screen);
    show(&mut page);
    page.finish()
}

fn of_node(node: Arc<dyn Node>, name: &str, words: &[String], version: Option<f64>, form: Form, registry: &Registry) -> Result<String, CliError> {
    let asked = version;
    let node = asked.and_then(|version| registry.find_version(&node.descriptor().name, version)).unwrap_or(node);
    let descriptor = node.descriptor();
    let version = asked.unwrap_or_else(|| descriptor.newest());
    let Some(group) = descriptor.version(version) else {
        let error = CliError::usage(codes::UNKNOWN_NAME, format!("`{name}` has no version {version}."));
        return Err(error.help(format!("It has {}.", crate::reference::nodes::versions(descriptor))));
    };
    let shown = Shown { node: &*node, group, version, registry };
    let all = operations(group, version);
    match (words, form) {
        ([], Form::Page(screen)) => Ok(page(screen, &|page| shown.overview(name, page))),
        ([], Form::Json) => {
            let mut whole = node_json(&*node, true);
            if let Some(types) = whole["types"].as_array_mut().filter(|_| asked.is_some()) {
                // Of the other versions perhaps not all was read.
                types.retain(|of_group| of_group["version"].as_array().is_some_and(|all| all.contains(&node_sdk::json::number(version))));
            }
            shown.add_json(&mut whole);
            Ok(pretty(&whole))
        }
        (words, Form::Page(screen)) => {
            let operation = chosen(&all, name, words)?;
            Ok(page(screen, &|page| shown.operation(operation, page)))
        }
        (words, Form::Json) => Ok(pretty(&shown.operation_json(chosen(&all, name, words)?))),
    }
}

/// The operation that words name: a resource and an operation, or one of them where that is enough. Values count, and names for people.
fn chosen<'o, 'g>(all: &'o [Operation<'g>], name: &str, words: &[String]) -> Result<&'o Operation<'g>, CliError> {
    let asked = letters(&words.concat());
    if let Some(found) = all.iter().find(|one| ways(one).contains(&asked)) {
        return Ok(found);
    }
    let is_part = |one: &&Operation<'_>| names(one).iter().flatten().any(|name| letters(name) == asked);
    let near: Vec<&Operation<'_>> = all.iter().filter(is_part).collect();
    if let [one] = near.as_slice() {
        return Ok(one);
    }
    let shown = |one: &Operation<'_>| names(one).map(|[value, _]| value).join(" ").trim().to_owned();
    let known: Vec<String> = all.iter().map(shown).collect();
    let words = words.join(" ");
    let help = match did_you_mean(&words, known.iter().map(String::as_str)) {
        _ if all.is_empty() => format!("It has no operations; `konverte nodes show \"{name}\"` shows its parameters."),
        _ if !near.is_empty() => format!("Which one: {}?", near.into_iter().map(shown).collect::<Vec<_>>().join(", ")),
        Some(near) => format!("Did you mean {near}?"),
        None => format!("`konverte nodes show \"{name}\"` lists what it can do."),
    };
    Err(CliError::usage(codes::UNKNOWN_NAME, format!("`{name}` has no operation `{words}`.")).help(help))
}

/// Value and name of its resource, then of its operation; empty where it has none.
fn names(one: &Operation<'_>) -> [[String; 2]; 2] {
    [one.resource, one.operation].map(|choice| choice.map(|choice| [value(choice), choice.name.to_string()]).unwrap_or_default())
}

/// What may be written for it: each name of the resource with each of the operation.
fn ways(one: &Operation<'_>) -> Vec<String> {
    let [resource, operation] = names(one).map(|names| names.map(|name| letters(&name)));
    resource.iter().flat_map(|first| operation.iter().map(move |second| format!("{first}{second}"))).collect()
}

/// A name without what people write differently: its letters and digits, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find(name: &str, registry: &Registry) -> Result<Option<Found>, CliError> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let path = name.strip_prefix("konverte/").unwrap_or(name);
    let mut parts = path.splitn(2, '/');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let resource = RESOURCES.iter().find(|resource| same(&resource.name, first));
    match (resource, second) {
        (Some(resource), Some(operation)) => return Ok(resource.actions.iter().find(|action| same(&action.operation, operation)).map(Found::Action)),
        (Some(resource), None) if name.contains('/') => return Ok(Some(Found::Resource(resource))),
        _ => {}
    }
    // Some types have other names, which begin with one word and end anyhow; none has a space.
    let of_type = |name: &str| registry.find(name).filter(|_| !name.contains(' '));
    if let Some(node) = of_type(name).or_else(|| of_type(&format!("n8n-nodes-base.{name}"))) {
        return Ok(Some(Found::Node(node)));
    }
    if let Some(node) = by_words(name, registry)? {
        return Ok(Some(Found::Node(node)));
    }
    let action = || konverte_nodes::actions().find(|action| same(&action.operation, name));
    let ours = resource.map(Found::Resource).or_else(|| action().map(Found::Action));
    let credential = || registry.credential(name).filter(|kind| kind.name() == name);
    Ok(ours.or_else(|| credential().map(Found::Credential)))
}

/// What a node is called on the canvas, in the list of nodes and where it is put down; without what stands there in brackets too.
fn on_canvas(node: &dyn Node) -> impl Iterator<Item = &str> {
    let descriptor = node.descriptor();
    let listed = descriptor.display_name.as_ref();
    let short = listed.split_once(" (").map(|(short, _)| short);
    descriptor.versions.iter().rev().map(|group| group.default_name.as_ref()).chain([listed]).chain(short).filter(|name| !name.is_empty())
}

/// The node type of this short name, else of this name on the canvas. Those of n8n come before those of others.
fn by_words(name: &str, registry: &Registry) -> Result<Option<Arc<dyn Node>>, CliError> {
    let wanted = letters(name);
    let is_short = |full: &&String| full.rsplit('.').next().is_some_and(|short| letters(short) == wanted);
    let names = registry.names();
    let mut types: Vec<String> = names.iter().filter(is_short).cloned().collect();
    if types.is_empty() {
        let is_shown = |node: &&Arc<dyn Node>| on_canvas(&***node).any(|name| letters(name) == wanted);
        types = registry.list().iter().filter(is_shown).map(|node| node.descriptor().name.to_string()).collect();
    }
    types.dedup();
    let of_n8n: Vec<String> = types.iter().filter(|full| is_n8n_package(full)).cloned().collect();
    match if of_n8n.is_empty() { types } else { of_n8n }.as_slice() {
        [] => Ok(None),
        [one, others @ ..] if others.iter().all(|other| other == one) => Ok(registry.find(one)),
        several => {
            let error = CliError::usage(codes::UNKNOWN_NAME, format!("Several node types are called `{name}`."));
            Err(error.help(format!("Which one: {}?", several.join(", "))))
        }
    }
}

/// How many names are proposed.
const PROPOSED: usize = 3;

fn unknown(name: &str, registry: &Registry) -> CliError {
    let mut near = near(name, registry);
    near.dedup();
    near.truncate(PROPOSED);
    let help = if near.is_empty() { "`konverte nodes` lists them all.".to_owned() } else { format!("Did you mean {}?", near.join(" or ")) };
    CliError::usage(codes::UNKNOWN_NAME, format!("There is no node type, resource, action or credential type `{name}`.")).help(help)
}

/// Names that may be meant: those whose end is written much alike, then nodes whose name on the canvas is, or has the word in it.
fn near(name: &str, registry: &Registry) -> Vec<String> {
    let types = registry.names().into_iter();
    let resources = RESOURCES.iter().map(|resource| format!("konverte/{}", resource.name));
    let operations = konverte_nodes::actions().map(|action| format!("konverte/{}/{}", action.resource, action.operation));
    let all: Vec<String> = types.chain(resources).chain(operations).collect();
    let last = |text: &str| text.rsplit(['/', '.']).next().map_or(0, str::len);
    let ends: Vec<&str> = all.iter().map(|full| &full[full.len() - last(full)..]).collect();
    let by_end = similar(&name[name.len() - last(name)..], ends.iter().copied())
        .into_iter()
        .flat_map(|end| all.iter().zip(&ends).filter(move |(_, other)| **other == end).map(|(full, _)| full.clone()));
    let nodes = registry.list();
    let shown: Vec<(&str, &str)> = nodes.iter().flat_map(|node| on_canvas(&**node).map(|shown| (shown, &*node.descriptor().name))).collect();
    let is_near: HashSet<&str> = similar(name, shown.iter().map(|(shown, _)| *shown)).into_iter().collect();
    let wanted = letters(name);
    let in_words = |shown: &str| !wanted.is_empty() && letters(shown).contains(&wanted);
    let mut known = HashSet::new();
    let named = shown.iter().filter(|(shown, _)| is_near.contains(shown) || in_words(shown)).filter(|(_, full)| known.insert(*full));
    by_end.chain(named.map(|(shown, full)| format!("\"{shown}\" ({full})"))).collect()
}

/// The name of a node type that n8n has and the registry does not: with n8n's package or without it, or as it stands on the canvas.
fn of_n8n(name: &str) -> Option<CliError> {
    let wanted = letters(name);
    let is_wanted =
        |full: &&str| full.eq_ignore_ascii_case(name) || full.strip_prefix("n8n-nodes-base.").is_some_and(|short| letters(short) == wanted);
    // What n8n makes of a node for agents has no line of its own.
    let derived = || Some(name).filter(|full| is_n8n_package(full) && n8n_versions(full).is_some());
    let full = n8n_types().find(is_wanted).or_else(derived)?;
    let error = CliError::usage(codes::UNKNOWN_NAME, format!("There is no node type `{full}` here: n8n has it, konverte does not."));
    Some(error.help(brings(full).unwrap_or_else(|| "`konverte nodes` lists those that konverte has.".to_owned())))
}

fn action_json(action: &ActionSpec) -> Value {
    let mut row = serde_json::to_value(action).unwrap_or_default();
    row["example"] = actions::example(action);
    row
}
