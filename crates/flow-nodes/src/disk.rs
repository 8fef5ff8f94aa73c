//! What the nodes that read and write files of the machine share: files as n8n describes them, and its words where one cannot be reached.

use std::io::{Error, ErrorKind};
use std::path::Path;

use node_sdk::error::codes;
use node_sdk::ports::FileError;
use node_sdk::{Binary, Effect, Item, NodeError, PrepareContext, RunContext};
use request::file;
use serde_json::Value;

/// Reads a file and keeps its content.
///
/// # Errors
/// No folder is allowed; within: the file cannot be read.
pub(crate) async fn read(cx: &RunContext, path: &str) -> Result<Result<Binary, FileError>, NodeError> {
    let content = match cx.ports.adapters.files()?.read(path).await {
        Ok(content) => content,
        Err(error) => return Ok(Err(error)),
    };
    let name = Path::new(path).file_name().map(|name| name.to_string_lossy());
    let described = file::described(name.as_deref(), None, &content);
    let kept = cx.ports.blobs.put(content).await;
    Ok(kept.map(|blob| Binary { blob: Some(blob), ..described }).map_err(FileError::System))
}

/// Writes the file of an item where its parameters say, and hands the item on; `words` says why that cannot be.
pub(crate) async fn write_item(
    cx: &RunContext,
    index: usize,
    item: &Item,
    words: impl Fn(FileError, &str) -> NodeError,
) -> Result<Vec<Item>, NodeError> {
    let files = cx.ports.adapters.files()?;
    let read =
        cx.params.read(index, |params| Ok((params.string("fileName")?, params.string("dataPropertyName")?, params.bool("options.append", false)?)));
    let (path, property, append) = read.await?;
    let content = file::content(cx, &file::input_file(item, &property, index)?).await?;
    files.write(&path, content, append, &cx.sender(index)).await.map_err(|error| words(error, &path))?;
    let mut item = item.clone().paired(index);
    if let Value::Object(json) = item.json_mut() {
        json.insert("fileName".to_owned(), path.into());
    }
    Ok(vec![item])
}

/// To write a file twice does no harm; to append to it twice does.
pub(crate) fn effect_of_writing(cx: &PrepareContext<'_>) -> Effect {
    match cx.parameters.get("options").and_then(|options| options.get("append")) {
        None | Some(Value::Bool(false)) => Effect::Repeatable,
        Some(_) => Effect::Once,
    }
}

/// Puts out what became of an item; an error is an item where the node goes on, and nothing in a dry run that ended there.
pub(crate) fn put(cx: &RunContext, out: &mut Vec<Item>, index: usize, made: Result<Vec<Item>, NodeError>) -> Result<(), NodeError> {
    match made {
        Ok(items) => out.extend(items),
        Err(error) if error.code == codes::DRY_RUN_ENDED => {}
        Err(error) if cx.continue_on_fail() && !error.fatal => out.push(Item::failed(&error).paired(index)),
        Err(error) => return Err(error.item(index)),
    }
    Ok(())
}

/// In the words of Read/Write Files from Disk.
pub(crate) fn in_words(error: FileError, path: &str) -> NodeError {
    match error {
        FileError::Outside(_) => outside(error),
        FileError::System(ref system) if system.kind() == ErrorKind::NotFound => {
            NodeError::coded(codes::FILE, "The file or directory does not exist")
                .help(format!("It is {path}; a relative path begins where konverte was started."))
        }
        other => NodeError::coded(codes::FILE, format!("The file {path} cannot be used: {other}")),
    }
}

/// In the words of Node.js, which the older nodes hand on; `call` is what it asks the system for first.
pub(crate) fn in_nodes_words(error: FileError, call: &str, path: &str) -> NodeError {
    let words = match &error {
        FileError::Outside(_) => return outside(error),
        FileError::System(system) => system_words(system),
        FileError::NotRegular | FileError::TooLarge(_) | FileError::Pattern(_) => None,
    };
    match words {
        Some(words) => {
            let help = "So the system says of the path that the node gives; a relative one begins where konverte was started.";
            NodeError::coded(codes::FILE, format!("{words}, {call} '{path}'")).named("Error").help(help)
        }
        None => NodeError::coded(codes::FILE, format!("The file {path} cannot be used: {error}")).named("Error"),
    }
}

fn outside(error: FileError) -> NodeError {
    NodeError::coded(codes::FILE, "Access to the file is not allowed.").help(error.to_string())
}

fn system_words(error: &Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::NotFound => "ENOENT: no such file or directory",
        ErrorKind::PermissionDenied => "EACCES: permission denied",
        ErrorKind::NotADirectory => "ENOTDIR: not a directory",
        ErrorKind::IsADirectory => "EISDIR: illegal operation on a directory",
        ErrorKind::StorageFull => "ENOSPC: no space left on device",
        ErrorKind::ReadOnlyFilesystem => "EROFS: read-only file system",
        ErrorKind::InvalidFilename => "ENAMETOOLONG: name too long",
        _ => return None,
    })
}
