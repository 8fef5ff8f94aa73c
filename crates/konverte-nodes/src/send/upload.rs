//! Files: binary properties of an item that go out as `multipart/form-data`.

use node_sdk::action::{ActionSpec, FileParam};
use node_sdk::blob::Binary;
use node_sdk::json::to_js_string;
use node_sdk::params::ItemParams;
use node_sdk::ports::Part;
use node_sdk::size::size;
use node_sdk::{Item, NodeError, RunContext};
use serde_json::{Map, Value};

use crate::codes;

/// The names of an item's files that go out as one parameter.
pub(super) type Named = (FileParam, Vec<String>);

/// The names of the files that an item's request carries.
pub(super) fn named(params: &ItemParams<'_>, action: &ActionSpec) -> Result<Vec<Named>, NodeError> {
    let names = |file: &FileParam| {
        let text = params.string(&file.name)?;
        Ok((file.clone(), text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()))
    };
    action.native.files.iter().map(names).collect()
}

/// The files, read and checked against what the server takes.
pub(super) async fn files(cx: &RunContext, named: &[Named], item: &Item, index: usize) -> Result<Vec<Part>, NodeError> {
    let mut parts = Vec::new();
    for (file, names) in named {
        let refuse = |message: String| NodeError::coded(codes::FILE, message).parameter(&*file.name).item(index);
        if names.len() > file.max_files {
            return Err(refuse(format!("{} files, but the server takes {} at most", names.len(), file.max_files)));
        }
        for name in names {
            let binary = item.binary.as_ref().and_then(|all| all.get(name));
            let binary = binary.ok_or_else(|| refuse(format!("The item has no binary property \"{name}\"")).help(have(item)))?;
            parts.push(part(cx, file, name, binary).await.map_err(refuse)?);
        }
    }
    Ok(parts)
}

async fn part(cx: &RunContext, file: &FileParam, name: &str, binary: &Binary) -> Result<Part, String> {
    if !file.types.is_empty() && !file.types.contains(&binary.mime_type) {
        return Err(format!("The file in \"{name}\" is {}, but the server takes {}", binary.mime_type, file.types.join(", ")));
    }
    let blob = binary.blob.as_ref().ok_or_else(|| format!("The binary property \"{name}\" has no content"))?;
    if blob.len > file.max_bytes {
        let (has, takes) = (size(blob.len), size(file.max_bytes));
        let has = if has == takes { format!("{} bytes", blob.len) } else { has };
        return Err(format!("The file in \"{name}\" has {has}, but the server takes {takes} at most"));
    }
    let content = cx.ports.blobs.get(blob).await.map_err(|error| format!("The file in \"{name}\" cannot be read: {error}"))?;
    Ok(Part {
        name: file.field.to_string(),
        file_name: Some(binary.file_name.clone().unwrap_or_else(|| name.to_owned())),
        content_type: Some(binary.mime_type.clone()).filter(|text| !text.is_empty()),
        content,
    })
}

fn have(item: &Item) -> String {
    let names: Vec<&str> = item.binary.iter().flat_map(|all| all.keys()).map(String::as_str).collect();
    if names.is_empty() { "The item has no files at all.".to_owned() } else { format!("The item has: {}.", names.join(", ")) }
}

/// The whole form: the other body fields as text, named as the server's framework reads nested values, then the files.
pub(super) fn form(fields: &Map<String, Value>, files: Vec<Part>) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, value) in fields {
        flatten(&mut parts, name.clone(), value);
    }
    parts.extend(files);
    parts
}

fn flatten(parts: &mut Vec<Part>, name: String, value: &Value) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(parts, format!("{name}[{key}]"), value)),
        Value::Array(list) => list.iter().for_each(|value| flatten(parts, format!("{name}[]"), value)),
        Value::Null => parts.push(text(name, String::new())),
        leaf => parts.push(text(name, to_js_string(leaf))),
    }
}

fn text(name: String, text: String) -> Part {
    Part { name, file_name: None, content_type: None, content: text.into() }
}
