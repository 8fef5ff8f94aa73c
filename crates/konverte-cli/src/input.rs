//! `--input`: items for the start node, from a file, standard input or the command line.

mod table;

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use host::json;
use node_sdk::{Binary, Item, ItemList, PairedItem, files};
use picture::markup::shorten;
use serde_json::Value;

pub(crate) use self::table::Delimiter;
use self::table::Table;
pub(crate) use self::table::parse_delimiter;
use crate::console::Console;
use crate::error::{CliError, codes};

/// Reads the items that `spec` names: a path, `-`, or JSON itself.
pub(crate) fn read_items(spec: &str, delimiter: Option<Delimiter>, console: &Console) -> Result<ItemList, CliError> {
    let Entries { values, are_rows } = read_entries(spec, delimiter, console)?;
    // A row is an item's JSON, whatever its columns are called.
    if are_rows { Ok(values.into_iter().map(Item::new).collect()) } else { items_of(values) }
}

/// The JSON values behind `spec`, one for each entry. `delimiter`: it holds a table, and this stands between its fields.
pub(crate) fn read_values(spec: &str, delimiter: Option<Delimiter>, console: &Console) -> Result<Vec<Value>, CliError> {
    Ok(read_entries(spec, delimiter, console)?.values)
}

/// What was given.
struct Entries {
    values: Vec<Value>,
    /// Whether they come of a table.
    are_rows: bool,
}

fn items_of(mut entries: Vec<Value>) -> Result<ItemList, CliError> {
    if let Some(index) = entries.iter().position(Value::is_null) {
        let message = format!("Item {index} of --input is null: there is no such item.");
        return Err(CliError::usage(codes::INPUT_INVALID, message).help("Leave it out, or write {} for an item without fields."));
    }
    if are_items(&entries) {
        entries.iter_mut().flat_map(files_of).for_each(|(_, file)| take_content(file));
        entries.iter().enumerate().try_for_each(|(index, entry)| check_item(entry, index))?;
    }
    Ok(items(entries))
}

/// The files of an entry that is a whole item.
fn files_of(entry: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    entry.get_mut("binary").and_then(Value::as_object_mut).into_iter().flatten()
}

/// Content that a file has as `base64` or `text`, as a result of konverte does, becomes n8n's `data`.
fn take_content(file: &mut Value) {
    let Some(file) = file.as_object_mut().filter(|file| !file.contains_key("data")) else { return };
    let content = match (file.get("base64"), file.get("text")) {
        (Some(content), _) => content.clone(),
        (None, Some(Value::String(text))) => BASE64_STANDARD.encode(text).into(),
        _ => return,
    };
    file.insert("data".to_owned(), content);
}

/// Refuses what would be lost on the way into an item.
fn check_item(entry: &Value, index: usize) -> Result<(), CliError> {
    let refuse = |what: &str| Err(CliError::usage(codes::INPUT_INVALID, format!("Item {index} of --input: {what}.")));
    if let Some(paired) = entry.get("pairedItem").filter(|paired| !paired.is_null())
        && PairedItem::from_value(paired.clone()).is_none_or(|read| read.to_value() != *paired)
    {
        return refuse("\"pairedItem\" is neither an index nor an object with \"item\", nor a list of these");
    }
    let Some(binary) = entry.get("binary").filter(|binary| !binary.is_null()) else { return Ok(()) };
    let Some(files) = binary.as_object() else { return refuse("\"binary\" is not an object of files") };
    for (name, file) in files {
        if serde_json::from_value::<Binary>(file.clone()).is_err() {
            return refuse(&format!("the file {name:?} is not an object with \"data\", \"mimeType\" and \"fileName\" as text"));
        }
        let Some(data) = file.get("data").and_then(Value::as_str) else {
            return refuse(&format!("the file {name:?} has no content: it stands in \"data\" or \"base64\", as base64, or in \"text\""));
        };
        if !data.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || matches!(c, '+' | '/' | '-' | '_' | '=')) {
            return refuse(&format!("\"data\" of the file {name:?} is no base64"));
        }
    }
    Ok(())
}

