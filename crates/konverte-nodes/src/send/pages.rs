//! `returnAll`: walks a list to its end, as the row's `paging` says.

use node_sdk::action::{ActionSpec, Paging, PagingKind};
use node_sdk::{Item, NodeError};
use request::paging::{CursorPage, Page, by_cursor, by_page};
use serde_json::Value;

use super::answer::{at, item};

/// All items of a list, in the order of the pages; of one that is walked back by cursor, oldest first. `fetch` reads the page for a value
/// of the paging parameter.
pub(super) async fn all<F>(
    action: &ActionSpec,
    paging: &Paging,
    limit: Option<usize>,
    index: usize,
    mut fetch: impl FnMut(Option<u64>) -> F,
) -> Result<Vec<Item>, NodeError>
where
    F: Future<Output = Result<Value, NodeError>>,
{
    let list = |body: &Value| -> Result<Vec<Value>, NodeError> {
        let list = at(body, &paging.items).and_then(Value::as_array);
        list.cloned().ok_or_else(|| NodeError::new(format!("{}: the answer has no list at \"{}\"", action.operation, paging.items)))
    };
    let values = match paging.kind {
        PagingKind::Page => {
            by_page(paging.size, limit, |number| {
                let page = fetch(Some(number));
                async move {
                    let body = page.await?;
                    let more = paging.has_more.as_deref().and_then(|path| at(&body, path)).and_then(Value::as_bool);
                    Ok(Page { items: list(&body)?, last: more == Some(false) })
                }
            })
            .await?
        }
        PagingKind::Cursor => {
            let mut values = by_cursor(limit, |before| {
                let page = fetch(before);
                async move {
                    let mut items = list(&page.await?)?;
                    // Newest first over all pages, so that `limit` keeps the newest.
                    items.reverse();
                    let next = items.iter().filter_map(|item| item.get("id")?.as_u64()).min();
                    Ok(CursorPage { items, next })
                }
            })
            .await?;
            values.reverse();
            values
        }
    };
    Ok(values.into_iter().map(|value| item(value, index)).collect())
}
