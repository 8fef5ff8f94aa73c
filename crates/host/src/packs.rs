//! Action packs: JSON files whose actions become nodes.

use std::path::Path;

use konverte_nodes::pack;
use node_sdk::Registry;

use crate::error::Error;

/// Adds the packs of a folder, in the order of their names.
///
/// # Errors
/// [`pack::PackError::CODE`]: one of them cannot be read or used.
pub fn add(registry: Registry, folder: Option<&Path>) -> Result<Registry, Error> {
    let Some(folder) = folder else { return Ok(registry) };
    let help = if folder.is_dir() { "schemas/action-pack.schema.json says what a pack may hold." } else { "--nodes takes a folder of packs." };
    let nodes = pack::load(folder).map_err(|error| Error::new(pack::PackError::CODE, error.to_string()).help(help))?;
    Ok(registry.with(nodes))
}
