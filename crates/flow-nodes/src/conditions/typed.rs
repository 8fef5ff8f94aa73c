//! A side of a condition in the type that is compared.

use node_sdk::params::NonFinite;
use node_sdk::{Evaluated, Kind, json};
use serde_json::Value;

use super::{Operand, Rules};
use crate::convert::{self, FieldType};

/// What a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Field(FieldType),
    DateTime,
    /// Anything as it is (the right side of "contains" on a list).
    Any,
}

impl Type {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "dateTime" => Self::DateTime,
            other => FieldType::named(other).map_or(Self::Any, Self::Field),
        }
    }
}

/// A value that has its type. `Missing` and `Null` fit every type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Typed {
    Missing,
    Null,
    NotANumber,
    /// One of the two infinities.
    Infinite(f64),
    /// Milliseconds since 1970.
    Date(f64),
    Value(Value),
}

impl Typed {
    /// The operand in that type; `None` where it does not fit.
    pub(super) fn parse(operand: &Operand, to: Type, rules: &Rules<'_>) -> Option<Self> {
        let value = match &operand.value {
            None => return Some(Self::Missing),
            Some(value) => match (operand.kind, to) {
                (Kind::NonFinite(NonFinite::NaN), Type::Field(FieldType::Number)) => return Some(Self::NotANumber),
                (Kind::NonFinite(number), Type::Field(FieldType::Number)) => return Some(Self::Infinite(number.number())),
                (Kind::NonFinite(_), _) => value,
                _ if value.is_null() => return Some(Self::Null),
                _ => value,
            },
        };
        match to {
            Type::Any => Some(Self::Value(value.clone())),
            Type::Field(FieldType::Number) if rules.version >= 3.0 && blank(value) => Some(Self::Null),
            Type::DateTime => crate::date::millis(value, &(rules.zone)()).map(Self::Date),
            Type::Field(field) if rules.strict => fits(value, operand.kind, field).then(|| Self::Value(value.clone())),
            Type::Field(FieldType::Boolean) => Some(Self::Value(Value::Bool(
                matches!(operand.kind, Kind::NonFinite(NonFinite::Infinity | NonFinite::NegativeInfinity)) || loose_boolean(value, rules.version),
            ))),
            Type::Field(field) => convert::convert(&Evaluated { value: value.clone(), kind: operand.kind }, field).map(Self::Value),
        }
    }

    /// Neither null nor undefined nor NaN.
    pub(super) fn exists(&self) -> bool {
        matches!(self, Self::Date(_) | Self::Infinite(_) | Self::Value(_))
    }

    pub(super) fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Null => Some(&Value::Null),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> &str {
        self.value().and_then(Value::as_str).unwrap_or_default()
    }
}

fn fits(value: &Value, kind: Kind, field: FieldType) -> bool {
    match field {
        FieldType::String => value.is_string() && !matches!(kind, Kind::Date | Kind::DateTime),
        FieldType::Number => value.is_number(),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Array => value.is_array(),
        FieldType::Object => value.is_object() || matches!(kind, Kind::Date | Kind::DateTime),
    }
}

/// Text without a character and an empty list, which JavaScript takes for 0; from version 3 of the options on they are nothing.
fn blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// Anything is true or false; from version 2 of the options on, texts and numbers that say it are taken at their word.
fn loose_boolean(value: &Value, version: f64) -> bool {
    let word = || convert::convert(&Evaluated { value: value.clone(), kind: Kind::Json }, FieldType::Boolean).and_then(|v| v.as_bool());
    if version >= 2.0 { word() } else { None }.unwrap_or_else(|| json::truthy(value))
}
