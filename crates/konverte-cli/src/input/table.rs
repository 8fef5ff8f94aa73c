//! Tables as text: CSV with commas, semicolons, tabs or another character between the fields.

use std::collections::HashSet;

use host::Place;
use serde_json::{Map, Value};

use crate::error::{CliError, codes};

/// What stands between the fields of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    const COMMA: Self = Self(b',');
    const SEMICOLON: Self = Self(b';');
    pub(super) const TAB: Self = Self(b'\t');

    /// Whether the byte separates fields in many a table, and not in one with this delimiter.
    fn is_missed(self, byte: u8) -> bool {
        matches!(byte, b',' | b';' | b'\t' | b'|') && byte != self.0
    }

    fn word(self) -> String {
        match self {
            Self::COMMA => "commas".to_owned(),
            Self::SEMICOLON => "semicolons".to_owned(),
            Self::TAB => "tabs".to_owned(),
            Self(other) => format!("the character {}", char::from(other)),
        }
    }
}

/// Reads the value of `--delimiter`.
pub(crate) fn parse_delimiter(text: &str) -> Result<Delimiter, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(Delimiter::TAB),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(Delimiter(*byte)),
        _ => Err("it is one character such as ; or |, or the word tab".to_owned()),
    }
}

/// The rows of a table, and what is to be said of how it was read.
#[derive(Debug)]
pub(super) struct Table {
    /// One object for each row; every value is text.
    pub(super) rows: Vec<Value>,
    pub(super) notes: Vec<String>,
}

/// How many rows are looked at to find the delimiter.
const LOOKED_AT: usize = 20;

/// Whether the first line has several columns, whatever stands between them.
pub(super) fn has_columns(text: &str) -> bool {
    marked(text).is_some() || guess(text).is_some()
}

/// The delimiter that Excel writes down in a line of its own before the table, and where that line ends.
fn marked(text: &str) -> Option<(Delimiter, usize)> {
    let (line, _) = text.split_once('\n')?;
    let [delimiter] = line.trim_end_matches('\r').strip_prefix("sep=")?.as_bytes() else { return None };
    delimiter.is_ascii().then_some((Delimiter(*delimiter), line.len() + 1))
}

/// What a table looks like.
struct Guess {
    delimiter: Delimiter,
    /// What would split it as well.
    or: Option<Delimiter>,
}

/// The delimiter that splits the first rows into the most fields, best into equally many each; `None` where there is one column. Of two that
/// do so equally well a comma is last: it stands in numbers and sentences.
fn guess(text: &str) -> Option<Guess> {
    let mut best: Option<(Guess, (bool, usize))> = None;
    for delimiter in [Delimiter::TAB, Delimiter::SEMICOLON, Delimiter::COMMA] {
        let mut reader = reader(delimiter).has_headers(false).from_reader(text.as_bytes());
        let rows: Vec<usize> = reader.records().take(LOOKED_AT).flatten().map(|row| row.len()).collect();
        let Some(columns) = rows.first().copied().filter(|columns| *columns > 1) else { continue };
        let how_well = (rows.iter().all(|row| *row == columns), columns);
        match &mut best {
            Some((guess, before)) if how_well == *before => guess.or = Some(delimiter),
            Some((_, before)) if how_well < *before => {}
            _ => best = Some((Guess { delimiter, or: None }, how_well)),
        }
    }
    best.map(|(guess, _)| guess)
}

fn reader(delimiter: Delimiter) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.flexible(true).delimiter(delimiter.0);
    builder
}

/// Reads a table: its first line names the columns. `delimiter`: where it is known; else it is looked for.
pub(super) fn parse(text: &str, name: &str, delimiter: Option<Delimiter>) -> Result<Table, CliError> {
    let mut notes = Vec::new();
    let (delimiter, skip) = match (delimiter, marked(text)) {
        (Some(delimiter), _) => (delimiter, 0),
        (None, Some(marked)) => marked,
        (None, None) => {
            let Guess { delimiter, or } = guess(text).unwrap_or(Guess { delimiter: Delimiter::COMMA, or: None });
            if delimiter != Delimiter::COMMA || or.is_some() || !name.to_ascii_lowercase().ends_with(".csv") {
                let or = or.map(|or| format!("; {} would do as well: --delimiter says which", or.word())).unwrap_or_default();
                notes.push(format!("{name} is read as a table, its fields separated by {}{or}", delimiter.word()));
            }
            (delimiter, 0)
        }
    };
    let source = Source { text, name, skip, delimiter };
    let rows = source.rows(&mut notes)?;
    Ok(Table { rows, notes })
}

/// A text with what is known of it before its rows are read.
struct Source<'a> {
    text: &'a str,
    name: &'a str,
    /// How many bytes stand before the table.
    skip: usize,
    delimiter: Delimiter,
}

