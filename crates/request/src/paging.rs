//! Walking a list page by page.

use std::future::Future;

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
pub async fn by_page<T, E, F>(size: usize, limit: Option<usize>, mut fetch: impl FnMut(u64) -> F) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<Page<T>, E>>,
{
    let mut all = Vec::new();
    for number in 1.. {
        let page = fetch(number).await?;
        let done = page.last || page.items.is_empty() || page.items.len() < size;
        all.extend(page.items);
        if enough(&mut all, limit) || done {
            break;
        }
    }
    Ok(all)
}

/// Fetches the first page, then each that a page points to, until one is empty, points nowhere or to itself, or `limit` items are there.
pub async fn by_cursor<T, C, E, F>(limit: Option<usize>, mut fetch: impl FnMut(Option<C>) -> F) -> Result<Vec<T>, E>
where
    C: Clone + PartialEq,
    F: Future<Output = Result<CursorPage<T, C>, E>>,
{
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = fetch(cursor.clone()).await?;
        let done = page.items.is_empty() || page.next.is_none() || page.next == cursor;
        all.extend(page.items);
        if enough(&mut all, limit) || done {
            return Ok(all);
        }
        cursor = page.next;
    }
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
            async move { Ok::<_, ()>(Page { items: (begin..total.min(begin + 2)).collect(), last: false }) }
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

    #[tokio::test]
    async fn a_cursor_that_stands_still_ends_the_walk() {
        let asked = Cell::new(0);
        let all = by_cursor(None, |_: Option<u32>| {
            asked.set(asked.get() + 1);
            async { Ok::<_, ()>(CursorPage { items: vec![1], next: Some(7) }) }
        });
        assert_eq!(all.await.unwrap().len(), 2);
        assert_eq!(asked.get(), 2);
    }
}
