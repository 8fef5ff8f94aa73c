//! The parameters of a row.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NativeParam, Text, Texts, is_default};
use crate::names::start_case;
use crate::texts::{as_str, put};

/// One parameter of an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Param {
    /// Name on the wire.
    pub name: Text,
    /// Key in a node's `parameters`, where it is another than `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n8n_name: Option<Text>,
    /// Name for people, where it is another than the name's words with capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ParamType,
    /// One sentence for people.
    pub summary: Text,
    /// The service's document requires it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// What n8n's node sends where it is not set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Literal,
    /// The choices of [`ParamType::Options`], or of each entry of a list.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub choices: Texts,
    /// What [`ParamType::Json`] holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonKind>,
    /// n8n's node parses the text of a [`ParamType::Json`]; otherwise it sends the text itself.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub parsed: bool,
    /// The server puts this list or object in place of all that the record had of it, and takes one that is left out, or null, for an
    /// empty one. So it must be given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub whole: bool,
    /// What native mode knows better.
    #[serde(default, skip_serializing_if = "is_default")]
    pub native: NativeParam,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query string.
    Query,
    /// Into the JSON body.
    Body,
}

/// Type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamType {
    /// A whole number of up to 64 bits.
    Integer,
    /// A number.
    Number,
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// One of the choices, text.
    Options,
    /// An object or a list, or its JSON text.
    Json,
}

/// What a JSON parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonKind {
    /// An object.
    Object,
    /// A list of whole numbers.
    Integers,
    /// A list of texts.
    Strings,
    /// A list of objects.
    Objects,
}

/// A default that can stand in a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// None: nothing is sent.
    #[default]
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(Text),
}

impl Literal {
    /// Text of a constant.
    pub const fn text(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// As JSON; `None` for no default.
    pub fn to_value(&self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Bool(b) => Some(Value::Bool(*b)),
            Self::Int(n) => Some((*n).into()),
            Self::Text(text) => Some(text.as_ref().into()),
        }
    }
}

impl Param {
    const fn new(name: &'static str, kind: ParamType, default: Literal, summary: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            n8n_name: None,
            label: None,
            place: Place::Body,
            kind,
            summary: Cow::Borrowed(summary),
            required: false,
            default,
            choices: Texts::NONE,
            json: None,
            parsed: true,
            whole: false,
            native: NativeParam::NONE,
        }
    }

    /// The service's document requires it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// n8n's node sends this text where it is not set.
    pub const fn or_text(mut self, default: &'static str) -> Self {
        put(&mut self.default, Literal::text(default));
        self
    }

    /// n8n's node sends this number where it is not set.
    pub const fn or_int(mut self, default: i64) -> Self {
        put(&mut self.default, Literal::Int(default));
        self
    }

    /// n8n's node sends the JSON text as it is, without parsing it.
    pub const fn as_text(mut self) -> Self {
        self.parsed = false;
        self
    }

    /// Each entry of the list is one of these.
    pub const fn each_of(mut self, choices: &'static [&'static str]) -> Self {
        put(&mut self.choices, Texts::Fixed(choices));
        self
    }

    /// The server takes null for a value, although the parameter is required.
    pub const fn or_null(mut self) -> Self {
        self.native.nullable = true;
        self
    }

    /// The server does without it, although the document requires it.
    pub const fn or_absent(mut self) -> Self {
        self.native.optional = true;
        self
    }

    /// It takes the place of all that the record had of it; left out, it empties it.
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// What native mode knows better.
    pub const fn natively(mut self, native: NativeParam) -> Self {
        put(&mut self.native, native);
        self
    }

    /// Key in a node's `parameters`.
    pub fn key(&self) -> &str {
        self.n8n_name.as_ref().unwrap_or(&self.name)
    }

    /// Name for people: `account_id` is `Account Id`.
    pub fn display_name(&self) -> String {
        self.label.as_deref().map_or_else(|| start_case(&self.name), str::to_owned)
    }

    /// Type in native mode.
    pub fn native_kind(&self) -> ParamType {
        self.native.kind.unwrap_or(self.kind)
    }

    /// Choices in native mode.
    pub fn native_choices(&self) -> &Texts {
        if self.native.choices.is_empty() { &self.choices } else { &self.native.choices }
    }

    /// Whether native mode wants it: the document requires it, and the server does not do without it.
    pub fn is_wanted(&self) -> bool {
        self.required && !self.native.optional
    }

    /// Whether null is a value for native mode: it is sent in the body and left out of the query string.
    pub fn takes_null(&self) -> bool {
        !self.is_wanted() || self.native.nullable
    }

    /// Name on the wire in native mode.
    pub fn native_name(&self) -> &str {
        self.native.send_as.as_ref().unwrap_or(&self.name)
    }

    /// Place in native mode.
    pub fn native_place(&self) -> Place {
        self.native.place.unwrap_or(self.place)
    }
}

