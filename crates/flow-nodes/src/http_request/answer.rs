//! Items out of an answer.

use node_sdk::error::codes;
use node_sdk::json::{check_depth, stringify};
use node_sdk::ports::HttpResponse;
use node_sdk::{Item, NodeError, RunContext};
use request::{answer, file};
use serde_json::{Map, Value};

use super::accept::Format;
use super::failure::Failure;
use super::settings::Settings;

/// The items that an answer becomes.
pub(super) async fn items(cx: &RunContext, settings: &Settings, answer: HttpResponse, item: &Item, index: usize) -> Result<Vec<Item>, Failure> {
    let content_type = answer.header("content-type").unwrap_or_default().to_owned();
    let format = match settings.format {
        Format::Autodetect => Format::detect(&content_type),
        told => told,
    };
    if format == Format::File {
        return Ok(vec![file_item(cx, settings, &answer, item).await?]);
    }
    let typed_json = settings.format == Format::Autodetect && format == Format::Json;
    let body = if answer.body.is_empty() && !typed_json && !(settings.pagination.is_some() && format == Format::Text) {
        None
    } else if settings.format == Format::Autodetect {
        Some(detected(&answer, &content_type, format, settings.never_error)?)
    } else {
        let text = String::from_utf8_lossy(&answer.body);
        let text = text.trim_start_matches('\u{feff}');
        Some(answer::parse_json(text).unwrap_or_else(|_| Value::String(text.to_owned())))
    };
    if format == Format::Text {
        return Ok(vec![text_item(settings, &answer, body)]);
    }
    json_items(settings, &answer, body, index)
}

/// An answer that is read by its content type.
fn detected(answer: &HttpResponse, content_type: &str, format: Format, never_error: bool) -> Result<Value, Failure> {
    let text = answer::decode(&answer.body, content_type).map_err(|why| Failure::Answer(NodeError::coded(codes::HTTP_BAD_ANSWER, why)))?;
    if format != Format::Json {
        return Ok(Value::String(text));
    }
    match answer::parse_json(&text) {
        _ if text.trim().is_empty() => Ok(Value::Object(Map::new())),
        Ok(value) => Ok(value),
        Err(_) if never_error => Ok(Value::Object(Map::new())),
        Err(error) => Err(Failure::Answer(NodeError::coded(codes::HTTP_BAD_ANSWER, "Invalid JSON in response body").description(error.to_string()))),
    }
}

fn text_item(settings: &Settings, answer: &HttpResponse, body: Option<Value>) -> Item {
    let text = body.map(|body| match body {
        Value::Object(_) | Value::Array(_) => Value::String(stringify(&body)),
        scalar => scalar,
    });
    let mut map = Map::new();
    if let Some(text) = text {
        map.insert(settings.output.clone(), text);
    }
    if settings.full {
        add_head(&mut map, answer);
    }
    Item::new(Value::Object(map))
}

fn json_items(settings: &Settings, answer: &HttpResponse, body: Option<Value>, index: usize) -> Result<Vec<Item>, Failure> {
    let body = match body {
        Some(Value::String(text)) if text.trim().is_empty() => Some(Value::Object(Map::new())),
        // n8n parses twice: a JSON text must itself hold JSON.
        Some(Value::String(text)) => Some(answer::parse_json(&text).map_err(|error| {
            let message = "Response body is not valid JSON. Change \"Response Format\" to \"Text\"";
            Failure::Answer(NodeError::coded(codes::HTTP_BAD_ANSWER, message).help(format!("What does not fit: {error}.")))
        })?),
        other => other,
    };
    if settings.full {
        let mut map = Map::new();
        if let Some(body) = body {
            check_depth(&body, 1).map_err(Failure::Answer)?;
            map.insert("body".into(), body);
        }
        add_head(&mut map, answer);
        return Ok(vec![Item::new(Value::Object(map))]);
    }
    Ok(match body {
        Some(Value::Array(list)) => list.into_iter().map(|value| Item::new(object_for_null(value))).collect(),
        Some(value) => vec![Item::new(object_for_null(value))],
        None if settings.format == Format::Autodetect => vec![Item::empty()],
        // n8n trips over an empty answer that was to be JSON; its own words for it tell nobody anything, but they are data.
        None => {
            let error = NodeError::coded(codes::HTTP_BAD_ANSWER, expression::unreadable("undefined", "error"));
            return Err(Failure::Answer(error.help("The answer is empty: choose another response format, or the full response.").item(index)));
        }
    })
}

fn object_for_null(value: Value) -> Value {
    if value.is_null() { Value::Object(Map::new()) } else { value }
}

async fn file_item(cx: &RunContext, settings: &Settings, answer: &HttpResponse, item: &Item) -> Result<Item, NodeError> {
    let binary = file::store(cx, answer, &settings.url, &settings.output).await?;
    let mut made = if settings.full {
        let mut map = Map::new();
        add_head(&mut map, answer);
        Item::new(Value::Object(map))
    } else {
        Item { json: item.json.clone(), ..Item::default() }
    };
    made.binary = item.binary.clone();
    Ok(made.with_binary(settings.output.clone(), binary))
}

fn add_head(map: &mut Map<String, Value>, answer: &HttpResponse) {
    map.insert("headers".into(), Value::Object(answer::header_object(answer)));
    map.insert("statusCode".into(), answer.status.into());
    map.insert("statusMessage".into(), answer.status_text.clone().into());
}
