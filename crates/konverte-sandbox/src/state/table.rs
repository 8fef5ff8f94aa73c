//! One kind of record: rows by id, an index of the keys they can be found by, and a counter that never goes back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a record can be found by besides its id: a name, the record it belongs to, and a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(&'static str, u64, String);

impl Key {
    /// Belongs to the record with this id.
    pub(crate) fn of(name: &'static str, owner: u64) -> Self {
        Self(name, owner, String::new())
    }

    /// Has this text, within the owner (0: on the whole installation).
    pub(crate) fn text(name: &'static str, owner: u64, text: &str) -> Self {
        Self(name, owner, text.to_owned())
    }

    /// Has this text in whatever case.
    pub(crate) fn folded(name: &'static str, owner: u64, text: &str) -> Self {
        Self(name, owner, text.to_lowercase())
    }
}

/// A row of a [`Table`].
pub(crate) trait Record: Clone + Serialize + DeserializeOwned {
    fn id(&self) -> u64;
    fn set_id(&mut self, id: u64);
    /// Every key the row can be found by.
    fn keys(&self) -> Vec<Key>;
}

/// All records of one kind. In JSON it is the list of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, T>,
    index: HashMap<Key, BTreeSet<u64>>,
    next: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), index: HashMap::new(), next: 1 }
    }
}

impl<T: Record> Table<T> {
    /// Gives the record the next id and keeps it.
    pub(crate) fn insert(&mut self, mut record: T) -> u64 {
        let id = self.next;
        record.set_id(id);
        self.put(record);
        id
    }

    /// Keeps the record under this id, which another kind of counting has given it.
    pub(crate) fn put_at(&mut self, id: u64, mut record: T) {
        record.set_id(id);
        self.put(record);
    }

    /// The next record gets this id, or a higher one.
    pub(crate) fn count_from(&mut self, id: u64) {
        self.next = self.next.max(id);
    }

    /// The id that the next record gets.
    pub(crate) fn next_id(&self) -> u64 {
        self.next
    }

    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// Changes a row and finds it by its new keys from then on. Nothing happens to an id that is not there.
    pub(crate) fn update(&mut self, id: u64, change: impl FnOnce(&mut T)) {
        let Some(mut record) = self.remove(id) else { return };
        change(&mut record);
        self.put(record);
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let record = self.rows.remove(&id)?;
        for key in record.keys() {
            if let Some(ids) = self.index.get_mut(&key) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        Some(record)
    }

    /// Rows by ascending id.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// The first row with this key.
    pub(crate) fn find(&self, key: &Key) -> Option<&T> {
        self.all(key).next()
    }

    /// The rows with this key, by ascending id.
    pub(crate) fn all<'a>(&'a self, key: &Key) -> impl DoubleEndedIterator<Item = &'a T> + use<'a, T> {
        self.index.get(key).into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    pub(crate) fn count(&self, key: &Key) -> usize {
        self.index.get(key).map_or(0, BTreeSet::len)
    }

    /// Whether a row other than `except` has this key.
    pub(crate) fn taken(&self, key: &Key, except: u64) -> bool {
        self.all(key).any(|row| row.id() != except)
    }

    /// Removes every row with this key and gives their ids.
    pub(crate) fn remove_all(&mut self, key: &Key) -> Vec<u64> {
        let ids: Vec<u64> = self.all(key).map(T::id).collect();
        for id in &ids {
            self.remove(*id);
        }
        ids
    }

    fn put(&mut self, record: T) {
        let id = record.id();
        self.next = self.next.max(id + 1);
        for key in record.keys() {
            self.index.entry(key).or_default().insert(id);
        }
        self.rows.insert(id, record);
    }
}

impl<T: Record> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.values())
    }
}

impl<'de, T: Record> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        for record in Vec::<T>::deserialize(deserializer)? {
            if record.id() == 0 {
                return Err(D::Error::custom("a record needs an `id` of 1 or more"));
            }
            if table.get(record.id()).is_some() {
                return Err(D::Error::custom(format!("two records have the id {}", record.id())));
            }
            table.put(record);
        }
        Ok(table)
    }
}
