//! The actions of the Konverte API: a page for each resource, an example for each action.

use std::collections::HashSet;
use std::fmt::Write;

use konverte_nodes::RESOURCES;
use node_sdk::action::{ActionSpec, Param, ParamType, Place, Resource, Role, Texts, TokenKind};
use serde_json::{Map, Value, json};

use super::{Page as Written, cell, slug};
use crate::screen::page::Page;

/// What a parameter of files holds.
fn files(name: &str) -> String {
    format!("Names of binary properties of the item, with commas, for example `\"{name}\": \"data\"`.")
}

/// One page for each resource, and the list of them.
pub fn pages() -> Vec<Written> {
    let count = konverte_nodes::actions().count();
    let mut index = format!(
        "# Konverte actions\n\nThe node type `konverte` has {count} actions on {} resources.\n\n| resource | actions | what it is |\n|---|---|---|\n",
        RESOURCES.len()
    );
    let mut pages = Vec::new();
    for resource in RESOURCES {
        let file = format!("{}.md", slug(&resource.name));
        let _ = writeln!(index, "| [{}]({file}) | {} | {} |", resource.name, resource.actions.len(), cell(&resource.summary));
        pages.push(Written { path: format!("docs/reference/konverte/{file}"), text: resource_page(resource) });
    }
    index.push_str("\nRequest options of every action: see [the node](../nodes/konverte.md).\n");
    pages.push(Written { path: "docs/reference/konverte/README.md".to_owned(), text: index });
    pages
}

fn resource_page(resource: &Resource) -> String {
    let mut text = format!("# {}\n\n{}\n", resource.name, resource.summary);
    for action in resource.actions.iter() {
        let _ = write!(text, "\n## {}\n\n{}", action.operation, describe(action));
        let example = serde_json::to_string_pretty(&example(action)).unwrap_or_default();
        let _ = write!(text, "\n```json\n{example}\n```\n");
    }
    text
}

/// What an action does, which request it is, its parameters.
pub fn describe(action: &ActionSpec) -> String {
    let mut text = format!("{}\n\n{}\n", action.summary, request_line(action));
    text.push_str(&parameters(action));
    for note in notes(action) {
        let _ = write!(text, "\n{note}\n");
    }
    text
}

/// Method, path, and what else counts for the request.
fn request_line(action: &ActionSpec) -> String {
    let mut text = format!("`{} {}`", action.method.as_str(), action.native_path());
    let tokens: Vec<&str> = action.tokens.iter().map(|token| token_name(*token)).collect();
    if tokens.is_empty() {
        text.push_str(" · needs no token");
    } else {
        let _ = write!(text, " · token: {}", tokens.join(" or "));
    }
    if action.min_role == Some(Role::Administrator) {
        text.push_str(" (an administrator's)");
    }
    if action.paging.is_some() {
        text.push_str(" · can return all pages");
    }
    if action.repeatable {
        text.push_str(" · may be repeated");
    }
    for limit in action.limits.iter() {
        let _ = write!(text, " · at most {limit}");
    }
    if action.may_exist.is_some() {
        text.push_str(" · may answer with a record that was there before");
    }
    let record: Vec<String> = action.record_params().map(|param| format!("`{}`", param.key())).collect();
    if !record.is_empty() {
        let _ = write!(text, " · in order for each {}", record.join(" and "));
    }
    text
}

/// The table of parameters, each once; empty where there is none.
fn parameters(action: &ActionSpec) -> String {
    let mut text = String::new();
    let params = distinct(action);
    if !params.is_empty() || !action.native.files.is_empty() {
        text.push_str("\n| parameter | type | goes into | what it is |\n|---|---|---|---|\n");
    }
    for param in params {
        let required = required(param).map(|word| word.replacen("required", " **required**", 1)).unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {}{required} |",
            param.key(),
            cell(&type_name(param)),
            place_name(param.native_place()),
            cell(&param.summary)
        );
    }
    for file in action.native.files.iter() {
        let _ = writeln!(text, "| `{}` | text | file | {} |", file.name, files(&file.name));
    }
    text
}

/// Its parameters, each once.
fn distinct(action: &ActionSpec) -> Vec<&Param> {
    let mut seen = HashSet::new();
    action.native_params().filter(|param| !action.is_double(param) && seen.insert(param.key())).collect()
}

/// Whether it must be there, in words.
fn required(param: &Param) -> Option<&'static str> {
    match (param.is_wanted(), param.takes_null()) {
        _ if param.whole => Some("required: left out it would empty the list"),
        (false, _) => None,
        (true, false) => Some("required"),
        (true, true) => Some("required, null is a value"),
    }
}

/// Adds to a page what [`describe`] says, laid out for a terminal, and an example.
pub(crate) fn show(action: &ActionSpec, page: &mut Page) {
    page.title(&format!("{} / {}", action.resource, action.operation));
    page.text(&action.summary);
    page.text(&request_line(action));
    let entry = |param: &Param| {
        let mut facts = vec![type_name(param), place_name(param.native_place()).to_owned()];
        facts.extend(required(param).map(str::to_owned));
        (param.key().to_owned(), format!("{}\n{}", facts.join("; "), param.summary))
    };
    let mut entries: Vec<(String, String)> = distinct(action).into_iter().map(entry).collect();
    entries.extend(action.native.files.iter().map(|file| (file.name.to_string(), format!("text; file\n{}", files(&file.name)))));
    if !entries.is_empty() {
        page.part("Parameters");
        page.terms(&entries);
    }
    notes(action).for_each(|note| page.text(&note));
    page.part("Example");
    page.code(&serde_json::to_string_pretty(&example(action)).unwrap_or_default());
}

/// What is to be known of it beside.
fn notes(action: &ActionSpec) -> impl Iterator<Item = String> {
    let group = |group: &Texts| group.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    let groups: Vec<String> = action.native.needs.iter().map(group).collect();
    let needed = (!groups.is_empty()).then(|| format!("Needed: {}.", groups.join(", or ")));
    let notes = action.notes.iter().chain([action.native.note.as_ref()]).filter(|note| !note.is_empty());
    needed.into_iter().chain(notes.map(str::to_owned))
}

fn token_name(token: TokenKind) -> &'static str {
    match token {
        TokenKind::User => "a user's",
        TokenKind::AgentBot => "an agent bot's",
        TokenKind::PlatformApp => "a platform app's",
    }
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Body => "body",
    }
}

fn type_name(param: &Param) -> String {
    match param.native_kind() {
        ParamType::Integer => "integer".into(),
        ParamType::Number => "number".into(),
        ParamType::String => "text".into(),
        ParamType::Boolean => "true or false".into(),
        ParamType::Json => "JSON".into(),
        ParamType::Options => param.native_choices().iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
    }
}

/// A node that can be pasted into a workflow; it runs against the emulator as it stands, so it names no files of an item.
pub fn example(action: &ActionSpec) -> Value {
    let mut parameters = Map::new();
    parameters.insert("resource".into(), action.resource.as_ref().into());
    parameters.insert("operation".into(), action.operation.as_ref().into());
    if let Some(example) = konverte_sandbox::examples::of(&action.operation_id) {
        let is_file = |name: &str| action.native.files.iter().any(|file| file.name == name);
        parameters.extend(example.parameters.clone().into_iter().filter(|(name, _)| !is_file(name)));
    }
    json!({
        "id": slug(&action.operation), "name": action.operation, "type": "konverte", "typeVersion": 1, "position": [220, 0],
        "parameters": parameters, "credentials": {"konverteApi": {"id": "1", "name": "Konverte"}},
    })
}
