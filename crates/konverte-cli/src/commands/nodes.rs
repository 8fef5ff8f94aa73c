//! `konverte nodes [list|show NAME|schema]`.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use host::packs;
use konverte_nodes::RESOURCES;
use node_sdk::action::{ActionSpec, Resource};
use node_sdk::names::similar;
use node_sdk::{Node, Registry, description};
use serde_json::{Value, json};
use workflow::names::{is_n8n_package, n8n_versions};

use crate::commands::Session;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::packaged::PackagesArgs;
use crate::reference::{self, actions, nodes};

/// Options of `konverte nodes`.
#[derive(Debug, Args)]
pub struct NodesArgs {
    /// What to say of the nodes.
    #[command(subcommand)]
    pub what: Option<What>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value_t, global = true, value_name = "FORMAT")]
    pub format: Format,
    /// Folder of action packs: JSON files whose actions become nodes
    #[arg(long, global = true, value_name = "DIR")]
    pub nodes: Option<PathBuf>,
    /// Where the packages of nodes are
    #[command(flatten)]
    pub packages: PackagesArgs,
}

/// What to say.
#[derive(Debug, Subcommand)]
pub enum What {
    /// All node types and resources (the default)
    List,
    /// The JSON Schema of workflow files with all node types that are there, for editors
    Schema,
    /// One node type, resource or action
    Show {
        /// A node type (`konverte`, `set`), a resource (`konverte/Contacts`) or an action (`konverte/Contacts/Contact Create`)
        name: String,
    },
}

/// How it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

pub(crate) fn run(args: &NodesArgs, session: &Session) -> Result<Exit, CliError> {
    let ours = packs::add(session.registry.clone(), args.nodes.as_deref())?;
    let registry = &args.packages.add(ours.clone(), None)?;
    let text = match (&args.what, args.format) {
        (None | Some(What::List), Format::Text) => list_text(&ours, registry),
        (None | Some(What::List), Format::Json) => list_json(&ours, registry),
        (Some(What::Schema), _) => format!("{}\n", reference::schema::bundle(registry)),
        (Some(What::Show { name }), format) => show(name, format, registry)?,
    };
    write_stdout(text.as_bytes())?;
    Ok(Exit::Done)
}

fn pretty(value: &Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default())
}

/// The types that packages add.
fn of_packages(ours: &Registry, registry: &Registry) -> Vec<Arc<dyn Node>> {
    let mut all = registry.list();
    all.split_off(ours.list().len()).into_iter().filter(|node| ours.find(&node.descriptor().name).is_none()).collect()
}

/// The package that a type is named after.
fn package(node: &dyn Node) -> String {
    let name = &node.descriptor().name;
    name.rsplit_once('.').map_or_else(String::new, |(package, _)| package.to_owned())
}

fn list_json(ours: &Registry, registry: &Registry) -> String {
    let own = ours.list().iter().map(|node| node_json(&**node, false)).collect::<Vec<_>>();
    let packaged = of_packages(ours, registry);
    let packaged = packaged.iter().map(|node| {
        let mut value = node_json(&**node, false);
        value["package"] = package(&**node).into();
        value
    });
    pretty(&own.into_iter().chain(packaged).collect())
}

fn list_text(ours: &Registry, registry: &Registry) -> String {
    let line = |text: &mut String, node: &dyn Node| {
        let descriptor = node.descriptor();
        let refused = if descriptor.trigger { "begins no run by itself" } else { "does not run here" };
        let refusal = node.refusal().map(|why| format!(" ({refused}: {why})")).unwrap_or_default();
        let _ = writeln!(text, "  {:<36} {:<28} {}{refusal}", descriptor.name, nodes::versions(descriptor), descriptor.display_name);
    };
    let mut text = String::from("Node types\n");
    ours.list().iter().for_each(|node| line(&mut text, &**node));
    let packaged = of_packages(ours, registry);
    for of_one in packaged.chunk_by(|one, next| package(&**one) == package(&**next)) {
        let _ = writeln!(text, "\nNode types of the package {}", of_one.first().map(|node| package(&**node)).unwrap_or_default());
        of_one.iter().for_each(|node| line(&mut text, &**node));
    }
    let count = konverte_nodes::actions().count();
    let _ = writeln!(text, "\nThe {count} actions of `konverte`, by resource");
    for resource in RESOURCES {
        let _ = writeln!(text, "  {}", resource.name);
        for action in resource.actions.iter() {
            let _ = writeln!(text, "    {:<46} {}", action.operation, action.summary);
        }
    }
    text.push_str("\n`konverte nodes show NAME` shows parameters and an example: set, konverte/Contacts, \"konverte/Contacts/Contact Create\".\n");
    text
}

