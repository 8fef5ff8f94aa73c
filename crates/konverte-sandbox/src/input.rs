//! Reading a request's query and body: JSON, forms and multipart, checked against the action's row.

use std::collections::HashSet;

use bytes::Bytes;
use node_sdk::action::{ActionSpec, JsonKind, Param, ParamType, Place};
use node_sdk::ports::{HttpBody, Part};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::failure::Failure;
use crate::http::Request;

/// The query string, in order.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// As Ruby reads a number: its leading digits, 0 without.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name).map(leading_integer)
    }

    /// Every `name[]=…`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let name = format!("{name}[]");
        self.0.iter().filter(|(n, _)| *n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The page number, from 1.
    pub(crate) fn page(&self) -> usize {
        usize::try_from(self.integer("page").unwrap_or(1)).unwrap_or(1).max(1)
    }

    /// Fails where a number of the row is something else.
    pub(crate) fn check(&self, action: &ActionSpec) -> Result<(), Failure> {
        for param in action.native_params().filter(|param| param.place == Place::Query) {
            let wrong = matches!(param.kind, ParamType::Integer | ParamType::Number)
                && self.text(&param.name).is_some_and(|text| !text.trim().is_empty() && text.trim().parse::<f64>().is_err());
            if wrong {
                return Err(Failure::invalid(&param.name, "is not a number"));
            }
        }
        Ok(())
    }
}

fn leading_integer(text: &str) -> i64 {
    let text = text.trim_start();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse::<i64>().map_or(0, |number| sign * number)
}

/// The body's fields and files.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) fields: Map<String, Value>,
    pub(crate) files: Vec<Part>,
    /// Came as a form, where every value is text.
    form: bool,
    /// Fields that came in the query.
    from_query: HashSet<String>,
    /// Was JSON, but no object. The server takes it for a body without fields.
    other: bool,
}

impl Body {
    /// Reads the body as its content type says. One of another type the server passes over, without a word.
    pub(crate) fn parse(request: &Request, as_server: bool) -> Result<Self, Failure> {
        match &request.body {
            HttpBody::Empty => Ok(Self::default()),
            HttpBody::Bytes(bytes) if bytes.is_empty() => Ok(Self::default()),
            HttpBody::Bytes(bytes) => match media_type(request).as_str() {
                "application/x-www-form-urlencoded" => {
                    let fields = nested(form_urlencoded::parse(bytes).into_owned())?;
                    Ok(Self { fields, form: true, ..Self::default() })
                }
                "application/json" => Self::of_json(bytes),
                // Without its boundary.
                "multipart/form-data" => Err(Failure::bad_request()),
                _ if as_server => Ok(Self::default()),
                other => Err(Failure::unread(other)),
            },
            HttpBody::Multipart(parts) => {
                let (files, texts): (Vec<Part>, Vec<Part>) = parts.iter().cloned().partition(|part| part.file_name.is_some());
                let pairs = texts.into_iter().map(|p| (p.name, String::from_utf8_lossy(&p.content).into_owned()));
                Ok(Self { fields: nested(pairs)?, files, form: true, ..Self::default() })
            }
        }
    }

    fn of_json(bytes: &Bytes) -> Result<Self, Failure> {
        let text = std::str::from_utf8(bytes).map_err(|_| Failure::bad_request())?;
        match node_sdk::json::parse_text(text) {
            Ok(Value::Object(fields)) => Ok(Self { fields, ..Self::default() }),
            Ok(_) => Ok(Self { other: true, ..Self::default() }),
            Err(_) => Err(Failure::bad_request()),
        }
    }

    /// Takes the fields out of their root key (`{"team": {…}}`) where they came in it.
    pub(crate) fn unwrap_root(&mut self, root: &str) {
        if let Some(Value::Object(_)) = self.fields.get(root)
            && let Some(Value::Object(inner)) = self.fields.shift_remove(root)
        {
            self.fields.extend(inner);
        }
    }

