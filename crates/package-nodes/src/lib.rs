//! The nodes of installed packages as nodes of ours, on the host's side: no code of a package runs here.
//!
//! | room | what |
//! |---|---|
//! | [`installed`] | the packages of a lock, or one in a folder; their types are read when they are asked for |
//! | [`provider`] | their types, for a registry |
//! | [`code`] | code of the user's in the parameters of a node, and who runs it |
//! | [`credentials`] | their credential types, and what of them is a function |
//! | [`node`] | one of these types |
//! | [`refusal`] | why a node does not run |
//! | [`waiting`] | which inputs a node waits for |
//! | [`functions`] | what functions of their descriptions are given, and who runs them |
//! | [`declared`] | nodes that are only a description: their requests and answers |
//! | [`parameters`] | what node code is given for a parameter |
//! | [`trigger`] | how triggers begin a run that is given no items |
//! | [`run`] | what runs a node |
//! | [`running`] | runs nodes in the workers of their packages, and answers what these ask |

mod code;
pub mod credentials;
mod declared;
mod functions;
pub mod installed;
pub mod node;
pub mod parameters;
pub mod provider;
mod refusal;
pub mod run;
pub mod running;
mod trigger;
mod waiting;

pub use code::UserCode;
pub use functions::{Answer, Functions, Input, Options, Place, Request};
pub use installed::{Installed, Package};
pub use provider::Provider;
pub use run::{CredentialJob, Job, Runner, Tester};
pub use running::{Limits, Prepared, Workers, prepare};
