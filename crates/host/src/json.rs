//! JSON that people hand in, with its place when it is wrong, and JSON on one line.

use std::path::Path;
use std::sync::Arc;

use node_sdk::json::stringify;
use node_sdk::{ErrorCode, files};
use serde_json::{Map, Value};

use crate::error::{Error, Place};

/// Parses a whole text; `file` names it in errors.
///
/// # Errors
/// `code`: it is not valid JSON.
pub fn parse(text: &str, file: &str, code: ErrorCode) -> Result<Value, Error> {
    node_sdk::json::parse_text(text).map_err(|error| {
        let place = Place { file: file.to_owned(), text: Arc::from(text), offset: error.offset, len: 1 };
        Error::new(code, format!("{file} is not valid JSON: {}.", error.message)).place(place)
    })
}

/// Reads a file that must hold JSON.
///
/// # Errors
/// `code`: it cannot be read, or is not valid JSON.
pub fn read(path: &Path, code: ErrorCode) -> Result<Value, Error> {
    let name = path.display().to_string();
    let text = files::named(path).and_then(files::text).map_err(|error| Error::new(code.clone(), format!("{name} cannot be read: {error}.")))?;
    parse(&text, &name, code)
}

/// Reads a file that must hold one JSON object.
///
/// # Errors
/// `code`: it cannot be read, is not valid JSON or holds something else.
pub fn read_object(path: &Path, code: ErrorCode) -> Result<Map<String, Value>, Error> {
    match read(path, code.clone())? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::new(code, format!("{} must hold one JSON object.", path.display()))),
    }
}

/// JSON on one line for every reader: characters that some programs take for the end of a line are escaped.
pub fn one_line(value: &Value) -> String {
    let text = stringify(value);
    let ends_line = |c: char| matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    if !text.contains(ends_line) {
        return text;
    }
    // JSON has such characters inside of strings only, where an escape stands for them.
    text.chars().map(|c| if ends_line(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}
