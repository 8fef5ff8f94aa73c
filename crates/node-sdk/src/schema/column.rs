//! Values of a resource mapper, in the types of their columns.

use serde_json::{Map, Value};

use super::validate::{Check, validate_type};
use crate::json::truthy;

/// A column of a resource mapper, and how strictly the mapper looks at values.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    kind: &'a str,
    options: &'a [Value],
    strict: bool,
    parse_strings: bool,
}

impl<'a> Column<'a> {
    /// The column `id` of a mapper (`{schema, attemptToConvertTypes, convertFieldsToString}`). `None`: there is none, or its type is not said,
    /// and values are as they are.
    pub fn of(mapper: &'a Map<String, Value>, id: &str) -> Option<Self> {
        let schema = mapper.get("schema")?.as_array()?;
        Self::in_schema(schema, id, |switch| mapper.get(switch).is_some_and(truthy))
    }

    /// [`Self::of`] a mapper whose schema and switches were read already.
    pub fn in_schema(schema: &'a [Value], id: &str, switch: impl Fn(&str) -> bool) -> Option<Self> {
        let column = schema.iter().find(|column| column.get("id").and_then(Value::as_str) == Some(id))?;
        Some(Self {
            kind: column.get("type")?.as_str()?,
            options: column.get("options").and_then(Value::as_array).map_or(&[], Vec::as_slice),
            strict: !switch("attemptToConvertTypes"),
            parse_strings: switch("convertFieldsToString"),
        })
    }

    /// The value in the column's type; `None`: null leaves the column out.
    ///
    /// # Errors
    /// n8n's text of why it does not fit.
    pub fn fit(&self, id: &str, value: Value) -> Result<Option<Value>, String> {
        let choices: Vec<Value> = self.options.iter().filter_map(|option| option.get("value").cloned()).collect();
        let check = Check { strict: self.strict, parse_strings: self.parse_strings, choices: &choices, zone: None };
        validate_type(id, &value, self.kind, &check).map(|value| (!value.is_null()).then_some(value))
    }
}
