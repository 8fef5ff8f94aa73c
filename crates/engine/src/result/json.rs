//! The JSON of a run, as `konverte run --output json` prints it.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node_sdk::blob::BlobRef;
use node_sdk::json::{stringify, write_to};
use node_sdk::{Binary, Blobs, Item, NodeError};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{NodeRun, RunResult};

/// Which runs carry their items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownItems {
    /// Those of every node.
    #[default]
    All,
    /// Those of the node that ran last.
    Last,
    /// None.
    None,
}

/// How to write a run.
pub struct WriteOptions<'a> {
    /// Which runs carry their items.
    pub items: ShownItems,
    /// The place in the file that an error points at, as `file.json:12:8`.
    pub locate: &'a (dyn Fn(&NodeError) -> Option<String> + Sync),
    /// Where file content is.
    pub blobs: &'a dyn Blobs,
    /// Further keys at the end (`plan`).
    pub extra: Map<String, Value>,
}

/// File content up to this many bytes stands in the JSON.
const INLINE: u64 = 64 << 10;

/// Writes a run as one JSON object, item by item: it never stands in memory as a whole.
pub async fn write(result: &RunResult, options: &WriteOptions<'_>, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
    let head = json!({
        "status": result.status.as_str(),
        "executionId": result.execution_id,
        "startedAt": iso(result.started_at),
        "finishedAt": iso(result.finished_at),
        "error": error_json(result.error.as_deref(), options),
        "executionOrder": result.order,
    });
    write_open(&head, out)?;
    write!(out, ",\"nodes\":{{")?;
    let last = result.order.last();
    for (position, (name, runs)) in result.nodes.iter().enumerate() {
        separate(position, out)?;
        serde_json::to_writer(&mut *out, name)?;
        write!(out, ":{{\"runs\":[")?;
        let shown = options.items == ShownItems::All || (options.items == ShownItems::Last && last == Some(name));
        for (number, run) in runs.iter().enumerate() {
            separate(number, out)?;
            write_run(run, shown, options, out).await?;
        }
        write!(out, "]}}")?;
    }
    write!(out, "}}")?;
    for (key, value) in &options.extra {
        write!(out, ",{}:", Value::from(key.as_str()))?;
        write_to(out, value)?;
    }
    write!(out, "}}")
}

async fn write_run(run: &NodeRun, shown: bool, options: &WriteOptions<'_>, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
    let source = |source: &Option<node_sdk::Source>| source.as_ref().map(|s| json!({"node": s.node, "output": s.output, "run": s.run}));
    let head = json!({ "source": run.source.iter().map(source).collect::<Vec<_>>() });
    write_open(&head, out)?;
    if shown {
        write!(out, ",\"outputs\":[")?;
        for (output, items) in run.outputs.iter().enumerate() {
            separate(output, out)?;
            write!(out, "[")?;
            for (index, item) in items.iter().enumerate() {
                separate(index, out)?;
                write_to(out, &item_json(item, options.blobs).await?)?;
            }
            write!(out, "]")?;
        }
        write!(out, "]")?;
    }
    let mut tail = Map::new();
    tail.insert("error".into(), error_json(run.error.as_deref(), options));
    tail.insert("startedAt".into(), iso(run.started_at).into());
    tail.insert("durationMs".into(), milliseconds(run));
    tail.insert("items".into(), json!({"in": run.items_in, "out": run.items_out()}));
    if run.pinned {
        tail.insert("pinned".into(), true.into());
    }
    let tail = stringify(&Value::Object(tail));
    write!(out, ",{}", &tail[1..])
}

/// Writes an object without its closing brace.
fn write_open(object: &Value, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
    let text = stringify(object);
    out.write_all(&text.as_bytes()[..text.len() - 1])
}

fn separate(position: usize, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
    if position > 0 { out.write_all(b",") } else { Ok(()) }
}

/// To a tenth of a microsecond.
fn milliseconds(run: &NodeRun) -> Value {
    json!((run.duration.as_secs_f64() * 1e7).round() / 1e4)
}

fn iso(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}

/// An item in n8n's shape, with its files' content as far as it is small.
pub async fn item_json(item: &Item, blobs: &dyn Blobs) -> io::Result<Value> {
    let Some(binary) = &item.binary else { return Ok(item.to_value()) };
    let mut files = Map::new();
    for (name, file) in binary.iter() {
        files.insert(name.clone(), file_json(file, blobs).await?);
    }
    let mut value = item.to_value();
    value["binary"] = Value::Object(files);
    Ok(value)
}

async fn file_json(file: &Binary, blobs: &dyn Blobs) -> io::Result<Value> {
    let mut value = serde_json::to_value(file)?;
    let (Some(fields), Some(blob)) = (value.as_object_mut(), &file.blob) else { return Ok(value) };
    fields.insert("bytes".into(), blob.len.into());
    let (key, content) = content_json(blob, blobs).await?;
    fields.insert(key.into(), content.into());
    Ok(value)
}

async fn content_json(blob: &BlobRef, blobs: &dyn Blobs) -> io::Result<(&'static str, String)> {
    let content = blobs.get(blob).await?;
    if blob.len > INLINE {
        let digest = Sha256::digest(&content);
        return Ok(("sha256", digest.iter().map(|byte| format!("{byte:02x}")).collect()));
    }
    Ok(match std::str::from_utf8(&content) {
        Ok(text) => ("text", text.to_owned()),
        Err(_) => ("base64", STANDARD.encode(&content)),
    })
}

/// An error as the JSON output shows it; null without one.
fn error_json(error: Option<&NodeError>, options: &WriteOptions<'_>) -> Value {
    let Some(error) = error else { return Value::Null };
    let http = error.http.as_ref().map(|http| json!({"status": http.status, "body": http.body}));
    json!({
        "code": error.code.0,
        "message": error.message,
        "description": error.description,
        "help": error.help,
        "node": error.node,
        "parameter": error.parameter,
        "item": error.item,
        "at": (options.locate)(error),
        "http": http,
    })
}
