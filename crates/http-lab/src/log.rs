//! The log of requests, in the shape of the recorded ones: what changes from run to run is a star.

use std::sync::Mutex;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use node_sdk::sync::lock;

use crate::request::Request;

#[derive(Default)]
pub(crate) struct Log(Mutex<(Option<Instant>, Vec<Value>)>);

impl Log {
    /// A request came in; gives its number.
    pub(crate) fn begin(&self, label: &str, peer: &str, request: &Request) -> usize {
        let mut inner = lock(&self.0);
        let t0 = *inner.0.get_or_insert_with(Instant::now);
        let mut entry = Map::new();
        entry.insert("on".into(), label.into());
        entry.insert("method".into(), request.method.clone().into());
        entry.insert("target".into(), request.target.clone().into());
        entry.insert("headers".into(), headers_of(request));
        entry.extend(body_of(request));
        entry.insert("peer".into(), peer.into());
        entry.insert("startMs".into(), (t0.elapsed().as_millis() as u64).into());
        inner.1.push(Value::Object(entry));
        inner.1.len() - 1
    }

    /// It was answered.
    pub(crate) fn end(&self, number: usize) {
        let mut inner = lock(&self.0);
        let now = inner.0.map_or(0, |t0| t0.elapsed().as_millis() as u64);
        if let Some(entry) = inner.1.get_mut(number).and_then(Value::as_object_mut) {
            entry.entry("endMs").or_insert_with(|| now.into());
        }
    }

    pub(crate) fn entries(&self) -> Vec<Value> {
        lock(&self.0).1.clone()
    }
}

/// What was sent, in order, without host and connection.
pub(crate) fn headers_of(request: &Request) -> Value {
    let mut list = Vec::new();
    for (name, value) in &request.headers {
        let shown = match name.to_ascii_lowercase().as_str() {
            "host" | "connection" | "date" | "proxy-connection" => continue,
            "content-length" => "*".to_owned(),
            "user-agent" => star_version(value),
            "content-type" => star_boundary(value),
            "authorization" if value.starts_with("Digest") => {
                ["cnonce", "response"].iter().fold(value.clone(), |text, field| star_field(&text, field))
            }
            _ => value.clone(),
        };
        list.push(json!([name, shown]));
    }
    Value::Array(list)
}

fn star_version(agent: &str) -> String {
    for client in ["axios/", "n8n/"] {
        if let Some(rest) = agent.strip_prefix(client) {
            return format!("{client}*{}", rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
        }
    }
    agent.to_owned()
}

fn star_boundary(content_type: &str) -> String {
    let Some((before, after)) = content_type.split_once("boundary=") else { return content_type.to_owned() };
    let rest = after.find(char::is_whitespace).map_or("", |at| &after[at..]);
    format!("{before}boundary=*{rest}")
}

fn star_field(text: &str, field: &str) -> String {
    let open = format!("{field}=\"");
    let Some((before, after)) = text.split_once(&open) else { return text.to_owned() };
    let Some((_, rest)) = after.split_once('"') else { return text.to_owned() };
    format!("{before}{open}*\"{rest}")
}

/// `body` or `bodyBase64` with `bytes`, or the `parts` of a multipart body.
pub(crate) fn body_of(request: &Request) -> Map<String, Value> {
    let content_type = request.header("content-type").unwrap_or_default();
    let boundary = content_type.starts_with("multipart/").then(|| content_type.split_once("boundary=")).flatten();
    let mut map = Map::new();
    let Some((_, boundary)) = boundary else {
        map.extend([text_or_base64(&request.body), ("bytes".to_owned(), request.body.len().into())]);
        return map;
    };
    let boundary = boundary.trim_matches('"').split([';', '"']).next().unwrap_or_default();
    map.insert("parts".into(), Value::Array(parts(&request.body, boundary)));
    map
}

fn parts(body: &[u8], boundary: &str) -> Vec<Value> {
    let whole = [b"\r\n", body].concat();
    let pieces = split(&whole, format!("\r\n--{boundary}").as_bytes());
    let inner = pieces.get(1..pieces.len().saturating_sub(1)).unwrap_or_default();
    let part = |piece: &&[u8]| {
        let piece = piece.strip_prefix(b"\r\n").unwrap_or(piece);
        let at = find(piece, b"\r\n\r\n").unwrap_or(piece.len());
        let head = String::from_utf8_lossy(&piece[..at]).into_owned();
        let headers: Vec<Value> =
            head.split("\r\n").map(|line| line.split_once(": ").map_or_else(|| json!([line]), |(n, v)| json!([n, v]))).collect();
        let mut map = Map::new();
        map.insert("headers".into(), headers.into());
        map.extend([text_or_base64(piece.get(at + 4..).unwrap_or_default())]);
        Value::Object(map)
    };
    inner.iter().map(part).collect()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn split<'a>(mut text: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = find(text, separator) {
        pieces.push(&text[..at]);
        text = &text[at + separator.len()..];
    }
    pieces.push(text);
    pieces
}

fn text_or_base64(bytes: &[u8]) -> (String, Value) {
    match std::str::from_utf8(bytes) {
        Ok(text) => ("body".into(), text.into()),
        Err(_) => ("bodyBase64".into(), BASE64_STANDARD.encode(bytes).into()),
    }
}
