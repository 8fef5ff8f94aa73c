//! The content of a request: its query, its headers and its body, as the node's parameters say them.

use indexmap::IndexMap;
use node_sdk::error::codes;
use node_sdk::json::{stringify, to_js_string, truthy};
use node_sdk::ports::Part;
use node_sdk::{Binary, Item, ItemParams, Kind, NodeError, RunContext};
use request::answer;
use request::draft::{self, Body, Draft, Headers};
use request::file::{self, input_file};
use request::query::Lists;
use serde_json::{Map, Value};

use super::failure::{ErrorObject, Failure};
use super::literal::literal;
use super::pairs::{self, Pair};
use super::settings::Settings;
use crate::{json_text, path};

/// A file whose content the request gets when it is about to leave: those of items that wait are not in memory.
pub(super) struct Attached {
    /// Its place among the parts; `None`: it is the whole body.
    part: Option<usize>,
    file: Binary,
}

/// Reads the files of a request.
pub(super) async fn attach(cx: &RunContext, files: &[Attached], body: &mut Body) -> Result<(), NodeError> {
    for Attached { part, file } in files {
        let content = file::content(cx, file).await?;
        match (&mut *body, part) {
            (Body::Multipart(parts), Some(at)) => parts[*at].content = content,
            (Body::Raw(bytes, _), None) => *bytes = content,
            _ => {}
        }
    }
    Ok(())
}

/// The request of an item, without its credential and the content of its files.
pub(super) fn draft(params: &ItemParams<'_>, settings: &Settings, item: &Item) -> Result<(Draft, Vec<Attached>), Failure> {
    let mut files = Vec::new();
    let lists = match params.string("options.queryParameterArrays")?.as_str() {
        "brackets" => Lists::Brackets,
        "repeat" => Lists::Repeat,
        _ => Lists::Indices,
    };
    let query = query(params, settings.version)?;
    // n8n resolves the headers before a JSON text: where both fail, it is theirs that shows.
    let headers_first = settings.content.as_deref() == Some("json") && params.string("specifyBody")? == "json";
    let early = if headers_first { Some(headers(params, settings.version)?) } else { None };
    let body = body(params, settings, item, &mut files)?;
    let mut headers = match early {
        Some(headers) => headers,
        None => headers(params, settings.version)?,
    };
    if let Body::Raw(_, content_type) = &body {
        // A raw body's type wins over a header; a file's only stands in for one.
        let own = settings.content.as_deref() == Some("binaryData") && headers.get("content-type").is_some();
        if let Some(content_type) = content_type.as_ref().filter(|_| !own) {
            headers.set("content-type", content_type);
        }
    }
    let body = match body {
        Body::Raw(bytes, _) => Body::Raw(bytes, headers.get("content-type").map(str::to_owned)),
        other => other,
    };
    let draft = Draft {
        method: settings.method.clone(),
        url: settings.url.clone(),
        query,
        lists,
        headers,
        body,
        accept: settings.format.accept(),
        parses: settings.parses(),
        options: settings.options.clone(),
    };
    Ok((draft, files))
}

fn query(params: &ItemParams<'_>, version: f64) -> Result<Map<String, Value>, NodeError> {
    if !literal(params, "sendQuery", false) {
        return Ok(Map::new());
    }
    if params.string("specifyQuery")? != "json" {
        return Ok(pairs::object(pairs::read(params, "queryParameters.parameters")?, version));
    }
    Ok(match json_parameter(params, "jsonQuery", "JSON Query Parameters")? {
        Value::Object(map) => map.into_iter().filter(|(name, _)| !pairs::is_unsafe(name)).collect(),
        Value::Array(list) => list.into_iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => Map::new(),
    })
}

