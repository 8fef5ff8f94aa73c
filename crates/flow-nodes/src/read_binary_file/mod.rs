//! Read Binary File, which older workflows have.

use node_sdk::{Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::disk;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Read Binary File",
    summary: "Adds a file of the machine to each item (--allow-files).",
    allowance: Some(node_sdk::node::Allowance::Files),
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.readBinaryFile", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ReadBinaryFile)))
}

struct ReadBinaryFile;

#[async_trait]
impl RunAll for ReadBinaryFile {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let mut out = Vec::new();
        for (index, item) in inputs.main().iter().enumerate() {
            disk::put(cx, &mut out, index, read(cx, index, item).await)?;
        }
        Ok(Outputs::one(out))
    }
}

async fn read(cx: &RunContext, index: usize, item: &Item) -> Result<Vec<Item>, NodeError> {
    let (path, property) = cx.params.read(index, |params| Ok((params.string("filePath")?, params.string("dataPropertyName")?))).await?;
    let file = disk::read(cx, &path).await?.map_err(|error| disk::in_nodes_words(error, "stat", &path))?;
    Ok(vec![item.clone().with_binary(property, file).paired(index)])
}
