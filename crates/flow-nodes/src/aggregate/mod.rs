//! Aggregate: one item out of many, with lists of their fields or of the items themselves.

use std::sync::Arc;

use indexmap::IndexMap;
use node_sdk::{
    Binary, Inputs, Item, ItemParams, Needs, NodeError, Outputs, PairedItem, PrepareContext, Prepared, RunAll, RunContext, async_trait, json,
};
use serde_json::{Map, Value};

use crate::row::Row;
use crate::{js, path, text};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Aggregate",
    summary: "Puts many items into one.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.aggregate", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Aggregate)))
}

struct Aggregate;

#[async_trait]
impl RunAll for Aggregate {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let input = inputs.main().gather().await?;
        let item = cx.params.read(0, move |params| aggregated(params, &input)).await?;
        Ok(Outputs::one(vec![item]))
    }
}

fn aggregated(params: &ItemParams<'_>, input: &[Item]) -> Result<Item, NodeError> {
    let all: Vec<usize> = (0..input.len()).collect();
    let whole = params.string("aggregate")? == "aggregateAllItemData";
    let (json, from) = if whole { whole_items(params, input)? } else { (fields(params, input)?, all) };
    let files = if params.bool("options.includeBinaries", false)? {
        binaries(from.iter().map(|index| &input[*index]), params.bool("options.keepOnlyUnique", false)?)
    } else {
        None
    };
    let mut item = Item::new(Value::Object(json)).paired(PairedItem::List(from.into_iter().map(PairedItem::item).collect()));
    item.binary = files;
    Ok(item)
}

/// One list of the items' JSON, and which items they are: with fields chosen, those that are left with any. The destination's name is
/// the key, dots and all.
fn whole_items(params: &ItemParams<'_>, input: &[Item]) -> Result<(Map<String, Value>, Vec<usize>), NodeError> {
    let exclude = path::names(params.value("fieldsToExclude")?.as_ref(), "Fields To Exclude")?;
    let include = path::names(params.value("fieldsToInclude")?.as_ref(), "Fields To Include")?;
    let all = input.iter().map(|item| item.json().cloned().unwrap_or(Value::Null));
    let (from, list): (Vec<usize>, Vec<Value>) = if exclude.is_empty() && include.is_empty() {
        all.enumerate().unzip()
    } else {
        let wanted = |key: &String| !exclude.contains(key) && (include.is_empty() || include.contains(key));
        let filter = |item: &Item| item.object().map(|map| map.iter().filter(|(key, _)| wanted(key)).map(|(k, v)| (k.clone(), v.clone())).collect());
        let some = |(index, item)| filter(item).filter(|map: &Map<String, Value>| !map.is_empty()).map(|map| (index, Value::Object(map)));
        input.iter().enumerate().filter_map(some).unzip()
    };
    let deep = |(item, json): (&usize, &Value)| json::check_depth(json, 2).map_err(|error| error.item(*item));
    from.iter().zip(&list).try_for_each(deep)?;
    let name = params.evaluated("destinationFieldName")?.map(|given| text::of(&given)).unwrap_or_default();
    Ok((Map::from_iter([(name, Value::Array(list))]), from))
}

/// A list for each field.
fn fields(params: &ItemParams<'_>, input: &[Item]) -> Result<Map<String, Value>, NodeError> {
    let Some(Value::Array(wanted)) =
        params.value("fieldsToAggregate.fieldToAggregate")?.filter(|list| list.as_array().is_some_and(|l| !l.is_empty()))
    else {
        return Err(NodeError::new("No fields specified").description("Please add a field to aggregate").parameter("fieldsToAggregate"));
    };
    let dots = !params.bool("options.disableDotNotation", false)?;
    let collect = Collect { dots, merge_lists: params.bool("options.mergeLists", false)?, keep_missing: params.bool("options.keepMissing", false)? };
    let mut lists: IndexMap<String, Vec<Value>> = IndexMap::new();
    let mut outputs = Vec::new();
    for field in &wanted {
        let given = field.get("fieldToAggregate");
        let renamed = field.get("outputFieldName").filter(|v| !v.is_null()).map(json::to_js_string).unwrap_or_default();
        // Without another name it is taken apart at its dots, which a list stands too.
        if dots && renamed.is_empty() && !given.is_some_and(Value::is_array) {
            text::wanted(given, "fieldsToAggregate.fieldToAggregate.fieldToAggregate")?;
        }
        let from = js::text(given);
        let output = if field.get("renameField").is_some_and(json::truthy) { renamed.clone() } else { from.clone() };
        if outputs.contains(&output) {
            let message = format!("The '{output}' output field is used more than once");
            return Err(NodeError::new(message).description("Please make sure each output field name is unique"));
        }
        outputs.push(output);
        if !from.is_empty() {
            let last = if dots { from.rsplit('.').next().unwrap_or(&from).to_owned() } else { from.clone() };
            lists.insert(if renamed.is_empty() { last } else { renamed }, collect.list(input, &from));
        }
    }
    let mut json = Map::new();
    for (name, list) in lists {
        path::set_field(&mut json, &name, Value::Array(list), dots).map_err(|error| error.parameter("fieldsToAggregate"))?;
    }
    Ok(json)
}

/// How the values of a field are collected.
struct Collect {
    dots: bool,
    merge_lists: bool,
    keep_missing: bool,
}

impl Collect {
    fn list(&self, input: &[Item], field: &str) -> Vec<Value> {
        let mut list = Vec::new();
        for item in input {
            let value = item.json().and_then(|json| path::get_field(json, field, self.dots)).unwrap_or(&Value::Null);
            match value {
                Value::Null if !self.keep_missing => {}
                Value::Array(inner) => {
                    let kept = inner.iter().filter(|entry| self.keep_missing || !entry.is_null()).cloned();
                    if self.merge_lists { list.extend(kept) } else { list.push(kept.collect()) }
                }
                value => list.push(value.clone()),
            }
        }
        list
    }
}

/// The files of all items; a name that is taken gets `_1`, `_2`, and so on.
fn binaries<'a>(input: impl Iterator<Item = &'a Item>, unique: bool) -> Option<Arc<IndexMap<String, Binary>>> {
    let mut files: IndexMap<String, Binary> = IndexMap::new();
    let mut seen = Vec::new();
    for (name, file) in input.filter_map(|item| item.binary.as_deref()).flatten() {
        if unique {
            let look = (file.mime_type.clone(), file.file_type.clone(), file.file_size.clone(), file.file_extension.clone());
            if seen.contains(&look) {
                continue;
            }
            seen.push(look);
        }
        let mut key = name.clone();
        let mut count = 1;
        while files.contains_key(&key) {
            key = format!("{name}_{count}");
            count += 1;
        }
        files.insert(key, file.clone());
    }
    (!files.is_empty()).then(|| Arc::new(files))
}

#[cfg(test)]
mod tests;
