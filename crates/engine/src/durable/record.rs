//! Items in a journal: as n8n writes them, and beside each the handles of its files, which n8n's form has no place for.

use std::collections::BTreeMap;
use std::sync::Arc;

use node_sdk::{BlobRef, Item, NodeError, Outputs, Response};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Written {
    item: Item,
    /// Key and length of the content, by the file's name in the item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, (String, u64)>,
}

/// What a node put out.
pub(super) mod outputs {
    use super::*;

    /// Its items, and what it answered.
    #[derive(Serialize, Deserialize)]
    struct Kept<Lists> {
        lists: Lists,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Box<Response>>,
    }

    pub(in crate::durable) fn serialize<S: Serializer>(run: &Result<Outputs, NodeError>, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = |outputs: &Outputs| outputs.lists.as_deref().map(|lists| lists.iter().map(|list| write(list.iter())).collect::<Vec<_>>());
        let kept = |outputs: &Outputs| Kept { lists: lists(outputs), response: outputs.response.clone() };
        run.as_ref().map(kept).serialize(serializer)
    }

    pub(in crate::durable) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Result<Outputs, NodeError>, D::Error> {
        let kept = Result::<Kept<Option<Vec<Vec<Written>>>>, NodeError>::deserialize(deserializer)?;
        let lists = |lists: Vec<Vec<Written>>| lists.into_iter().map(|list| read(list).into()).collect();
        Ok(kept.map(|kept| Outputs { lists: kept.lists.map(lists), response: kept.response }))
    }
}

/// A list of items.
pub(super) mod items {
    use super::*;

    pub(in crate::durable) fn serialize<S: Serializer>(items: &[Item], serializer: S) -> Result<S::Ok, S::Error> {
        write(items.iter()).serialize(serializer)
    }

    pub(in crate::durable) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Item>, D::Error> {
        Ok(read(Vec::deserialize(deserializer)?))
    }
}

fn write<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<Written> {
    items.map(Written::of).collect()
}

fn read(items: Vec<Written>) -> Vec<Item> {
    items.into_iter().map(Written::read).collect()
}

impl Written {
    fn of(item: &Item) -> Self {
        let files = item.binary.iter().flat_map(|files| files.iter());
        let handle = |blob: &BlobRef| (blob.id.to_string(), blob.len);
        let files = files.filter_map(|(name, file)| Some((name.clone(), file.blob.as_ref().map(handle)?)));
        Self { files: files.collect(), item: item.clone() }
    }

    fn read(self) -> Item {
        let mut item = self.item;
        if let Some(files) = item.binary.as_mut().map(Arc::make_mut) {
            for (name, (id, len)) in self.files {
                if let Some(file) = files.get_mut(&name) {
                    file.blob = Some(BlobRef { id: id.into(), len });
                }
            }
        }
        item
    }
}
