//! Parameter schemas with n8n's full vocabulary.
//!
//! Const-constructible (see the builders of [`Property`]), and readable from n8n's description JSON at run time
//! ([`crate::description`]). What the schemas do with values is in [`crate::schema`].

mod build;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::names::start_case;
pub use crate::texts::{List, Text};

/// What n8n's description says beyond the fields (`routing`, `hint`, `placeholder`), as it stands there.
pub type Extra = Option<Box<Map<String, Value>>>;

/// One parameter of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Key in `parameters`.
    pub name: Text,
    /// Name for people; empty means: derive it from `name`.
    pub display_name: Text,
    /// One sentence; may be empty.
    pub description: Text,
    /// The type.
    pub kind: PropertyKind,
    /// What an omitted parameter is, when it is shown.
    pub default: DefaultValue,
    /// An empty value stops a run before it starts.
    pub required: bool,
    /// When it is shown; one that is not shown counts as absent.
    pub display: Option<DisplayOptions>,
    /// When it is shown but cannot be edited.
    pub disabled: Option<DisplayOptions>,
    /// Settings of the type.
    pub type_options: TypeOptions,
    /// A leading `=` is text here, not an expression.
    pub no_data_expression: bool,
    /// Names of item fields, dots are paths: `single` or `multiple`.
    pub requires_data_path: Option<Text>,
    /// A literal that does not fit this type stops the run before it starts.
    pub validate_type: Option<Text>,
    /// A value from an expression is not checked against `validate_type` when the node runs.
    pub ignore_validation_during_execution: bool,
    /// Stands on the settings page of n8n's editor.
    pub is_node_setting: bool,
    /// What else n8n's description says of it.
    pub extra: Extra,
}

impl Property {
    /// The name that people see: the stated one, else start-cased from `name` (`workflowId`: "Workflow Id").
    pub fn title(&self) -> Text {
        if self.display_name.is_empty() { Cow::Owned(start_case(&self.name)) } else { self.display_name.clone() }
    }

    /// The values of its choices; empty where it has none.
    pub fn choices(&self) -> Vec<Value> {
        match &self.kind {
            PropertyKind::Options(list) | PropertyKind::MultiOptions(list) => list.iter().filter_map(|choice| choice.value.to_value()).collect(),
            _ => Vec::new(),
        }
    }
}

/// The types of n8n's vocabulary.
#[derive(Debug, Clone, PartialEq)]
pub enum PropertyKind {
    /// Text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// One of the choices.
    Options(List<Choice>),
    /// A list of choices.
    MultiOptions(List<Choice>),
    /// JSON text, or an object.
    Json,
    /// A point in time, ISO text.
    DateTime,
    /// Optional fields in an object.
    Collection(List<Property>),
    /// Named groups of fields; with `multiple_values` a list for each group.
    FixedCollection(List<FieldGroup>),
    /// Conditions: `{options, combinator, conditions}`.
    Filter,
    /// `{assignments: [{id, name, value, type}]}`.
    AssignmentCollection,
    /// `{__rl: true, mode, value}`.
    ResourceLocator(List<LocatorMode>),
    /// Columns: `{mappingMode, value, schema, matchingColumns}`.
    ResourceMapper,
    /// A resource locator for a workflow.
    WorkflowSelector,
    /// A credential type's name.
    CredentialsSelect,
    /// Text for people, no value.
    Notice,
    /// Not shown, always its default.
    Hidden,
    /// Any other word of n8n's (`color`, `button`, ...): kept, not interpreted.
    Other(Text),
}

/// One choice of `options`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value in `parameters`.
    pub value: DefaultValue,
    /// Name for people; empty means the value itself.
    pub name: Text,
    /// One sentence; may be empty.
    pub description: Text,
    /// When the choice is offered.
    pub display: Option<DisplayOptions>,
    /// What else n8n's description says of it.
    pub extra: Extra,
}

/// A named group of a fixedCollection.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldGroup {
    /// Key in the collection.
    pub name: Text,
    /// Name for people.
    pub display_name: Text,
    /// Its fields.
    pub values: List<Property>,
    /// What else n8n's description says of it.
    pub extra: Extra,
}

