//! Files that a run reads and writes: none is written over one that is read.

use std::path::{Path, PathBuf};

use super::RunArgs;
use crate::error::{CliError, codes};
use crate::offline::{Offline, OfflineArgs};
use crate::output::file::OutFile;

/// The files that the run may read, as far as one that it writes at `path` could be among them.
fn read_files<'a>(args: &'a RunArgs, path: &'a Path) -> impl Iterator<Item = &'a Path> {
    let named =
        [&args.credentials, &args.env_file, &args.vars, &args.offline.answers, &args.emulator.seed].into_iter().flatten().map(PathBuf::as_path);
    // Workflows and action packs are looked up in folders, by what they hold.
    let beside = args.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folders = [args.workflows.as_deref().unwrap_or(beside)].into_iter().chain(args.nodes.as_deref());
    let is_in = |folder: &Path| path.parent().is_some_and(|parent| same_file::is_same_file(Path::new(".").join(parent), folder).unwrap_or(false));
    let looked_up = path.extension().is_some_and(|extension| extension == "json") && folders.into_iter().any(is_in);
    named.chain([args.file.as_path()]).chain(args.input.as_deref().map(Path::new)).chain(looked_up.then_some(path))
}

/// The file of the report. Whether it can be written is known before anything is done.
pub(super) fn report_file(args: &RunArgs, path: &Path) -> Result<OutFile, CliError> {
    OutFile::beside_result(path, "report", read_files(args, path))
}

/// The file of what the emulator holds at the end.
pub(super) fn state_file(args: &RunArgs) -> Result<Option<OutFile>, CliError> {
    args.emulator.state_file(args.emulator.sandbox_state.iter().flat_map(|path| read_files(args, path)))
}

/// What the options say of answers, requests and time.
pub(super) fn offline(args: &RunArgs) -> Result<Offline, CliError> {
    let OfflineArgs { requests, .. } = &args.offline;
    let written = [("report", &args.report), ("requests", requests), ("sandbox-state", &args.emulator.sandbox_state)];
    for (index, (name, file)) in written.iter().enumerate() {
        if let Some((other, _)) = written[..index].iter().find(|(_, other)| file.is_some() && other == file) {
            return Err(CliError::usage(codes::OVERWRITES, format!("--{other} and --{name} name the same file.")).help("Name two."));
        }
    }
    let read = requests.iter().flat_map(|path| read_files(args, path));
    args.offline.read(read)
}
