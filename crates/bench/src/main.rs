//! What the program costs, as a table: each figure with its goal. `cargo xtask bench` builds it and the program, and runs it.
//!
//! ```text
//! bench PROGRAM [ROW...] [--against PROGRAM] [--n8n DIR] [--quick]
//! ```
//!
//! CPU is user and system time of a process and is measured rather than time on the clock: it depends less on what else runs. A
//! *ratio* is measured in turns, one program after the other, and is the median of the turns' ratios, with the middle half of them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to the person who runs it")]

mod failure;
mod figure;
mod files;
mod inside;
mod program;
mod rows;
mod setup;
mod turns;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::program::Program;
use crate::rows::{ROWS, Row};
use crate::setup::Bench;

const HELP: &str = "\
cargo xtask bench [ROW...] [OPTIONS]

  --against PROGRAM  compare with another binary, turn by turn; without it figures that are ratios have no verdict
  --n8n DIR          an installation of n8n (`npm install n8n` in DIR), to compare nodes of packages with
  --quick            fewer turns and items: to see whether it runs, not what it costs

Without names all rows but those marked with * are measured:
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.first().map(String::as_str) {
        Some("inside") => inside::run(&args[1..]),
        Some("measured") => program::measured(&args[1..]),
        _ => run(&args),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every goal that could be judged is met.
fn run(args: &[String]) -> Result<bool, Failure> {
    let mut names = Vec::new();
    let (mut ours, mut theirs, mut n8n, mut quick) = (None, None, None, false);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--against" => theirs = Some(Program::new(PathBuf::from(args.next().ok_or("--against needs a program")?))?),
            "--n8n" => n8n = Some(PathBuf::from(args.next().ok_or("--n8n needs the folder of an installation")?)),
            "--quick" => quick = true,
            "--help" | "-h" => {
                help();
                return Ok(true);
            }
            option if option.starts_with('-') => return Err(format!("there is no option {option}; --help lists them").into()),
            path if ours.is_none() => ours = Some(Program::new(path.into())?),
            name => names.push(row(name)?),
        }
    }
    let ours = ours.ok_or("which program is to be measured?")?;
    let folder = tempfile::tempdir()?;
    let ours = ours.copied(folder.path().join("ours"))?;
    let theirs = theirs.map(|theirs| theirs.copied(folder.path().join("theirs"))).transpose()?;
    let bench = Bench { ours, theirs, n8n, quick, folder };
    let wanted: Vec<&Row> = if names.is_empty() { ROWS.iter().filter(|row| !row.on_demand).collect() } else { names };
    println!("{}", figure::heading());
    let mut all_met = true;
    for row in wanted {
        for figure in (row.measure)(&bench).map_err(|error| format!("{}: {error}", row.name))? {
            println!("{figure}");
            all_met &= figure.is_met() != Some(false);
        }
    }
    Ok(all_met)
}

fn row(name: &str) -> Result<&'static Row, Failure> {
    Ok(ROWS.iter().find(|row| row.name == name).ok_or_else(|| format!("there is no row {name}; --help lists them"))?)
}

fn help() {
    print!("{HELP}");
    for row in ROWS {
        println!("  {:<16} {}{}", row.name, row.what, if row.on_demand { " *" } else { "" });
    }
}