/// A way to name a resource: from a list, by id, by URL.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocatorMode {
    /// `list`, `id`, `url`, ...
    pub name: Text,
    /// Type of the input field: `list` or `string`.
    #[serde(default, rename = "type", skip_serializing_if = "str::is_empty")]
    pub kind: Text,
    /// Pattern that takes the id out of a URL (one group).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract_value: Option<Value>,
    /// Everything else that n8n's description says of it.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, Value>,
}

/// A default or a choice's value: const-constructible JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// No default: absent.
    None,
    /// A long sample text that is not stated; an omitted parameter is absent, but never counts as empty.
    Omitted,
    /// JSON null.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// Text.
    Str(Text),
    /// `{}`.
    EmptyObject,
    /// `[]`.
    EmptyList,
    /// Any JSON (only at run time).
    Json(Value),
}

impl DefaultValue {
    /// As JSON; `None` where there is none.
    pub fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::None | Self::Omitted => return None,
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::from(*value),
            Self::Float(value) => crate::json::number(*value),
            Self::Str(value) => Value::String(value.clone().into_owned()),
            Self::EmptyObject => Value::Object(Map::new()),
            Self::EmptyList => Value::Array(Vec::new()),
            Self::Json(value) => value.clone(),
        })
    }
}

impl From<Value> for DefaultValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(n) => match (n.as_i64(), n.as_f64()) {
                (Some(value), _) => Self::Int(value),
                (None, Some(value)) => Self::Float(value),
                (None, None) => Self::Json(Value::Number(n)),
            },
            Value::String(value) => Self::Str(Cow::Owned(value)),
            Value::Object(map) if map.is_empty() => Self::EmptyObject,
            Value::Array(list) if list.is_empty() => Self::EmptyList,
            other => Self::Json(other),
        }
    }
}

/// Settings of a property's type; all absent by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TypeOptions {
    /// A list of values. n8n tells a given `false` from an absent one, so it is kept.
    pub multiple_values: Option<bool>,
    /// Smallest number.
    pub min_value: Option<f64>,
    /// Largest number.
    pub max_value: Option<f64>,
    /// Digits after the point.
    pub number_precision: Option<u32>,
    /// Without a time.
    pub date_only: Option<bool>,
    /// At least so many fields in a collection.
    pub min_required_fields: Option<usize>,
    /// The value reaches its node as the file has it: null stays null, and a collection keeps keys that no field describes, which the
    /// node itself refuses. n8n's nodes see neither.
    pub as_written: bool,
    /// The choices come from a service.
    pub load_options_method: Option<Text>,
    /// The rest as n8n says it (`filter`, `resourceMapper`, editor hints).
    pub extra: Extra,
}

impl TypeOptions {
    /// Whether a list of values is meant.
    pub fn multiple(&self) -> bool {
        self.multiple_values == Some(true)
    }

    /// Whether a service has the choices, so that those of the description are not all: by a method, or by a request (`loadOptions`).
    pub fn loads_options(&self) -> bool {
        self.load_options_method.is_some() || self.extra.as_ref().is_some_and(|extra| extra.contains_key("loadOptions"))
    }
}

/// When something is shown: all of `show` hold, none of `hide` does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DisplayOptions {
    /// Each parameter must have one of the values.
    pub show: List<DisplayRule>,
    /// No parameter may have one of the values.
    pub hide: List<DisplayRule>,
    /// What else n8n's description says (`hideOnCloud`).
    pub extra: Extra,
}

/// One parameter and the values that count.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayRule {
    /// A sibling's name, `/name` from the root, `@version` the node's version.
    pub path: Text,
    /// Any one of them is enough.
    pub any_of: List<DisplayCondition>,
}

/// A value or a comparison (`_cnd`).
#[derive(Debug, Clone, PartialEq)]
pub enum DisplayCondition {
    /// Equal to this value.
    Equals(DefaultValue),
    /// `_cnd`: an operator and its operand: `eq`, `not`, `gt`, `gte`, `lt`, `lte`, `between`, `startsWith`, `endsWith`, `includes`, `regex`, `exists`.
    Compare {
        /// The operator's word.
        operator: Text,
        /// What it compares with.
        operand: DefaultValue,
    },
}
