//! The program as the worker of a package: how the host starts it, and how it knows that it is one.

use std::ffi::OsString;
use std::process::ExitCode;

/// The word that makes the program a worker.
const WORD: &str = "worker";

/// Works as the worker of a package where the command line says so, until the host has gone. `None`: it does not. Nothing else may have
/// been done before: the process shuts itself in first.
pub fn worker() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != WORD) {
        return None;
    }
    // The host has been told why; without one there is nobody to tell.
    _ = package_worker::serve(words.next().as_deref());
    Some(ExitCode::FAILURE)
}

/// The words after the program's path that start it so.
pub(crate) fn words() -> Vec<OsString> {
    vec![WORD.into()]
}
