//! Reading JSON that people hand in: with its place when it is wrong.

use std::path::Path;
use std::sync::Arc;

use node_sdk::ErrorCode;
use serde_json::{Map, Value};

use crate::error::{CliError, Place};

/// Parses a whole text; `file` names it in errors.
pub(crate) fn parse(text: &str, file: &str, code: ErrorCode) -> Result<Value, CliError> {
    serde_json::from_str(text).map_err(|error| {
        let offset = offset_of(text, error.line(), error.column());
        invalid(text, file, code, &error.to_string(), offset)
    })
}

/// An error at a byte of a text.
pub(crate) fn invalid(text: &str, file: &str, code: ErrorCode, why: &str, offset: usize) -> CliError {
    let place = Place { file: file.to_owned(), text: Arc::from(text), offset, len: 1 };
    CliError::usage(code, format!("{file} is not valid JSON: {why}.")).place(place)
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

/// Reads a file that must hold one JSON object.
pub(crate) fn read_object(path: &Path, code: ErrorCode) -> Result<Map<String, Value>, CliError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| CliError::usage(code, format!("{name} cannot be read: {error}.")))?;
    match parse(&text, &name, code)? {
        Value::Object(map) => Ok(map),
        _ => Err(CliError::usage(code, format!("{name} must hold one JSON object."))),
    }
}
