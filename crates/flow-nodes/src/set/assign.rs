//! Fields that are set one by one, each with its type.

use node_sdk::params::raw_at;
use node_sdk::{Evaluated, ItemParams, Kind, NodeError, PrepareContext, json};
use serde_json::{Map, Value};

use crate::convert::{self, FieldType};
use crate::setting::Setting;

/// The fields, read once.
#[derive(Debug)]
pub(super) struct Assignments {
    list: Vec<Assignment>,
    ignore_errors: Setting,
}

#[derive(Debug)]
struct Assignment {
    name: Setting,
    kind: Setting,
    value: Setting,
}

impl Assignments {
    /// `assignments.assignments` since 3.3, `fields.values` before.
    pub(super) fn new(cx: &PrepareContext<'_>) -> Self {
        let (path, modern) = if cx.node.type_version >= 3.3 { ("assignments.assignments", true) } else { ("fields.values", false) };
        let count = raw_at(cx.parameters, path).and_then(Value::as_array).map_or(0, Vec::len);
        let read = |i: usize| {
            let at = |field: &str| Setting::at(cx, &format!("{path}.{i}.{field}"));
            if modern { Assignment { name: at("name"), kind: at("type"), value: at("value") } } else { Assignment::old(at) }
        };
        Self { list: (0..count).map(read).collect(), ignore_errors: Setting::at(cx, "options.ignoreConversionErrors") }
    }

    /// The fields of one item, in order.
    pub(super) fn resolve(&self, params: &ItemParams<'_>) -> Result<Map<String, Value>, NodeError> {
        let mut fields = Map::with_capacity(self.list.len());
        for assignment in &self.list {
            let (name, value) = assignment.resolve(params, &self.ignore_errors)?;
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

impl Assignment {
    /// `{name, type: "stringValue", stringValue}`.
    fn old(at: impl Fn(&str) -> Setting) -> Self {
        let kind = at("type").raw().and_then(Value::as_str).unwrap_or("stringValue").to_owned();
        let value = at(&kind);
        let word = kind.trim_end_matches("Value").to_owned();
        let value = match (value.raw(), word.as_str()) {
            (None, "boolean") => Setting::new(kind, Some("true".into())),
            (None, "object") => Setting::new(kind, Some("{}".into())),
            _ => value,
        };
        Self { name: at("name"), kind: Setting::new("type", Some(word.into())), value }
    }

    fn resolve(&self, params: &ItemParams<'_>, ignore_errors: &Setting) -> Result<(String, Value), NodeError> {
        let name = self.name.text(params)?;
        let evaluated = self.value.evaluated(params)?;
        let nothing = evaluated.kind == Kind::Undefined || (evaluated.value.is_null() && !matches!(evaluated.kind, Kind::NonFinite(_)));
        if nothing {
            return Ok((name, Value::Null));
        }
        let kind = self.kind.text(params)?;
        let Some(to) = FieldType::named(if kind.is_empty() { "string" } else { &kind }) else {
            return Ok((name, evaluated.value));
        };
        if let Some(value) = convert::convert(&evaluated, to) {
            return Ok((name, value));
        }
        if ignore_errors.bool(params, false)? {
            return Ok((name, evaluated.value));
        }
        Err(wrong_type(&name, &kind, &evaluated, params.index()))
    }
}

/// n8n's words.
fn wrong_type(name: &str, kind: &str, given: &Evaluated, item: usize) -> NodeError {
    let got = match (&given.value, given.kind) {
        (_, Kind::NonFinite(number)) => format!("'{}'", number.text()),
        (Value::Array(_), _) => "array".to_owned(),
        (Value::Object(_), _) => "object".to_owned(),
        (value, _) => format!("'{}'", json::to_js_string(value)),
    };
    let advice = format!(
        "To fix the error try to change the type for the field \"{name}\" or activate the option “Ignore Type Conversion Errors” to apply a less strict type validation"
    );
    NodeError::new(format!("'{name}' expects a {kind} but we got {got} [item {item}]")).description(advice).item(item)
}
