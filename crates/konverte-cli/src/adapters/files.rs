//! Files below the folder that `--allow-files` names; nothing else.

use std::io;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use node_sdk::async_trait;
use node_sdk::error::{NodeError, codes};
use node_sdk::ports::Files;

/// Access to one folder, or to none.
pub(crate) struct RootedFiles {
    root: Option<PathBuf>,
}

impl RootedFiles {
    /// `root` must exist; `None` refuses everything.
    pub(crate) fn new(root: Option<&Path>) -> io::Result<Self> {
        Ok(Self { root: root.map(Path::canonicalize).transpose()? })
    }

    /// The real path, with links followed, when it lies below the root.
    fn resolve(&self, path: &str) -> Result<PathBuf, NodeError> {
        let Some(root) = &self.root else {
            return Err(NodeError::coded(codes::UNAVAILABLE, "This run may not touch files").help("Name a folder with --allow-files DIR."));
        };
        let wanted = root.join(path);
        if wanted.components().any(|part| part == Component::ParentDir) {
            return Err(outside(path));
        }
        // A file that is to be written need not exist: then its folder decides.
        let real = match wanted.canonicalize() {
            Ok(real) => real,
            Err(_) => {
                let folder = wanted.parent().and_then(|folder| folder.canonicalize().ok()).ok_or_else(|| missing(path))?;
                folder.join(wanted.file_name().unwrap_or_default())
            }
        };
        if real.starts_with(root) { Ok(real) } else { Err(outside(path)) }
    }
}

fn outside(path: &str) -> NodeError {
    NodeError::coded(codes::UNAVAILABLE, format!("The file \"{path}\" is outside of the folder that this run may touch"))
        .help("Name another folder with --allow-files DIR.")
}

fn missing(path: &str) -> NodeError {
    NodeError::new(format!("The file \"{path}\" could not be accessed: no such folder"))
}

#[async_trait]
impl Files for RootedFiles {
    async fn read(&self, path: &str) -> Result<Bytes, NodeError> {
        let real = self.resolve(path)?;
        let content = tokio::fs::read(real).await.map_err(|error| NodeError::new(format!("The file \"{path}\" could not be read: {error}")))?;
        Ok(content.into())
    }

    async fn write(&self, path: &str, content: Bytes, append: bool) -> Result<(), NodeError> {
        use tokio::io::AsyncWriteExt;
        let real = self.resolve(path)?;
        let mut options = tokio::fs::OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        let write = async {
            let mut file = options.open(real).await?;
            file.write_all(&content).await?;
            file.flush().await
        };
        write.await.map_err(|error: io::Error| NodeError::new(format!("The file \"{path}\" could not be written: {error}")))
    }
}
