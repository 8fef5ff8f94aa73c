//! How values cross between a worker and the host.

use std::sync::LazyLock;

use bytes::Bytes;
use node_sdk::NodeError;
use node_sdk::json::JsonErrorKind;
use package_worker::protocol::Payload;
use ring::hmac;
use ring::rand::SystemRandom;
use serde_json::{Map, Value, json};

/// What a call or a job came to: whether it is a value, and which.
pub(super) type Answer = (bool, Payload);

/// A JSON text of a worker's.
pub(super) fn parsed(payload: &Payload) -> Result<Value, NodeError> {
    if payload.json.is_empty() {
        return Ok(Value::Null);
    }
    let text = std::str::from_utf8(&payload.json).map_err(|error| NodeError::new(error.to_string()))?;
    node_sdk::json::parse_text(text).map_err(|error| match error.kind {
        JsonErrorKind::TooDeep => node_sdk::json::too_deep(),
        _ => NodeError::new(error.to_string()),
    })
}

/// The bytes that `{"$buffer": N}` stands for.
pub(super) fn buffer(value: &Value, payload: &Payload) -> Result<Bytes, NodeError> {
    let at = value.get("$buffer").and_then(Value::as_u64).map(|at| at as usize);
    at.and_then(|at| payload.buffers.get(at).cloned()).ok_or_else(|| NodeError::new("The content of a file must be a Buffer"))
}

/// An error as node code sees it thrown. What is ours comes back as it was, or not at all.
pub(super) fn failed(error: &NodeError) -> Answer {
    (false, Payload::json(thrown(error).to_string()))
}

pub(super) fn thrown(error: &NodeError) -> Value {
    let mut object = Map::new();
    object.insert("message".into(), error.message.clone().into());
    object.insert("name".into(), error.name.to_string().into());
    if let Some(description) = &error.description {
        object.insert("description".into(), description.clone().into());
    }
    object.insert("kv".into(), sealed(error));
    Value::Object(object)
}

/// What seals the errors of this process; `None`: the system has no randomness, and none comes back.
static SEAL: LazyLock<Option<hmac::Key>> = LazyLock::new(|| hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok());

/// An error that node code may hand on, and cannot change.
pub(super) fn sealed(error: &NodeError) -> Value {
    let Some(key) = &*SEAL else { return Value::Null };
    let text = serde_json::to_string(error).unwrap_or_default();
    json!({"seal": hmac::sign(key, text.as_bytes()).as_ref(), "error": text})
}

/// The error that was sealed; `None`: it is of somebody else's making.
pub(super) fn unsealed(value: &Value) -> Option<NodeError> {
    let text = value["error"].as_str()?;
    let seal: Vec<u8> = serde_json::from_value(value["seal"].clone()).ok()?;
    hmac::verify(SEAL.as_ref()?, text.as_bytes(), &seal).ok()?;
    serde_json::from_str(text).ok()
}
