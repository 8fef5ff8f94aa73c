//! `--workflows DIR`: where sub-workflows are found, by their `id`, then their `name`, then as a path.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use engine::WorkflowSource;
use node_sdk::async_trait;
use node_sdk::error::{NodeError, codes};
use workflow::Workflow;

/// How many folders below the one given are searched.
const DEPTH: usize = 2;

/// Workflow files of a folder, read when the first one is asked for.
pub(crate) struct FolderWorkflows {
    folder: PathBuf,
    found: OnceLock<Vec<(PathBuf, Arc<Workflow>)>>,
}

impl FolderWorkflows {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, found: OnceLock::new() }
    }

    fn all(&self) -> &[(PathBuf, Arc<Workflow>)] {
        self.found.get_or_init(|| search(&self.folder))
    }

    /// The workflow of this id, else of this name, else at this path.
    pub(crate) fn find_now(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let all = self.all();
        let by = |pick: fn(&Workflow) -> &str| all.iter().filter(|(_, workflow)| pick(workflow) == reference).collect::<Vec<_>>();
        let mut matches = if reference.is_empty() { Vec::new() } else { by(|workflow| &workflow.id) };
        if matches.is_empty() && !reference.is_empty() {
            matches = by(|workflow| &workflow.name);
        }
        match matches.as_slice() {
            [(_, only)] => Ok(Some(only.clone())),
            [(first, _), (second, _), ..] => {
                let message = format!("Two workflows are meant by \"{reference}\": {} and {}", first.display(), second.display());
                Err(NodeError::coded(codes::SUBWORKFLOW, message)
                    .help("Give them ids or names of their own, or name another folder with --workflows DIR."))
            }
            [] => {
                let path = self.folder.join(reference);
                if path.is_file() { Self::load(&path).map(Some) } else { Ok(None) }
            }
        }
    }

    fn load(path: &Path) -> Result<Arc<Workflow>, NodeError> {
        Workflow::load(path).map(Arc::new).map_err(|error| NodeError::coded(codes::SUBWORKFLOW, error.to_string()))
    }
}

/// Files that hold a workflow; others are not of interest.
fn search(folder: &Path) -> Vec<(PathBuf, Arc<Workflow>)> {
    let mut paths = Vec::new();
    collect(folder, DEPTH, &mut paths);
    paths.sort();
    paths.into_iter().filter_map(|path| Workflow::load(&path).ok().map(|workflow| (path, Arc::new(workflow)))).collect()
}

fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && depth > 0 && !hidden {
            collect(&path, depth - 1, paths);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
}

#[async_trait]
impl WorkflowSource for FolderWorkflows {
    async fn find(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        self.find_now(reference)
    }

    async fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError> {
        let beside = self.folder.join(path);
        Self::load(if beside.is_file() { &beside } else { Path::new(path) })
    }
}
