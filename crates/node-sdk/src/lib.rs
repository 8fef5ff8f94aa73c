//! What the author of a node needs, and nothing else.
//!
//! A node is described ([`Descriptor`]), prepared once for each place in a workflow ([`Node::prepare`]) and then run
//! ([`RunItem`], [`RunAll`], [`RunTrigger`]). It reaches the world through ports ([`Ports`]): HTTP, credentials, time,
//! files. This crate has no runtime, no HTTP client and no workspace dependency.

pub mod action;
pub mod blob;
pub mod context;
pub mod description;
pub mod descriptor;
pub mod error;
pub mod event;
pub mod item;
pub mod json;
pub mod node;
pub mod params;
pub mod ports;
pub mod property;
pub mod registry;
pub mod schema;

pub use async_trait::async_trait;

pub use blob::{Binary, BlobRef, Blobs};
pub use context::{ExecutionInfo, KeptItems, NodeInfo, RunContext, Source, WorkflowInfo};
pub use descriptor::{Descriptor, Effect, InputCount, Needs, OutputCount, VersionGroup};
pub use error::{ErrorCode, HttpFailure, NodeError};
pub use event::{Event, EventSink};
pub use item::{Item, PairedItem, PairedRef};
pub use node::{Inputs, Items, Node, Outputs, PrepareContext, Prepared, RequiredInputs, RunAll, RunItem, RunTrigger};
pub use params::{Evaluated, Evaluator, ItemParams, Kind, Params};
pub use ports::Ports;
pub use property::Property;
pub use registry::{Provider, Registry};
