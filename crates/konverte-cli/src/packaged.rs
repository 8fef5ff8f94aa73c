//! Options that say where the packages of nodes are.

use std::path::{Path, PathBuf};

use ::packages::cache::Cache;
use clap::{Args, ValueEnum};
use host::packages::{self, Installed, Place};
use node_sdk::Registry;

use crate::environment;
use crate::error::CliError;
use crate::worker;

/// Whose node wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Preferred {
    /// The package's.
    Packages,
}

/// Options of all commands that know node types.
#[derive(Debug, Args)]
pub struct PackagesArgs {
    /// A folder that holds a lock of packages, or an installed package (default: the lock of the workflow's folder, then of the working directory)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Packages of nodes")]
    pub packages: Option<PathBuf>,
    /// Where the files of packages are kept (default: KONVERTE_CACHE, then the user's folder for caches)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Packages of nodes")]
    pub cache: Option<PathBuf>,
    /// Whose node is taken where both konverte and a package have the type: konverte's (default), or with `packages` the package's, where it runs here
    #[arg(long, value_enum, value_name = "WHO", global = true, help_heading = "Packages of nodes")]
    pub prefer: Option<Preferred>,
    /// Run packages even where this system cannot shut them in
    #[arg(long, global = true, help_heading = "Packages of nodes")]
    pub weak_walls: bool,
}

impl PackagesArgs {
    /// Adds the nodes of the packages of a workflow; `file` is the workflow's, where there is one.
    pub(crate) fn add(&self, registry: Registry, file: Option<&Path>) -> Result<Registry, CliError> {
        self.with(registry, self.place(file)?)
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
        let registries: Result<_, CliError> = places.into_iter().map(|place| self.with(ours.clone(), place)).collect();
        Ok((registries?, indices))
    }

    /// The lock in use, where there is one; `file` is the workflow's.
    pub(crate) fn lock(&self, file: &Path) -> Result<Option<PathBuf>, CliError> {
        Ok(self.place(Some(file))?.and_then(|place| if let Place::Lock(lock) = place { Some(lock) } else { None }))
    }

    fn place(&self, file: Option<&Path>) -> Result<Option<Place>, CliError> {
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        Ok(packages::of_workflow(self.packages.as_deref(), folder)?)
    }

    fn with(&self, registry: Registry, place: Option<Place>) -> Result<Registry, CliError> {
        let cache = packages::cache(self.cache.as_deref(), &environment::variable);
        let installed = match place {
            None => return Ok(registry),
            Some(Place::Package(folder)) => unlocked(&folder, &Cache::new(cache?))?,
            Some(place) => Installed::new(place, cache),
        };
        let workers = environment::program().map(|program| packages::workers(program, worker::words(), self.weak_walls));
        Ok(packages::add(registry, installed, workers, self.prefer == Some(Preferred::Packages)))
    }
}

/// A package without a lock. What it says of itself may have to be found out in its box, which takes a runtime; whoever asks may be in one.
fn unlocked(folder: &Path, cache: &Cache) -> Result<Installed, CliError> {
    let read = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ::packages::Error::new(::packages::codes::SYSTEM, format!("The package cannot be read: {error}.")))?;
        runtime.block_on(packages::unlocked(folder, environment::program(), worker::words(), cache))
    };
    let ended = |_| Err(::packages::Error::new(::packages::codes::SYSTEM, "The package cannot be read."));
    Ok(std::thread::scope(|scope| scope.spawn(read).join()).unwrap_or_else(ended)?)
}