fn read_entries(spec: &str, delimiter: Option<Delimiter>, console: &Console) -> Result<Entries, CliError> {
    // What begins like JSON shall be JSON; `5` and `null` are too, though no items.
    let is_json = || begins_like_json(spec) || node_sdk::json::parse_text(spec).is_ok();
    if spec != "-" && delimiter.is_none() && !Path::new(spec).exists() && is_json() {
        return Ok(Entries { values: parse_text(spec, "--input")?, are_rows: false });
    }
    let (name, bytes) = match spec {
        "-" => {
            let read = files::all(std::io::stdin().lock());
            ("standard input", read.map_err(|error| CliError::usage(codes::INPUT_UNREADABLE, format!("Standard input cannot be read: {error}.")))?)
        }
        _ => (spec, files::named(Path::new(spec)).map_err(|error| unreadable(spec, &error))?),
    };
    let text = decode(bytes, name)?;
    // A run without items writes nothing as NDJSON or CSV: what reads that has no items either.
    if text.trim().is_empty() && may_be_empty(spec) {
        console.note(&format!("input: {name} is empty: there are no items"));
        return Ok(Entries { values: Vec::new(), are_rows: false });
    }
    let kind = match delimiter {
        Some(delimiter) => Kind::Table(Some(delimiter)),
        None => Kind::of_name(spec).unwrap_or_else(|| Kind::of_text(&text)),
    };
    match kind {
        Kind::Json => Ok(Entries { values: parse_text(&text, name)?, are_rows: false }),
        Kind::Table(delimiter) => {
            let Table { rows, notes } = table::parse(&text, name, delimiter)?;
            notes.iter().for_each(|note| console.note(&format!("input: {note}")));
            Ok(Entries { values: rows, are_rows: true })
        }
    }
}

/// Whether a text that is not there is a list without entries: one item a line, one row a line.
fn may_be_empty(spec: &str) -> bool {
    let ending = Path::new(spec).extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    spec == "-" || matches!(ending.as_deref(), Some("csv" | "tsv" | "tab" | "ndjson" | "jsonl"))
}

/// What a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    /// With what stands between the fields, where that is known.
    Table(Option<Delimiter>),
}

impl Kind {
    /// By the end of the file's name; standard input and other files say nothing by theirs.
    fn of_name(name: &str) -> Option<Self> {
        match Path::new(name).extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Table(None)),
            "tsv" | "tab" => Some(Self::Table(Some(Delimiter::TAB))),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            _ => None,
        }
    }

    /// By its look: what does not begin like JSON, and has several columns or several lines that are not all JSON, is a table.
    fn of_text(text: &str) -> Self {
        let is_json = |text: &str| node_sdk::json::parse_text(text).is_ok();
        let lines = || text.lines().filter(|line| !line.trim().is_empty());
        let is_column = || lines().nth(1).is_some() && !lines().all(is_json);
        if begins_like_json(text) || is_json(text) || !(table::has_columns(text) || is_column()) { Self::Json } else { Self::Table(None) }
    }
}

fn unreadable(spec: &str, error: &std::io::Error) -> CliError {
    CliError::usage(codes::INPUT_UNREADABLE, format!("The input {spec} cannot be read: {error}."))
        .help("--input takes the path of a file, - for standard input, or JSON itself.")
}

