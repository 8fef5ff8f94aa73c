//! Files that a command writes: whole or not at all, and never over a file that it reads.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{CliError, codes};

/// A file that will be written when the work is done.
#[derive(Debug)]
pub(crate) struct OutFile(PathBuf);

impl OutFile {
    /// Finds out before anything is done whether the file can be written, and that it is none of those that the command reads.
    /// What is there stays until the new one is whole.
    pub(crate) fn new<'a>(path: &Path, read: impl IntoIterator<Item = &'a Path>) -> Result<Self, CliError> {
        if let Some(read) = read.into_iter().find(|read| same_file::is_same_file(path, read).unwrap_or(false)) {
            let message = format!("{} would be written over {}, which this command reads.", path.display(), read.display());
            return Err(CliError::usage(codes::OVERWRITES, message).help("Name another file for what is written."));
        }
        let file = Self(path.to_owned());
        file.probe().map(|()| file).map_err(|error| unwritable(path, &error))
    }

    /// A file beside the result of a run, which standard output carries: it must be another place, whatever it is called. `what`: the option, and what it writes.
    pub(crate) fn beside_result<'a>(path: &Path, what: &str, read: impl IntoIterator<Item = &'a Path>) -> Result<Self, CliError> {
        if path == Path::new("-") || is_stdout(path) {
            let error = CliError::usage(codes::OVERWRITES, format!("Standard output carries the result of the run: --{what} cannot go there too."));
            return Err(error.help(format!("Name a file for --{what}.")));
        }
        Self::new(path, read)
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// The file, empty and open, for what is written line by line: each is there at once.
    pub(crate) fn lines(&self) -> Result<fs::File, CliError> {
        let open = || {
            let file = OpenOptions::new().append(true).create(true).open(&self.0)?;
            if file.metadata()?.is_file() {
                file.set_len(0)?;
            }
            Ok(file)
        };
        open().map_err(|error| unwritable(&self.0, &error))
    }

    fn probe(&self) -> io::Result<()> {
        match fs::metadata(&self.0) {
            Ok(known) if known.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            // Opening a pipe waits for a reader.
            Ok(known) if !known.is_file() => Ok(()),
            Ok(_) => OpenOptions::new().append(true).open(&self.0).map(drop),
            Err(_) => beside(&self.0).map(drop),
        }
    }

    /// Writes it: beside its place first, so that there is never half a file.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), CliError> {
        self.replace(bytes).map_err(|error| unwritable(&self.0, &error))
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        // A link stays one; what it points at is replaced.
        let path = fs::canonicalize(&self.0).unwrap_or_else(|_| self.0.clone());
        let known = fs::metadata(&path).ok();
        if known.as_ref().is_some_and(|known| !known.is_file()) {
            return OpenOptions::new().write(true).open(&path)?.write_all(bytes);
        }
        let mut new = match beside(&path) {
            Ok(new) => new,
            // A file that may be changed, in a folder that may not.
            Err(_) if known.is_some() => return fs::write(&path, bytes),
            Err(error) => return Err(error),
        };
        new.write_all(bytes)?;
        if let Some(known) = known {
            new.as_file().set_permissions(known.permissions())?;
        }
        new.persist(&path).map(drop).map_err(|error| error.error)
    }
}

/// Whether this is where standard output goes. What goes to `/dev/null` harms nothing there.
#[cfg(unix)]
fn is_stdout(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Asked by name and not opened: opening a pipe waits for its other end.
    let place = |path: &Path| fs::metadata(path).map(|known| (known.dev(), known.ino()));
    let Ok(out) = same_file::Handle::stdout().map(|out| (out.dev(), out.ino())) else { return false };
    place(path).is_ok_and(|known| known == out) && !place(Path::new("/dev/null")).is_ok_and(|null| null == out)
}

/// Whether this is the file that standard output goes to.
#[cfg(not(unix))]
fn is_stdout(path: &Path) -> bool {
    let Ok(out) = same_file::Handle::stdout() else { return false };
    path.is_file() && same_file::Handle::from_path(path).is_ok_and(|file| file == out)
}

/// A new file in the folder of `path`, gone when it is dropped.
fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".konverte-");
    // As for every new file, the user's mask takes away what others may not.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::usage(codes::OUTPUT, format!("{} cannot be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_keeps_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("own"), "old").expect("written");
        let names = || fs::read_dir(folder.path()).expect("a folder").count();
        let out = OutFile::new(&path("new"), []).expect("can be written");
        assert_eq!(names(), 1, "nothing is there before the work is done");
        out.write(b"whole").expect("written");
        assert_eq!((fs::read(path("new")).expect("there"), names()), (b"whole".to_vec(), 2));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path("own"), fs::Permissions::from_mode(0o640)).expect("set");
            std::os::unix::fs::symlink("own", path("link")).expect("a link");
            OutFile::new(&path("link"), []).and_then(|out| out.write(b"new")).expect("written");
            let own = fs::symlink_metadata(path("own")).expect("there");
            assert_eq!((fs::read(path("own")).expect("there"), own.permissions().mode() & 0o777), (b"new".to_vec(), 0o640));
            assert!(fs::symlink_metadata(path("link")).expect("there").is_symlink());
        }
    }

    #[test]
    fn nothing_that_is_read_is_written_over_whatever_it_is_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("own"), "{}").expect("written");
        fs::hard_link(path("own"), path("again")).expect("a second name");
        for out in ["own", "again", "./own"] {
            let error = OutFile::new(&path(out), [&*path("other"), &*path("own")]).expect_err("refused");
            assert_eq!(error.code, codes::OVERWRITES, "{out}");
        }
        assert_eq!(OutFile::new(&path("none/x"), []).expect_err("refused").code, codes::OUTPUT);
        assert_eq!(OutFile::new(folder.path(), []).expect_err("refused").code, codes::OUTPUT);
    }
}
