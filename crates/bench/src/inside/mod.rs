//! What is measured in a process of its own, with the workspace as a library: many executions at once, and JavaScript that does not end.
//!
//! `bench inside NAME [ARGS]` does the work and prints a JSON object; the rows start it and read that.

mod late;
mod many;
mod one;
mod stuck;
mod system;

use engine::PoolOptions;
use serde_json::Value;

use crate::failure::Failure;

/// Does a piece of work by its name.
pub(crate) fn run(args: &[String]) -> Result<bool, Failure> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome: Value = match words.as_slice() {
        ["many", way, count] => many::run(many::Way::named(way)?, count.parse()?, PoolOptions::default())?,
        ["many", way, count, "memory", bytes] => {
            many::run(many::Way::named(way)?, count.parse()?, PoolOptions { memory: bytes.parse()?, ..PoolOptions::default() })?
        }
        ["late", scene] => late::run(scene)?,
        ["stuck"] => stuck::run()?,
        _ => return Err("inside many|late|stuck".into()),
    };
    println!("{outcome}");
    // Threads that are lost in JavaScript would not let the process end by itself.
    std::process::exit(0);
}
