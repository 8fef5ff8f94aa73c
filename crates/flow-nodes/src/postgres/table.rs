//! Statements that write the rows of a table: INSERT, UPDATE, and both in one.

use std::collections::HashMap;

use node_sdk::json::{stringify, to_js_string};
use node_sdk::{Item, ItemParams, NodeError, RunContext};
use serde_json::{Map, Value};

use super::asked::{Operation, emptied, entries, output_columns, table};
use super::literal::{list, literal, name, names, quoted};
use super::{Reader, Statement, fields};

/// What an item asks to be written.
struct Row {
    item: usize,
    schema: String,
    table: String,
    /// Columns and their values.
    values: Map<String, Value>,
    /// The columns that tell which row is meant.
    matching: Vec<String>,
    skip_on_conflict: bool,
    output: Vec<String>,
}

/// The types of a table's columns; none where there is no such table.
type Columns = HashMap<String, String>;

/// A statement for each item.
pub(super) async fn writes(cx: &RunContext, items: &[Item], operation: Operation, reader: &Reader<'_>) -> Result<Vec<Statement>, NodeError> {
    let (given, version) = (items.to_vec(), cx.version());
    let rows = cx.params.read_each(items.len(), move |params| row(params, &given[params.index()], operation, version)).await?;
    let mut known: HashMap<(String, String), Columns> = HashMap::new();
    let mut statements = Vec::with_capacity(rows.len());
    for row in rows {
        let key = (row.schema.clone(), row.table.clone());
        if !known.contains_key(&key) {
            let columns = columns(reader, &row.schema, &row.table).await?;
            known.insert(key.clone(), columns);
        }
        let row = row.fitted(&known[&key])?;
        statements.push(match operation {
            Operation::Update => row.update()?,
            Operation::Upsert => row.upsert(),
            _ => row.insert(),
        });
    }
    Ok(statements)
}

fn row(params: &ItemParams<'_>, item: &Item, operation: Operation, version: f64) -> Result<Row, NodeError> {
    let index = params.index();
    let (schema, table) = table(params)?;
    let replace = params.bool("options.replaceEmptyStrings", false)?;
    let (values, matching) = if version >= 2.2 { mapped(params, item)? } else { sent(params, item, operation)? };
    Ok(Row {
        item: index,
        schema,
        table,
        values: values.into_iter().map(|(column, value)| (column, emptied(value, replace))).collect(),
        matching,
        skip_on_conflict: params.bool("options.skipOnConflict", false)?,
        output: output_columns(params)?,
    })
}

