//! Fields that are set one by one, each with its type.

use node_sdk::params::raw_at;
use node_sdk::{Evaluated, ItemParams, Kind, NodeError, PrepareContext};
use serde_json::{Map, Value};

use super::raw::Template;
use crate::convert::{self, FieldType};
use crate::setting::Setting;
use crate::text;

/// The fields, read once.
#[derive(Debug)]
pub(super) struct Assignments {
    list: Vec<Assignment>,
    ignore_errors: Setting,
    version: f64,
}

#[derive(Debug)]
struct Assignment {
    name: Setting,
    kind: Setting,
    value: Setting,
    /// JSON with expressions in it, for the field of that name: how an object was written before 3.3.
    template: Option<(String, Template)>,
}

impl Assignments {
    /// `assignments.assignments` since 3.3, `fields.values` before.
    pub(super) fn new(cx: &PrepareContext<'_>) -> Self {
        let (path, modern) = if cx.node.type_version < 3.3 { ("fields.values", false) } else { ("assignments.assignments", true) };
        let count = raw_at(cx.parameters, path).and_then(Value::as_array).map_or(0, Vec::len);
        let read = |i: usize| {
            let at = |field: &str| Setting::at(cx, &format!("{path}.{i}.{field}"));
            if modern {
                Assignment { name: at("name"), kind: at("type"), value: at("value"), template: None }
            } else {
                Assignment::old(cx, &format!("{path}.{i}"))
            }
        };
        let ignore_errors = Setting::at(cx, "options.ignoreConversionErrors");
        Self { list: (0..count).map(read).collect(), ignore_errors, version: cx.node.type_version }
    }

    /// The fields of one item, in order.
    pub(super) fn resolve(&self, params: &ItemParams<'_>) -> Result<Map<String, Value>, NodeError> {
        let mut fields = Map::with_capacity(self.list.len());
        for assignment in &self.list {
            let name = assignment.name.key(params)?;
            let value = assignment.resolve(&name, params, self)?;
            fields.insert(name.into_owned(), value);
        }
        Ok(fields)
    }
}

impl Assignment {
    /// `{name, type: "stringValue", stringValue}`.
    fn old(cx: &PrepareContext<'_>, path: &str) -> Self {
        let raw = |field: &str| raw_at(cx.parameters, &format!("{path}.{field}"));
        let kind = raw("type").and_then(Value::as_str).unwrap_or("stringValue");
        let word = kind.trim_end_matches("Value");
        let value = Setting::at(cx, &format!("{path}.{kind}"));
        let value = match word {
            "boolean" => value.or("true"),
            "object" => value.or("{}"),
            _ => value,
        };
        let name = raw("name").map_or(Some(""), Value::as_str);
        let template = match (word, raw(kind), name) {
            ("object", Some(Value::String(text)), Some(name)) if text.starts_with('=') => Some((name.to_owned(), Template::new(cx.parameters, text))),
            _ => None,
        };
        Self { name: Setting::at(cx, &format!("{path}.name")).or(""), kind: Setting::new("type", None).or(word), value, template }
    }

    fn resolve(&self, name: &str, params: &ItemParams<'_>, all: &Assignments) -> Result<Value, NodeError> {
        let evaluated = self.value.evaluated(params)?;
        if let Some((_, template)) = self.template.as_ref().filter(|(named, _)| named == name) {
            return template.entry(name, self.value.path(), params);
        }
        let kind = self.kind.text(params)?;
        let to = FieldType::named(if kind.is_empty() { "string" } else { &kind });
        let nothing = evaluated.kind == Kind::Undefined || (evaluated.value.is_null() && !matches!(evaluated.kind, Kind::NonFinite(_)));
        let fits = match to {
            // 3 makes a text of nothing, 3.1 refuses it.
            Some(FieldType::String) if nothing && all.version < 3.1 => Some(Value::String(text::of(&evaluated))),
            Some(FieldType::String) if nothing && all.version < 3.2 => None,
            _ if nothing => Some(Value::Null),
            Some(to) => convert::convert(&evaluated, to),
            None => Some(evaluated.value.clone()),
        };
        match fits {
            Some(value) => Ok(value),
            None if all.ignore_errors.bool(params, false)? => Ok(evaluated.value),
            None => Err(wrong_type(name, &kind, &evaluated, params.index())),
        }
    }
}

/// n8n's words.
fn wrong_type(name: &str, kind: &str, given: &Evaluated, item: usize) -> NodeError {
    let got = match &given.value {
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
        _ => format!("'{}'", text::of(given)),
    };
    let advice = format!(
        "To fix the error try to change the type for the field \"{name}\" or activate the option “Ignore Type Conversion Errors” to apply a less strict type validation"
    );
    NodeError::new(format!("'{name}' expects a {kind} but we got {got} [item {item}]")).description(advice).item(item)
}
