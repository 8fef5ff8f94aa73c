//! The items of a node that needs one at a time.

use std::sync::Arc;

use node_sdk::{Effect, Event, Input, Item, ItemList, NodeError, Outputs, RunContext, RunItem};

use super::chunk::Chunk;
use super::turn::{Lists, Turn};

impl Turn<'_> {
    /// All items of an input, chunk by chunk; one by one where they do something to the world. Of a run that is stopped the
    /// chunks that are done.
    pub(super) async fn item_by_item(&self, node: &Arc<dyn RunItem>, cx: &Arc<RunContext>, input: Input, attempt: usize) -> Result<Lists, NodeError> {
        let mut all: Lists = vec![ItemList::default(); self.node.outputs.max(1)];
        let native = self.node.is_native();
        let (mut number, mut done) = (0, 0);
        let mut chunks = input.chunks();
        while let Some(items) = chunks.next().await {
            for items in self.steps(items?) {
                let first = done;
                done += items.len();
                let chunk =
                    Chunk { node: node.clone(), cx: cx.clone(), control: self.execution.control.clone(), items, first, outputs: self.node.outputs };
                let work = async { Ok(Outputs::lists(chunk.run(native).await?.into_lists())) };
                let Some(lists) = self.chunk(work, attempt, number).await? else { return Ok(all) };
                number += 1;
                all.resize_with(all.len().max(lists.len()), ItemList::default);
                for (all, list) in all.iter_mut().zip(lists) {
                    all.append(list);
                }
                if let Some(total) = input.len().filter(|_| number > 1 || Some(done) != input.len()) {
                    cx.emit(Event::Progress { node: self.node.name.clone(), done, total });
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(all)
    }

    /// The items of a chunk, as the steps that they are.
    fn steps(&self, items: Vec<Item>) -> Vec<Vec<Item>> {
        match self.node.effect {
            Effect::None => vec![items],
            _ => items.into_iter().map(|item| vec![item]).collect(),
        }
    }

    /// One step. `None`: the run was stopped meanwhile.
    async fn chunk(
        &self,
        work: impl Future<Output = Result<Outputs, NodeError>> + Send,
        attempt: usize,
        number: usize,
    ) -> Result<Option<Lists>, NodeError> {
        match self.step(attempt, number, work).await {
            Err(_) if self.execution.control.check().is_err() => {
                self.work.cut();
                Ok(None)
            }
            lists => Ok(Some(lists?.unwrap_or_default())),
        }
    }
}
