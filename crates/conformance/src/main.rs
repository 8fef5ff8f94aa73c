//! Plays the recordings of n8n's node packages (`tests/data/packages`) in this process and says what differs. `cargo xtask conformance` builds
//! and runs it.
//!
//! ```text
//! conformance operations|polls|credentials LOCK CACHE EVERY FILE...   plays every so manieth case; a JSON object a case: {name, differs}.
//!                                                               Requests go where `packages add --yes` would let them
//! conformance pack FACTS DATA [LEFT_OUT]                        makes the files of cases
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the person who runs it")]

mod batches;
mod cases;
mod compare;
mod failure;
mod pack;
mod play;
mod proposed;
mod sets;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::cases::Case;
use crate::failure::Failure;
use crate::play::{Installed, WORKER};
use crate::sets::Set;

const USAGE: &str = "conformance operations|polls|credentials LOCK CACHE EVERY FILE...\nconformance pack FACTS DATA [LEFT_OUT]";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|word| word == WORKER) {
        // Nothing else may be done before. The host has been told why; without one there is nobody to tell.
        _ = package_worker::serve(args.next().as_deref());
        return ExitCode::FAILURE;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), Failure> {
    match args {
        [word, facts, data, left_out @ ..] if word == "pack" => pack::pack(Path::new(facts), Path::new(data), left_out.first().map(Path::new)),
        [set, lock, cache, every, files @ ..] => {
            let set = Set::named(set).ok_or(USAGE)?;
            let cache = PathBuf::from(cache).canonicalize()?;
            let folder = tempfile::tempdir()?;
            let lock = proposed::lock(Path::new(lock), &cache, folder.path())?;
            play(set, &Installed { lock, cache }, every.parse()?, files)
        }
        _ => Err(USAGE.into()),
    }
}

fn play(set: Set, installed: &Installed, every: usize, files: &[String]) -> Result<(), Failure> {
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        cases.extend(cases::read(Path::new(file))?.into_iter().step_by(every.max(1)));
    }
    let (differences, apart) = batches::play(set, &cases, installed)?;
    let mut out = std::io::stdout().lock();
    for (case, differs) in cases.iter().zip(differences) {
        writeln!(out, "{}", json!({"name": case.name(), "differs": differs}))?;
    }
    eprintln!("apart: {apart}");
    out.flush()?;
    // Threads that are lost in JavaScript would not let the process end by itself.
    std::process::exit(0);
}
