//! What a credentials file holds: n8n's decrypted export, or an object by id, name or type.

use std::path::{Path, PathBuf};

use node_sdk::error::{NodeError, codes};
use node_sdk::files;
use serde_json::{Map, Value};

use super::secrets;
use crate::adapters::Environment;
use crate::error::{Error, codes as own_codes};
use crate::json;

/// A credential of the file.
#[derive(Clone)]
pub(super) struct Entry {
    /// What it is found by: its id, its name, its type.
    keys: [String; 3],
    pub(super) fields: Map<String, Value>,
    unfilled: Vec<Unfilled>,
    /// The files that `$file` names.
    pub(super) files: Vec<PathBuf>,
}

/// A field that `$env` or `$file` could not fill in. It matters only to a node that needs its entry.
#[derive(Clone)]
struct Unfilled {
    field: String,
    why: String,
}

/// What a lookup goes by.
#[derive(Clone, Copy)]
pub(super) enum By {
    Id,
    Name,
    Type,
}

impl Entry {
    pub(super) fn new(key: &str, fields: Map<String, Value>) -> Self {
        Self { keys: [key.to_owned(), key.to_owned(), key.to_owned()], fields, unfilled: Vec::new(), files: Vec::new() }
    }

    /// An entry of n8n's export: its id, name and type.
    pub(super) fn exported([id, name, type_name]: [&str; 3], fields: Map<String, Value>) -> Self {
        Self { keys: [id.to_owned(), name.to_owned(), type_name.to_owned()], fields, unfilled: Vec::new(), files: Vec::new() }
    }

    /// Its id, name and type.
    pub(super) fn keys(&self) -> [String; 3] {
        self.keys.clone()
    }

    /// Its type, where the file says it: under a key alone it may be a type's, or any name.
    pub(super) fn type_name(&self) -> Option<&str> {
        let [id, name, type_name] = &self.keys;
        Some(type_name.as_str()).filter(|known| !known.is_empty() && (*known != id || *known != name))
    }

    pub(super) fn key(&self, by: By) -> &str {
        &self.keys[by as usize]
    }

    /// An error where a field could not be filled in.
    pub(super) fn filled(&self) -> Result<(), NodeError> {
        let Some(Unfilled { field, why }) = self.unfilled.first() else { return Ok(()) };
        let message = format!("The field `{field}` of the credential `{}` cannot be filled in: {why}", self.key(By::Name));
        Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help("Set the variable, or create the file, that the credentials file names."))
    }

    /// The values that must not be printed. What merely names someone, or says where and how to ask, is none, nor is the name of a variable.
    pub(super) fn secrets(&self) -> Vec<String> {
        secrets::of(&self.fields, |field| self.unfilled.iter().any(|unfilled| unfilled.field == field))
    }

    fn fill_in(&mut self, folder: &Path, environment: &Environment<'_>) {
        for (field, value) in &mut self.fields {
            if let Some(Value::String(name)) = value.get("$file").filter(|_| is_elsewhere(value)) {
                self.files.push(folder.join(name));
            }
            match fill_in(value, folder, environment) {
                Ok(Some(filled)) => *value = filled,
                Ok(None) => {}
                Err(why) => self.unfilled.push(Unfilled { field: field.clone(), why }),
            }
        }
    }
}

/// The entries of a file, with `$env` and `$file` filled in where that is possible.
pub(super) fn read(path: &Path, environment: &Environment<'_>) -> Result<Vec<Entry>, Error> {
    let content = json::read(path, own_codes::CREDENTIALS_FILE).map_err(Error::without_text)?;
    let mut entries = entries(&content).map_err(|Wrong { why, help }| Error {
        help: help.map(str::to_owned),
        ..Error::new(own_codes::CREDENTIALS_FILE, format!("{} {why}.", path.display()))
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    entries.iter_mut().for_each(|entry| entry.fill_in(folder, environment));
    Ok(entries)
}

/// What is wrong with a file.
pub(super) struct Wrong {
    /// Goes on after the name of the file.
    pub(super) why: String,
    /// What to do about it, where that is not what the error's page says.
    help: Option<&'static str>,
}

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self { why, help: None }
    }
}

/// The entries as they stand in a file.
pub(super) fn entries(content: &Value) -> Result<Vec<Entry>, Wrong> {
    match content {
        Value::Object(entries) => entries
            .iter()
            .map(|(key, fields)| match fields {
                Value::Object(fields) => Ok(Entry::new(key, fields.clone())),
                _ => Err(format!("has an entry `{key}` that is not an object of fields").into()),
            })
            .collect(),
        Value::Array(list) => list.iter().map(exported).collect(),
        _ => Err("must hold one JSON object, or the list of n8n's decrypted export".to_owned().into()),
    }
}

/// An entry of n8n's export: `{"id", "name", "type", "data"}`.
fn exported(entry: &Value) -> Result<Entry, Wrong> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    match entry.get("data") {
        Some(Value::Object(fields)) => Ok(Entry::exported([&text("id"), &text("name"), &text("type")], fields.clone())),
        Some(Value::String(_)) => {
            let why = format!("is encrypted (`{}`): only the n8n that it is of can read it", text("name"));
            Err(Wrong { why, help: Some("Export it there anew, decrypted: `n8n export:credentials --all --decrypted --output=FILE`.") })
        }
        _ => {
            let why = "is a list, but not one of objects with `id`, `name`, `type` and `data`".to_owned();
            Err(Wrong { why, help: Some("n8n writes such a list with `n8n export:credentials --all --decrypted --output=FILE`.") })
        }
    }
}

/// The fields of an entry in a file, to be changed there.
pub(super) fn fields_in<'a>(content: &'a mut Value, entry: &Entry) -> Option<&'a mut Map<String, Value>> {
    match content {
        Value::Object(entries) => entries.get_mut(entry.key(By::Id))?.as_object_mut(),
        Value::Array(list) => {
            let same = |other: &&mut Value| exported(other).is_ok_and(|other| other.keys == entry.keys);
            list.iter_mut().find(same)?.get_mut("data")?.as_object_mut()
        }
        _ => None,
    }
}

/// Whether a value stands for another one, which is not in the file.
pub(super) fn is_elsewhere(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.len() == 1 && map.keys().all(|key| key == "$env" || key == "$file"))
}

/// The value that `{"$env": NAME}` or `{"$file": PATH}` stands for; `None` for a plain value.
fn fill_in(value: &Value, folder: &Path, environment: &Environment<'_>) -> Result<Option<Value>, String> {
    let Some((key, Value::String(text))) = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next()) else { return Ok(None) };
    match key.as_str() {
        "$env" => environment(text).map(|found| Some(Value::String(found))).ok_or_else(|| format!("the variable {text} is not set")),
        "$file" => {
            let content =
                files::found(&folder.join(text)).and_then(files::text).map_err(|error| format!("the file {text} cannot be read: {error}"))?;
            Ok(Some(Value::String(content.trim_end_matches(['\r', '\n']).to_owned())))
        }
        _ => Ok(None),
    }
}
