//! `this.helpers` of user code: what it may ask of the program.
//!
//! Bytes cross as `{"$buffer": base64}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use expression::code::{Helper, HelperFuture};
use node_sdk::ports::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, Sender};
use node_sdk::{Binary, BlobRef, ItemList, Ports, RunContext, async_trait};
use request::file;
use request::helper::{self, Answered};
use serde_json::{Value, json};

/// What a helper needs, free of the run that called it.
struct Bridge {
    ports: Arc<Ports>,
    input: ItemList,
    sender: Sender,
}

/// The helpers of a run, for code that runs for `item` or once for all; and whether a dry run refused one of their requests.
pub(super) fn bridge(cx: &RunContext, input: ItemList, item: Option<usize>) -> (Helper, Arc<AtomicBool>) {
    let refused = Arc::new(AtomicBool::new(false));
    let http = Arc::new(Watched { inner: cx.ports.http.clone(), refused: refused.clone() });
    let ports = Arc::new(Ports { http, ..(*cx.ports).clone() });
    let bridge = Arc::new(Bridge { ports, input, sender: cx.sender(item.unwrap_or(0)) });
    let helper: Helper = Arc::new(move |name: &str, arguments: Value| -> HelperFuture {
        let (bridge, name) = (bridge.clone(), name.to_owned());
        let arguments = if let Value::Array(list) = arguments { list } else { Vec::new() };
        Box::pin(async move { bridge.call(&name, arguments).await })
    });
    (helper, refused)
}

/// Sees whether a dry run holds a request back.
struct Watched {
    inner: Arc<dyn HttpClient>,
    refused: Arc<AtomicBool>,
}

#[async_trait]
impl HttpClient for Watched {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.inner.send(request).await.inspect_err(|error| {
            if error.kind == HttpErrorKind::HeldBack {
                self.refused.store(true, Ordering::Relaxed);
            }
        })
    }
}

impl Bridge {
    async fn call(&self, name: &str, arguments: Vec<Value>) -> Result<Value, Value> {
        let argument = |at: usize| arguments.get(at).cloned().unwrap_or(Value::Null);
        match name {
            "httpRequest" => helper::http_request(&self.ports, &self.sender, &crossed(argument(0))).await.map(answered),
            "request" => helper::request(&self.ports, &self.sender, &crossed(argument(0)), &crossed(argument(1))).await.map(answered),
            "getBinaryDataBuffer" => self.read_file(&argument(0), &argument(1)).await,
            "assertBinaryData" => self.file(&argument(0), &argument(1)).map(metadata),
            "prepareBinaryData" => prepare(&argument(0), &argument(1), &argument(2)),
            "setBinaryDataBuffer" => set_content(argument(0), &argument(1)),
            other => Err(error(&format!("The helper \"{other}\" is not supported"))),
        }
    }

    fn file(&self, item: &Value, name: &Value) -> Result<&Binary, Value> {
        let (index, name) = (item.as_u64().unwrap_or(0) as usize, name.as_str().unwrap_or_default());
        let file = self.input.get(index).and_then(|item| item.binary.as_deref()?.get(name));
        file.ok_or_else(|| {
            let what = format!("a binary file '{name}', but none was found [item {index}]");
            error(&format!("This operation expects the node's input data to contain {what}"))
        })
    }

    async fn read_file(&self, item: &Value, name: &Value) -> Result<Value, Value> {
        let file = self.file(item, name)?;
        match (&file.blob, &file.data) {
            (Some(blob), _) => self.content(blob).await,
            (None, Some(data)) => Ok(json!({ "$buffer": data })),
            (None, None) => Ok(buffer(&[])),
        }
    }

    async fn content(&self, blob: &BlobRef) -> Result<Value, Value> {
        let content = self.ports.blobs.get(blob).await.map_err(|failure| error(&format!("The file cannot be read: {failure}")))?;
        Ok(buffer(&content))
    }
}

/// A file for an item, its content inside; it moves to the store when the code returns it.
fn prepare(content: &Value, file_name: &Value, mime_type: &Value) -> Result<Value, Value> {
    let bytes = bytes(content).ok_or_else(|| error("The content of a file must be a Buffer or text"))?;
    let file_name = file_name.as_str().filter(|name| !name.is_empty());
    let file = Binary { data: Some(encode(&bytes)), ..file::described(file_name, mime_type.as_str(), &bytes) };
    serde_json::to_value(file).map_err(|failure| error(&failure.to_string()))
}

/// A file as user code sees it in an item: its content by key.
fn metadata(file: &Binary) -> Value {
    let mut value = serde_json::to_value(file).unwrap_or_default();
    if let Some(blob) = &file.blob {
        value["id"] = blob.id.to_string().into();
    }
    value
}

/// The file with another content.
fn set_content(mut file: Value, content: &Value) -> Result<Value, Value> {
    let (Some(map), Some(bytes)) = (file.as_object_mut(), bytes(content)) else {
        return Err(error("The content of a file must be a Buffer or text"));
    };
    map.shift_remove("id");
    map.insert("data".to_owned(), encode(&bytes).into());
    map.insert("fileSize".to_owned(), file::size_text(bytes.len() as u64).into());
    Ok(file)
}

/// Options as they reach n8n's side: a Buffer in them has become `{"type": "Buffer", "data": […]}` on the way, and is sent so.
fn crossed(value: Value) -> Value {
    match value {
        Value::Object(map) if map.contains_key("$buffer") => json!({"type": "Buffer", "data": bytes(&Value::Object(map)).unwrap_or_default()}),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, crossed(value))).collect(),
        Value::Array(list) => list.into_iter().map(crossed).collect(),
        other => other,
    }
}

fn answered(answer: Answered) -> Value {
    match answer {
        Answered::Value(value) => value,
        Answered::Bytes(bytes) => buffer(&bytes),
        Answered::Full(mut full, bytes) => {
            full["body"] = json!({"type": "Buffer", "data": bytes.to_vec()});
            full
        }
    }
}

/// The bytes of a Buffer, or of a text.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Object(map) => decode(map.get("$buffer")?.as_str()?),
        _ => None,
    }
}

/// Bytes as user code gets them.
fn buffer(bytes: &[u8]) -> Value {
    json!({ "$buffer": encode(bytes) })
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// An error as user code sees it thrown.
fn error(message: &str) -> Value {
    json!({"name": "Error", "message": message, "stack": format!("Error: {message}")})
}
