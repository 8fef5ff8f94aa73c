//! Files of the machine, below folders that were allowed and nowhere else.
//!
//! An allowed folder is opened once, and everything is opened from there (`cap-std`): on Linux the kernel itself refuses what leads out
//! (`openat2`), elsewhere each part of a path is opened by itself. So what is made into a link after it was looked at leads nowhere.

mod find;
mod kernel;
mod roots;

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cap_std::fs::{Dir, File, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use cap_tempfile::TempFile;
use node_sdk::async_trait;
use node_sdk::event::{Answered, Event, EventSink, PlannedRequest};
use node_sdk::ports::{FileError, Files, Sender};
use node_sdk::size::size;
use rustix::fs::OFlags;

use crate::error::Error;
use roots::Roots;

/// The most that is read of one file: its content is held in memory.
const MOST: u64 = 1 << 30;

/// Folders that a run may read and write.
#[derive(Clone)]
pub struct AllowedFolders(Arc<Allowed>);

struct Allowed {
    roots: Roots,
    /// What the run was given beside them and no workflow may see, as its credentials.
    kept_back: Vec<PathBuf>,
}

impl AllowedFolders {
    /// These folders. `kept_back`: files that stay out of reach even where they stand in one of them.
    ///
    /// # Errors
    /// [`crate::codes::FOLDER`]: one of them cannot be opened.
    pub fn open(folders: &[PathBuf], kept_back: Vec<PathBuf>) -> Result<Self, Error> {
        Ok(Self(Arc::new(Allowed { roots: Roots::open(folders)?, kept_back })))
    }

    /// Whether a path stands in one of them, whatever links make of it.
    pub(crate) fn real_inside(&self, real: &Path) -> bool {
        self.0.roots.real_inside(real)
    }
}

#[async_trait]
impl Files for AllowedFolders {
    async fn find(&self, pattern: &str, brackets: bool) -> Result<Vec<String>, FileError> {
        let pattern = pattern.to_owned();
        self.on_thread(move |allowed| find::find(&allowed.roots, &pattern, brackets)).await
    }

    async fn read(&self, path: &str) -> Result<Bytes, FileError> {
        let path = path.to_owned();
        self.on_thread(move |allowed| allowed.roots.reach(&path, |dir, path| allowed.read(dir, path))).await
    }

    async fn write(&self, path: &str, content: Bytes, append: bool, _: &Sender) -> Result<(), FileError> {
        let path = path.to_owned();
        let write = if append { Allowed::append } else { Allowed::replace };
        self.on_thread(move |allowed| allowed.roots.reach(&path, |dir, path| write(allowed, dir, path, &content))).await
    }
}

impl AllowedFolders {
    /// On a thread that may wait for a disk, as those of the runtime may not.
    async fn on_thread<T: Send + 'static>(&self, work: impl FnOnce(&Allowed) -> Result<T, FileError> + Send + 'static) -> Result<T, FileError> {
        let allowed = self.0.clone();
        let ended = |error| Err(FileError::System(io::Error::other(error)));
        tokio::task::spawn_blocking(move || work(&allowed)).await.unwrap_or_else(ended)
    }
}

impl Allowed {
    fn read(&self, dir: &Dir, path: &Path) -> Result<Bytes, FileError> {
        let (file, metadata) = self.open(dir, path, OpenOptions::new().read(true))?;
        let mut content = Vec::with_capacity(usize::try_from(metadata.len().min(MOST)).unwrap_or_default());
        file.take(MOST + 1).read_to_end(&mut content)?;
        if content.len() as u64 > MOST { Err(FileError::TooLarge(MOST)) } else { Ok(content.into()) }
    }

    /// Adds to the end of a file.
    fn append(&self, dir: &Dir, path: &Path, content: &[u8]) -> Result<(), FileError> {
        folder_of(dir, path)?;
        let (mut file, _) = self.open(dir, path, OpenOptions::new().append(true).create(true))?;
        Ok(file.write_all(content)?)
    }

