//! An emulator of the Konverte API, in memory.
//!
//! Its routes come from the table of actions in `konverte-nodes` and, for what clients call besides, from `src/beside.rs`; what only the real server has is named in `src/elsewhere.rs`. `src/resources`
//! has a file for each resource, with a handler for each route. What the server writes into conversations by itself (activity, greeting,
//! survey) it writes too. It starts from a seed that is always the same, its clock moves one second with each request,
//! and its ids count: the same requests get the same answers.
//!
//! Use it in the process, as a function ([`Sandbox::handle`]) or as an HTTP client ([`SandboxClient`]), or on a socket
//! ([`serve`]).
//!
//! By default each action works as its document says. With [`Options::as_server`] it answers as the real server where
//! that differs from its documentation:
//!
//! | what | by default | as the server |
//! |---|---|---|
//! | `PATCH …/portals` without a slug in the path | the portal of the body's slug, or the only one | 404 |
//! | a portal's number where its slug belongs | found | 404 |
//! | a body that is JSON but no object; one without a field that the document requires | 400; 422 | read as far as it goes |
//! | a body of another type than JSON or a form, or without a content type | 415 | read as if it were not there |
//! | a field of the wrong shape, such as `custom_attributes: "x"` | 422 | dropped without a word; labels that come as text clear them |
//! | fields in the query or a form where a root key is expected (`team[name]`) | read | dropped |
//! | a message's `sender_type` other than `AgentBot`; an unknown bot as its sender | 422; 404 | the caller is its sender |
//! | filter operators `eq`, `not_eq`; a rule's query operator `nil` | read as what they mean | 422 |
//! | availability `available`, priority `none` | online, no priority | 500 |
//! | a colour that is none; an empty search | taken; finds all | 422 |
//! | list filters as n8n sends them unset (`team_id=0`, `inbox_id=0`, `q=`, `labels=[null]`) | narrow nothing | 404, or narrow as written |
//! | a saved filter's `type`, a new agent's `availability_status` | read | ignored |
//! | an unknown automation rule | 404 | 500 |
//! | an unknown assignee or team | 404 | takes the assignee or team away |
//! | the survey's page for a caller who accepts JSON alone | the page | 406 |
//! | an agent's token for what takes an administrator; inboxes that an agent is no member of | allowed; shown | 401; hidden |
//! | tokens and keys of bots and inboxes, asked for by an agent | shown | hidden |
//! | a platform user's `created_at`; its `custom_attributes` where there are none | shown | not there |
//!
//! ```
//! use konverte_sandbox::{Options, Outcome, Request, Sandbox};
//! use serde_json::json;
//!
//! let sandbox = Sandbox::new(Options::default())?;
//! let request = Request::json("GET", "/api/v1/profile", Some("sandbox-admin"), None);
//! let Outcome::Answer(response) = sandbox.handle(&request) else { panic!("no fault was asked for") };
//! assert_eq!(response.status, 200);
//! assert_eq!(response.json()["email"], json!("admin@sandbox.example"));
//! # Ok::<(), konverte_sandbox::SeedError>(())
//! ```

mod answer;
mod beside;
mod call;
mod client;
mod elsewhere;
pub mod examples;
mod failure;
mod fault;
mod filter;
mod http;
mod input;
mod limits;
mod resources;
mod room;
mod router;
mod sandbox;
mod server;
mod stand_in;
mod state;
mod tokens;
mod views;

pub use client::SandboxClient;
pub use fault::{Fault, FaultError, FaultKind, SLOW, Strikes};
pub use http::{Outcome, Request, Response};
pub use sandbox::{ORIGIN, Options, Sandbox, SeedError, action_at};
pub use server::serve;
pub use tokens::Tokens;