fn all(item: &Item) -> Map<String, Value> {
    fields(item).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// From 2.2 on: the mapper of columns.
fn mapped(params: &ItemParams<'_>, item: &Item) -> Result<(Map<String, Value>, Vec<String>), NodeError> {
    let values = match params.string("columns.mappingMode")?.as_str() {
        "autoMapInputData" => all(item),
        _ => params.value("columns.value")?.and_then(|value| value.as_object().cloned()).unwrap_or_default(),
    };
    let matching = match params.value("columns.matchingColumns")? {
        Some(Value::Array(names)) => names.iter().map(to_js_string).collect(),
        _ => Vec::new(),
    };
    Ok((values, matching))
}

/// Before 2.2: lists of columns and values, and one column to match on.
fn sent(params: &ItemParams<'_>, item: &Item, operation: Operation) -> Result<(Map<String, Value>, Vec<String>), NodeError> {
    let matching: Vec<String> = match operation {
        Operation::Insert => Vec::new(),
        _ => vec![params.string("columnToMatchOn")?],
    };
    if params.string("dataMode")? != "defineBelow" {
        return Ok((all(item), matching));
    }
    let mut values = Map::new();
    for column in &matching {
        values.insert(column.clone(), params.value("valueToMatchOn")?.unwrap_or(Value::Null));
    }
    for entry in entries(params, "valuesToSend")? {
        values.insert(entry["column"].as_str().unwrap_or_default().to_owned(), entry["value"].clone());
    }
    Ok((values, matching))
}

/// The columns of a table. A dry run knows none.
async fn columns(reader: &Reader<'_>, schema: &str, table: &str) -> Result<Columns, NodeError> {
    if reader.cx.dry_run {
        return Ok(Columns::new());
    }
    let text = format!(
        "SELECT column_name::text AS name, data_type::text AS type FROM information_schema.columns WHERE table_schema = {} AND table_name = {}",
        quoted(schema),
        quoted(table)
    );
    let rows = reader.rows(text).await?;
    Ok(rows.iter().map(|row| (to_js_string(&row["name"]), to_js_string(&row["type"]))).collect())
}

impl Row {
    /// With values that its columns can take. A column that the table does not have is an error.
    fn fitted(mut self, columns: &Columns) -> Result<Self, NodeError> {
        if columns.is_empty() {
            return Ok(self);
        }
        for (column, value) in &mut self.values {
            let Some(kind) = columns.get(column) else {
                return Err(NodeError::new(format!("Column '{column}' does not exist in selected table")).item(self.item));
            };
            // A list or an object that JSON is to hold; a text is taken as it is.
            if matches!(kind.as_str(), "json" | "jsonb") && (value.is_array() || value.is_object()) {
                *value = Value::String(stringify(value));
            }
        }
        Ok(self)
    }

    fn target(&self) -> String {
        format!("{}.{}", name(&self.schema), name(&self.table))
    }

    fn returning(&self) -> String {
        format!(" RETURNING {}", names(self.output.iter().map(String::as_str)))
    }

    /// How n8n shows the columns of RETURNING, where `next` is the number of the next place.
    fn shown_returning(&self, next: usize) -> String {
        if self.output == ["*"] { " RETURNING *".to_owned() } else { format!(" RETURNING ${next}:name") }
    }

    fn inserted(&self) -> String {
        if self.values.is_empty() {
            return format!("INSERT INTO {} DEFAULT VALUES", self.target());
        }
        format!("INSERT INTO {}({}) VALUES({})", self.target(), names(self.values.keys().map(String::as_str)), list(self.values.values()))
    }

    fn insert(self) -> Statement {
        let skip = if self.skip_on_conflict { " ON CONFLICT DO NOTHING" } else { "" };
        let shown = format!("INSERT INTO $1:name.$2:name($3:name) VALUES($3:csv){skip}{}", self.shown_returning(4));
        let text = format!("{}{skip}{}", self.inserted(), self.returning());
        Statement { item: self.item, text, shown, missing: None }
    }

    /// The columns that are set: all but those that tell the row.
    fn set(&self) -> Vec<(&String, &Value)> {
        self.values.iter().filter(|(column, _)| !self.matching.contains(column)).collect()
    }

    fn assignments(&self) -> String {
        self.set().into_iter().map(|(column, value)| format!("{} = {}", name(column), literal(value))).collect::<Vec<_>>().join(", ")
    }

    /// `$5:name = $6, …` from this number on.
    fn shown_assignments(&self, first: usize) -> (String, usize) {
        let count = self.set().len();
        let shown = (0..count).map(|index| format!("${}:name = ${}", first + 2 * index, first + 2 * index + 1)).collect::<Vec<_>>().join(", ");
        (shown, first + 2 * count)
    }

    fn update(self) -> Result<Statement, NodeError> {
        let mut told = Vec::new();
        for column in &self.matching {
            let Some(value) = self.values.get(column) else {
                let error = NodeError::new(format!("The item has no value for the column \"{column}\", which tells the row to update"));
                return Err(error.item(self.item));
            };
            told.push((column, value));
        }
        if told.is_empty() || self.set().is_empty() {
            return Err(NodeError::new("The item has nothing to update, or no column that tells the row").item(self.item));
        }
        let rows = told.iter().map(|(column, value)| format!("{} = {}", name(column), literal(value))).collect::<Vec<_>>().join(" AND ");
        let shown_rows = (0..told.len()).map(|index| format!("${}:name = ${}", 3 + 2 * index, 4 + 2 * index)).collect::<Vec<_>>().join(" AND ");
        let (shown, next) = self.shown_assignments(3 + 2 * told.len());
        let pairs = told.iter().map(|(column, value)| format!("{column}={}", to_js_string(value))).collect::<Vec<_>>().join(", ");
        Ok(Statement {
            item: self.item,
            text: format!("UPDATE {} SET {} WHERE {rows}{}", self.target(), self.assignments(), self.returning()),
            shown: format!("UPDATE $1:name.$2:name SET {shown} WHERE {shown_rows}{}", self.shown_returning(next)),
            missing: Some(format!("No rows matching the provided values ({pairs}) were found in the table \"{}\".", self.table)),
        })
    }

    fn upsert(self) -> Statement {
        let told = names(self.matching.iter().map(String::as_str));
        let first = 3 + self.matching.len();
        let shown_told = (3..first).map(|index| format!("${index}:name")).collect::<Vec<_>>().join(",");
        let (shown_set, next) = self.shown_assignments(first + 1);
        let (conflict, shown_conflict) = match self.set().is_empty() {
            true => ("DO NOTHING".to_owned(), "DO NOTHING".to_owned()),
            // Two blanks, as n8n shows it.
            false => (format!("DO UPDATE SET {}", self.assignments()), format!("DO UPDATE  SET {shown_set}")),
        };
        let text = format!("{} ON CONFLICT ({told}) {conflict}{}", self.inserted(), self.returning());
        let returning = self.shown_returning(next);
        let shown = format!("INSERT INTO $1:name.$2:name(${first}:name) VALUES(${first}:csv) ON CONFLICT ({shown_told}) {shown_conflict}{returning}");
        Statement { item: self.item, text, shown, missing: None }
    }
}
