//! Reading workflow files, and turning what is found in them into messages with their place.

use std::path::Path;
use std::sync::Arc;

use host::Place;
use node_sdk::{NodeError, files};
use workflow::{Document, Workflow, WorkflowError};

use crate::console::{Level, Message};
use crate::error::CliError;
use crate::exit::Exit;

/// What messages call the workflow that is read from standard input.
const STDIN: &str = "standard input";

/// Whether this name of a workflow file stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A workflow, or why there is none.
pub(crate) type Loaded = Result<Arc<Workflow>, CliError>;

/// Reads a workflow file, `-` from standard input; one that is none ends the command with exit code 3.
pub(crate) fn load(path: &Path) -> Loaded {
    if !is_stdin(path) {
        return Workflow::load(path).map(Arc::new).map_err(|error| unreadable(&error, None));
    }
    let unread = |error: std::io::Error| WorkflowError::Unreadable { file: STDIN.to_owned(), reason: error.to_string() };
    let bytes = files::all(std::io::stdin().lock()).map_err(|error| unreadable(&unread(error), None))?;
    let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
    let workflow = Document::from_bytes(STDIN, bytes).and_then(Workflow::from_document);
    workflow.map(Arc::new).map_err(|error| unreadable(&error, Some(text)))
}

/// Reads the workflows of a file that was found in a folder, mostly one; `None` where it is JSON of another kind.
pub(crate) fn find(path: &Path) -> Result<Option<Vec<Loaded>>, CliError> {
    match Document::read_found(path).and_then(|document| Workflow::all_found(&document)) {
        Ok(found) => Ok(Some(found.into_iter().map(|workflow| workflow.map(Arc::new).map_err(|error| unreadable(&error, None))).collect())),
        Err(WorkflowError::NoWorkflow { .. }) => Ok(None),
        Err(error) => Err(unreadable(&error, None)),
    }
}

/// `text`: that of the file, where it cannot be read again.
fn unreadable(error: &WorkflowError, text: Option<Arc<str>>) -> CliError {
    let read = |place: &workflow::Place| files::found(Path::new(&place.file)).map(|bytes| String::from_utf8_lossy(&bytes).into());
    let text: Arc<str> = text.or_else(|| error.place().and_then(|place| read(place).ok())).unwrap_or_default();
    let said = |fault: &WorkflowError| {
        let cli = CliError::usage(fault.code(), fault.to_string()).exit(Exit::Invalid).help(fault.help());
        match fault.place() {
            Some(place) => cli.place(Place { file: place.file.clone(), text: text.clone(), offset: place.range.start, len: place.range.len() }),
            None => cli,
        }
    };
    let mut faults = error.each().map(said);
    let first = faults.next().unwrap_or_else(|| said(error));
    CliError { more: faults.collect(), ..first }
}

/// A place of the model as a place that can be shown; it may stand in the file of a sub-workflow.
pub(crate) fn shown(workflow: &Workflow, place: &workflow::Place) -> Option<Place> {
    let text: Arc<str> = match workflow.document() {
        Some(document) if document.name == place.file => document.text.clone(),
        _ => files::text(files::found(Path::new(&place.file)).ok()?).ok()?.into(),
    };
    Some(Place { file: place.file.clone(), text, offset: place.range.start, len: place.range.len().min(200) })
}

/// Where an error of a run points at; nothing for an error of a sub-workflow.
pub(crate) fn place_of(workflow: &Workflow, error: &NodeError) -> Option<workflow::Place> {
    if error.below {
        return None;
    }
    workflow.place_in(error.node.as_deref()?, error.parameter.as_deref(), error.offset)
}

/// An error of a run as a message.
pub(crate) fn run_message(workflow: &Workflow, error: &NodeError, level: Level) -> Message {
    let node = error.node.as_deref().map(|node| format!("\"{node}\"")).unwrap_or_default();
    let item = error.item.map(|item| format!(", item {item}")).unwrap_or_default();
    let place = if node.is_empty() { String::new() } else { format!("{node}{item}: ") };
    let more =
        error.description.as_deref().filter(|text| !text.is_empty() && *text != error.message).map(|text| format!("\n{text}")).unwrap_or_default();
    Message {
        level,
        code: Some(error.code.to_string()),
        text: format!("{place}{}{more}", error.message),
        help: error.help.clone(),
        place: place_of(workflow, error).and_then(|place| shown(workflow, &place)),
    }
}