fn headers(params: &ItemParams<'_>, version: f64) -> Result<Headers, NodeError> {
    let mut headers = Headers::default();
    if !literal(params, "sendHeaders", false) {
        return Ok(headers);
    }
    let given = if params.string("specifyHeaders")? == "json" {
        match json_parameter(params, "jsonHeaders", "JSON Headers")? {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    } else {
        pairs::object(pairs::read(params, "headerParameters.parameters")?, version)
    };
    let lower = params.value("options.lowercaseHeaders")?.is_none_or(|value| truthy(&value));
    for (name, value) in given.iter().filter(|(name, _)| !name.is_empty()) {
        let name = if lower { name.to_lowercase() } else { name.clone() };
        headers.0.retain(|(other, _)| *other != name);
        headers.add_value(&name, value);
    }
    Ok(headers)
}

/// A parameter that must hold a text that is JSON.
fn json_parameter(params: &ItemParams<'_>, path: &str, field: &str) -> Result<Value, NodeError> {
    let text = match &params.evaluated(path)? {
        None => String::new(),
        Some(evaluated) if evaluated.kind == Kind::Undefined => "undefined".to_owned(),
        Some(evaluated) => to_js_string(&evaluated.value),
    };
    answer::parse_json(&text).map_err(|error| {
        let invalid = || {
            let why = json_text::words(&text, params).unwrap_or_else(|| error.to_string());
            NodeError::coded(codes::PARAMETER, format!("The value in the \"{field}\" field is not valid JSON")).description(why)
        };
        json_text::too_deep(&error).unwrap_or_else(invalid).parameter(path)
    })
}

fn body(params: &ItemParams<'_>, settings: &Settings, item: &Item, files: &mut Vec<Attached>) -> Result<Body, Failure> {
    let Some(content) = settings.content.as_deref() else { return Ok(Body::None) };
    let by_pairs = |specify: &str| -> Result<bool, NodeError> { Ok(params.string("specifyBody")? != specify) };
    let list = |params| pairs::read(params, "bodyParameters.parameters");
    Ok(match content {
        "form-urlencoded" if by_pairs("string")? => Body::Form(pairs::object(list(params)?, settings.version)),
        "form-urlencoded" => Body::Form(form_of(&params.string("body")?)),
        "multipart-form-data" => Body::Multipart(multipart(list(params)?, settings.version, (item, params.index()), files)?),
        "binaryData" if !draft::sends_bytes(&settings.method) => Body::None,
        "binaryData" => {
            let file = input_file(item, &params.string("inputDataFieldName")?, params.index())?;
            let kind = Some(file.mime_type.clone()).filter(|kind| !kind.is_empty());
            files.push(Attached { part: None, file });
            Body::Raw(Default::default(), kind)
        }
        "raw" => raw(params)?,
        _ if by_pairs("json")? => Body::Json(Value::Object(json_pairs(list(params)?, settings.version)?)),
        _ => Body::Json(json_body(params)?),
    })
}

/// From version 4 on the names of JSON pairs are paths: `a.b` nests, `c[0]` makes a list.
fn json_pairs(list: Vec<Pair>, version: f64) -> Result<Map<String, Value>, NodeError> {
    let mut map = Map::new();
    for Pair { name, value, .. } in list {
        match value {
            Some(value) if version >= 4.0 => path::set(&mut map, &name, value).map_err(|error| error.parameter("bodyParameters.parameters"))?,
            Some(value) => {
                map.insert(name, value);
            }
            None => {}
        }
    }
    Ok(map)
}

fn json_body(params: &ItemParams<'_>) -> Result<Value, NodeError> {
    match params.evaluated("jsonBody")? {
        Some(evaluated) if evaluated.kind == Kind::Json && !evaluated.value.is_string() => Ok(evaluated.value),
        _ => json_parameter(params, "jsonBody", "JSON Body"),
    }
}

/// A form given as text: its names and values, of equal names the last.
fn form_of(text: &str) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).filter(|(name, _)| !pairs::is_unsafe(name)).collect()
}

fn raw(params: &ItemParams<'_>) -> Result<Body, NodeError> {
    let content_type = params.string("rawContentType")?;
    let text = match params.value("body")? {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(value @ (Value::Object(_) | Value::Array(_))) => stringify(&value),
        Some(Value::Bool(_) | Value::Number(_)) => return Ok(Body::Unsendable),
    };
    Ok(Body::Raw(text.into(), Some(content_type)))
}

/// The parts, in order; before 4.2 one for each name (the last one, in the place of the first), and one for each entry of a list.
fn multipart(list: Vec<Pair>, version: f64, item: (&Item, usize), files: &mut Vec<Attached>) -> Result<Vec<Part>, Failure> {
    let by_name = version < 4.2;
    let list = if by_name { last_of_each_name(list) } else { list };
    let mut parts = Vec::with_capacity(list.len());
    for pair in list {
        if pair.kind == "formBinaryData" {
            let (part, file) = file_part(pair, item)?;
            files.push(Attached { part: Some(parts.len()), file });
            parts.push(part);
            continue;
        }
        match pair.value {
            None => {}
            Some(Value::Array(values)) if by_name => {
                for value in values {
                    parts.push(text_part(&pair.name, &value)?);
                }
            }
            Some(value) => parts.push(text_part(&pair.name, &value)?),
        }
    }
    Ok(parts)
}

/// A file that no field is named for is left out.
fn last_of_each_name(list: Vec<Pair>) -> Vec<Pair> {
    let named = |pair: &Pair| pair.kind != "formBinaryData" || !pair.input.is_empty();
    let by_name: IndexMap<String, Pair> = list.into_iter().filter(named).map(|pair| (pair.name.clone(), pair)).collect();
    by_name.into_values().collect()
}

fn file_part(pair: Pair, (item, index): (&Item, usize)) -> Result<(Part, Binary), Failure> {
    if pair.input.is_empty() {
        return Err(NodeError::new(expression::unreadable("undefined", "value")).named("TypeError").into());
    }
    let file = input_file(item, &pair.input, index)?;
    let file_name = file.file_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "file".to_owned());
    let content_type = if file.mime_type.is_empty() { "application/octet-stream".to_owned() } else { file.mime_type.clone() };
    let part = Part { name: pair.name, file_name: Some(file_name), content_type: Some(content_type), content: Default::default() };
    Ok((part, file))
}

fn text_part(name: &str, value: &Value) -> Result<Part, Failure> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Null => {
            Ok(Part { name: name.to_owned(), file_name: None, content_type: None, content: to_js_string(value).into() })
        }
        _ => Err(ErrorObject::new("TypeError", "data should be a string, Buffer or Uint8Array").into()),
    }
}
