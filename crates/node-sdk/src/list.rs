//! Lists of items, in chunks.

use std::ops::Index;
use std::sync::Arc;

use crate::error::NodeError;
use crate::item::Item;

/// The most items of a chunk.
pub const CHUNK: usize = 500;

/// Items in order, shared: a clone costs a pointer, however many they are.
///
/// They are kept in chunks of at most [`CHUNK`]. Nobody borrows the list as a whole: a node takes it chunk by chunk, so that a list may
/// come from a disk or from a stream one day, and says by [`ItemList::gather`] that it needs everything. What has run is in memory, and
/// can be looked at by index.
///
/// ```
/// use node_sdk::{Item, ItemList};
///
/// let list: ItemList = (0..1200).map(|i| Item::new(i.into())).collect();
/// assert_eq!((list.len(), list[1199].json()), (Some(1200), Some(&1199.into())));
///
/// # use futures_util::FutureExt;
/// # async {
/// let mut chunks = list.chunks();
/// let mut sizes = Vec::new();
/// while let Some(chunk) = chunks.next().await {
///     sizes.push(chunk.unwrap().len());
/// }
/// assert_eq!(sizes, [500, 500, 200]);
/// # }.now_or_never().unwrap();
/// ```
#[derive(Debug, Clone, Default)]
pub struct ItemList(Arc<Chunked>);

#[derive(Debug, Clone, Default)]
struct Chunked {
    chunks: Vec<Arc<Vec<Item>>>,
    /// How many items there are up to the end of each chunk.
    ends: Vec<usize>,
}

impl ItemList {
    /// How many there are; `None`: that is not known before the end.
    pub fn len(&self) -> Option<usize> {
        Some(self.count())
    }

    /// Whether it is known that there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The chunks, one after the other.
    pub fn chunks(&self) -> Chunks {
        Chunks { list: self.clone(), next: 0 }
    }

    /// All items, in memory.
    ///
    /// # Errors
    /// A chunk cannot be read.
    pub async fn gather(&self) -> Result<Vec<Item>, NodeError> {
        let mut items = Vec::with_capacity(self.len().unwrap_or(0));
        let mut chunks = self.chunks();
        while let Some(chunk) = chunks.next().await {
            items.extend(chunk?.iter().cloned());
        }
        Ok(items)
    }

    /// An item of a list in memory.
    pub fn get(&self, index: usize) -> Option<&Item> {
        let chunk = self.0.ends.partition_point(|end| *end <= index);
        let begin = chunk.checked_sub(1).map_or(0, |before| self.0.ends[before]);
        self.0.chunks.get(chunk)?.get(index - begin)
    }

    /// The first item of a list in memory.
    pub fn first(&self) -> Option<&Item> {
        self.get(0)
    }

    /// The last item of a list in memory.
    pub fn last(&self) -> Option<&Item> {
        self.0.chunks.last()?.last()
    }

    /// The items of a list in memory.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Item> + Clone {
        self.0.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// The first `count` items.
    #[must_use]
    pub fn up_to(&self, count: usize) -> Self {
        if self.count() <= count { self.clone() } else { self.iter().take(count).cloned().collect() }
    }

