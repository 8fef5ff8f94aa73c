//! What runs inside of a worker process: the nodes of a package, in JavaScript.
//!
//! | room | what |
//! |---|---|
//! | `protocol` | what the host and a worker say to each other |
//! | `frames` | how it crosses: what is large in pieces |
//! | `engine` | one isolate with what a package's code finds there: modules, Node.js's built-ins, the stand-in for n8n's own packages |
//! | `codes` | the code of modules, as text or compiled |
//! | `pulse` | whether a session's JavaScript is at work, and for how long |
//! | `session` | a thread with an engine, for one workflow |
//! | `serve` | the loop of the process |
//! | `js` | our JavaScript |

mod codes;
mod engine;
pub mod frames;
mod out;
pub mod protocol;
mod pulse;
mod serve;
mod session;

pub use serve::serve;
