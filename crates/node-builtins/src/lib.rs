//! Node.js's built-in modules for scripts in an isolate: what compiled packages need of them.
//!
//! [`PARTS`], run in an isolate whose host object has [`host_functions`], add to the global `__kv_x`:
//!
//! * `builtin(name)`: the exports of a module, with or without `node:`; `undefined` where Node.js has no such module ([`is_builtin`]).
//!   A module is made when it is first asked for. Those that need sockets, files, processes or threads load as objects whose
//!   use throws an error with the code `ERR_NOT_IN_THE_BOX`.
//! * `nodeGlobals(globalThis)`: what Node.js has in its global object, made when it is first read.
//! * `createRequire` and `wire` are asked of whoever runs scripts: the first for `module.createRequire`, the second sends a request:
//!   `wire({method, url, headers: [[name, value]], body, redirect})` gives a promise of `{status, statusText, headers, body, url}`.
//!
//! The host object has, beside [`host_functions`]: `now()` in milliseconds, `elapsed()` in milliseconds since some moment, `random(n)`, which gives
//! so many random bytes, and `log(level, line)`.

mod crypto;
mod host;
mod modules;
mod punycode;
mod text;
mod urls;
mod zlib;

use javascript::{Part, part, parts};

pub use host::host_functions;
pub use modules::{BUILTINS, is_builtin};

/// What an isolate is loaded with. Timers are among it: what is due is asked for by `__kv_x.timers`.
pub const PARTS: &[Part] = &[part!("node"), parts::TIMERS[0]];
