//! Walking a list page by page. A walk always ends: where a server leads in circles, or on and on, with an error.

use std::collections::HashSet;
use std::future::Future;
use std::hash::{BuildHasher, Hash, RandomState};

use node_sdk::{ErrorCode, NodeError};

/// A list that does not end.
pub const ENDLESS: ErrorCode = ErrorCode::new("KV0415");

/// How many pages are read where no limit says how many items are wanted.
pub const MAX_PAGES: usize = 10_000;

/// One page of a list that is walked by number.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The server said that none follows.
    pub last: bool,
}

/// One page of a list that is walked by cursor.
#[derive(Debug, Clone)]
pub struct CursorPage<T, C> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page begins; `None`: there is none.
    pub next: Option<C>,
}

/// Fetches page 1, 2, … until a page is shorter than `size`, is marked as the last one, or `limit` items are there.
///
/// ```
/// use request::paging::{Page, by_page};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let pages = [vec![1, 2], vec![3, 4], vec![5]];
/// let all = by_page(2, None, async |number| Ok(Page { items: pages[number as usize - 1].clone(), last: false })).await.unwrap();
/// assert_eq!(all, [1, 2, 3, 4, 5]);
/// # });
/// ```
///
/// # Errors
/// What `fetch` fails with; [`ENDLESS`] where a page comes a second time, or after [`MAX_PAGES`] without a limit.
pub async fn by_page<T, F>(size: usize, limit: Option<usize>, mut fetch: impl FnMut(u64) -> F) -> Result<Vec<T>, NodeError>
where
    T: Hash,
    F: Future<Output = Result<Page<T>, NodeError>>,
{
    let mut all = Vec::new();
    // Of a page only this much is kept.
    let (hasher, mut known) = (RandomState::new(), HashSet::new());
    for number in 1.. {
        let page = fetch(number).await?;
        let done = page.last || page.items.len() < size.max(1);
        if !known.insert(hasher.hash_one(&page.items)) && !done {
            return Err(endless(format!("Page {number} of the list is one that was there before: the server does not heed the page number")));
        }
        all.extend(page.items);
        if enough(&mut all, limit) || done {
            break;
        }
        bounded(known.len(), limit)?;
    }
    Ok(all)
}

/// Fetches the first page, then each that a page points to, until one is empty or points nowhere, or `limit` items are there.
///
/// # Errors
/// What `fetch` fails with; [`ENDLESS`] where a page points to one that was read, or after [`MAX_PAGES`] without a limit.
pub async fn by_cursor<T, C, F>(limit: Option<usize>, mut fetch: impl FnMut(Option<C>) -> F) -> Result<Vec<T>, NodeError>
where
    C: Clone + Eq + Hash,
    F: Future<Output = Result<CursorPage<T, C>, NodeError>>,
{
    let mut all = Vec::new();
    let mut cursor = None;
    let mut known = HashSet::new();
    loop {
        let page = fetch(cursor.clone()).await?;
        let done = page.items.is_empty();
        all.extend(page.items);
        let Some(next) = page.next.filter(|_| !enough(&mut all, limit) && !done) else { return Ok(all) };
        if !known.insert(next.clone()) {
            return Err(endless("A page of the list points to one that was read before".to_owned()));
        }
        bounded(known.len(), limit)?;
        cursor = Some(next);
    }
}

fn bounded(pages: usize, limit: Option<usize>) -> Result<(), NodeError> {
    match limit {
        None if pages >= MAX_PAGES => Err(endless(format!("The list has no end after {MAX_PAGES} pages"))),
        _ => Ok(()),
    }
}

fn endless(message: String) -> NodeError {
    NodeError::coded(ENDLESS, message).help("Set `limit` to the number of items that you want, or leave out `returnAll` and ask for single pages.")
}

fn enough<T>(all: &mut Vec<T>, limit: Option<usize>) -> bool {
    let Some(limit) = limit else { return false };
    let enough = all.len() >= limit;
    all.truncate(limit);
    enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    async fn pages(total: usize, limit: Option<usize>) -> (usize, usize) {
        let asked = Cell::new(0);
        let all = by_page(2, limit, |number| {
            asked.set(asked.get() + 1);
            let begin = (number as usize - 1) * 2;
            async move { Ok(Page { items: (begin..total.min(begin + 2)).collect(), last: false }) }
        });
        (all.await.unwrap().len(), asked.get())
    }

    #[tokio::test]
    async fn pages_end_where_the_list_does() {
        assert_eq!(pages(5, None).await, (5, 3));
        assert_eq!(pages(4, None).await, (4, 3));
        assert_eq!(pages(0, None).await, (0, 1));
        assert_eq!(pages(5, Some(3)).await, (3, 2));
        assert_eq!(pages(9, Some(2)).await, (2, 1));
        assert_eq!(pages(1, Some(0)).await, (0, 1));
    }

    /// The code of the error, and how often the server was asked.
    async fn circle(pages: &[u64], limit: Option<usize>) -> (ErrorCode, usize) {
        let asked = Cell::new(0);
        let next = || pages[asked.replace(asked.get() + 1) % pages.len()];
        let by_page = by_page(1, limit, |_| std::future::ready(Ok(Page { items: vec![next()], last: false }))).await;
        let once = asked.replace(0);
        let by_cursor = by_cursor(limit, |_| std::future::ready(Ok(CursorPage { items: vec![()], next: Some(next()) }))).await;
        assert_eq!((by_page.unwrap_err().code, once), (ENDLESS, asked.get()));
        (by_cursor.unwrap_err().code, once)
    }

    #[tokio::test]
    async fn a_list_that_leads_in_circles_is_an_error() {
        assert_eq!(circle(&[7], None).await, (ENDLESS, 2));
        assert_eq!(circle(&[7, 8, 9], Some(1000)).await, (ENDLESS, 4));
        assert_eq!(circle(&(0..20_000).collect::<Vec<_>>(), None).await, (ENDLESS, MAX_PAGES));
    }

    #[tokio::test]
    async fn a_limit_takes_the_bound_off() {
        let more = MAX_PAGES + 5;
        let endless = |number| std::future::ready(Ok(Page { items: vec![number], last: false }));
        assert_eq!(by_page(1, Some(more), endless).await.unwrap().len(), more);
        // The last page may be like one before.
        let ends = |number| std::future::ready(Ok(Page { items: vec![0], last: number == 2 }));
        assert_eq!(by_page(1, None, ends).await.unwrap(), [0, 0]);
    }
}
