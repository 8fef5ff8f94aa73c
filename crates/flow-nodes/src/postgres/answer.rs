//! Items of what a server answered.

use node_sdk::ports::{SqlOutcome, SqlResult};
use node_sdk::{Item, NodeError, PairedItem, RunContext};
use serde_json::{Value, json};

use super::failure::{self, Failure};
use super::{Batching, Statement, Way, values};

/// The items of a run over `count` input items.
pub(super) fn outputs(
    cx: &RunContext,
    way: &Way,
    count: usize,
    statements: &[Statement],
    outcomes: Result<Vec<SqlOutcome>, Failure>,
) -> Result<Vec<Item>, NodeError> {
    let outcomes = match outcomes {
        Ok(outcomes) => outcomes,
        Err(failure) if failure::is_caught(cx, &failure) => return Ok(vec![failure.item("")]),
        Err(failure) => return Err(failure.into_error(statements.first())),
    };
    let mut items = Vec::new();
    let mut silent = false;
    for (statement, outcome) in statements.iter().zip(outcomes) {
        match outcome {
            Ok(results) => {
                let told = told(way, results);
                let is_missing = statement.missing.is_some() && told.rows.is_empty();
                if let Some(missing) = statement.missing.as_ref().filter(|_| is_missing) {
                    let error = failure::no_row(missing, statement.item);
                    if !cx.continue_on_fail() {
                        return Err(error);
                    }
                    items.push(failure::item_of(&error).paired(statement.item));
                    continue;
                }
                silent |= told.silent;
                if told.silent && way.tells && way.batching != Batching::Single {
                    items.push(done().paired(statement.item));
                }
                items.extend(told.rows.into_iter().map(|row| Item::new(row).paired(statement.item)));
            }
            Err(fault) => {
                let failure = Failure::Fault(fault);
                if !failure::is_caught(cx, &failure) {
                    return Err(failure.into_error(Some(statement)));
                }
                if way.batching == Batching::Single {
                    return Ok(vec![failure.item(&statement.shown)]);
                }
                items.push(Item::new(json!({"error": failure.object(&statement.shown)})).paired(statement.item));
            }
        }
    }
    if items.is_empty() && silent && way.tells {
        items.push(done().paired(PairedItem::all(count)));
    }
    Ok(items)
}

/// What stands for statements that were done and gave no rows.
fn done() -> Item {
    Item::new(json!({"success": true}))
}

/// What a text came to.
struct Told {
    rows: Vec<Value>,
    /// It gave no rows, and was not there to give any.
    silent: bool,
}

fn told(way: &Way, results: Vec<SqlResult>) -> Told {
    let reads = results.last().is_some_and(|last| last.done.starts_with("SELECT"));
    let rows: Vec<Value> = results.into_iter().flat_map(|result| values::rows(result, way.numbers)).collect();
    Told { silent: rows.is_empty() && !reads, rows }
}
