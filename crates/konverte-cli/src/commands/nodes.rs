//! `konverte nodes [list|show NAME...|schema]`.

mod find;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use host::packs;
use konverte_nodes::RESOURCES;
use node_sdk::action::Resource;
use node_sdk::{Node, Registry, description};
use serde_json::{Value, json};

use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::packaged::PackagesArgs;
use crate::reference::{self, nodes};
use crate::screen::Screen;
use crate::screen::page::Page;

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
    /// One node type, or one of its operations; a resource or action of Konverte; a credential type
    Show {
        /// A node type by its type or the name on the canvas (`slack`, `google sheets`), and a resource and operation of it (`slack message post`); a resource (`konverte/Contacts`) or an action (`"Contact Create"`) of Konverte; a credential type (`slackApi`)
        #[arg(required = true, value_name = "NAME")]
        name: Vec<String>,
        /// Another version than the newest
        #[arg(long, value_name = "VERSION")]
        type_version: Option<f64>,
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

/// What is made of it.
#[derive(Debug, Clone, Copy)]
enum Form {
    Page(Screen),
    Json,
}

pub(crate) fn run(args: &NodesArgs, session: &Session) -> Result<Exit, CliError> {
    let ours = packs::add(session.registry.clone(), args.nodes.as_deref())?;
    let registry = &args.packages.add(ours.clone(), None)?;
    let text = match (&args.what, args.format) {
        (None | Some(What::List), Format::Text) => list_text(&ours, registry, session.console.output()),
        (None | Some(What::List), Format::Json) => list_json(&ours, registry),
        (Some(What::Schema), _) => format!("{}\n", reference::schema::bundle(registry)),
        (Some(What::Show { name, type_version }), Format::Text) => find::show(name, *type_version, Form::Page(session.console.output()), registry)?,
        (Some(What::Show { name, type_version }), Format::Json) => find::show(name, *type_version, Form::Json, registry)?,
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

/// What a person calls each node, and what a file calls it: the package stands above.
fn list_text(ours: &Registry, registry: &Registry, screen: Screen) -> String {
    let mut page = Page::new(screen);
    let entry = |node: &Arc<dyn Node>| {
        let descriptor = node.descriptor();
        let refused = if descriptor.trigger { "begins no run by itself" } else { "does not run here" };
        let refusal = node.refusal().map(|why| format!("\n{refused}: {why}")).unwrap_or_default();
        let short = descriptor.name.rsplit('.').next().unwrap_or(&descriptor.name);
        let versions = nodes::versions(descriptor);
        (
            descriptor.display_name.to_string(),
            format!("`{short}`, {}{versions}{refusal}", if versions.contains(',') { "versions " } else { "version " }),
        )
    };
    let mut all = ours.list();
    let packages: Vec<String> = all.iter().map(|node| package(&**node)).collect();
    all.sort_by_key(|node| packages.iter().position(|of| *of == package(&**node)));
    all.extend(of_packages(ours, registry));
    for of_one in all.chunk_by(|one, next| package(&**one) == package(&**next)) {
        let package = of_one.first().map(|node| package(&**node)).unwrap_or_default();
        page.part(&if package.is_empty() { "Node types".to_owned() } else { format!("Node types of {package}: in a file, {package}.NAME") });
        page.terms(&of_one.iter().map(entry).collect::<Vec<_>>());
    }
    page.title(&format!("The {} actions of `konverte`, by resource", konverte_nodes::actions().count()));
    for resource in RESOURCES {
        page.part(&resource.name);
        page.terms(&resource.actions.iter().map(|action| (action.operation.to_string(), action.summary.to_string())).collect::<Vec<_>>());
    }
    page.text(
        "`konverte nodes show NAME` shows parameters and an example: \"edit fields\", set, konverte/Contacts, \"konverte/Contacts/Contact Create\".",
    );
    page.finish()
}

/// A node type; with its parameters in n8n's own form where `whole`.
fn node_json(node: &dyn Node, whole: bool) -> Value {
    let descriptor = node.descriptor();
    let versions: Vec<Value> = descriptor.all_versions().map(node_sdk::json::number).collect();
    let example = nodes::example(node);
    let mut value = json!({
        "name": descriptor.name, "displayName": descriptor.display_name, "description": descriptor.description,
        "trigger": descriptor.trigger, "versions": versions, "exampleItem": nodes::example_item(&example), "example": example,
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
