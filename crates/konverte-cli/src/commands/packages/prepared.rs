//! What is found out of a package by running it in its box, and what is said of that.

use std::sync::Arc;

use packages::cache::Cache;
use packages::lock::Lock;

use crate::console::Console;
use crate::environment;
use crate::error::CliError;
use crate::worker;

/// Finds out what is not known yet of a package of a lock.
pub(crate) async fn prepare(lock: &Arc<Lock>, cache: &Cache, name: &str, console: &Console) -> Result<(), CliError> {
    let prepared = host::packages::prepare(environment::program(), worker::words(), lock, cache, name).await?;
    for (type_of, why) in prepared.left_out {
        console.note(&format!("{name}: {type_of} cannot be used: {why}"));
    }
    if let Some(error) = prepared.not_started {
        console.note(&format!("{name}: nothing of it could be run here, so that its nodes start more slowly, or are not known: {}", error.message));
    }
    Ok(())
}
