//! Packages of n8n nodes: where they come from, what is kept of them, and what the lock says. Nothing of a package runs here.
//!
//! | room | what |
//! |---|---|
//! | `spec`, `npmrc`, `registry` | the names of packages, where they come from, and how to ask for them |
//! | `integrity`, `archive` | what a package has to be, and what is kept of it |
//! | `manifest`, `requires`, `reach`, `left_out`, `closure` | which other packages its nodes need |
//! | `built_in` | the version of n8n-nodes-base that was compared with a real n8n, with all that it needs |
//! | `folder` | packages that are installed already, and what lies beside them |
//! | `known` | names that one may be mistaken for |
//! | `offer`, `types`, `changes` | what a person is asked before anything is kept, and what another version changes |
//! | `cache`, `lock`, `hosts`, `install` | where it is kept, what of it a folder of workflows uses, and where its requests may go |
//! | `derived` | what was made from packages and lies beside them, checked when it is read |
//! | `place` | where the lock and the cache lie |
//! | `modules` | which file a require means, among the packages of a lock |
//! | `facts` | what modules export, for requires that run them later |
//! | `bundles` | what is loaded together, compiled |
//! | `named` | which hosts the files of a package name |
//! | `needs` | which node files are there for what no box lets them do |
//! | `described` | what its node types and credential types say of themselves, each to be read alone |

pub mod archive;
pub mod built_in;
pub mod bundles;
pub mod cache;
pub mod changes;
pub mod closure;
mod derived;
pub mod described;
mod error;
pub mod facts;
pub mod folder;
pub mod hosts;
pub mod install;
pub mod integrity;
pub mod known;
pub mod left_out;
pub mod lock;
pub mod manifest;
pub mod modules;
mod named;
pub mod needs;
pub mod npmrc;
pub mod offer;
mod paths;
pub mod place;
pub mod reach;
pub mod registry;
pub mod requires;
pub mod spec;
pub mod types;

pub use error::{Error, Result, codes};
