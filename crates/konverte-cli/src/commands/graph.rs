//! `konverte graph FILE`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use picture::graph;

use crate::commands::Session;
use crate::error::CliError;
use crate::exit::Exit;
use crate::loading;
use crate::output::file::OutFile;
use crate::output::write_stdout;

/// Options of `konverte graph`.
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The workflow file
    pub file: PathBuf,
    /// The form of the picture
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Picture,
    /// Where to write it (default, and -: standard output)
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
    let out = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let out = out.map(|path| OutFile::new(path, [args.file.as_path()])).transpose()?;
    let workflow = loading::load(&args.file)?;
    let picture = graph::of_workflow(&workflow, &session.registry);
    let text = match args.format {
        Picture::Svg => graph::svg(&picture),
        Picture::Mermaid => graph::mermaid(&picture),
    };
    match out {
        None => write_stdout(text.as_bytes())?,
        Some(file) => file.write(text.as_bytes())?,
    }
    Ok(Exit::Done)
}
