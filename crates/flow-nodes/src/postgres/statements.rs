//! Statements that read or delete rows of a table.

use node_sdk::{ItemParams, NodeError, RunContext};
use serde_json::Value;

use super::Statement;
use super::asked::{entries, output_columns, table};
use super::literal::{literal, name, names};

/// A SELECT for each item.
pub(super) async fn selects(cx: &RunContext, count: usize) -> Result<Vec<Statement>, NodeError> {
    cx.params.read_each(count, select).await
}

fn select(params: &ItemParams<'_>) -> Result<Statement, NodeError> {
    let (schema, table) = table(params)?;
    let columns = output_columns(params)?;
    let mut text = format!("SELECT {} FROM {}.{}", names(columns.iter().map(String::as_str)), name(&schema), name(&table));
    text.push_str(&conditions(params)?);
    let sort: Vec<String> = entries(params, "sort")?.iter().map(order).collect();
    if !sort.is_empty() {
        text.push_str(&format!(" ORDER BY {}", sort.join(", ")));
    }
    if !params.bool("returnAll", false)? {
        let limit = params.number("limit", 50.0)?;
        text.push_str(&format!(" LIMIT {}", literal(&node_sdk::json::number(limit))));
    }
    Ok(Statement { item: params.index(), shown: text.clone(), text, missing: None })
}

fn order(entry: &Value) -> String {
    let direction = if entry["direction"] == "DESC" { "DESC" } else { "ASC" };
    format!("{} {direction}", name(entry["column"].as_str().unwrap_or_default()))
}

/// A DELETE, TRUNCATE or DROP for each item.
pub(super) async fn deletes(cx: &RunContext, count: usize) -> Result<Vec<Statement>, NodeError> {
    cx.params.read_each(count, delete).await
}

fn delete(params: &ItemParams<'_>) -> Result<Statement, NodeError> {
    let (schema, table) = table(params)?;
    let table = format!("{}.{}", name(&schema), name(&table));
    let cascade = if params.bool("options.cascade", false)? { " CASCADE" } else { "" };
    let text = match params.string("deleteCommand")?.as_str() {
        "delete" => format!("DELETE FROM {table}{}", conditions(params)?),
        "drop" => format!("DROP TABLE IF EXISTS {table}{cascade}"),
        _ => {
            let restart = if params.bool("restartSequences", false)? { " RESTART IDENTITY" } else { "" };
            format!("TRUNCATE TABLE {table}{restart}{cascade}")
        }
    };
    Ok(Statement { item: params.index(), shown: text.clone(), text, missing: None })
}

/// ` WHERE …`, or nothing.
fn conditions(params: &ItemParams<'_>) -> Result<String, NodeError> {
    let all = entries(params, "where")?;
    if all.is_empty() {
        return Ok(String::new());
    }
    let together = if params.string("combineConditions")? == "OR" { " OR " } else { " AND " };
    let each: Result<Vec<String>, NodeError> = all.iter().map(|entry| condition(entry, params.index())).collect();
    Ok(format!(" WHERE {}", each?.join(together)))
}

fn condition(entry: &Value, item: usize) -> Result<String, NodeError> {
    let column = name(entry["column"].as_str().unwrap_or_default());
    let value = entry.get("value").unwrap_or(&Value::Null);
    // A name that is no comparison would be SQL.
    Ok(match entry["condition"].as_str().unwrap_or("equal") {
        "equal" | "" => format!("{column} = {}", literal(value)),
        // A pattern is a text, whatever it looks like.
        "LIKE" => format!("{column} LIKE {}", literal(&Value::String(node_sdk::json::to_js_string(value)))),
        operator @ ("!=" | ">" | "<" | ">=" | "<=") => format!("{column} {operator} {}", literal(value)),
        null @ ("IS NULL" | "IS NOT NULL") => format!("{column} {null}"),
        other => return Err(NodeError::new(format!("The condition \"{other}\" is not known")).parameter("where").item(item)),
    })
}