/// What a name can mean.
enum Found {
    Node(Arc<dyn Node>),
    Resource(&'static Resource),
    Action(&'static ActionSpec),
}

fn show(name: &str, format: Format, registry: &Registry) -> Result<String, CliError> {
    let found = find(name, registry).ok_or_else(|| of_n8n(name).unwrap_or_else(|| unknown(name, registry)))?;
    Ok(match (found, format) {
        (Found::Node(node), Format::Text) => nodes::page(&*node),
        (Found::Node(node), Format::Json) => pretty(&node_json(&*node, true)),
        (Found::Resource(resource), Format::Text) => resource.actions.iter().map(action_text).collect::<Vec<_>>().join("\n"),
        (Found::Resource(resource), Format::Json) => pretty(
            &json!({"name": resource.name, "summary": resource.summary, "actions": resource.actions.iter().map(action_json).collect::<Vec<_>>()}),
        ),
        (Found::Action(action), Format::Text) => action_text(action),
        (Found::Action(action), Format::Json) => pretty(&action_json(action)),
    })
}

fn find(name: &str, registry: &Registry) -> Option<Found> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let path = name.strip_prefix("konverte/").unwrap_or(name);
    let mut parts = path.splitn(2, '/');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let resource = RESOURCES.iter().find(|resource| same(&resource.name, first));
    match (resource, second) {
        (Some(resource), Some(operation)) => return resource.actions.iter().find(|action| same(&action.operation, operation)).map(Found::Action),
        (Some(resource), None) if name.contains('/') => return Some(Found::Resource(resource)),
        _ => {}
    }
    let by_type = registry.find(name).or_else(|| registry.find(&format!("n8n-nodes-base.{name}")));
    let by_words = || registry.list().into_iter().find(|node| same(&node.descriptor().display_name, name));
    let action = || konverte_nodes::actions().find(|action| same(&action.operation, name));
    by_type.or_else(by_words).map(Found::Node).or(resource.map(Found::Resource)).or_else(|| action().map(Found::Action))
}

fn unknown(name: &str, registry: &Registry) -> CliError {
    let types = registry.names().into_iter();
    let resources = RESOURCES.iter().map(|resource| format!("konverte/{}", resource.name));
    let operations = konverte_nodes::actions().map(|action| format!("konverte/{}/{}", action.resource, action.operation));
    let all: Vec<String> = types.chain(resources).chain(operations).collect();
    let last = |text: &str| text.rsplit(['/', '.']).next().map_or(0, str::len);
    let ends: Vec<&str> = all.iter().map(|full| &full[full.len() - last(full)..]).collect();
    let mut near: Vec<&str> = similar(&name[name.len() - last(name)..], ends.iter().copied())
        .into_iter()
        .flat_map(|end| all.iter().zip(&ends).filter(move |(_, other)| **other == end).map(|(full, _)| full.as_str()))
        .collect();
    near.dedup();
    near.truncate(3);
    let help = if near.is_empty() { "`konverte nodes` lists them all.".to_owned() } else { format!("Did you mean {}?", near.join(" or ")) };
    CliError::usage(codes::UNKNOWN_NAME, format!("There is no node type, resource or action `{name}`.")).help(help)
}

/// The name of a node type that n8n has and the registry does not; with or without n8n's package.
fn of_n8n(name: &str) -> Option<CliError> {
    let full = [name.to_owned(), format!("n8n-nodes-base.{name}")].into_iter().find(|full| is_n8n_package(full) && n8n_versions(full).is_some())?;
    let error = CliError::usage(codes::UNKNOWN_NAME, format!("There is no node type `{full}` here: n8n has it, konverte does not."));
    Some(error.help("`konverte nodes` lists those that konverte has."))
}

fn action_text(action: &ActionSpec) -> String {
    let example = serde_json::to_string_pretty(&actions::example(action)).unwrap_or_default();
    format!("# {} / {}\n\n{}\nExample:\n\n{example}\n", action.resource, action.operation, actions::describe(action))
}

fn action_json(action: &ActionSpec) -> Value {
    let mut row = serde_json::to_value(action).unwrap_or_default();
    row["example"] = actions::example(action);
    row
}

/// A node type; with its parameters in n8n's own form where `whole`.
fn node_json(node: &dyn Node, whole: bool) -> Value {
    let descriptor = node.descriptor();
    let versions: Vec<Value> = descriptor.all_versions().map(node_sdk::json::number).collect();
    let mut value = json!({
        "name": descriptor.name, "displayName": descriptor.display_name, "description": descriptor.description,
        "trigger": descriptor.trigger, "versions": versions, "example": nodes::example(node),
    });
    if descriptor.versions.iter().any(|group| group.any_version) {
        value["anyVersion"] = true.into();
    }
    if let Some(why) = node.refusal() {
        value["refusal"] = why.into();
    }
    if descriptor.name == "konverte" {
        let operations = |resource: &Resource| {
            resource.actions.iter().map(|action| json!({"operation": action.operation, "summary": action.summary})).collect::<Vec<_>>()
        };
        value["resources"] = RESOURCES.iter().map(|resource| json!({"name": resource.name, "operations": operations(resource)})).collect();
    }
    if whole {
        value["types"] = description::write(descriptor);
    }
    value
}

#[cfg(test)]
mod tests;
