//! The workflow file: n8n's JSON as a typed model that knows where every value stood in the text.
//!
//! ```
//! use workflow::Workflow;
//!
//! let text = r#"{"name": "hello", "nodes": [
//!   {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}},
//!   {"name": "End", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "position": [200, 0], "parameters": {}}],
//!   "connections": {"Start": {"main": [[{"node": "End", "type": "main", "index": 0}]]}}}"#;
//! let workflow = Workflow::parse(text, "hello.json").unwrap();
//! assert_eq!(workflow.connections.main("Start")[0].as_ref().unwrap()[0].node, "End");
//! assert_eq!(workflow.place("End", None).unwrap().to_string(), "hello.json:3:12");
//! ```
//!
//! | file | what |
//! |---|---|
//! | [`mod@model`] | the workflow, its nodes, connections and settings |
//! | [`parse`](Workflow::parse) | text to model, with every mistake of a file named ([`WorkflowError`]) |
//! | [`document`] | places: byte range, line and column of each value |
//! | [`graph`] | the main connections as a graph |
//! | [`start`] | where a run begins |
//! | [`diagnostic`] | a finding, as `konverte check` prints it |
//! | [`names`] | the node types that n8n knows; "did you mean" |
//! | [`schema`] | JSON Schema of the file, and validation against it |

pub mod diagnostic;
pub mod document;
mod error;
pub mod graph;
pub mod model;
pub mod names;
mod parse;
mod place;
pub mod schema;
pub mod start;

pub use diagnostic::Diagnostic;
pub use document::Document;
pub use error::WorkflowError;
pub use graph::{Graph, Link};
pub use model::{Connection, Connections, Node, NodeSettings, Settings, Workflow};
pub use place::Place;
