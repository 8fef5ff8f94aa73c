//! Items as CSV.

use std::collections::HashSet;
use std::io;

use node_sdk::Item;
use node_sdk::json::stringify;
use serde_json::Value;

use super::closed;
use crate::error::CliError;

/// How many rows a spreadsheet shows, with the first one, which names the columns.
const SHEET: usize = 1 << 20;

/// The column of items that are no objects.
const WHOLE: &str = "json";

/// Writes a row for each item; the columns are the keys of all, in the order in which they first appear. Gives what is to be said of it.
pub(crate) fn csv(items: &[&Item]) -> Result<Vec<String>, CliError> {
    let columns = columns(items);
    if !columns.is_empty() {
        write(&columns, items, io::BufWriter::new(io::stdout().lock())).or_else(closed)?;
    }
    Ok(notes(&columns, items))
}

fn columns<'a>(items: &[&'a Item]) -> Vec<&'a str> {
    let (mut columns, mut known) = (Vec::new(), HashSet::new());
    for item in items {
        let whole = item.json().filter(|json| !json.is_object()).map(|_| WHOLE);
        let keys = item.object().into_iter().flat_map(|object| object.keys().map(String::as_str));
        columns.extend(keys.chain(whole).filter(|key| known.insert(*key)));
    }
    columns
}

fn write(columns: &[&str], items: &[&Item], out: impl io::Write) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(columns).map_err(unwrapped)?;
    for item in items {
        let value = |column: &&str| match item.json() {
            Some(Value::Object(object)) => object.get(*column),
            whole => whole.filter(|_| *column == WHOLE),
        };
        out.write_record(columns.iter().map(|column| value(column).map(cell).unwrap_or_default())).map_err(unwrapped)?;
    }
    out.flush()
}

/// The error of the writer below: its kind says whether the reader went away.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Text as it is, nothing for `null`, everything else as JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => stringify(other),
    }
}

fn notes(columns: &[&str], items: &[&Item]) -> Vec<String> {
    let mut notes = Vec::new();
    if columns.is_empty() {
        let what = if items.is_empty() { "there are no items" } else { "the items have no fields" };
        notes.push(format!("the table is empty: {what}"));
    }
    if items.len() >= SHEET {
        notes.push(format!("the table has {} rows below its first line: a spreadsheet shows {}", items.len(), SHEET - 1));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(items: &[Value]) -> String {
        let items: Vec<Item> = items.iter().cloned().map(Item::new).collect();
        let items: Vec<&Item> = items.iter().collect();
        let mut out = Vec::new();
        write(&columns(&items), &items, &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn columns_stand_in_the_order_of_their_first_appearance_and_nested_values_are_json() {
        let items = [json!({"b": 1.5, "a": null}), json!({"c": {"x": [1, "é"]}, "b": "x, \"y\"\nz"}), json!(7), json!({"json": true})];
        assert_eq!(written(&items), "b,a,c,json\n1.5,,,\n\"x, \"\"y\"\"\nz\",,\"{\"\"x\"\":[1,\"\"é\"\"]}\",\n,,,7\n,,,true\n");
        assert_eq!(written(&[json!({"a": ""}), json!({"a": "1"})]), "a\n\"\"\n1\n", "a row of nothing is no empty line");
    }

    #[test]
    fn a_reader_that_went_away_is_known_as_one() {
        struct Gone;
        impl io::Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let long = Item::new(json!({"a": "x".repeat(100_000)}));
        assert_eq!(write(&["a"], &[&long], Gone).expect_err("fails").kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_table_that_shows_less_than_there_is_says_so() {
        let (empty, item) = (Item::new(json!({})), Item::new(json!({"a": 1})));
        assert_eq!(notes(&[], &[&empty]), ["the table is empty: the items have no fields"]);
        assert!(notes(&["a"], &[&item]).is_empty());
        assert!(notes(&["a"], &vec![&item; SHEET])[0].contains("a spreadsheet shows 1048575"));
    }
}
