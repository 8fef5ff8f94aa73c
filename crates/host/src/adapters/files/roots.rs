//! The allowed folders, and which of them a path leads into.

use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use node_sdk::ports::FileError;

use super::kernel;
use crate::error::{Error, codes};

/// Allowed folders, opened.
pub(super) struct Roots(Vec<Root>);

struct Root {
    dir: Dir,
    /// Its path as it was given and as it really is: workflows may use either.
    named: PathBuf,
    real: PathBuf,
}

impl Roots {
    pub(super) fn open(folders: &[PathBuf]) -> Result<Self, Error> {
        let open = |folder: &PathBuf| {
            let dir = Dir::open_ambient_dir(folder, ambient_authority())?;
            let real = folder.canonicalize()?;
            if kernel::holds(&real) || kernel::refuse(&dir).is_err() {
                return Err(io::Error::other("its files are those of the kernel, which show what other programs hold in memory"));
            }
            Ok(Root { dir, named: absolute(folder)?, real })
        };
        let refused =
            |folder: &PathBuf, error: io::Error| Error::new(codes::FOLDER, format!("The folder {} cannot be opened: {error}", folder.display()));
        folders.iter().map(|folder| open(folder).map_err(|error| refused(folder, error))).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn real_inside(&self, real: &Path) -> bool {
        self.0.iter().any(|root| real.starts_with(&root.real))
    }

    /// The folder that an absolute path without `..` stands in, and the path from there.
    pub(super) fn holding<'a>(&'a self, path: &'a Path) -> Option<(&'a Dir, &'a Path)> {
        self.0.iter().find_map(|root| {
            let rest = path.strip_prefix(&root.named).or_else(|_| path.strip_prefix(&root.real)).ok()?;
            Some((&root.dir, if rest.as_os_str().is_empty() { Path::new(".") } else { rest }))
        })
    }

    /// Does something with the file that a path means. A link that leads out of its folder is followed by hand: it may lead into an allowed one, and
    /// what stands there is reached from that folder, without the link.
    pub(super) fn reach<T>(&self, path: &str, work: impl Fn(&Dir, &Path) -> Result<T, FileError>) -> Result<T, FileError> {
        let path = absolute(Path::new(path))?;
        let (dir, rest) = self.holding(&path).ok_or_else(|| self.outside(&path))?;
        if kernel::holds(&path) {
            return Err(kernel::refused());
        }
        match work(dir, rest) {
            Err(FileError::System(error)) if leads_out(&error) => {
                let real = real(&path).ok_or_else(|| self.outside(&path))?;
                let (dir, rest) = self.holding(&real).ok_or_else(|| self.outside(&path))?;
                work(dir, rest)
                    .map_err(|error| if matches!(&error, FileError::System(error) if leads_out(error)) { self.outside(&path) } else { error })
            }
            done => done,
        }
    }

    pub(super) fn outside(&self, path: &Path) -> FileError {
        let folders: Vec<String> = self.0.iter().map(|root| root.named.display().to_string()).collect();
        FileError::Outside(format!(
            "{} is not in a folder that --allow-files names ({}), or a link leads out of it.",
            path.display(),
            folders.join(", ")
        ))
    }
}

/// From the root, without `.` and `..`: as Node.js makes paths, by their text alone.
pub(super) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let mut clean = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    Ok(clean)
}

/// Where a path really leads; of a file that is yet to be made, its folder does.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?)))
}

/// Whether the path was refused because it leads out, and not by the system.
pub(super) fn leads_out(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}
