//! What the parameters ask for, beside the statements themselves.

use std::time::Duration;

use node_sdk::error::codes::SQL_TEXT;
use node_sdk::node::{Finding, Level};
use node_sdk::params::raw_at;
use node_sdk::{ItemParams, NodeError, PrepareContext, RunContext};
use serde_json::Value;

use super::{Batching, Way};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Query,
    Select,
    Insert,
    Update,
    Upsert,
    Delete,
}

pub(super) async fn operation(cx: &RunContext) -> Result<Operation, NodeError> {
    cx.params
        .read(0, |params| match params.string("operation")?.as_str() {
            "executeQuery" => Ok(Operation::Query),
            "select" => Ok(Operation::Select),
            "" | "insert" => Ok(Operation::Insert),
            "update" => Ok(Operation::Update),
            "upsert" => Ok(Operation::Upsert),
            "deleteTable" => Ok(Operation::Delete),
            other => Err(NodeError::new(format!("The operation \"{other}\" is not known!")).parameter("operation")),
        })
        .await
}

/// A statement of the author's own into whose text values are put: a value with a quote in it is then a part of the statement.
pub(super) fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    let text = |path: &str| raw_at(cx.parameters, path).and_then(Value::as_str);
    let puts_in = text("operation") == Some("executeQuery") && text("query").is_some_and(|query| query.contains("{{"));
    let finding = || Finding {
        code: SQL_TEXT,
        level: Level::Note,
        message: "{{ }} puts a value into the text of the statement, which can change what the statement does".to_owned(),
        help: Some("Write $1, $2, … in its place, and put the values into the option \"Query Parameters\".".to_owned()),
        parameter: Some("query".to_owned()),
        offset: None,
    };
    puts_in.then(finding).into_iter().collect()
}

/// Seconds that connecting may take where nothing else is said.
const CONNECT: f64 = 30.0;

/// Of the first item, as n8n reads it.
pub(super) async fn way(cx: &RunContext) -> Result<Way, NodeError> {
    let first = cx.version() < 2.0;
    cx.params
        .read(0, move |params| {
            let (options, batching) = if first { ("additionalFields", "mode") } else { ("options", "queryBatching") };
            let option = |name: &str| format!("{options}.{name}");
            let seconds = params.number(&option("connectionTimeout"), CONNECT)?;
            Ok(Way {
                batching: Batching::of(&params.string(&option(batching))?),
                connect_timeout: Duration::from_secs_f64(if (0.001..=86_400.0).contains(&seconds) { seconds } else { CONNECT }),
                numbers: params.string(&option("largeNumbersOutput"))? == "numbers",
                tells: !first,
            })
        })
        .await
}

/// The table of an item: its schema and its name.
pub(super) fn table(params: &ItemParams<'_>) -> Result<(String, String), NodeError> {
    let (schema, table) = (params.locator("schema")?, params.locator("table")?);
    Ok((if schema.is_empty() { "public".to_owned() } else { schema }, table))
}

/// The columns that rows are to have: `*`, or names.
pub(super) fn output_columns(params: &ItemParams<'_>) -> Result<Vec<String>, NodeError> {
    Ok(match params.value("options.outputColumns")? {
        Some(Value::Array(columns)) if !columns.is_empty() => columns.iter().map(node_sdk::json::to_js_string).collect(),
        _ => vec!["*".to_owned()],
    })
}

/// The entries of a list such as `where.values`.
pub(super) fn entries(params: &ItemParams<'_>, path: &str) -> Result<Vec<Value>, NodeError> {
    Ok(match params.value(&format!("{path}.values"))? {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    })
}

/// Empty texts as NULL, where that is asked for.
pub(super) fn emptied(value: Value, replace: bool) -> Value {
    if replace && value == "" { Value::Null } else { value }
}
