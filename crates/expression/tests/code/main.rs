//! User code of Code nodes: what it sees, returns and throws, and that it cannot hold up its caller.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod errors;
mod limits;
mod support;
mod traces;
mod values;
