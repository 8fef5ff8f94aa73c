//! The items of a node that needs one at a time.

use std::sync::Arc;

use node_sdk::{Effect, Event, NodeError, Outputs, RunContext, RunItem};

use super::chunk::Chunk;
use super::turn::{Lists, Turn};

/// Items that are handled between two looks at the journal and the terminal, where they do nothing to the world.
const CHUNK: usize = 500;

impl Turn<'_> {
    /// All items of input 0, chunk by chunk; one by one where they do something to the world. Of a run that is stopped the
    /// chunks that are done.
    pub(super) async fn item_by_item(&self, node: &Arc<dyn RunItem>, cx: &Arc<RunContext>, attempt: usize) -> Result<Lists, NodeError> {
        let control = &self.execution.control;
        let items = cx.inputs.main();
        let mut all: Lists = vec![Vec::new(); self.node.outputs.max(1)];
        let (outputs, native) = (self.node.outputs, self.node.is_native(&self.execution.isolates));
        let size = if self.node.effect == Effect::None { CHUNK } else { 1 };
        for (number, items_of_chunk) in items.chunks(size).enumerate() {
            let first = number * size;
            let chunk = Chunk { node: node.clone(), cx: cx.clone(), control: control.clone(), items: items_of_chunk.to_vec(), first, outputs };
            let work = async { Ok(Outputs::lists(chunk.run(native).await?.into_lists())) };
            let lists = match self.step(attempt, number, work).await {
                Err(_) if control.check().is_err() => {
                    self.work.cut();
                    break;
                }
                lists => lists?,
            };
            for (output, list) in lists.into_iter().flatten().enumerate() {
                if all.len() <= output {
                    all.resize_with(output + 1, Vec::new);
                }
                all[output].extend(list);
            }
            if items.len() > size {
                let (node, done, total) = (self.node.name.clone(), first + items_of_chunk.len(), items.len());
                cx.emit(Event::Progress { node, done, total });
                tokio::task::yield_now().await;
            }
        }
        Ok(all)
    }
}
