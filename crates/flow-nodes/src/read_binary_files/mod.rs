//! Read Binary Files, which older workflows have.

use node_sdk::{Inputs, Item, Needs, NodeError, Outputs, PairedItem, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::json;

use crate::disk;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Read Binary Files",
    summary: "Puts out an item for each file of the machine that a pattern means (--allow-files).",
    allowance: Some(node_sdk::node::Allowance::Files),
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.readBinaryFiles", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ReadBinaryFiles)))
}

struct ReadBinaryFiles;

#[async_trait]
impl RunAll for ReadBinaryFiles {
    /// What the first item says holds for all of them.
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let count = inputs.gather().await?.main().len();
        let (selector, property) = cx.params.read(0, |params| Ok((params.string("fileSelector")?, params.string("dataPropertyName")?))).await?;
        let found = cx.ports.adapters.files()?.find(&selector, false).await;
        let mut out = Vec::new();
        for path in found.map_err(|error| disk::in_nodes_words(error, "scandir", &selector))? {
            let file = disk::read(cx, &path).await?.map_err(|error| disk::in_nodes_words(error, "open", &path))?;
            out.push(Item::new(json!({})).with_binary(property.clone(), file).paired(PairedItem::all(count)));
        }
        Ok(Outputs::one(out))
    }
}
