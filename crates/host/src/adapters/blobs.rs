//! File content in memory, for the length of an execution.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use node_sdk::async_trait;
use node_sdk::blob::{BlobRef, Blobs};
use node_sdk::sync::lock;

/// Where a process keeps the content of files.
pub trait BlobStore: Send + Sync {
    /// A place for the files of one execution: what it holds is read by nobody else, and goes when it is dropped.
    fn of_execution(&self) -> Arc<dyn Blobs>;
}

/// Keeps it in memory.
pub struct MemoryStore;

impl BlobStore for MemoryStore {
    fn of_execution(&self) -> Arc<dyn Blobs> {
        Arc::new(MemoryBlobs::default())
    }
}

/// Content by handle.
#[derive(Default)]
struct MemoryBlobs {
    content: Mutex<HashMap<Arc<str>, Bytes>>,
}

impl MemoryBlobs {
    fn content(&self, blob: &BlobRef) -> Option<Bytes> {
        lock(&self.content).get(&blob.id).cloned()
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, content: Bytes) -> io::Result<BlobRef> {
        let mut store = lock(&self.content);
        let id: Arc<str> = format!("memory:{}", store.len()).into();
        let len = content.len() as u64;
        store.insert(id.clone(), content);
        Ok(BlobRef { id, len })
    }

    async fn get(&self, blob: &BlobRef) -> io::Result<Bytes> {
        self.read(blob)
    }

    fn read(&self, blob: &BlobRef) -> io::Result<Bytes> {
        self.content(blob).ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such content in this run"))
    }
}
