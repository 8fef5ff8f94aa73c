//! Postgres (1, and 2 to 2.7): statements for a PostgreSQL server, the author's own or made of a table, columns and conditions.
//!
//! The way of a run: [`asked`] reads the parameters of each item, [`statements`] makes a text of each, with [`format`] and [`literal`] for the values in it,
//! the port sends them, and [`answer`] makes items of what came back ([`values`]), or says what went wrong ([`failure`]).

mod answer;
mod asked;
mod failure;
mod first;
mod format;
mod literal;
mod replacement;
mod statements;
mod table;
mod values;

use std::time::Duration;

use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, SqlOutcome, SqlWork};
use node_sdk::{Effect, Gathered, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::row::Row;
use asked::Operation;
use failure::Failure;
pub use failure::{not_let_in, service as in_words};
use replacement::Replacement;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Postgres",
    summary: "Reads and writes the tables of a PostgreSQL database.",
    operations: &[
        ("deleteTable", "Empty a table, drop it, or delete rows of it"),
        ("executeQuery", "Run SQL of your own"),
        ("insert", "Add rows"),
        ("upsert", "Add rows, or change those that are there"),
        ("select", "Read rows"),
        ("update", "Change rows"),
    ],
    check: asked::check,
    effect: Effect::Once,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    effect_at: Some(effect),
    ..Row::new("n8n-nodes-base.postgres", Needs::All, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Postgres { replacement: Replacement::prepare(cx) })))
}

/// Rows that are read may be read again.
fn effect(cx: &PrepareContext<'_>) -> Effect {
    match raw_at(cx.parameters, "operation").and_then(Value::as_str) {
        Some("select") => Effect::Repeatable,
        _ => Effect::Once,
    }
}

struct Postgres {
    replacement: Replacement,
}

/// A statement that is ready to be sent, or why it is not.
struct Statement {
    /// The input item that it is for.
    item: usize,
    /// The text.
    text: String,
    /// How n8n shows it: with places where the values are.
    shown: String,
    /// Where each item must be of a row that was there: what is said where there is none.
    missing: Option<String>,
}

/// How statements are sent, and what becomes of them.
struct Way {
    /// How they belong together.
    batching: Batching,
    /// How long connecting may take.
    connect_timeout: Duration,
    /// Large numbers become numbers.
    numbers: bool,
    /// An item says that a statement without rows was done.
    tells: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batching {
    /// One request: all or none, and one error for all.
    Single,
    /// Each by itself.
    Independently,
    /// All or none, and the error stands in the place of the statement that failed.
    Transaction,
}

impl Batching {
    fn of(name: &str) -> Self {
        match name {
            "independently" => Self::Independently,
            "transaction" => Self::Transaction,
            _ => Self::Single,
        }
    }
}

#[async_trait]
impl RunAll for Postgres {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let credential = cx.credential("postgres").await?;
        let way = asked::way(cx).await?;
        let statements = match self.statements(cx, &inputs, &credential, &way).await {
            Ok(statements) => statements,
            Err(error) if cx.continue_on_fail() && !error.fatal && error.code != node_sdk::error::codes::DRY_RUN_ENDED => {
                return Ok(Outputs::one(vec![failure::item_of(&error)]));
            }
            Err(error) => return Err(error),
        };
        let outcomes = run(cx, &credential, &way, &statements).await;
        answer::outputs(cx, &way, inputs.main().len(), &statements, outcomes).map(Outputs::one)
    }
}

impl Postgres {
    async fn statements(&self, cx: &RunContext, inputs: &Gathered, credential: &Credential, way: &Way) -> Result<Vec<Statement>, NodeError> {
        let items = inputs.main();
        let first = cx.version() < 2.0;
        match asked::operation(cx).await? {
            Operation::Query if first => first::queries(cx, items).await,
            Operation::Query => self.replacement.queries(cx, items.len()).await,
            Operation::Insert | Operation::Update if first => first::rows(cx, items).await,
            Operation::Select => statements::selects(cx, items.len()).await,
            Operation::Delete => statements::deletes(cx, items.len()).await,
            writes => table::writes(cx, items, writes, &Reader { cx, credential, way }).await,
        }
    }
}

/// Asks for what a node has to know of a table.
struct Reader<'a> {
    cx: &'a RunContext,
    credential: &'a Credential,
    way: &'a Way,
}

impl Reader<'_> {
    async fn rows(&self, text: String) -> Result<Vec<Value>, NodeError> {
        let statement = Statement { item: 0, shown: text.clone(), text, missing: None };
        let outcomes = run(self.cx, self.credential, self.way, std::slice::from_ref(&statement)).await;
        let outcome = outcomes.map_err(|failure| failure.into_error(Some(&statement)))?.into_iter().next().unwrap_or(Ok(Vec::new()));
        let results = outcome.map_err(|fault| Failure::Fault(fault).into_error(Some(&statement)))?;
        Ok(results.into_iter().flat_map(|result| values::rows(result, false)).collect())
    }
}

async fn run(cx: &RunContext, credential: &Credential, way: &Way, statements: &[Statement]) -> Result<Vec<SqlOutcome>, Failure> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let work = SqlWork {
        server: credential.clone(),
        connect_timeout: way.connect_timeout,
        statements: statements.iter().map(|statement| (statement.item, statement.text.clone())).collect(),
        together: match way.batching {
            Batching::Independently => false,
            Batching::Single => statements.len() > 1,
            Batching::Transaction => true,
        },
        sender: Some(cx.sender(statements[0].item)),
    };
    let sql = cx.ports.adapters.sql().map_err(|error| Failure::Before(Box::new(error)))?;
    sql.run(work).await.map_err(Failure::Service)
}

/// The fields of an item's JSON.
fn fields(item: &Item) -> impl Iterator<Item = (&String, &Value)> {
    item.object().into_iter().flatten()
}

#[cfg(test)]
mod tests;
