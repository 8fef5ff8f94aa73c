//! Options that say where the packages of nodes are.

use std::path::{Path, PathBuf};

use clap::Args;
use host::packages::{self, Place};
use node_sdk::Registry;

use crate::environment;
use crate::error::CliError;
use crate::worker;

/// Options of all commands that know node types.
#[derive(Debug, Args)]
pub struct PackagesArgs {
    /// A folder that holds a lock of packages, or an installed package (default: the lock of the workflow's folder, then of the working directory)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Packages of nodes")]
    pub packages: Option<PathBuf>,
    /// Where the files of packages are kept (default: KONVERTE_CACHE, then the user's folder for caches)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Packages of nodes")]
    pub cache: Option<PathBuf>,
    /// Run packages also where the system has no wall to put around them
    #[arg(long, global = true, help_heading = "Packages of nodes")]
    pub weak_walls: bool,
}

impl PackagesArgs {
    /// Adds the nodes of the packages of a workflow; `file` is the workflow's, where there is one.
    pub(crate) fn add(&self, registry: Registry, file: Option<&Path>) -> Result<Registry, CliError> {
        Ok(self.with(registry, self.place(file)?))
    }

    /// The node types with the packages of each of these files, and for each file the index of its registry: files with one lock share one.
    pub(crate) fn each(&self, ours: &Registry, files: &[PathBuf]) -> Result<(Vec<Registry>, Vec<usize>), CliError> {
        let mut places: Vec<Option<Place>> = Vec::new();
        let mut indices = Vec::with_capacity(files.len());
        for file in files {
            let place = self.place(Some(file))?;
            indices.push(places.iter().position(|known| *known == place).unwrap_or(places.len()));
            if indices.last() == Some(&places.len()) {
                places.push(place);
            }
        }
        Ok((places.into_iter().map(|place| self.with(ours.clone(), place)).collect(), indices))
    }

    fn place(&self, file: Option<&Path>) -> Result<Option<Place>, CliError> {
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        Ok(packages::of_workflow(self.packages.as_deref(), folder)?)
    }

    fn with(&self, registry: Registry, place: Option<Place>) -> Registry {
        let workers = environment::program().map(|program| packages::workers(program, worker::words(), self.weak_walls));
        packages::add(registry, place, packages::cache(self.cache.as_deref(), &environment::variable), workers)
    }
}
