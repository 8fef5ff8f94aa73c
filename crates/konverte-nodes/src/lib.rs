//! The Konverte API as nodes: the 115 actions as tables, and one executor that sends them.
//!
//! | room | what |
//! |---|---|
//! | [`resources`] | the actions, one file for each resource, one row for each action |
//! | [`service`] | what a table of actions talks to: credential, base URL, header |
//! | [`node`] | a table of actions as a node type, and [`provider`] |
//! | [`mod@send`] | the executor, in its two modes |
//! | [`place`] | a node of a workflow as its checks see it |
//! | [`traps`], [`advice`], `raised` | what goes wrong with this API, before a run and after an error; values that it answers 500 to |
//! | [`credential`] | the test of a credential |
//! | [`pack`] | action packs: JSON files of rows that become nodes |
//!
//! Two modes: *native* is ours, type `konverte`, and sends what was set and nothing else. *n8n* is for the n8n nodes of
//! this family (`PACKAGE.chatWoot` and the like), and sends what n8n sends, defaults and all.

pub mod advice;
mod check;
pub mod codes;
pub mod credential;
pub mod node;
pub mod pack;
pub mod place;
mod raised;
pub mod resources;
pub mod send;
pub mod service;
pub mod traps;
mod unset;
mod words;

pub use node::provider;
pub use resources::{RESOURCES, actions};
