//! `--nodes DIR`: action packs, JSON files whose actions become nodes.

use std::path::Path;

use konverte_nodes::pack;
use node_sdk::Registry;

use crate::error::CliError;

/// Adds the packs of a folder, in the order of their names.
pub(crate) fn add(registry: Registry, folder: Option<&Path>) -> Result<Registry, CliError> {
    let Some(folder) = folder else { return Ok(registry) };
    let help = if folder.is_dir() { "schemas/action-pack.schema.json says what a pack may hold." } else { "--nodes takes a folder of packs." };
    let nodes = pack::load(folder).map_err(|error| CliError::usage(pack::PackError::CODE, error.to_string()).help(help))?;
    Ok(registry.with(nodes))
}
