//! Fields that are given as JSON with expressions in it: all in one piece, or one of type object (before 3.3).

use std::sync::LazyLock;

use node_sdk::json::JsonError;
use node_sdk::{Evaluated, ItemParams, Kind, NodeError, Parameters, PrepareContext, Resolvable, json};
use regex::Regex;
use serde_json::{Map, Value};

use super::repair::repaired;
use crate::{json_text, text};

const PATH: &str = "jsonOutput";

/// All fields in one piece.
pub(super) enum Json {
    /// The file has none.
    Nothing,
    Text(Template),
    Value(Resolvable),
}

impl Json {
    pub(super) fn new(cx: &PrepareContext<'_>) -> Self {
        match (cx.parameters.get(PATH), cx.parameters.at(PATH)) {
            (Some(Value::String(text)), _) => Self::Text(Template::new(cx.parameters, text)),
            (_, Some(value)) => Self::Value(value),
            _ => Self::Nothing,
        }
    }

    /// The object of one item.
    pub(super) fn resolve(&self, params: &ItemParams<'_>) -> Result<Map<String, Value>, NodeError> {
        let place = Place { what: "'JSON Output'".to_owned(), path: PATH.to_owned(), item: params.index() };
        let value = match self {
            Self::Text(template) => place.parse(&template.fill_in(params, PATH)?)?,
            Self::Value(value) => params.resolve(value, PATH)?.value,
            // What n8n's editor begins with.
            Self::Nothing => serde_json::json!({"my_field_1": "value", "my_field_2": 1}),
        };
        match value {
            Value::Object(map) => Ok(map),
            Value::Null => Err(NodeError::new("Cannot convert undefined or null to object").named("TypeError").parameter(PATH).item(params.index())),
            _ => Err(place.not_an_object()),
        }
    }
}

/// JSON with `{{ }}` in it, cut once.
#[derive(Debug)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Block(Resolvable),
}

impl Template {
    pub(super) fn new(parameters: &Parameters, text: &str) -> Self {
        let Some(template) = text.strip_prefix('=') else { return Self(vec![Piece::Text(text.to_owned())]) };
        let mut rest = template.trim_start_matches('=');
        let mut pieces = Vec::new();
        while let Some(start) = rest.find("{{") {
            let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else { break };
            pieces.push(Piece::Text(rest[..start].to_owned()));
            pieces.push(Piece::Block(parameters.make(format!("={}", &rest[start..end]))));
            rest = &rest[end..];
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Self(pieces)
    }

    /// The text with each `{{ }}` replaced by its value. Unlike in other parameters an object becomes JSON.
    fn fill_in(&self, params: &ItemParams<'_>, path: &str) -> Result<String, NodeError> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Block(block) => filled.push_str(&text_of(params.resolve(block, path)?)),
            }
        }
        Ok(filled)
    }

    /// The object, or null, of the field `name`.
    pub(super) fn entry(&self, name: &str, path: &str, params: &ItemParams<'_>) -> Result<Value, NodeError> {
        let place = Place { what: format!("entry \"{name}\" inside 'Fields to Set'"), path: path.to_owned(), item: params.index() };
        match place.parse(&self.fill_in(params, path)?)? {
            value @ (Value::Object(_) | Value::Null) => Ok(value),
            _ => Err(place.not_an_object()),
        }
    }
}

/// Where the JSON stands, for errors.
struct Place {
    /// n8n's words.
    what: String,
    path: String,
    item: usize,
}

impl Place {
    /// The text as JSON, mended where that can be done; what cannot is made simpler, which breaks some texts and helps a few. Numbers are
    /// JavaScript's.
    fn parse(&self, text: &str) -> Result<Value, NodeError> {
        let too_deep = |error: &JsonError| Some(json_text::too_deep(error)?.parameter(&self.path).item(self.item));
        let read = json::parse_answer(text);
        if let Some(error) = read.as_ref().err().and_then(too_deep) {
            return Err(error);
        }
        if let Some(value) = read.ok().or_else(|| repaired(text)) {
            return Ok(json::as_javascript(value));
        }
        let simpler = simplified(text);
        json::parse_answer(&simpler).map(json::as_javascript).map_err(|error| {
            let invalid = || {
                let description = if simpler == text { simpler.clone() } else { format!("{simpler};\n Original input: {text}") };
                self.invalid("contains invalid JSON").description(description)
            };
            too_deep(&error).unwrap_or_else(invalid)
        })
    }

    fn not_an_object(&self) -> NodeError {
        self.invalid("does not contain a valid JSON object")
    }

    fn invalid(&self, why: &str) -> NodeError {
        NodeError::new(format!("The {} in item {} {why}", self.what, self.item)).parameter(&self.path).item(self.item)
    }
}

fn text_of(Evaluated { value, kind }: Evaluated) -> String {
    match kind {
        Kind::Date | Kind::DateTime | Kind::Other => json::stringify(&value),
        Kind::Json if value.is_object() || value.is_array() => json::stringify(&value),
        kind => text::of(&Evaluated { value, kind }),
    }
}

/// Double quotes for single ones, quotes around keys, no commas at the end, wherever texts begin and end: what n8n tries last, and shows.
fn simplified(text: &str) -> String {
    static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r#"['"]?([a-zA-Z0-9_]+)['"]?:"#));
    static COMMA: LazyLock<Regex> = LazyLock::new(|| pattern(r",\s*([\]}])"));
    let quoted = text.replace('\'', "\"");
    let keys = KEY.replace_all(&quoted, "\"$1\":");
    COMMA.replace_all(&keys, "$1").trim_end_matches(',').to_owned()
}

#[expect(clippy::expect_used, reason = "the patterns are constants; the test compiles them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::simplified;

    #[test]
    fn what_is_tried_last() {
        for (text, simpler) in [
            ("{a: 'x', 'b_1': [1, 2, ], }", r#"{"a": "x", "b_1": [1, 2]}"#),
            (r#"{"a": 1},,"#, r#"{"a": 1}"#),
            // It does not look where texts begin and end.
            (r#"{"at": "10:30",}"#, r#"{"at": "10":30"}"#),
        ] {
            assert_eq!(simplified(text), simpler);
        }
    }
}
