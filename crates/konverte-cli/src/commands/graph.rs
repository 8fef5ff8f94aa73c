//! `konverte graph FILE`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::Session;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::output::write_stdout;
use crate::{graph, loading};

/// Options of `konverte graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The workflow file
    pub file: PathBuf,
    /// The form of the picture
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Picture,
    /// Where to write it (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Forms of a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// For browsers and documents.
    #[default]
    Svg,
    /// For Markdown pages that draw Mermaid.
    Mermaid,
}

pub(crate) fn run(args: &GraphArgs, session: &Session) -> Result<Exit, CliError> {
    let workflow = loading::load(&args.file)?;
    let picture = graph::of_workflow(&workflow, &session.registry);
    let text = match args.format {
        Picture::Svg => graph::svg(&picture),
        Picture::Mermaid => graph::mermaid(&picture),
    };
    match &args.output {
        None => write_stdout(text.as_bytes())?,
        Some(path) => {
            std::fs::write(path, text).map_err(|error| CliError::usage(codes::OUTPUT, format!("{} cannot be written: {error}.", path.display())))?
        }
    }
    Ok(Exit::Done)
}
