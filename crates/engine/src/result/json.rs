//! The JSON of a run, as `konverte run --output json` prints it.

use std::collections::HashMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node_sdk::blob::BlobRef;
use node_sdk::json::{stringify, write_to};
use node_sdk::{Binary, Blobs, Item, NodeError, Response, ResponseBody};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{NodeRun, RunResult, Status};
use crate::codes::TOO_MANY_RUNS;

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

/// What is written of a run that was stopped: a loop without end makes more in seconds than anyone waits for.
const MOST_RUNS_OF_STOPPED: usize = 10_000;
const MOST_BYTES_OF_STOPPED: u64 = 16 << 20;

/// What the JSON of a stopped run has room for, and what found none in it.
struct Room {
    /// Runs of nodes, in their order.
    runs: usize,
    /// Bytes of items.
    bytes: u64,
    left_out: LeftOut,
}

/// What the JSON of a run that was stopped does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Runs of nodes: those after the first ones.
    pub runs: usize,
    /// Items of the runs that are there.
    pub items: usize,
}

impl Room {
    fn of(result: &RunResult) -> Self {
        let stopped = result.status == Status::Canceled || result.error.as_ref().is_some_and(|error| error.code == TOO_MANY_RUNS);
        let (runs, bytes) = match stopped {
            true => (MOST_RUNS_OF_STOPPED.min(result.order.len()), MOST_BYTES_OF_STOPPED),
            false => (result.order.len(), u64::MAX),
        };
        Self { runs, bytes, left_out: LeftOut { runs: result.order.len() - runs, items: 0 } }
    }
}

/// Writes a run as one JSON object, item by item: it never stands in memory as a whole. Of one that was stopped only so much is written,
/// and what is left out is counted (`leftOut`).
pub async fn write(result: &RunResult, options: &WriteOptions<'_>, out: &mut (dyn io::Write + Send)) -> io::Result<LeftOut> {
    let mut room = Room::of(result);
    let order = &result.order[..room.runs];
    let mut written: HashMap<&str, usize> = HashMap::new();
    for name in order {
        *written.entry(name).or_default() += 1;
    }
    let head = json!({
        "status": result.status.as_str(),
        "executionId": result.execution_id,
        "startedAt": iso(result.started_at),
        "finishedAt": iso(result.finished_at),
        "error": error_json(result.error.as_deref(), options),
        "executionOrder": order,
    });
    write_open(&head, out)?;
    if let Some(response) = &result.response {
        write!(out, ",\"response\":")?;
        write_to(out, &response_json(response))?;
    }
    write!(out, ",\"nodes\":{{")?;
    let last = result.order.last();
    let nodes = result.nodes.iter().filter_map(|(name, runs)| Some((name, &runs[..*written.get(&**name)?])));
    for (position, (name, runs)) in nodes.enumerate() {
        separate(position, out)?;
        serde_json::to_writer(&mut *out, name)?;
        write!(out, ":{{\"runs\":[")?;
        let shown = options.items == ShownItems::All || (options.items == ShownItems::Last && last == Some(name));
        for (number, run) in runs.iter().enumerate() {
            separate(number, out)?;
            write_run(run, shown, options, &mut room, out).await?;
        }
        write!(out, "]}}")?;
    }
    write!(out, "}}")?;
    let LeftOut { runs, items } = room.left_out;
    if (runs, items) != (0, 0) {
        write!(out, ",\"leftOut\":{}", json!({"runs": runs, "items": items}))?;
    }
    for (key, value) in &options.extra {
        write!(out, ",{}:", Value::from(key.as_str()))?;
        write_to(out, value)?;
    }
    write!(out, "}}")?;
    Ok(room.left_out)
}

async fn write_run(run: &NodeRun, shown: bool, options: &WriteOptions<'_>, room: &mut Room, out: &mut (dyn io::Write + Send)) -> io::Result<()> {
    let source = |source: &Option<node_sdk::Source>| source.as_ref().map(|s| json!({"node": s.node, "output": s.output, "run": s.run}));
    let head = json!({ "source": run.source.iter().map(source).collect::<Vec<_>>() });
    write_open(&head, out)?;
    if shown {
        write!(out, ",\"outputs\":[")?;
        for (output, items) in run.outputs.iter().enumerate() {
            separate(output, out)?;
            write!(out, "[")?;
            for (index, item) in items.iter().enumerate() {
                if room.bytes == 0 {
                    room.left_out.items += items.len().unwrap_or(index) - index;
                    break;
                }
                separate(index, out)?;
                let mut counted = Counted { out: &mut *out, bytes: 0 };
                write_to(&mut counted, &item_json(item, options.blobs).await?)?;
                room.bytes = room.bytes.saturating_sub(counted.bytes);
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

/// Passes on what is written and counts it.
struct Counted<'a> {
    out: &'a mut (dyn io::Write + Send),
    bytes: u64,
}

impl io::Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
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

/// Milliseconds since 1970 as ISO 8601 in UTC, as the JSON of a run writes its times.
pub fn iso(millis: i64) -> String {
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

/// What the run answers to whoever called it.
fn response_json(response: &Response) -> Value {
    let headers: Map<String, Value> = response.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let mut json = json!({"status": response.status, "headers": headers});
    let body = match &response.body {
        ResponseBody::Empty => return json,
        ResponseBody::Json(value) => json!({"json": value}),
        ResponseBody::Text(text) => json!({"text": text}),
        ResponseBody::Bytes(content) => match std::str::from_utf8(content) {
            Ok(text) => json!({"text": text}),
            Err(_) => json!({"base64": STANDARD.encode(content)}),
        },
    };
    json["body"] = body;
    json
}

/// An error as the JSON output shows it; null without one.
fn error_json(error: Option<&NodeError>, options: &WriteOptions<'_>) -> Value {
    let Some(error) = error else { return Value::Null };
    let http = error.http.as_ref().map(|http| http.to_value());
    json!({
        "code": error.code.as_str(),
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