/// UTF-8, with or without a byte order mark.
fn decode(bytes: Vec<u8>, name: &str) -> Result<String, CliError> {
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to(), name))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Nothing is guessed of what becomes customers' names: the first line that is wrong is shown as it would be, and the command that converts the whole.
fn not_utf8(bytes: &[u8], bad: usize, name: &str) -> CliError {
    let command = |encoding: &str| {
        let file = if name == "standard input" { String::new() } else { format!(" {}", quoted(name)) };
        format!("`iconv -f {encoding} -t UTF-8{file}`, and give what it writes to `--input -`")
    };
    if files::is_utf16(bytes) {
        let error = CliError::usage(codes::INPUT_INVALID, format!("{name} is not UTF-8 text."));
        return error.help(format!("It looks like UTF-16: save it as UTF-8, or convert it with {}.", command("UTF-16")));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let error = CliError::usage(codes::INPUT_INVALID, format!("{name} is not text."));
        return error.help("It looks like a workbook of a spreadsheet: save the sheet as CSV (UTF-8), and give that file.");
    }
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = bytes[..bad].iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = bytes[bad..].iter().position(is_end).map_or(bytes.len(), |end| bad + end);
    let line = bytes[..bad].iter().filter(|byte| **byte == b'\n').count() + 1;
    let (shown, ..) = encoding_rs::WINDOWS_1252.decode(&bytes[start..end]);
    let message = format!("{name} is not UTF-8 text: in line {line} the byte {:#04x} does not fit.", bytes[bad]);
    let help = format!(
        "As Windows-1252, which Excel writes in Western Europe and America, the line reads `{}`. If that is right, convert it with {}.",
        shorten(&shown, 80),
        command("WINDOWS-1252")
    );
    CliError::usage(codes::INPUT_INVALID, message).help(help)
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn begins_like_json(text: &str) -> bool {
    matches!(text.trim_start().as_bytes().first(), None | Some(b'[' | b'{'))
}

/// A JSON array, one object, or NDJSON.
fn parse_text(text: &str, name: &str) -> Result<Vec<Value>, CliError> {
    if text.trim().is_empty() {
        return Err(CliError::usage(codes::INPUT_INVALID, format!("{name} is empty.")).help("An empty list of items is written as []."));
    }
    if is_ndjson(text) {
        return parse_lines(text, name);
    }
    let parsed = json::parse(text, name, codes::INPUT_INVALID);
    let parsed = parsed.map_err(|error| match (&error.help, begins_like_json(text)) {
        (None, false) => error.help("A table of one column is told from JSON by the ending .csv, or by --delimiter."),
        _ => error,
    })?;
    match parsed {
        Value::Array(entries) => Ok(entries),
        object @ Value::Object(_) => Ok(vec![object]),
        _ => Err(CliError::usage(codes::INPUT_INVALID, format!("{name} holds neither a list of items nor an object."))
            .help("An item is written as {\"name\": \"Ana\"}, several as a list in [ ].")),
    }
}

/// Whether the first line is a JSON object by itself and more lines follow.
fn is_ndjson(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return false };
    first.trim_start().starts_with('{') && lines.next().is_some() && json::parse(first, "", codes::INPUT_INVALID).is_ok()
}

fn parse_lines(text: &str, name: &str) -> Result<Vec<Value>, CliError> {
    let mut values = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            let value = json::parse(line.trim_end(), name, codes::INPUT_INVALID).map_err(|error| moved(error, text, start))?;
            values.push(value);
        }
        start += line.len();
    }
    Ok(values)
}

/// An error found in one line, placed in the whole text.
fn moved(mut error: host::Error, text: &str, start: usize) -> host::Error {
    if let Some(place) = &mut error.place {
        place.offset += start;
        place.text = text.into();
    }
    error
}

/// Entries as items: whole items where every entry has the shape of one, else each entry is an item's JSON.
pub(crate) fn items(entries: Vec<Value>) -> ItemList {
    let item = if are_items(&entries) { Item::from_value } else { Item::new };
    entries.into_iter().map(item).collect()
}

