//! Reading JSON that people hand in: with its place when it is wrong.

use std::path::Path;
use std::sync::Arc;

use node_sdk::{ErrorCode, files};
use serde_json::{Map, Value};

use crate::error::{CliError, Place};

/// Parses a whole text; `file` names it in errors.
pub(crate) fn parse(text: &str, file: &str, code: ErrorCode) -> Result<Value, CliError> {
    node_sdk::json::parse_text(text).map_err(|error| {
        let place = Place { file: file.to_owned(), text: Arc::from(text), offset: error.offset, len: 1 };
        CliError::usage(code, format!("{file} is not valid JSON: {}.", error.message)).place(place)
    })
}

/// Reads a file that must hold one JSON object.
pub(crate) fn read_object(path: &Path, code: ErrorCode) -> Result<Map<String, Value>, CliError> {
    let name = path.display().to_string();
    let text = files::named(path).and_then(files::text).map_err(|error| CliError::usage(code.clone(), format!("{name} cannot be read: {error}.")))?;
    match parse(&text, &name, code.clone())? {
        Value::Object(map) => Ok(map),
        _ => Err(CliError::usage(code, format!("{name} must hold one JSON object."))),
    }
}
