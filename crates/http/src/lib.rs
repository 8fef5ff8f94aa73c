//! The HTTP port over reqwest: the one place of konverte that opens sockets for HTTP.
//!
//! [`Client`] sends one request and does not repeat it: what may be sent again is decided by those who know what a request does.
//! The one exception is a request that only reads and that a kept connection lost.
//! It follows redirects by n8n's rules ([`redirect`]), over an [`Exchange`] that answers each request by itself. [`Network`] is the
//! one that opens connections: it keeps them alive per proxy and TLS choice, bounds what it reads, and says precisely why there was
//! no answer ([`error`]). A program may put another one there, or one between: to answer from a file, to write down what is sent.
//!
//! HTTP/1.1 only, as n8n: answers carry a reason phrase, and servers behave as they did there. Root certificates are Mozilla's,
//! compiled in, as in Node.js: no file is read at start, and a container without `ca-certificates` works. An authority of one's
//! own comes with the request ([`node_sdk::ports::TlsChoice`]).

mod client;
mod decode;
mod error;
mod exchange;
mod multipart;
mod network;
mod policy;
mod pool;
mod redirect;
pub mod tls;

pub use client::Client;
pub use error::lost;
pub use exchange::{Exchange, Outgoing};
pub use network::Network;
pub use policy::Policy;
