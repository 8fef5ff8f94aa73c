//! Write Binary File, which older workflows have.

use node_sdk::{Effect, Inputs, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::disk;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Write Binary File",
    summary: "Writes the file of each item to one of the machine (--allow-files).",
    effect: Effect::Once,
    effect_at: Some(disk::effect_of_writing),
    allowance: Some(node_sdk::node::Allowance::Files),
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.writeBinaryFile", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(WriteBinaryFile)))
}

struct WriteBinaryFile;

#[async_trait]
impl RunAll for WriteBinaryFile {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let mut out = Vec::new();
        for (index, item) in inputs.main().iter().enumerate() {
            let made = disk::write_item(cx, index, item, |error, path| disk::in_nodes_words(error, "open", path)).await;
            disk::put(cx, &mut out, index, made)?;
        }
        Ok(Outputs::one(out))
    }
}