impl Source<'_> {
    fn refused(&self, what: &str, offset: usize, len: usize) -> CliError {
        let place = Place { file: self.name.to_owned(), text: self.text.into(), offset: self.skip + offset, len };
        CliError::usage(codes::INPUT_INVALID, format!("{} is not a valid table: {what}.", self.name)).place(place)
    }

    fn rows(&self, notes: &mut Vec<String>) -> Result<Vec<Value>, CliError> {
        let text = &self.text[self.skip..];
        if let Some(offset) = open_quote(text, self.delimiter) {
            let error = self.refused("a quote is opened and never closed", offset, 1);
            return Err(error.help("A field that begins with a quote ends with one; a quote inside it is written twice."));
        }
        let at = |position: Option<&csv::Position>| position.map_or(0, |position| position.byte() as usize);
        let invalid = |error: csv::Error| self.refused(&error.to_string(), at(error.position()), 1);
        let mut reader = reader(self.delimiter).from_reader(text.as_bytes());
        let columns = self.columns(reader.headers().map_err(invalid)?)?;
        let (mut rows, mut filled, mut short) = (Vec::new(), vec![false; columns.len()], Short::default());
        for record in reader.records() {
            let record = record.map_err(invalid)?;
            if record.iter().skip(columns.len()).any(|field| !field.is_empty()) {
                let what = format!("a row has {} fields, the first line names {}", record.len(), columns.len());
                let help =
                    "A field that holds what separates the fields stands in quotes. Where another character separates them, --delimiter says so.";
                return Err(self.refused(&what, at(record.position()), 1).help(help));
            }
            if record.len() < columns.len() {
                short.add(record.position());
            }
            filled.iter_mut().zip(&record).for_each(|(filled, value)| *filled |= !value.is_empty());
            let fields = record.iter().chain(std::iter::repeat(""));
            let row: Map<String, Value> = columns.iter().zip(fields).map(|(column, value)| (column.name.clone(), value.into())).collect();
            rows.push(Value::Object(row));
        }
        // A delimiter at the end of each line makes a column of nothing.
        let named = columns.iter().zip(filled).rposition(|(column, filled)| column.is_named || filled).map_or(0, |last| last + 1);
        let (kept, empty) = columns.split_at(named.max(1));
        for column in empty {
            rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| drop(row.shift_remove(&column.name)));
        }
        notes.extend(self.unnamed(kept));
        notes.extend(short.note(self));
        Ok(rows)
    }

    /// The columns by their names in the first line. Of two that share one, a row could keep only the last.
    fn columns(&self, headers: &csv::StringRecord) -> Result<Vec<Column>, CliError> {
        if headers.is_empty() {
            let error = CliError::usage(codes::INPUT_INVALID, format!("{} is empty.", self.name));
            return Err(error.help("The first line of a table names its columns."));
        }
        let mut columns: Vec<Column> = Vec::with_capacity(headers.len());
        let mut names = HashSet::new();
        for (index, header) in headers.iter().enumerate() {
            let is_named = !header.trim().is_empty();
            let name = if is_named { header.to_owned() } else { format!("column_{}", index + 1) };
            if !names.insert(name.clone()) {
                let line = self.text[self.skip..].lines().next().map_or(0, str::len);
                let error = self.refused(&format!("two columns are named {name:?}"), 0, line);
                return Err(error.help("Give each column a name of its own in the first line."));
            }
            columns.push(Column { name, is_named });
        }
        Ok(columns)
    }

    /// What is to be said of columns that the first line does not name, and of one that may be several.
    fn unnamed(&self, columns: &[Column]) -> Option<String> {
        let unnamed: Vec<&str> = columns.iter().filter(|column| !column.is_named).map(|column| column.name.as_str()).collect();
        if !unnamed.is_empty() {
            return Some(format!("{}: columns without a name are called {}", self.name, unnamed.join(", ")));
        }
        let is_split = || self.text[self.skip..].lines().take(LOOKED_AT).any(|line| line.bytes().any(|byte| self.delimiter.is_missed(byte)));
        let one = columns.first().filter(|_| columns.len() == 1 && is_split())?;
        Some(format!("{} has one column named {:?}: where another character separates its fields, --delimiter says so", self.name, one.name))
    }
}

/// Rows with fewer fields than the first line names.
#[derive(Default)]
struct Short {
    count: usize,
    /// The line of the first.
    line: u64,
}

impl Short {
    fn add(&mut self, position: Option<&csv::Position>) {
        if self.count == 0 {
            self.line = position.map_or(0, csv::Position::line);
        }
        self.count += 1;
    }

    fn note(self, Source { text, name, skip, .. }: &Source<'_>) -> Option<String> {
        let line = self.line + text[..*skip].lines().count() as u64;
        let words = match self.count {
            0 => return None,
            1 => format!("line {line} has fewer fields"),
            count => format!("{count} rows have fewer fields, first that in line {line}"),
        };
        Some(format!("{name}: {words} than the first line names: those that lack are empty"))
    }
}

struct Column {
    name: String,
    /// Whether the first line names it.
    is_named: bool,
}

