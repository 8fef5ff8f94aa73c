//! Version 1: names of fields and columns in texts, with commas between.

use node_sdk::{Item, ItemParams, NodeError, RunContext};
use serde_json::Value;

use super::asked::{Operation, operation};
use super::format::format;
use super::literal::{list, literal, name, names};
use super::{Statement, failure};

/// The author's statement of each item, with values out of fields of the item.
pub(super) async fn queries(cx: &RunContext, items: &[Item]) -> Result<Vec<Statement>, NodeError> {
    let given = items.to_vec();
    let read = move |params: &ItemParams<'_>| {
        let item = params.index();
        let query = params.string("query")?;
        let fields = split(&params.string("additionalFields.queryParams")?);
        let values: Vec<Value> = fields.iter().map(|field| value(&given[item], field)).collect();
        let text = format(&query, &values, false).map_err(|_| failure::in_quotes(item))?;
        Ok(Statement { item, text, shown: query, missing: None })
    };
    cx.params.read_each(items.len(), read).await
}

/// An INSERT or UPDATE for each item.
pub(super) async fn rows(cx: &RunContext, items: &[Item]) -> Result<Vec<Statement>, NodeError> {
    let (given, operation) = (items.to_vec(), operation(cx).await?);
    cx.params.read_each(items.len(), move |params| row(params, &given[params.index()], operation)).await
}

fn row(params: &ItemParams<'_>, item: &Item, operation: Operation) -> Result<Statement, NodeError> {
    let index = params.index();
    let target = format!("{}.{}", name(&params.string("schema")?), name(&params.string("table")?));
    let columns = typed(&params.string("columns")?);
    let returned = split(&params.string("returnFields")?);
    let returning = if returned.is_empty() { String::new() } else { format!(" RETURNING {}", names(returned.iter().map(String::as_str))) };
    let text = match operation {
        Operation::Update => {
            let keys = typed(&params.string("updateKey")?);
            let set = columns.iter().filter(|(column, _)| !keys.iter().any(|(key, _)| key == column));
            let (set, told) = (pairs(set, item, index)?, pairs(&keys, item, index)?);
            format!("UPDATE {target} SET {} WHERE {}{returning}", set.join(", "), told.join(" AND "))
        }
        _ => {
            let values: Result<Vec<String>, NodeError> = columns.iter().map(|(column, kind)| cast(item, column, kind, index)).collect();
            let columns = names(columns.iter().map(|(column, _)| column.as_str()));
            format!("INSERT INTO {target}({columns}) VALUES({}){returning}", values?.join(","))
        }
    };
    Ok(Statement { item: index, shown: text.clone(), text, missing: None })
}

/// `"column" = value` for each.
fn pairs<'a>(columns: impl IntoIterator<Item = &'a (String, String)>, item: &Item, index: usize) -> Result<Vec<String>, NodeError> {
    columns.into_iter().map(|(column, kind)| Ok(format!("{} = {}", name(column), cast(item, column, kind, index)?))).collect()
}

/// The value of a field, as of the type that the column names.
fn cast(item: &Item, column: &str, kind: &str, index: usize) -> Result<String, NodeError> {
    let Some(value) = item.object().and_then(|fields| fields.get(column)) else {
        return Err(NodeError::new(format!("Property '{column}' doesn't exist.")).item(index));
    };
    if !kind.is_empty() && !is_type(kind) {
        let error = NodeError::new(format!("The column '{column}' has no type of this name: {kind}")).item(index);
        return Err(error.help("Behind the colon stands the name of a type of PostgreSQL, such as integer, varchar(20) or timestamp with time zone."));
    }
    let value = if value.is_array() && kind.starts_with("json") { literal(&node_sdk::json::stringify(value).into()) } else { list([value]) };
    Ok(if kind.is_empty() { value } else { format!("{value}::{kind}") })
}

/// Words that may follow a type's first one. No word is among them that goes on with the statement.
const LATER: [&str; 14] =
    ["precision", "varying", "character", "char", "with", "without", "time", "zone", "year", "month", "day", "hour", "minute", "second"];

/// Whether it is nothing but the name of a type: it stands in the statement as it is.
pub(super) fn is_type(kind: &str) -> bool {
    let (mut rest, mut words) = (kind, 0);
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix(['(', '[']) {
            let close = if rest.starts_with('(') { ')' } else { ']' };
            let Some((inside, after)) = inside.split_once(close) else { return false };
            if words == 0 || !inside.chars().all(|c| c.is_ascii_digit() || c == ',' || c == ' ') {
                return false;
            }
            rest = after.trim_start();
            continue;
        }
        let mut quoted = false;
        let ends = |c: char| {
            quoted ^= c == '"';
            !(quoted || c.is_alphanumeric() || ['"', '_', '.'].contains(&c))
        };
        let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        if word.is_empty() || quoted || (words > 0 && !LATER.contains(&word.to_ascii_lowercase().as_str())) {
            return false;
        }
        words += 1;
        rest = after.trim_start();
    }
    words > 0
}

fn value(item: &Item, field: &str) -> Value {
    item.object().and_then(|fields| fields.get(field)).cloned().unwrap_or(Value::Null)
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Columns, each with the type behind its colon.
fn typed(text: &str) -> Vec<(String, String)> {
    let column = |text: String| {
        text.split_once(':').map_or_else(|| (text.clone(), String::new()), |(name, kind)| (name.trim().to_owned(), kind.trim().to_owned()))
    };
    split(text).into_iter().map(column).collect()
}
