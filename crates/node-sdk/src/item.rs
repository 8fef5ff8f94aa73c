//! One item on its way through a workflow.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::blob::Binary;
use crate::error::NodeError;

/// One item: what n8n calls `INodeExecutionData`.
///
/// Cloning is a pointer copy; editing is copy-on-write ([`Item::json_mut`]).
///
/// ```
/// use node_sdk::Item;
/// use serde_json::json;
///
/// let item = Item::new(json!({"name": "Ana"}));
/// let mut copy = item.clone();
/// copy.json_mut()["name"] = json!("Bia");
/// assert_eq!(item.json().unwrap()["name"], "Ana");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// The data. Mostly an object; n8n also has scalar items (an array answer of scalars) and items without `json`.
    pub json: Option<Arc<Value>>,
    /// Files by property name, in order.
    pub binary: Option<Arc<IndexMap<String, Binary>>>,
    /// The input item or items this one came from, as the node gave it. `None`: the engine fills it in where it can.
    pub paired_item: Option<PairedItem>,
    /// The item's `error` field: set where a node failed for this item and went on.
    pub error: Option<Arc<Value>>,
    /// Keys beside the known ones, kept as they came (n8n keeps them too).
    pub extra: Option<Arc<Map<String, Value>>>,
}

impl Item {
    /// An item with this JSON and nothing else.
    pub fn new(json: Value) -> Self {
        Self { json: Some(Arc::new(json)), ..Self::default() }
    }

    /// An item whose JSON is `{}`.
    pub fn empty() -> Self {
        Self::new(Value::Object(Map::new()))
    }

    /// The item that stands for what failed where a node goes on after errors, in n8n's common form: `{"error": message}`.
    pub fn failed(error: &NodeError) -> Self {
        Self::new(Value::Object(Map::from_iter([("error".to_owned(), Value::String(error.message.clone()))])))
    }

    /// The JSON, or `None` for an item without `json`.
    pub fn json(&self) -> Option<&Value> {
        self.json.as_deref()
    }

    /// The JSON as an object, or `None` where it is a scalar, a list or absent.
    pub fn object(&self) -> Option<&Map<String, Value>> {
        self.json().and_then(Value::as_object)
    }

    /// The JSON for editing; copied first if other items share it, `{}` if there was none.
    pub fn json_mut(&mut self) -> &mut Value {
        let json = self.json.get_or_insert_with(|| Arc::new(Value::Object(Map::new())));
        Arc::make_mut(json)
    }

    /// The same item with another pairing.
    #[must_use]
    pub fn paired(mut self, paired_item: impl Into<PairedItem>) -> Self {
        self.paired_item = Some(paired_item.into());
        self
    }

    /// The same item with `binary` put under `property`.
    #[must_use]
    pub fn with_binary(mut self, property: impl Into<String>, binary: Binary) -> Self {
        let map = self.binary.get_or_insert_with(Arc::default);
        Arc::make_mut(map).insert(property.into(), binary);
        self
    }

    /// Reads an item from n8n's shape `{json, binary, pairedItem, error, ...}`. A value that is no object becomes the JSON itself.
    pub fn from_value(value: Value) -> Self {
        let Value::Object(mut map) = value else { return Self::new(value) };
        let json = map.shift_remove("json").map(Arc::new);
        let binary = map.shift_remove("binary").and_then(|v| serde_json::from_value(v).ok()).map(Arc::new);
        let paired_item = map.shift_remove("pairedItem").and_then(PairedItem::from_value);
        let error = map.shift_remove("error").map(Arc::new);
        let extra = (!map.is_empty()).then(|| Arc::new(map));
        Self { json, binary, paired_item, error, extra }
    }

    /// Writes the item in n8n's shape. Binary handles are written with their metadata, without content.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        if let Some(json) = &self.json {
            map.insert("json".into(), (**json).clone());
        }
        if let Some(binary) = &self.binary {
            map.insert("binary".into(), serde_json::to_value(&**binary).unwrap_or(Value::Null));
        }
        if let Some(paired) = &self.paired_item {
            map.insert("pairedItem".into(), paired.to_value());
        }
        if let Some(error) = &self.error {
            map.insert("error".into(), (**error).clone());
        }
        if let Some(extra) = &self.extra {
            map.extend(extra.iter().map(|(k, v)| (k.clone(), v.clone())));
        }
        Value::Object(map)
    }
}

impl From<Value> for Item {
    fn from(json: Value) -> Self {
        Self::new(json)
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_value)
    }
}

/// Where an item came from, in each form that n8n writes.
#[derive(Debug, Clone, PartialEq)]
pub enum PairedItem {
    /// `3`: item 3 of input 0. Kept as a number; a number that is no index (`-1`, `1.5`) is kept too and pairs with nothing.
    Number(serde_json::Number),
    /// `{"item": 3, "input": 1}`.
    Object(PairedRef),
    /// Several origins.
    List(Vec<PairedItem>),
}

/// The object form of a pairing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairedRef {
    /// Index of the item within the input.
    pub item: usize,
    /// Index of the input; absent means 0.
    pub input: Option<usize>,
    /// Other keys (`sourceOverwrite`), kept.
    pub extra: BTreeMap<String, Value>,
}

impl PairedItem {
    /// Item `item` of input 0, in the object form.
    pub fn item(item: usize) -> Self {
        Self::Object(PairedRef { item, ..PairedRef::default() })
    }

    /// Item `item` of input `input`.
    pub fn input(item: usize, input: usize) -> Self {
        Self::Object(PairedRef { item, input: Some(input), ..PairedRef::default() })
    }

    /// Item `item` of input `input` as n8n writes where an item stands: input 0 is left out.
    pub fn at(item: usize, input: usize) -> Self {
        if input == 0 { Self::item(item) } else { Self::input(item, input) }
    }

    /// The first `count` items of input 0.
    pub fn all(count: usize) -> Self {
        Self::List((0..count).map(Self::item).collect())
    }

    /// No item at all; an item that its node leaves so is not paired by the engine either.
    pub fn none() -> Self {
        Self::List(Vec::new())
    }

    /// All origins as (item, input).
    pub fn origins(&self) -> Vec<(usize, usize)> {
        match self {
            Self::Number(n) => n.as_u64().map(|i| (i as usize, 0)).into_iter().collect(),
            Self::Object(r) => vec![(r.item, r.input.unwrap_or(0))],
            Self::List(list) => list.iter().flat_map(Self::origins).collect(),
        }
    }

    /// Reads any of the forms; `None` for a value that is none of them.
    pub fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(n) => Some(Self::Number(n)),
            Value::Array(list) => Some(Self::List(list.into_iter().filter_map(Self::from_value).collect())),
            Value::Object(mut map) => {
                let item = map.shift_remove("item")?.as_u64()? as usize;
                let input = map.shift_remove("input").and_then(|v| v.as_u64()).map(|v| v as usize);
                Some(Self::Object(PairedRef { item, input, extra: map.into_iter().collect() }))
            }
            _ => None,
        }
    }

    /// Writes the form back.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Number(n) => Value::Number(n.clone()),
            Self::List(list) => Value::Array(list.iter().map(Self::to_value).collect()),
            Self::Object(r) => {
                let mut map = Map::new();
                map.insert("item".into(), r.item.into());
                if let Some(input) = r.input {
                    map.insert("input".into(), input.into());
                }
                map.extend(r.extra.iter().map(|(k, v)| (k.clone(), v.clone())));
                Value::Object(map)
            }
        }
    }
}

impl From<usize> for PairedItem {
    fn from(item: usize) -> Self {
        Self::item(item)
    }
}