    /// Makes one set of parameters of body and query, as the server has it: where both name one, the body's counts.
    pub(crate) fn join(&mut self, query: &mut Query) -> Result<(), Failure> {
        let asked = nested(query.0.iter().cloned())?;
        for (name, value) in &self.fields {
            if !value.is_object() && !value.is_array() && !value.is_null() {
                query.0.push((name.clone(), node_sdk::json::to_js_string(value)));
            }
        }
        for (name, value) in asked.into_iter().filter(|(name, _)| !name.is_empty()) {
            if !self.has(&name) {
                self.from_query.insert(name.clone());
                self.fields.insert(name, value);
            }
        }
        Ok(())
    }

    /// The server puts the fields of a JSON body under their root key by itself; those of a form or the query have to come in it.
    pub(crate) fn wrap_as_server(&mut self, root: &str) {
        let (form, from_query) = (self.form, std::mem::take(&mut self.from_query));
        self.fields.retain(|name, _| name == root || !(form || from_query.contains(name)));
    }

    /// Fails where a field has another type than the row says; the real server drops such a field without a word. What comes in a form
    /// or in the query is text: JSON in it is read, but not by the server.
    pub(crate) fn check(&mut self, action: &ActionSpec, as_server: bool) -> Result<(), Failure> {
        for param in action.native_params().filter(|param| param.place == Place::Body) {
            for name in [param.name.as_ref(), param.native_name()] {
                let Some(value) = self.fields.get_mut(name) else { continue };
                if !as_server && param.kind == ParamType::Json && (self.form || self.from_query.contains(name)) {
                    read_json_text(value);
                }
                // Null stands for nothing and fits everywhere.
                match shape(param, value, as_server) {
                    (fits, _) if fits || value.is_null() => {}
                    _ if as_server => _ = self.fields.shift_remove(name),
                    (_, expected) => return Err(Failure::invalid(name, &format!("must be {expected}"))),
                }
            }
        }
        Ok(())
    }

    /// Fails where the document wants more of the body than there is: an object, and in it the row's required fields, be they null; those that the
    /// server does without may be absent.
    /// They may stand in a root key.
    pub(crate) fn complete(&self, action: &ActionSpec) -> Result<(), Failure> {
        if self.other && action.params_in(Place::Body).next().is_some() {
            return Err(Failure::bad_request());
        }
        let is_param = |name: &str| action.native_params().any(|param| param.place == Place::Body && param.name == name);
        let roots = || self.fields.iter().filter(|(name, _)| !is_param(name)).filter_map(|(_, value)| value.as_object());
        let has = |name: &str| self.has(name) || roots().any(|root| root.contains_key(name)) || !self.files_of(name).is_empty();
        let missing = action.params_in(Place::Body).find(|param| param.is_wanted() && !has(&param.name) && !has(param.native_name()));
        missing.map_or(Ok(()), |param| Err(Failure::missing_param(&param.name)))
    }

    /// Whether the field was sent, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A text; numbers and booleans count as their text. `None` where it is absent or null.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// A text that can be taken away: `Some(None)` for null.
    pub(crate) fn nullable_text(&self, name: &str) -> Option<Option<String>> {
        self.has(name).then(|| self.text(name))
    }

    /// A whole number, or text that is one.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        integer(self.fields.get(name)?)
    }

    /// An id: a whole number above 0.
    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        self.integer(name).and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0)
    }

    /// True or false, as Rails reads it: also the texts and numbers for it.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.fields.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(!matches!(text.to_lowercase().as_str(), "0" | "f" | "false" | "off")),
            _ => None,
        }
    }

    pub(crate) fn object(&self, name: &str) -> Option<Map<String, Value>> {
        self.fields.get(name)?.as_object().cloned()
    }

    pub(crate) fn list(&self, name: &str) -> Option<Vec<Value>> {
        self.fields.get(name)?.as_array().cloned()
    }

    /// The texts of a list, without its nulls.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = self.fields.get(name)?.as_array()?;
        Some(list.iter().filter(|v| !v.is_null()).map(node_sdk::json::to_js_string).collect())
    }

    /// The ids of a list; `None` where one is no id.
    pub(crate) fn ids(&self, name: &str) -> Option<Vec<u64>> {
        let list = self.fields.get(name)?.as_array()?;
        list.iter().map(|value| integer(value).and_then(|id| u64::try_from(id).ok())).collect()
    }

    /// The files of a field, also under its list name `field[]`.
    pub(crate) fn files_of(&self, field: &str) -> Vec<&Part> {
        let list = format!("{field}[]");
        self.files.iter().filter(|part| part.name == field || part.name == list).collect()
    }
}