/// Puts a parameter into the path, where every one is required.
pub const fn path(mut param: Param) -> Param {
    param.place = Place::Path;
    param.required = true;
    param
}

/// Puts a parameter into the query string.
pub const fn query(mut param: Param) -> Param {
    param.place = Place::Query;
    param
}

/// Puts a parameter into the JSON body.
pub const fn body(mut param: Param) -> Param {
    param.place = Place::Body;
    param
}

/// A whole number; n8n's default is 0.
pub const fn int(name: &'static str, summary: &'static str) -> Param {
    Param::new(name, ParamType::Integer, Literal::Int(0), summary)
}

/// A number; n8n's default is 0.
pub const fn number(name: &'static str, summary: &'static str) -> Param {
    Param::new(name, ParamType::Number, Literal::Int(0), summary)
}

/// Text; n8n's default is "".
pub const fn text(name: &'static str, summary: &'static str) -> Param {
    Param::new(name, ParamType::String, Literal::text(""), summary)
}

/// True or false; n8n's default is true.
pub const fn boolean(name: &'static str, summary: &'static str) -> Param {
    Param::new(name, ParamType::Boolean, Literal::Bool(true), summary)
}

/// One of the choices; n8n's default is the first.
pub const fn choice(name: &'static str, choices: &'static [&'static str], summary: &'static str) -> Param {
    Param::new(name, ParamType::Options, Literal::text(choices[0]), summary).each_of(choices)
}

/// An object; n8n's default is `{}`.
pub const fn json_object(name: &'static str, summary: &'static str) -> Param {
    let mut param = Param::new(name, ParamType::Json, Literal::text("{}"), summary);
    param.json = Some(JsonKind::Object);
    param
}

/// A list; n8n's default is `[null]`, spread over three lines.
pub const fn json_list(name: &'static str, items: JsonKind, summary: &'static str) -> Param {
    let mut param = Param::new(name, ParamType::Json, Literal::text("[\n  null\n]"), summary);
    param.json = Some(items);
    param
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_true(value: &bool) -> bool {
    *value
}

/// Whether every `{name}` of the path is a path parameter.
pub(super) const fn path_is_covered(path: &str, params: &[Param]) -> bool {
    covered(path, params, true)
}

/// Whether every `{name}` of the path is a parameter of any place.
pub(super) const fn names_are_covered(path: &str, params: &[Param]) -> bool {
    covered(path, params, false)
}

/// Whether every path parameter stands in the path.
pub(super) const fn params_are_in_path(params: &[Param], path: &str) -> bool {
    let mut i = 0;
    while i < params.len() {
        if matches!(params[i].place, Place::Path) && !holds(path.as_bytes(), as_str(&params[i].name).as_bytes()) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether all of them go into the query string or the body.
pub(super) const fn none_is_in_a_path(params: &[Param]) -> bool {
    let mut i = 0;
    while i < params.len() {
        if matches!(params[i].place, Place::Path) {
            return false;
        }
        i += 1;
    }
    true
}

const fn covered(path: &str, params: &[Param], path_only: bool) -> bool {
    let text = path.as_bytes();
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'{' && !starts_with_a_param(text, i + 1, params, path_only) {
            return false;
        }
        i += 1;
    }
    true
}

const fn starts_with_a_param(text: &[u8], from: usize, params: &[Param], path_only: bool) -> bool {
    let mut i = 0;
    while i < params.len() {
        let fits = !path_only || matches!(params[i].place, Place::Path);
        if fits && named_at(text, from, as_str(&params[i].name).as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

const fn holds(text: &[u8], name: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'{' && named_at(text, i + 1, name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether `name}` stands at `from`.
const fn named_at(text: &[u8], from: usize, name: &[u8]) -> bool {
    if from + name.len() >= text.len() || text[from + name.len()] != b'}' {
        return false;
    }
    let mut i = 0;
    while i < name.len() {
        if text[from + i] != name[i] {
            return false;
        }
        i += 1;
    }
    true
}