    /// Adds a buffer of items. It becomes a chunk as it is, unless it is longer than a chunk, or fits into the last one.
    pub fn push(&mut self, items: Vec<Item>) {
        if items.is_empty() {
            return;
        }
        let chunked = Arc::make_mut(&mut self.0);
        if let (Some(last), Some(end)) = (chunked.chunks.last_mut().and_then(Arc::get_mut), chunked.ends.last_mut())
            && last.len() + items.len() <= CHUNK
        {
            *end += items.len();
            last.extend(items);
            return;
        }
        if items.len() <= CHUNK {
            return chunked.push(Arc::new(items));
        }
        let mut items = items.into_iter();
        loop {
            let chunk: Vec<Item> = items.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return;
            }
            chunked.push(Arc::new(chunk));
        }
    }

    /// Adds the items of another list, without copying them.
    pub fn append(&mut self, other: Self) {
        let other = Arc::unwrap_or_clone(other.0);
        for chunk in other.chunks {
            match Arc::try_unwrap(chunk) {
                Ok(items) => self.push(items),
                Err(shared) => Arc::make_mut(&mut self.0).push(shared),
            }
        }
    }

    /// The chunks of a list in memory, to change their items. What others share is copied first.
    pub fn chunks_mut(&mut self) -> impl Iterator<Item = &mut [Item]> {
        Arc::make_mut(&mut self.0).chunks.iter_mut().map(|chunk| Arc::make_mut(chunk).as_mut_slice())
    }

    fn count(&self) -> usize {
        self.0.ends.last().copied().unwrap_or(0)
    }
}

impl Chunked {
    fn push(&mut self, chunk: Arc<Vec<Item>>) {
        self.ends.push(self.ends.last().copied().unwrap_or(0) + chunk.len());
        self.chunks.push(chunk);
    }
}

impl From<Vec<Item>> for ItemList {
    fn from(items: Vec<Item>) -> Self {
        let mut list = Self::default();
        list.push(items);
        list
    }
}

impl FromIterator<Item> for ItemList {
    fn from_iter<T: IntoIterator<Item = Item>>(items: T) -> Self {
        let mut list = Self::default();
        let mut items = items.into_iter();
        loop {
            let chunk: Vec<Item> = items.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return list;
            }
            list.push(chunk);
        }
    }
}

/// An item of a list in memory; panics where there is none.
impl Index<usize> for ItemList {
    type Output = Item;

    fn index(&self, index: usize) -> &Item {
        self.get(index).unwrap_or_else(|| panic!("there is no item {index} among {}", self.count()))
    }
}

/// The chunks of a list.
#[derive(Debug)]
pub struct Chunks {
    list: ItemList,
    next: usize,
}

impl Chunks {
    /// The next one; `None` after the last. An `Err` is a chunk that cannot be read, and nothing comes after it.
    pub async fn next(&mut self) -> Option<Result<Arc<Vec<Item>>, NodeError>> {
        let chunk = self.list.0.chunks.get(self.next)?.clone();
        self.next += 1;
        Some(Ok(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(from: usize, count: usize) -> Vec<Item> {
        (from..from + count).map(|i| Item::new(i.into())).collect()
    }

    #[test]
    fn every_item_is_found_whatever_the_chunks_are() {
        let mut list = ItemList::default();
        let mut from = 0;
        for count in [0, 300, 150, 500, 1, 499, 1300, 2] {
            list.push(buffer(from, count));
            from += count;
        }
        assert_eq!(list.0.chunks.iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), [450, 500, 500, 500, 500, 302]);
        let mut twice = list.clone();
        twice.append(list.clone());
        for (list, times) in [(&list, 1), (&twice, 2)] {
            assert_eq!(list.len(), Some(from * times));
            assert!((0..from * times).all(|i| list.get(i).and_then(Item::json) == Some(&(i % from).into())));
            assert_eq!((list.get(from * times), list.last().and_then(Item::json)), (None, Some(&(from - 1).into())));
            assert!(list.iter().enumerate().all(|(i, item)| item.json() == Some(&(i % from).into())));
        }
        assert_eq!(twice.up_to(501).iter().count(), 501);
    }

    #[test]
    fn a_buffer_becomes_a_chunk_without_a_copy_and_a_change_is_seen_by_no_other() {
        let items = buffer(0, CHUNK);
        let place = items.as_ptr();
        let mut list = ItemList::from(items);
        assert_eq!(list.0.chunks[0].as_ptr(), place);
        let other = list.clone();
        list.chunks_mut().flatten().for_each(|item| *item = Item::empty());
        assert_eq!((list[0].json(), other[0].json()), (Item::empty().json(), Some(&0.into())));
    }
}