/// What the content type says of the body, without its parameters; empty where it says nothing.
fn media_type(request: &Request) -> String {
    let kind = request.header("content-type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A whole number, or text that is one.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn read_json_text(value: &mut Value) {
    if let Value::String(text) = value
        && let Ok(parsed) = node_sdk::json::parse_text(text)
    {
        *value = parsed;
    }
}

/// Whether the value has the shape that the row wants, and what that is called. The server tells single values, lists and objects apart; by
/// default a number has to be one.
fn shape(param: &Param, value: &Value, as_server: bool) -> (bool, &'static str) {
    let single = |value: &Value| !value.is_array() && !value.is_object();
    let number = |value: &Value| if as_server { single(value) } else { is_number(value) };
    let object = |value: &Value| value.is_object() || value.is_null();
    let list_of = |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(fits));
    match (param.native_kind(), param.json) {
        (ParamType::Integer | ParamType::Number, _) => (number(value), "a number"),
        (ParamType::String | ParamType::Options, _) => (single(value), "text"),
        (ParamType::Boolean, _) => (single(value), "true or false"),
        (ParamType::Json, None) => (true, "JSON"),
        (ParamType::Json, Some(JsonKind::Object)) => (value.is_object(), "an object"),
        (ParamType::Json, Some(JsonKind::Integers)) => (list_of(&number), "a list of numbers"),
        (ParamType::Json, Some(JsonKind::Strings)) => (list_of(&single), "a list of texts"),
        (ParamType::Json, Some(JsonKind::Objects)) => (list_of(&object), "a list of objects"),
    }
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Null => true,
        Value::String(text) => text.trim().is_empty() || text.trim().parse::<f64>().is_ok(),
        _ => false,
    }
}

/// How deep the name of a form's field may nest, as in the server.
const DEEPEST_NAME: usize = 100;

/// Fields of a form as Rails nests them: `channel[type]=api`, `labels[]=a`.
fn nested(pairs: impl Iterator<Item = (String, String)>) -> Result<Map<String, Value>, Failure> {
    let mut fields = Value::Object(Map::new());
    for (name, value) in pairs {
        if name.split('[').count() > DEEPEST_NAME {
            return Err(Failure::bad_request());
        }
        let mut keys = name.split('[').map(|key| key.trim_end_matches(']'));
        let first = keys.next().unwrap_or_default().to_owned();
        let path: Vec<&str> = keys.collect();
        if let Some(slot) = fields.as_object_mut().map(|map| map.entry(first).or_insert(Value::Null)) {
            place(slot, &path, value);
        }
    }
    Ok(match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    })
}

fn place(slot: &mut Value, path: &[&str], value: String) {
    match path {
        [] => *slot = Value::String(value),
        ["", rest @ ..] => {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            if let Value::Array(list) = slot {
                // `items[][title]` goes on with the last element until it has a title.
                let open = |last: &Value| rest.first().is_some_and(|key| last.is_object() && last.get(key).is_none());
                if !list.last().is_some_and(open) {
                    list.push(Value::Null);
                }
                if let Some(element) = list.last_mut() {
                    place(element, rest, value);
                }
            }
        }
        [key, rest @ ..] => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                place(map.entry((*key).to_owned()).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms_nest_as_rails_nests_them() {
        let form = "name=Ana&channel[type]=api&channel[additional_attributes][a]=1&labels[]=x&labels[]=y&i[][t]=1&i[][v]=2&i[][t]=3";
        let fields = nested(form_urlencoded::parse(form.as_bytes()).into_owned()).unwrap();
        let expected = json!({
            "name": "Ana", "channel": { "type": "api", "additional_attributes": { "a": "1" } }, "labels": ["x", "y"],
            "i": [{ "t": "1", "v": "2" }, { "t": "3" }],
        });
        assert_eq!(Value::Object(fields), expected);
    }

    #[test]
    fn a_page_is_read_as_ruby_reads_numbers() {
        for (text, page) in [("page=2", 2), ("page=0", 1), ("page=-3", 1), ("page=x", 1), ("", 1), ("page=2x", 2)] {
            assert_eq!(Query::parse(text).page(), page, "{text}");
        }
    }
}
