//! What stands on standard output: the result, in the form that was asked for.

pub(crate) mod file;
pub(crate) mod saved;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod time;

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use engine::{LeftOut, RunResult, WriteOptions};
use host::json::one_line;
use node_sdk::Item;
use node_sdk::event::PlannedRequest;
use serde_json::{Map, Value, json};

use crate::error::{CliError, codes};

/// The forms of a run's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Summary,
    /// One object with everything.
    Json,
    /// The last node's items, one a line.
    Ndjson,
    /// The last node's items as a table.
    Csv,
}

impl Form {
    /// A person reads a summary, a program JSON.
    pub(crate) fn for_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Summary } else { Self::Json }
    }
}

/// Writes bytes; a reader that went away (`| head`) ends the program quietly.
pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).or_else(closed)
}

/// A reader that went away is no error.
pub(crate) fn closed(error: io::Error) -> Result<(), CliError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(unwritable(&error))
}

/// Standard output cannot take what it is given.
pub(crate) fn unwritable(error: &io::Error) -> CliError {
    CliError::usage(codes::OUTPUT, format!("Standard output cannot be written: {error}."))
}

/// The whole run as one JSON object; what of a run that was stopped has no room in it.
pub(crate) async fn json(result: &RunResult, options: &WriteOptions<'_>) -> Result<LeftOut, CliError> {
    // `Stdout` itself buffers by line and flushes at each newline inside; one large buffer is much cheaper.
    let mut out = io::BufWriter::with_capacity(1 << 18, io::stdout());
    let written = engine::write(result, options, &mut out).await;
    let ended = |left_out| out.write_all(b"\n").and_then(|()| out.flush()).map(|()| left_out);
    written.and_then(ended).or_else(|error| closed(error).map(|()| LeftOut::default()))
}

/// The JSON of each item, one a line.
pub(crate) fn ndjson(items: &[&Item]) -> Result<(), CliError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = items.iter().try_for_each(|item| writeln!(out, "{}", one_line(item.json().unwrap_or(&Value::Null))));
    written.and_then(|()| out.flush()).or_else(closed)
}

/// The key `plan` of a dry run's JSON.
pub(crate) fn plan_json(dry_run: bool, plan: &[PlannedRequest]) -> Map<String, Value> {
    let mut extra = Map::new();
    if dry_run {
        let row = |request: &PlannedRequest| {
            let answered = request.answered.as_str();
            json!({"node": request.node, "item": request.item, "method": request.method, "url": request.url, "body": request.body, "answered": answered})
        };
        extra.insert("plan".into(), plan.iter().map(row).collect());
    }
    extra
}
