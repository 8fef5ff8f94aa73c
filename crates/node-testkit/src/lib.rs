//! For tests of nodes: the contract that every node must keep, and a harness that runs one node in memory.
//!
//! A dev-dependency only. The harness runs the node inside the real engine, so pairing, retries, error outputs and
//! settings are those of a run; the outside world is fake ([`FakePorts`]).
//!
//! ```
//! use std::sync::Arc;
//! use node_sdk::{Descriptor, Effect, Item, ItemParams, Needs, Node, NodeError, Output, PrepareContext, Prepared, Property, RunContext, RunItem, VersionGroup, rows};
//! use node_testkit::{Harness, assert_node_contract};
//! use serde_json::json;
//!
//! struct Greet(Descriptor);
//!
//! impl Node for Greet {
//!     fn descriptor(&self) -> &Descriptor { &self.0 }
//!     fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> { Ok(Prepared::Item(Arc::new(Run))) }
//! }
//!
//! struct Run;
//!
//! impl RunItem for Run {
//!     fn run_item(&self, _: &RunContext, params: &ItemParams<'_>, _: Item, _: usize, out: &mut Output) -> Result<(), NodeError> {
//!         out.push(Item::new(json!({"text": format!("Hello {}", params.string("name")?)})));
//!         Ok(())
//!     }
//! }
//!
//! let node: Arc<dyn Node> = Arc::new(Greet(Descriptor {
//!     name: "mine.greet".into(),
//!     display_name: "Greet".into(),
//!     description: "Says hello.".into(),
//!     trigger: false,
//!     needs: Needs::Item,
//!     effect: Effect::None,
//!     versions: vec![VersionGroup::new(&[1.0], rows![Property::string("name")])].into(),
//! }));
//! assert_node_contract(&node);
//! let ran = Harness::new(node).parameters(json!({"name": "Ana"})).input([json!({}), json!({})]).run();
//! assert_eq!(ran.json(0), [json!({"text": "Hello Ana"}), json!({"text": "Hello Ana"})]);
//! ```

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail with a message")]

mod contract;
mod harness;
mod ports;

pub use contract::assert_node_contract;
pub use engine::run_paced;
pub use harness::{Harness, Planned, Ran};
pub use ports::{FakeClock, FakeCredentials, FakeHttp, FakePorts, MemoryBlobs, NoSubworkflows, NoVariables, SeededRandom};
