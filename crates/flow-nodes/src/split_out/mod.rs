//! Split Out: makes an item of each element of a list (or of each value of an object, or of each file).

use std::sync::Arc;

use indexmap::IndexMap;
use node_sdk::{Binary, Item, ItemParams, Needs, NodeError, Output, PrepareContext, Prepared, RunContext, RunItem};
use serde_json::{Map, Value};

use crate::row::Row;
use crate::setting::Setting;
use crate::{path, text};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Split Out",
    summary: "Makes an item of each element of a list.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.splitOut", Needs::Item, prepare)
};

/// The field name that stands for the item's files.
const BINARY: &str = "$binary";

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::Item(Arc::new(Ready {
        fields: Setting::at(cx, "fieldToSplitOut"),
        destinations: Setting::at(cx, "options.destinationFieldName"),
        include: Setting::at(cx, "include"),
        fields_to_include: Setting::at(cx, "fieldsToInclude"),
        no_dots: Setting::at(cx, "options.disableDotNotation"),
        include_binary: Setting::at(cx, "options.includeBinary"),
    })))
}

struct Ready {
    fields: Setting,
    destinations: Setting,
    include: Setting,
    fields_to_include: Setting,
    no_dots: Setting,
    include_binary: Setting,
}

/// What an element became, on the way to an item.
#[derive(Default, Clone)]
struct Part {
    json: Map<String, Value>,
    binary: IndexMap<String, Binary>,
}

impl RunItem for Ready {
    fn catches_errors(&self) -> bool {
        false
    }

    fn run_item(&self, _: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let dots = !self.no_dots.bool(params, false)?;
        let fields = self.fields(params)?;
        let include = self.include.text(params)?;
        let parts = self.split(params, &item, &fields, include == "noOtherFields", dots)?;
        let parts = match &*include {
            "allOtherFields" => with_all_others(parts, &item, &fields, dots),
            "selectedOtherFields" => self.with_selected(params, parts, &item, dots)?,
            _ => parts,
        };
        let files = if self.include_binary.bool(params, false)? { item.binary.clone() } else { None };
        parts.into_iter().for_each(|part| out.push(part.into_item(files.as_ref()).paired(index)));
        Ok(())
    }
}

impl Ready {
    /// Names in a text may begin with `$json.`, and an empty one counts; a list is one of names, and what is no name names nothing.
    fn fields(&self, params: &ItemParams<'_>) -> Result<Vec<String>, NodeError> {
        let given = self.fields.value(params)?;
        match given.as_deref() {
            Some(Value::String(text)) => {
                Ok(text.split(',').map(str::trim).map(|name| name.strip_prefix("$json.").unwrap_or(name).to_owned()).collect())
            }
            given => path::names(Some(given.unwrap_or(&Value::Null)), "Fields To Split Out")
                .map_err(|error| error.parameter(self.fields.path()).item(params.index())),
        }
    }

    fn destinations(&self, params: &ItemParams<'_>) -> Result<Vec<String>, NodeError> {
        let Some(given) = self.destinations.value(params)? else { return Ok(Vec::new()) };
        let names = text::receiver(Some(&given), text::PARAMETER_CALL, "split").map(path::split_names);
        names.map_err(|error| error.parameter(self.destinations.path()).item(params.index()))
    }

    fn split(&self, params: &ItemParams<'_>, item: &Item, fields: &[String], alone: bool, dots: bool) -> Result<Vec<Part>, NodeError> {
        let destinations = self.destinations(params)?;
        if !destinations.is_empty() && destinations.len() != fields.len() {
            let message = "If multiple fields to split out are given, the same number of destination fields must be given";
            return Err(NodeError::new(message).parameter("options.destinationFieldName"));
        }
        let mut parts: Vec<Part> = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            if field == BINARY {
                for (i, (name, file)) in item.binary.iter().flat_map(|files| files.iter()).enumerate() {
                    part(&mut parts, i).binary.insert(name.clone(), file.clone());
                }
                continue;
            }
            let destination = destinations.get(at);
            let spread = alone && destination.is_none() && fields.len() == 1;
            for (i, element) in elements(item, field, dots).into_iter().enumerate() {
                let json = &mut part(&mut parts, i).json;
                match element {
                    Value::Object(map) if spread => json.extend(map),
                    Value::Array(list) if spread => json.extend(list.into_iter().enumerate().map(|(i, value)| (i.to_string(), value))),
                    element => drop(json.insert(destination.unwrap_or(field).clone(), element)),
                }
            }
        }
        Ok(parts)
    }

    /// The names of the fields are the keys, dots and all.
    fn with_selected(&self, params: &ItemParams<'_>, mut parts: Vec<Part>, item: &Item, dots: bool) -> Result<Vec<Part>, NodeError> {
        if parts.is_empty() {
            return Ok(parts);
        }
        let names = self.fields_to_include.names(params, "Fields To Include")?;
        if names.is_empty() {
            return Err(NodeError::new("No fields specified").description("Please add a field to include").parameter("fieldsToInclude"));
        }
        for part in &mut parts {
            for name in &names {
                match item.json().and_then(|json| path::get_field(json, name, dots)) {
                    Some(value) => drop(part.json.insert(name.clone(), value.clone())),
                    None => drop(part.json.shift_remove(name)),
                }
            }
        }
        Ok(parts)
    }
}

fn part(parts: &mut Vec<Part>, index: usize) -> &mut Part {
    if parts.len() <= index {
        parts.resize_with(index + 1, Part::default);
    }
    &mut parts[index]
}

/// The elements of a field: a list's, an object's values, or the value itself. Nothing where the field is missing.
fn elements(item: &Item, field: &str, dots: bool) -> Vec<Value> {
    match item.json().and_then(|json| path::get_field(json, field, dots)) {
        None => Vec::new(),
        Some(Value::Array(list)) => list.clone(),
        Some(Value::Object(map)) => map.values().cloned().collect(),
        Some(value) => vec![value.clone()],
    }
}

fn with_all_others(parts: Vec<Part>, item: &Item, fields: &[String], dots: bool) -> Vec<Part> {
    let mut others = item.object().cloned().unwrap_or_default();
    for field in fields {
        path::unset_field(&mut others, field, dots);
    }
    let merge = |part: Part| {
        let mut json = others.clone();
        json.extend(part.json);
        Part { json, binary: part.binary }
    };
    parts.into_iter().map(merge).collect()
}

impl Part {
    fn into_item(self, files: Option<&Arc<IndexMap<String, Binary>>>) -> Item {
        let mut item = Item::new(Value::Object(self.json));
        item.binary = if self.binary.is_empty() { files.cloned() } else { Some(Arc::new(self.binary)) };
        item
    }
}

#[cfg(test)]
mod tests;