    /// Writes a whole file beside the old one, which is there until the new one takes its place: a full disk leaves the old one as it was.
    fn replace(&self, dir: &Dir, path: &Path, content: &[u8]) -> Result<(), FileError> {
        let (old, path) = match self.open(dir, path, OpenOptions::new().write(true)) {
            // Behind links stands the file that is replaced.
            Ok((file, metadata)) => (Some((file, metadata)), dir.canonicalize(path)?),
            Err(FileError::System(error)) if error.kind() == io::ErrorKind::NotFound => (None, path.to_owned()),
            Err(error) => return Err(error),
        };
        let name = path.file_name().ok_or(FileError::NotRegular)?;
        let parent = folder_of(dir, &path)?;
        let new = match (TempFile::new(&parent), old) {
            (Ok(mut new), old) => {
                new.write_all(content)?;
                if let Some((_, metadata)) = old {
                    new.as_file().set_permissions(metadata.permissions())?;
                }
                new
            }
            // The file may be written to and its folder may not.
            (Err(error), Some((mut file, _))) if error.kind() == io::ErrorKind::PermissionDenied => {
                file.set_len(0)?;
                return Ok(file.write_all(content)?);
            }
            (Err(error), _) => return Err(error.into()),
        };
        Ok(new.replace(name)?)
    }

    /// Opens a regular file. What is none is not opened where that can be seen before: some devices do something when they are. A pipe that takes the
    /// place of the file in between does not hold anybody up.
    fn open(&self, dir: &Dir, path: &Path, options: &mut OpenOptions) -> Result<(File, Metadata), FileError> {
        let regular = |metadata: &Metadata| if metadata.is_file() { Ok(()) } else { Err(FileError::NotRegular) };
        match dir.metadata(path) {
            Ok(metadata) => regular(&metadata)?,
            // It may be made.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let file = dir.open_with(path, options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed()))?;
        let metadata = file.metadata()?;
        regular(&metadata)?;
        kernel::refuse(&file)?;
        if metadata.len() > MOST {
            return Err(FileError::TooLarge(MOST));
        }
        if self.is_kept_back(&metadata) {
            return Err(FileError::Outside("No workflow may see this file: it was given to konverte alone.".to_owned()));
        }
        Ok((file, metadata))
    }

    /// Whether it is one of those files, by whatever name: a refreshed token makes it another one, so they are looked up each time.
    fn is_kept_back(&self, opened: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let found = self.kept_back.iter().filter_map(|path| std::fs::metadata(path).ok());
        found.into_iter().any(|kept| (kept.dev(), kept.ino()) == (opened.dev(), opened.ino()))
    }
}

/// The folder that a file stands in, or is to.
fn folder_of(dir: &Dir, path: &Path) -> Result<Dir, FileError> {
    let folder = match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => dir.open_dir(parent)?,
        None => dir.try_clone()?,
    };
    kernel::refuse(&folder)?;
    Ok(folder)
}

/// Reads what is there and writes nothing: each file that would be written is told.
pub(crate) struct DryFiles {
    pub(crate) inner: AllowedFolders,
    pub(crate) events: Arc<dyn EventSink>,
}

#[async_trait]
impl Files for DryFiles {
    async fn find(&self, pattern: &str, brackets: bool) -> Result<Vec<String>, FileError> {
        self.inner.find(pattern, brackets).await
    }

    async fn read(&self, path: &str) -> Result<Bytes, FileError> {
        self.inner.read(path).await
    }

    async fn write(&self, path: &str, content: Bytes, append: bool, sender: &Sender) -> Result<(), FileError> {
        // Where it may not be written is known before.
        self.inner.0.roots.reach(path, |_, _| Ok(()))?;
        let planned = PlannedRequest {
            node: sender.node.clone(),
            item: sender.item,
            method: if append { "APPEND" } else { "WRITE" }.to_owned(),
            url: path.to_owned(),
            body: size(content.len() as u64).into(),
            answered: Answered::Skipped,
        };
        self.events.emit(&sender.execution, Event::Planned(Box::new(planned)));
        Ok(())
    }
}
