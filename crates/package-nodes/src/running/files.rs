//! The files of a run, which node code sees by their key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use node_sdk::error::codes;
use node_sdk::sync::lock;
use node_sdk::{Binary, BlobRef, Item, NodeError, RunContext};
use serde_json::Value;

/// The files of a run: node code sees them by their key.
#[derive(Default)]
pub(super) struct Files(Mutex<HashMap<String, Binary>>);

impl Files {
    /// An item as node code sees it.
    pub(super) fn shown(&self, item: &Item) -> Value {
        let mut shown = item.to_value();
        for (name, file) in item.binary.iter().flat_map(|files| files.iter()) {
            if let Some(blob) = &file.blob {
                shown["binary"][name.as_str()] = self.handed(file, blob);
            }
        }
        shown
    }

    /// A file as node code sees it, once it is stored.
    pub(super) fn handed(&self, file: &Binary, blob: &BlobRef) -> Value {
        let mut shown = serde_json::to_value(file).unwrap_or_default();
        shown["id"] = blob.id.to_string().into();
        shown["data"] = "filesystem-v2".into();
        lock(&self.0).insert(blob.id.to_string(), file.clone());
        shown
    }

    /// The file of a key.
    pub(super) fn of(&self, id: &str) -> Option<Binary> {
        lock(&self.0).get(id).cloned()
    }

    /// An item that node code made.
    pub(super) fn taken(&self, value: Value) -> Item {
        let Value::Object(mut map) = value else { return Item::from_value(value) };
        let binary = map.shift_remove("binary");
        let mut item = Item::from_value(Value::Object(map));
        if let Some(Value::Object(files)) = binary {
            item.binary = Some(Arc::new(files.into_iter().filter_map(|(name, file)| Some((name, self.file(file)?))).collect()));
        }
        item
    }

    fn file(&self, value: Value) -> Option<Binary> {
        // A key that was not handed out in this run leads nowhere.
        let known = match value.get("id").and_then(Value::as_str) {
            Some(id) => Some(self.of(id)?),
            None => None,
        };
        let told: Binary = serde_json::from_value(value).ok()?;
        Some(match known {
            Some(known) => Binary { blob: known.blob, data: None, ..told },
            None => told,
        })
    }
}

/// Bytes of a file.
pub(super) async fn content(cx: &RunContext, file: &Binary) -> Result<Bytes, NodeError> {
    request::file::content(cx, file).await.map_err(|error| NodeError { code: codes::NODE_FAILED, ..error })
}
