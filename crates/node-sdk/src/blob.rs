//! Files: a handle on an item, content behind a port.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What an item holds of a file: metadata and a handle, never the content itself.
///
/// Field names are those of n8n's `IBinaryData`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binary {
    /// For example `text/csv`.
    #[serde(default)]
    pub mime_type: String,
    /// n8n's coarse kind: `text`, `json`, `image`, `audio`, `video`, `pdf`, `html`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// The file's name without folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The folder, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Without the dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_extension: Option<String>,
    /// n8n's text for the size, for example `12 B` or `1.5 kB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_size: Option<String>,
    /// Content in base64, as it stands in pinned data and in a Code node's output; [`Blobs::put`] turns it into `blob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The handle; `None` until the content was given to [`Blobs`].
    #[serde(skip)]
    pub blob: Option<BlobRef>,
}

/// A handle to stored content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    /// Key in the store that gave it out.
    pub id: Arc<str>,
    /// Length in bytes.
    pub len: u64,
}

/// Port: where file content lives. In memory for `run`, on disk with `--data`.
#[async_trait::async_trait]
pub trait Blobs: Send + Sync {
    /// Stores content and gives back its handle.
    async fn put(&self, content: Bytes) -> std::io::Result<BlobRef>;
    /// Reads content back.
    async fn get(&self, blob: &BlobRef) -> std::io::Result<Bytes>;
    /// As `get`, for code that cannot wait: it may block the thread, which is one that runs JavaScript.
    fn read(&self, blob: &BlobRef) -> std::io::Result<Bytes>;
}
