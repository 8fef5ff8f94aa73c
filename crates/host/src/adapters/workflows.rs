//! A folder where sub-workflows are found, by their `id`, then their `name`, then as a path.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use engine::WorkflowSource;
use node_sdk::async_trait;
use node_sdk::error::{NodeError, codes};
use workflow::{Document, Workflow, WorkflowError};

use crate::adapters::files::AllowedFolders;

/// The trigger of workflows that others call.
const CALLED: &str = "n8n-nodes-base.executeWorkflowTrigger";

/// How many folders below the one given are searched.
const DEPTH: usize = 2;

/// Workflow files of a folder, read when the first one is asked for.
#[derive(Clone)]
pub struct FolderWorkflows(Arc<Folder>);

struct Folder {
    folder: PathBuf,
    /// Where the file that is run stands: a path may lead there too.
    home: PathBuf,
    /// Whether the folder was named, and is not only where the file happens to stand.
    named: bool,
    /// Folders that the run may read: a file there may be named by its path.
    allowed: Option<AllowedFolders>,
    found: OnceLock<Found>,
}

/// What a search gives.
#[derive(Default)]
struct Found {
    workflows: Vec<(PathBuf, Arc<Workflow>)>,
    /// Files that would be workflows, had they no fault. One of them may be the one that is asked for.
    broken: Vec<WorkflowError>,
}

impl FolderWorkflows {
    /// The sub-workflows of this file; `folder` where they stand elsewhere. A file in `allowed` may be named by its path.
    pub fn new(file: &Path, folder: Option<&Path>, allowed: Option<AllowedFolders>) -> Self {
        let home = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (named, folder) = (folder.is_some(), folder.unwrap_or(home).to_path_buf());
        Self(Arc::new(Folder { folder, home: home.to_path_buf(), named, allowed, found: OnceLock::new() }))
    }

    /// The workflow of this id, else of this name, else at this path. It reads files, and the whole folder when it is first asked.
    ///
    /// # Errors
    /// Two are meant, or the one that may be meant cannot be read.
    pub fn find_now(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        self.0.find(reference)
    }
}

impl Folder {
    fn all(&self) -> &Found {
        self.found.get_or_init(|| search(&self.folder))
    }

    fn find(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        if reference.is_empty() {
            return Ok(None);
        }
        let Found { workflows, broken } = self.all();
        let by = |pick: fn(&Workflow) -> &str| workflows.iter().filter(|(_, workflow)| pick(workflow) == reference).collect::<Vec<_>>();
        let mut matches = by(|workflow| &workflow.id);
        if matches.is_empty() {
            matches = by(|workflow| &workflow.name);
        }
        if matches.len() > 1 {
            // Files of all kinds have the id 1; only those that can be called are meant.
            matches.retain(|(_, workflow)| workflow.nodes.iter().any(|node| node.type_name == CALLED && !node.disabled));
        }
        match matches.as_slice() {
            [(_, only)] => return Ok(Some(only.clone())),
            [(first, _), (second, _), ..] => return Err(self.ambiguous(reference, first, second)),
            [] => {}
        }
        if let Some(path) = self.at(reference)? {
            return load(&path).map(Some);
        }
        match broken.as_slice() {
            [] => Ok(None),
            broken => {
                let faults: Vec<String> = broken.iter().map(ToString::to_string).collect();
                let help = format!("No workflow has the id or name \"{reference}\", but not all files could be read: {}.", faults.join("; "));
                Err(NodeError::coded(codes::SUBWORKFLOW, "Workflow does not exist.").help(help))
            }
        }
    }

    /// The workflow in a file.
    fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError> {
        match self.at(path)? {
            Some(path) => load(&path),
            None => Err(NodeError::coded(codes::SUBWORKFLOW, format!("The file \"{path}\" could not be found"))
                .help("The path is taken from the folder of the workflow file, or from the one that --workflows names.")),
        }
    }

    /// Of a folder that was named, both are meant. Those that only stand beside the file may have nothing to do with it.
    fn ambiguous(&self, reference: &str, first: &Path, second: &Path) -> NodeError {
        let (first, second) = (first.display(), second.display());
        if self.named {
            let message = format!("Two workflows are meant by \"{reference}\": {first} and {second}");
            let help = "Give them ids or names of their own, or name another folder with --workflows DIR.";
            return NodeError::coded(codes::SUBWORKFLOW, message).help(help);
        }
        let help =
            format!("Beside the file, {first} and {second} have the id or name \"{reference}\": say with --workflows DIR where it is to be found.");
        NodeError::coded(codes::SUBWORKFLOW, "Workflow does not exist.").help(help)
    }

    /// The file that a path means: beside the others or seen from where the program was started, and below the two folders or those that the run may read. What
    /// a path leads to may be data of a stranger, so nothing else of the machine is looked at.
    fn at(&self, path: &str) -> Result<Option<PathBuf>, NodeError> {
        let candidates = [self.folder.join(path), PathBuf::from(path)];
        let Some(real) = candidates.iter().find(|path| path.is_file()).and_then(|path| path.canonicalize().ok()) else { return Ok(None) };
        let roots = [&self.folder, &self.home].map(|folder| folder.canonicalize());
        if roots.iter().flatten().any(|root| real.starts_with(root)) || self.allowed.as_ref().is_some_and(|allowed| allowed.real_inside(&real)) {
            return Ok(Some(real));
        }
        let message = format!("The file \"{path}\" is outside of the folders that sub-workflows are taken from");
        Err(NodeError::coded(codes::SUBWORKFLOW, message)
            .help("A sub-workflow stands in the folder of the workflow file, below it, or below a folder that --workflows or --allow-files names."))
    }
}

fn load(path: &Path) -> Result<Arc<Workflow>, NodeError> {
    read(path).map_err(|error| NodeError::coded(codes::SUBWORKFLOW, error.to_string()))
}

fn read(path: &Path) -> Result<Arc<Workflow>, WorkflowError> {
    Document::read_found(path).and_then(Workflow::from_document).map(Arc::new)
}

/// Files that hold a workflow, and those that only look like it; others are not of interest.
fn search(folder: &Path) -> Found {
    let mut paths = Vec::new();
    collect(folder, DEPTH, &mut paths);
    paths.sort();
    let mut found = Found::default();
    for path in paths {
        match read(&path) {
            Ok(workflow) => found.workflows.push((path, workflow)),
            Err(WorkflowError::NoWorkflow { .. } | WorkflowError::Several { .. } | WorkflowError::Empty { .. }) => {}
            Err(error) => found.broken.push(error),
        }
    }
    found
}

/// Regular files alone: opening a pipe would wait for its other end.
fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder may lead anywhere, also back.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth > 0 && !hidden {
            collect(&path, depth - 1, paths);
        } else if path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            paths.push(path);
        }
    }
}

#[async_trait]
impl WorkflowSource for FolderWorkflows {
    async fn find(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let (folder, reference) = (self.0.clone(), reference.to_owned());
        reading(move || folder.find(&reference)).await
    }

    async fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError> {
        let (folder, path) = (self.0.clone(), path.to_owned());
        reading(move || folder.file(&path)).await
    }
}

/// Reads files on a thread that may wait for them, as those of the runtime may not.
async fn reading<T: Send + 'static>(read: impl FnOnce() -> Result<T, NodeError> + Send + 'static) -> Result<T, NodeError> {
    let ended = |error| Err(NodeError::coded(codes::SUBWORKFLOW, format!("The workflow was not read: {error}")));
    tokio::task::spawn_blocking(read).await.unwrap_or_else(ended)
}
