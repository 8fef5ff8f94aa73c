//! `--input`: items for the start node, from a file, standard input or the command line.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use host::{Place, json};
use node_sdk::{Binary, Item, ItemList, PairedItem, files};
use serde_json::{Map, Value};

use crate::error::{CliError, codes};

/// Reads the items that `spec` names: a path, `-`, or JSON itself.
pub(crate) fn read_items(spec: &str) -> Result<ItemList, CliError> {
    let mut entries = read_values(spec)?;
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

/// The JSON values behind `spec`, one for each entry.
pub(crate) fn read_values(spec: &str) -> Result<Vec<Value>, CliError> {
    if spec == "-" {
        let read = files::all(std::io::stdin().lock());
        let bytes = read.map_err(|error| CliError::usage(codes::INPUT_UNREADABLE, format!("Standard input cannot be read: {error}.")))?;
        return parse_text(&decode(bytes, "standard input")?, "standard input");
    }
    // What begins like JSON shall be JSON; `5` and `null` are too, though no items.
    let is_json = || matches!(spec.trim_start().as_bytes().first(), None | Some(b'[' | b'{')) || node_sdk::json::parse_text(spec).is_ok();
    if !Path::new(spec).exists() && is_json() {
        return parse_text(spec, "--input");
    }
    let bytes = files::named(Path::new(spec)).map_err(|error| unreadable(spec, &error))?;
    let text = decode(bytes, spec)?;
    if is_csv(spec) { parse_csv(&text, spec) } else { parse_text(&text, spec) }
}

fn unreadable(spec: &str, error: &std::io::Error) -> CliError {
    CliError::usage(codes::INPUT_UNREADABLE, format!("The input {spec} cannot be read: {error}."))
        .help("--input takes the path of a file, - for standard input, or JSON itself.")
}

/// UTF-8, with or without a byte order mark.
fn decode(bytes: Vec<u8>, name: &str) -> Result<String, CliError> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let message = format!("{name} is not UTF-8 text: byte {} does not fit.", error.utf8_error().valid_up_to());
        let refused = CliError::usage(codes::INPUT_INVALID, message);
        if files::is_utf16(error.as_bytes()) { refused.help("It looks like UTF-16: save it as UTF-8.") } else { refused }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A JSON array, one object, or NDJSON.
fn parse_text(text: &str, name: &str) -> Result<Vec<Value>, CliError> {
    if text.trim().is_empty() {
        return Err(CliError::usage(codes::INPUT_INVALID, format!("{name} is empty.")).help("An empty list of items is written as []."));
    }
    if is_ndjson(text) {
        return parse_lines(text, name);
    }
    match json::parse(text, name, codes::INPUT_INVALID)? {
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

/// What to say of a CSV file that became one column though its lines hold another separator.
pub(crate) fn one_column(spec: &str, items: &ItemList) -> Option<String> {
    let only = items.first()?.json()?.as_object().filter(|row| is_csv(spec) && row.len() == 1)?.keys().next()?;
    let separator = [(';', "semicolons"), ('\t', "tabs")].into_iter().find(|(separator, _)| only.contains(*separator))?.1;
    Some(format!("{spec} has one column named {only:?}: its fields seem to be separated by {separator}, but CSV is read with commas"))
}

fn is_csv(spec: &str) -> bool {
    Path::new(spec).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// The byte of a quote that opens a field and is never closed.
fn open_quote(text: &str) -> Option<usize> {
    let mut open = None;
    let mut begins = true;
    for (offset, byte) in text.bytes().enumerate() {
        match (open, byte) {
            (None, b'"') if begins => open = Some(offset),
            // A doubled quote closes and opens again.
            (Some(_), b'"') => open = None,
            (None, b'"') if text.as_bytes()[offset - 1] == b'"' => open = Some(offset),
            _ => {}
        }
        begins = matches!(byte, b',' | b'\n' | b'\r');
    }
    open
}

/// The first line names the fields; every value is text.
fn parse_csv(text: &str, name: &str) -> Result<Vec<Value>, CliError> {
    if let Some(offset) = open_quote(text) {
        let place = Place { file: name.to_owned(), text: text.into(), offset, len: 1 };
        return Err(CliError::usage(codes::INPUT_INVALID, format!("{name} is not valid CSV: a quote is opened and never closed.")).place(place));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let invalid = |error: csv::Error| {
        let offset = error.position().map_or(0, |position| position.byte() as usize);
        let place = Place { file: name.to_owned(), text: text.into(), offset, len: 1 };
        CliError::usage(codes::INPUT_INVALID, format!("{name} is not valid CSV: {error}.")).place(place)
    };
    let headers = reader.headers().map_err(invalid)?.clone();
    check_names(&headers, text, name)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(invalid)?;
        if record.len() > headers.len() {
            let offset = record.position().map_or(0, |position| position.byte() as usize);
            let message = format!("{name} is not valid CSV: a row has {} fields, the first line names {}.", record.len(), headers.len());
            let place = Place { file: name.to_owned(), text: text.into(), offset, len: 1 };
            return Err(CliError::usage(codes::INPUT_INVALID, message).place(place));
        }
        let row: Map<String, Value> = headers.iter().zip(&record).map(|(key, value)| (key.to_owned(), Value::String(value.to_owned()))).collect();
        rows.push(Value::Object(row));
    }
    Ok(rows)
}

/// Every column needs a name of its own: of two that share one, a row could keep only the last.
fn check_names(headers: &csv::StringRecord, text: &str, name: &str) -> Result<(), CliError> {
    let refuse = |what: String| {
        let place = Place { file: name.to_owned(), text: text.into(), offset: 0, len: text.lines().next().map_or(0, str::len) };
        Err(CliError::usage(codes::INPUT_INVALID, what).help("Give each column a name of its own in the first line.").place(place))
    };
    if headers.is_empty() {
        return Err(CliError::usage(codes::INPUT_INVALID, format!("{name} is empty.")).help("The first line of a CSV file names its columns."));
    }
    for (index, header) in headers.iter().enumerate() {
        // A single column may have any name, even none.
        if header.is_empty() && headers.len() > 1 {
            return refuse(format!("{name}: column {} has no name.", index + 1));
        }
        if headers.iter().take(index).any(|before| before == header) {
            return refuse(format!("{name}: two columns are named {header:?}."));
        }
    }
    Ok(())
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
        assert_eq!(parse_csv("n,t\n1,\"a,b\"\n2\n", "x.csv").expect("parses"), [json!({"n": "1", "t": "a,b"}), json!({"n": "2"})]);
    }

    #[test]
    fn a_broken_csv_is_said() {
        let place = parse_csv("a,b\n1,\"x\n2,y\n", "x.csv").expect_err("fails").place.expect("has a place").at();
        assert_eq!(place, "x.csv:2:3");
        for good in ["a,b\n\"say \"\"x\"\"\",y\n", "a\n\"\"\n", "a,b\n5\" pipe,\"x\ny\"\n"] {
            assert!(parse_csv(good, "x.csv").is_ok(), "{good}");
        }
        let items = |text| items(parse_csv(text, "x.csv").expect("parses"));
        assert!(one_column("x.csv", &items("a;b\n1;2\n")).is_some_and(|hint| hint.contains("semicolons")));
        assert_eq!(one_column("x.csv", &items("a,b\n1;2,3\n")), None);
    }

    #[test]
    fn nothing_is_lost_without_a_word() {
        for (text, words) in [("a,a\n1,2\n", "two columns"), ("a,,b\n1,2,3\n", "column 2 has no name"), ("", "empty")] {
            assert!(parse_csv(text, "x.csv").expect_err("fails").message.contains(words), "{text}");
        }
        for (item, words) in [
            (json!({"json": {}, "binary": {"d": {"data": "@@@"}}}), "no base64"),
            (json!({"json": {}, "binary": {"d": "x"}}), "is not an object"),
            (json!({"json": {}, "binary": {"d": {"base64": "@@@"}}}), "no base64"),
            (json!({"json": {}, "binary": {"d": {"mimeType": "a/b", "sha256": "00"}}}), "has no content"),
            (json!({"json": {}, "binary": "x"}), "not an object of files"),
            (json!({"json": {}, "pairedItem": {"item": -5}}), "pairedItem"),
        ] {
            assert!(read_items(&json!([item]).to_string()).expect_err("fails").message.contains(words), "{item}");
        }
        assert_eq!(read_items("[{}, null]").expect_err("fails").message, "Item 1 of --input is null: there is no such item.");
        let good = json!([{"json": {}, "binary": {"d": {"data": "aGk=", "mimeType": "text/plain"}}, "pairedItem": [{"item": 0, "input": 1}, 3]}]);
        assert!(read_items(&good.to_string()).is_ok());
    }

    #[test]
    fn the_content_of_a_file_may_be_text_or_base64() {
        for (name, content) in [("data", "aMOp"), ("base64", "aMOp"), ("text", "hé")] {
            let mut file = json!({"mimeType": "text/plain"});
            file[name] = content.into();
            let items = read_items(&json!([{"json": {}, "binary": {"d": file}}]).to_string()).expect("is read");
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
