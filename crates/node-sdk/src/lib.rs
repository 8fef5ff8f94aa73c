//! What the author of a node needs, and nothing else.
//!
//! A node is described ([`Descriptor`]), prepared once for each place in a workflow ([`Node::prepare`]) and then run
//! ([`RunItem`], [`RunPaced`], [`RunAll`], [`RunTrigger`]). It reaches the world through ports ([`Ports`]): HTTP, credentials, time,
//! files. This crate has no runtime, no HTTP client and no workspace dependency.
//!
//! A whole node:
//!
//! ```
//! use std::borrow::Cow;
//! use std::sync::Arc;
//!
//! use node_sdk::property::{DisplayCondition, DisplayRule};
//! use node_sdk::*;
//! use serde_json::json;
//!
//! /// Greets each item's `name`.
//! struct Greet;
//!
//! static GREET: Descriptor = Descriptor {
//!     name: Cow::Borrowed("example.greet"),
//!     display_name: Cow::Borrowed("Greet"),
//!     description: Cow::Borrowed("Adds a greeting to each item."),
//!     trigger: false,
//!     needs: Needs::Item,
//!     effect: Effect::None,
//!     versions: Cow::Borrowed(&[VersionGroup::new(&[1.0], rows![
//!         Property::string("name").required().describe("Who is greeted; mostly an expression."),
//!         Property::boolean("loud"),
//!         Property::string("mark").default_text("!").shown_when(rows![DisplayRule::new("loud", rows![DisplayCondition::bool(true)])]),
//!     ])]),
//! };
//!
//! impl Node for Greet {
//!     fn descriptor(&self) -> &Descriptor {
//!         &GREET
//!     }
//!
//!     fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
//!         Ok(Prepared::Item(Arc::new(Greet)))
//!     }
//! }
//!
//! impl RunItem for Greet {
//!     fn run_item(&self, _cx: &RunContext, params: &ItemParams<'_>, mut item: Item, _index: usize, out: &mut Output) -> Result<(), NodeError> {
//!         let name = params.string("name")?;
//!         if name.is_empty() {
//!             return Err(NodeError::new("There is nobody to greet").parameter("name").help("Give \"name\" a value."));
//!         }
//!         item.json_mut()["greeting"] = json!(format!("Hello {name}{}", params.string("mark")?));
//!         out.push(item);
//!         Ok(())
//!     }
//! }
//!
//! // A list of nodes is a provider, and a registry asks its providers.
//! let nodes: Vec<Arc<dyn Node>> = vec![Arc::new(Greet)];
//! let registry = Registry::new().with(nodes);
//! let greet = registry.find("example.greet").unwrap();
//!
//! // What the file leaves out gets its default where it is shown.
//! let group = greet.descriptor().version(1.0).unwrap();
//! let filled = schema::with_defaults(group, json!({"name": "={{ $json.name }}"}).as_object().unwrap(), 1.0);
//! assert_eq!(serde_json::Value::Object(filled), json!({"name": "={{ $json.name }}", "loud": false}));
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`item`], [`blob`] | what flows: JSON, files by handle, where an item came from |
//! | [`list`], [`inputs`] | lists of items, and those that come into a node |
//! | [`node`], [`context`], [`params`], [`output`], [`paced`] | the traits of a node, what it sees while it runs, what it fills |
//! | [`descriptor`], [`property`] | what is known of a node before it runs; const tables |
//! | [`description`] | the same, read from and written as n8n's description JSON |
//! | [`credential`] | what a credential type is: its fields, what it adds to a request, its test |
//! | [`schema`] | what property schemas do with values: defaults, display rules, checks, conversion |
//! | [`action`] | one API action as one row |
//! | [`ports`] | the outside world, as traits |
//! | [`service`], [`refusal`] | what a service says when it does not do what a node asks for, and what to do |
//! | [`response`] | what a workflow answers to whoever called it |
//! | [`files`] | reading whole files, within limits |
//! | [`json`] | JSON as JavaScript reads, converts and writes it |
//! | [`names`] | names as people read them, and what was meant by one that does not exist |
//! | [`sync`] | what threads share |
//! | [`error`], [`event`] | what a node says when it fails, and what happens during a run |

pub mod action;
pub mod apart;
pub mod blob;
pub mod consent;
pub mod context;
pub mod credential;
pub mod description;
pub mod descriptor;
pub mod error;
pub mod event;
pub mod files;
pub mod filter;
mod info;
pub mod inputs;
pub mod item;
pub mod json;
pub mod list;
pub mod names;
pub mod node;
pub mod output;
pub mod paced;
pub mod params;
pub mod ports;
pub mod property;
mod references;
pub mod refusal;
pub mod registry;
pub mod response;
pub mod schema;
pub mod service;
pub mod size;
pub mod sync;
mod texts;

pub use async_trait::async_trait;

pub use blob::{Binary, BlobRef, Blobs};
pub use context::{ExecutionInfo, KeptItems, NodeInfo, Retries, RunContext, Source, WorkflowInfo};
pub use credential::CredentialType;
pub use descriptor::{Descriptor, Effect, InputCount, Needs, OutputCount, VersionGroup};
pub use error::{ErrorCode, HttpFailure, NodeError};
pub use event::{Event, EventSink};
pub use inputs::{Gathered, Input, Inputs};
pub use item::{Item, PairedItem, PairedRef};
pub use list::ItemList;
pub use node::{Begins, Node, Outputs, PrepareContext, Prepared, RequiredInputs, RunAll, RunItem, RunTrigger};
pub use output::Output;
pub use paced::RunPaced;
pub use params::{AtOnce, Evaluated, Evaluator, Expression, Expressions, ItemParams, Kind, Parameters, Params, Resolvable};
pub use ports::Ports;
pub use property::Property;
pub use references::References;
pub use registry::{Absent, Provider, Registry};
pub use response::{Response, ResponseBody};