/// The byte of a quote that opens a field and is never closed.
fn open_quote(text: &str, Delimiter(delimiter): Delimiter) -> Option<usize> {
    enum At {
        Start,
        /// In a field without quotes, where one is a character like others.
        Plain,
        /// In a field that this quote opened.
        Quoted(usize),
        /// Behind a quote in it, which ends it or is the first of two.
        Closed(usize),
    }
    let mut at = At::Start;
    for (offset, byte) in text.bytes().enumerate() {
        let ends = byte == delimiter || matches!(byte, b'\n' | b'\r');
        at = match (at, byte) {
            (At::Start, b'"') => At::Quoted(offset),
            (At::Quoted(open), b'"') => At::Closed(open),
            (At::Closed(open), b'"') | (At::Quoted(open), _) => At::Quoted(open),
            _ if ends => At::Start,
            _ => At::Plain,
        };
    }
    if let At::Quoted(open) = at { Some(open) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Table {
        parse(text, "x.csv", None).expect("parses")
    }

    fn refusal(text: &str) -> CliError {
        parse(text, "x.csv", None).expect_err("fails")
    }

    #[test]
    fn the_delimiter_is_the_one_that_splits_the_rows_evenly() {
        for (text, row) in [
            ("n,t\n1,\"a,b\"\n2\n", json!({"n": "1", "t": "a,b"})),
            ("name;price\nAna;3,50\nRui;4,20\n", json!({"name": "Ana", "price": "3,50"})),
            ("name;price, EUR;city\nAna;3;Porto\n", json!({"name": "Ana", "price, EUR": "3", "city": "Porto"})),
            ("name;\"a,b,c,d\"\nAna;1\n", json!({"name": "Ana", "a,b,c,d": "1"})),
            ("name\tnote\nAna\t1; 2, 3\n", json!({"name": "Ana", "note": "1; 2, 3"})),
            ("sep=|\r\na|b\r\n1|2\r\n", json!({"a": "1", "b": "2"})),
            ("name\n\"Ana, Rui\"\n", json!({"name": "Ana, Rui"})),
        ] {
            assert_eq!(read(text).rows.first(), Some(&row), "{text}");
        }
        assert_eq!(read("a;b\n1;2\n").notes, ["x.csv is read as a table, its fields separated by semicolons"]);
        assert!(read("a,b\n1,2\n").notes.is_empty());
        for odd in ["a|b\n1|2\n", "Export\n\na;b\n1;2\n", "Datum;Betrag, EUR\n1;12,50\n2;13,00\n"] {
            assert!(read(odd).notes.iter().any(|note| note.contains("--delimiter")), "{odd}");
        }
        let given = |word: &str| parse("a|b,c\n1|2,3\n", "x.csv", Some(parse_delimiter(word).expect("one"))).expect("parses").rows;
        assert_eq!((given("|"), given("tab")), (vec![json!({"a": "1", "b,c": "2,3"})], vec![json!({"a|b,c": "1|2,3"})]));
        for wrong in ["", "ab", "a", "\"", "\n", "é"] {
            assert!(parse_delimiter(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_broken_table_is_said_with_its_place() {
        for (text, at) in [("a,b\n1,\"x\n2,y\n", "x.csv:2:3"), ("sep=;\na;b\n1;\"x\n", "x.csv:3:3"), ("a;b\n1;2\n1;2;3\n", "x.csv:3:1")] {
            assert_eq!(refusal(text).place.expect("has a place").at(), at, "{text}");
        }
        assert!(refusal("price\n3,50\n").help.expect("has help").contains("stands in quotes"));
        for good in ["a,b\n1,5\"\"\n2,x\n", "a,b\n\"say \"\"x\"\"\",y\n", "a\n\"\"\n", "a,b\n5\" pipe,\"x\ny\"\n", "a;b\n1;\"x;y\"\n", "a,b\n1,2,\n"]
        {
            assert!(parse(good, "x.csv", None).is_ok(), "{good}");
        }
    }

    #[test]
    fn every_column_has_a_name_and_nothing_is_lost_without_a_word() {
        let index = read(",name,age\n0,Ana,3\n1,Rui,4\n");
        assert_eq!(index.rows[1], json!({"column_1": "1", "name": "Rui", "age": "4"}));
        assert_eq!(index.notes, ["x.csv: columns without a name are called column_1"]);
        assert_eq!(read("a,,b\n1,2,3\n").rows, [json!({"a": "1", "column_2": "2", "b": "3"})]);
        let ends = read("a;b;;\n1;2;;\n3;4;5;\n");
        assert_eq!(ends.rows, [json!({"a": "1", "b": "2", "column_3": ""}), json!({"a": "3", "b": "4", "column_3": "5"})]);
        assert_eq!((read("a,b,\n1,2,\n").rows, read("a,b,\n1,2,\n").notes), (vec![json!({"a": "1", "b": "2"})], Vec::<String>::new()));
        let short = read("sep=,\na,b\n1,foo\nbar\n2,x\n");
        assert_eq!(short.rows[1], json!({"a": "bar", "b": ""}));
        assert_eq!(short.notes, ["x.csv: line 4 has fewer fields than the first line names: those that lack are empty"]);
        for (text, words) in [("a,a\n1,2\n", "two columns"), (",column_1\n1,2\n", "two columns"), ("", "empty")] {
            assert!(refusal(text).message.contains(words), "{text}");
        }
    }
}