fn are_items(entries: &[Value]) -> bool {
    let whole = |entry: &Value| {
        let object = entry.as_object();
        object.is_some_and(|map| map.contains_key("json") && map.keys().all(|key| matches!(key.as_str(), "json" | "binary" | "pairedItem")))
    };
    !entries.is_empty() && entries.iter().all(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(text: &str) -> Vec<Value> {
        parse_text(text, "test").expect("parses")
    }

    fn place(text: &str) -> String {
        parse_text(text, "in.json").expect_err("fails").place.expect("has a place").at()
    }

    #[test]
    fn every_form_gives_its_entries() {
        assert_eq!(parsed(r#"[{"a":1},2,"x"]"#), [json!({"a": 1}), json!(2), json!("x")]);
        assert_eq!(parsed("{\n \"a\": 1\n}"), [json!({"a": 1})]);
        assert_eq!(parsed("{\"a\":1}\n\n{\"a\":2}\n"), [json!({"a": 1}), json!({"a": 2})]);
        assert_eq!(parsed("[]"), Vec::<Value>::new());
    }

    #[test]
    fn a_table_is_told_from_json_by_its_look() {
        for (text, is_table) in [
            ("a,b\n1,2\n", true),
            ("\"a\";\"b\"\n", true),
            ("a\tb", true),
            ("[1,2]", false),
            ("{\"a\":1,\"b\":2}\n{}\n", false),
            ("\"a,b\"", false),
            ("5", false),
            ("name\nAna\n", true),
            ("name", false),
            ("1\n\"x\"\n", false),
        ] {
            assert_eq!(Kind::of_text(text) != Kind::Json, is_table, "{text}");
        }
        assert_eq!(Kind::of_name("a.TSV"), Some(Kind::Table(Some(Delimiter::TAB))));
        assert!(parse_text("name", "t").expect_err("fails").help.is_some_and(|help| help.contains("--delimiter")));
    }

    #[test]
    fn text_that_is_not_utf_8_is_shown_with_the_command_that_converts_it() {
        let error = decode(b"name\r\nZo\xeb;\x80\n".to_vec(), "my rows.csv").expect_err("fails");
        assert_eq!(error.message, "my rows.csv is not UTF-8 text: in line 2 the byte 0xeb does not fit.");
        let help = error.help.expect("has help");
        assert!(help.contains("`Zoë;€`") && help.contains("`iconv -f WINDOWS-1252 -t UTF-8 'my rows.csv'`"), "{help}");
        let wide = decode(b"\xff\xfea\0".to_vec(), "standard input").expect_err("fails");
        assert!(wide.help.is_some_and(|help| help.contains("`iconv -f UTF-16 -t UTF-8`")));
    }

    #[test]
    fn nothing_is_lost_without_a_word() {
        for (item, words) in [
            (json!({"json": {}, "binary": {"d": {"data": "@@@"}}}), "no base64"),
            (json!({"json": {}, "binary": {"d": "x"}}), "is not an object"),
            (json!({"json": {}, "binary": {"d": {"base64": "@@@"}}}), "no base64"),
            (json!({"json": {}, "binary": {"d": {"mimeType": "a/b", "sha256": "00"}}}), "has no content"),
            (json!({"json": {}, "binary": "x"}), "not an object of files"),
            (json!({"json": {}, "pairedItem": {"item": -5}}), "pairedItem"),
        ] {
            assert!(items_of(vec![item.clone()]).expect_err("fails").message.contains(words), "{item}");
        }
        assert_eq!(items_of(vec![json!({}), json!(null)]).expect_err("fails").message, "Item 1 of --input is null: there is no such item.");
        let good = json!({"json": {}, "binary": {"d": {"data": "aGk=", "mimeType": "text/plain"}}, "pairedItem": [{"item": 0, "input": 1}, 3]});
        assert!(items_of(vec![good]).is_ok());
    }

    #[test]
    fn the_content_of_a_file_may_be_text_or_base64() {
        for (name, content) in [("data", "aMOp"), ("base64", "aMOp"), ("text", "hé")] {
            let mut file = json!({"mimeType": "text/plain"});
            file[name] = content.into();
            let items = items_of(vec![json!({"json": {}, "binary": {"d": file}})]).expect("is read");
            let binary = items[0].binary.as_ref().expect("has files");
            assert_eq!(binary["d"].data.as_deref(), Some("aMOp"), "{name}");
        }
    }

    #[test]
    fn errors_have_line_and_column() {
        assert_eq!(place("{\"a\": 1,\n \"b\": }"), "in.json:2:7");
        assert_eq!(place("{\"a\":1}\n{\"a\":}\n"), "in.json:2:6");
        assert_eq!(place("[1e309]"), "in.json:1:2");
    }

    #[test]
    fn hostile_json_is_data_or_refused() {
        assert_eq!(parsed(r#"[{"t":"cut \ud83d!"}]"#), [json!({"t": "cut \u{fffd}!"})]);
        assert_eq!(parsed(r#"{"__proto__":{"x":1},"constructor":2}"#)[0]["constructor"], json!(2));
        assert_eq!(parsed("[18446744073709551615,-9223372036854775808]"), [json!(u64::MAX), json!(i64::MIN)]);
        assert!(parse_text(&format!("{}1{}", "[".repeat(128), "]".repeat(128)), "t").is_ok());
        assert!(parse_text(&format!("{}1{}", "[".repeat(129), "]".repeat(129)), "t").is_err());
        assert!(parse_text(&"[".repeat(20_000), "t").is_err());
    }

    #[test]
    fn whole_items_only_where_all_entries_are() {
        let whole = items(vec![json!({"json": {"a": 1}, "pairedItem": 0})]);
        assert_eq!(whole[0].json(), Some(&json!({"a": 1})));
        let plain = items(vec![json!({"json": {"a": 1}}), json!({"json": 1, "other": 2})]);
        assert_eq!(plain[0].json(), Some(&json!({"json": {"a": 1}})));
    }
}
