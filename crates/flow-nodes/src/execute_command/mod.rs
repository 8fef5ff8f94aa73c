//! Execute Command.

use node_sdk::error::codes;
use node_sdk::ports::ProcessOutput;
use node_sdk::{Effect, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::json;

use crate::disk;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Execute Command",
    summary: "Runs a command of the system, once or for each item (--allow-exec).",
    effect: Effect::Once,
    allowance: Some(node_sdk::node::Allowance::Commands),
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.executeCommand", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ExecuteCommand)))
}

struct ExecuteCommand;

#[async_trait]
impl RunAll for ExecuteCommand {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let count = inputs.gather().await?.main().len();
        let once = cx.params.read(0, |params| params.bool("executeOnce", true)).await?;
        let mut out = Vec::new();
        for index in 0..if once { count.min(1) } else { count } {
            disk::put(cx, &mut out, index, execute(cx, index).await)?;
        }
        Ok(Outputs::one(out))
    }
}

async fn execute(cx: &RunContext, index: usize) -> Result<Vec<Item>, NodeError> {
    let command = cx.params.read(index, |params| params.string("command")).await?;
    let ProcessOutput { exit_code, stdout, stderr } = cx.ports.adapters.process()?.run(&command, &cx.sender(index)).await?;
    let (stdout, stderr) = (stdout.trim(), stderr.trim());
    if exit_code != 0 {
        let said = if stderr.is_empty() { format!("Command failed: {command}") } else { stderr.to_owned() };
        return Err(NodeError::coded(codes::COMMAND, said).help(format!("The command ended with exit code {exit_code}.")));
    }
    Ok(vec![Item::new(json!({"exitCode": exit_code, "stderr": stderr, "stdout": stdout})).paired(index)])
}
