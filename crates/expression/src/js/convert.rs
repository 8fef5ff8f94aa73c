//! JavaScript values as data.

use javascript::rquickjs::object::Filter;
use javascript::rquickjs::{self, Array, Atom, CaughtError, Class, Ctx, Function, Object, Value as Js};
use javascript::{Lazy, Meter};
use node_sdk::params::NonFinite;
use serde_json::{Map, Value, json};

use super::fault;
use super::text::{string, text};
use crate::error::{ErrorKind, ExpressionError};
use crate::evaluated::Kind;
use crate::js_text::number;
use crate::native::{has_negative_zero, javascript};

/// Nesting beyond this is taken for a circle, as n8n's copying ends too.
const DEPTH: usize = 1000;

/// A value that left the engine.
#[derive(Debug, Clone)]
pub(crate) struct Converted {
    /// Its JSON form.
    pub(crate) value: Value,
    /// What JSON cannot say.
    pub(crate) kind: Kind,
    /// The class as `konverte eval` names it.
    pub(crate) class: &'static str,
}

impl Converted {
    /// `undefined`.
    pub(crate) fn undefined(marked: bool) -> Self {
        let value = if marked { json!({"undefined": true}) } else { Value::Null };
        Self { value, kind: Kind::Undefined, class: "undefined" }
    }

    /// A value that JSON says.
    pub(crate) fn json(value: Value) -> Self {
        let class = match &value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        Self { value, kind: Kind::Json, class }
    }
}

/// A whole result that takes none of JavaScript's own tools: text, a number, a boolean, null, undefined. `None`: it is something else.
pub(crate) fn primitive(value: &Js<'_>, marked: bool, meter: &Meter) -> Fallible<Option<Converted>> {
    if value.is_undefined() {
        return Ok(Some(Converted::undefined(marked)));
    }
    if let Some(n) = value.as_number() {
        let kind = NonFinite::of(n).map_or(Kind::Json, Kind::NonFinite);
        return Ok(Some(Converted { value: number_value(n, marked), kind, class: "number" }));
    }
    let value = match (value.as_string(), value.as_bool()) {
        (Some(text), _) => metered(text, meter)?.into(),
        (_, Some(truth)) => truth.into(),
        _ if value.is_null() => Value::Null,
        _ => return Ok(None),
    };
    Ok(Some(Converted::json(value)))
}

fn number_value(n: f64, marked: bool) -> Value {
    match NonFinite::of(n) {
        Some(odd) if marked => json!({ "number": odd.text() }),
        None if marked && n == 0.0 && n.is_sign_negative() => json!({ "number": "-0" }),
        _ => number(n).map_or(Value::Null, Value::Number),
    }
}

fn metered(text: &rquickjs::String<'_>, meter: &Meter) -> Fallible<String> {
    let text = string(text)?;
    meter.take(text.len())?;
    Ok(text)
}

/// Converts values of one evaluation, and counts what it makes.
pub(crate) struct Converter<'js> {
    ctx: Ctx<'js>,
    meter: Meter,
    marked: bool,
    describe: Function<'js>,
    /// Whether a function is left out without a word.
    quiet: Function<'js>,
    plain: Option<Object<'js>>,
}

type Fallible<T> = Result<T, ExpressionError>;

impl<'js> Converter<'js> {
    /// `marked`: with the markers of `konverte eval`.
    pub(crate) fn new(ctx: &Ctx<'js>, marked: bool, meter: Meter) -> rquickjs::Result<Self> {
        let tools: Object<'js> = ctx.globals().get("__kv_x")?;
        let plain = Object::new(ctx.clone())?.get_prototype();
        Ok(Self { ctx: ctx.clone(), meter, marked, describe: tools.get("describe")?, quiet: tools.get("quiet")?, plain })
    }

    /// A whole result that is no [`primitive`] value.
    pub(crate) fn top(&self, value: &Js<'js>) -> Fallible<Converted> {
        if value.is_function() {
            return Err(self.uncloneable(&text(&self.ctx, value).unwrap_or_default()));
        }
        if value.is_symbol() {
            return Err(failed("Unsupported type"));
        }
        if value.is_big_int() {
            let digits = text(&self.ctx, value).unwrap_or_default();
            let value = if self.marked { json!({"bigint": digits}) } else { Value::String(digits) };
            return Ok(Converted { value, kind: Kind::BigInt, class: "bigint" });
        }
        match value.as_object() {
            Some(object) if !value.is_array() => self.object(object, 0),
            _ => Ok(Converted::json(self.nested(value, 0)?.unwrap_or(Value::Null))),
        }
    }

    /// A value inside another; `None`: a key that is dropped, a hole in a list.
    fn nested(&self, value: &Js<'js>, depth: usize) -> Fallible<Option<Value>> {
        if depth > DEPTH {
            return Err(failed("Maximum call stack size exceeded"));
        }
        let left_out = value.is_undefined() || value.is_function() && self.quiet.call((value.clone(),)).unwrap_or(false);
        if !left_out && (value.is_function() || value.is_symbol()) {
            return Err(self.uncloneable(&text(&self.ctx, value).unwrap_or_default()));
        }
        if left_out {
            return self.undefined();
        }
        if value.is_null() {
            return Ok(Some(Value::Null));
        }
        if let Some(b) = value.as_bool() {
            return Ok(Some(Value::Bool(b)));
        }
        if let Some(n) = value.as_number() {
            return Ok(Some(number_value(n, self.marked)));
        }
        if let Some(s) = value.as_string() {
            return metered(s, &self.meter).map(|s| Some(Value::String(s)));
        }
        if value.is_big_int() {
            let digits = text(&self.ctx, value).unwrap_or_default();
            self.meter.take(digits.len())?;
            return Ok(Some(if self.marked { json!({"bigint": digits}) } else { Value::String(digits) }));
        }
        if let Some(list) = value.as_array() {
            return self.list(list, depth).map(Some);
        }
        match value.as_object() {
            Some(object) => self.object(object, depth).map(|made| Some(made.value)),
            None => Ok(None),
        }
    }

    /// What stands for `undefined` inside another value.
    fn undefined(&self) -> Fallible<Option<Value>> {
        if self.marked {
            self.meter.entry("undefined")?;
        }
        Ok(self.marked.then(|| json!({"undefined": true})))
    }

    /// A list. Its length is asked for as a number: the engine's binding takes it for a smaller one than it may be.
    fn list(&self, list: &Array<'js>, depth: usize) -> Fallible<Value> {
        let length = self.meter.places(list.as_object())?.ok_or_else(|| self.thrown())?;
        let mut out = Vec::with_capacity(length);
        for i in 0..length {
            let value: Js<'js> = list.get(i).map_err(|_| self.thrown())?;
            self.meter.take(0)?;
            out.push(self.nested(&value, depth + 1)?.unwrap_or(Value::Null));
        }
        Ok(Value::Array(out))
    }

    fn object(&self, object: &Object<'js>, depth: usize) -> Fallible<Converted> {
        if let Some(lazy) = Class::<Lazy<'js>>::from_object(object) {
            if let Some(value) = lazy.borrow().untouched().filter(|value| !self.marked || !has_negative_zero(value)) {
                self.meter.copy(value)?;
                return Ok(Converted::json(javascript(value)));
            }
            return self.plain(object, depth).map(Converted::json);
        }
        let plain = !object.as_value().is_proxy() && !object.is_error() && object.get_prototype() == self.plain;
        if plain {
            return self.plain(object, depth).map(Converted::json);
        }
        self.described(object, depth)
    }

    fn plain(&self, object: &Object<'js>, depth: usize) -> Fallible<Value> {
        let keys = object.own_keys::<Atom<'js>>(Filter::new().string().enum_only());
        let mut map = Map::with_capacity(keys.size_hint().0);
        for key in keys {
            let key = key.map_err(|_| self.thrown())?;
            let value: Js<'js> = object.get(key.clone()).map_err(|_| self.thrown())?;
            self.meter.take(0)?;
            if let Some(value) = self.nested(&value, depth + 1)? {
                let key = string(&key.to_js_string().map_err(|_| self.thrown())?)?;
                self.meter.entry(&key)?;
                map.insert(key, value);
            }
        }
        Ok(Value::Object(map))
    }

    /// An object of another class: our prelude says what it is.
    fn described(&self, object: &Object<'js>, depth: usize) -> Fallible<Converted> {
        let described: Array<'js> = self.describe.call((object.clone(),)).map_err(|_| self.thrown())?;
        let class: String = described.get(0).map_err(|_| self.thrown())?;
        let payload: Js<'js> = described.get(1).map_err(|_| self.thrown())?;
        let kind = match class.as_str() {
            "DateTime" => Kind::DateTime,
            "Date" => Kind::Date,
            "object" => return self.plain(object, depth).map(Converted::json),
            "boxed" => {
                // As data it is what it stands for.
                let inner = if self.marked { None } else { described.get::<Option<Js<'js>>>(2).map_err(|_| self.thrown())? };
                let value = self.nested(&inner.unwrap_or(payload), depth + 1)?.unwrap_or(Value::Null);
                let kind = if value.is_string() { Kind::Other } else { Kind::Json };
                return Ok(Converted { kind, ..Converted::json(value) });
            }
            "refused" => return Err(self.uncloneable(&text(&self.ctx, &payload).unwrap_or_default())),
            _ => Kind::Other,
        };
        let value = if self.marked { self.marker(&class, &described, depth)? } else { self.unmarked(&class, &payload, depth)? };
        Ok(Converted { value, kind, class: class_name(&class) })
    }

    fn unmarked(&self, class: &str, payload: &Js<'js>, depth: usize) -> Fallible<Value> {
        Ok(match class {
            "Date" | "DateTime" | "Duration" | "Interval" => {
                payload.as_string().map(|text| metered(text, &self.meter)).transpose()?.map_or(Value::Null, Value::String)
            }
            "typed" => {
                let values = self.nested(payload, depth + 1)?;
                let values = values.as_ref().and_then(Value::as_array).into_iter().flatten();
                Value::Object(values.enumerate().map(|(index, value)| (index.to_string(), value.clone())).collect())
            }
            _ => json!({}),
        })
    }

    fn marker(&self, class: &str, described: &Array<'js>, depth: usize) -> Fallible<Value> {
        let payload: Js<'js> = described.get(1).map_err(|_| self.thrown())?;
        let inner = self.nested(&payload, depth + 1)?.unwrap_or(Value::Null);
        let reason: Option<String> = described.get(2).ok().flatten();
        Ok(match (class, reason) {
            ("Date" | "DateTime", Some(reason)) => json!({ "invalidDate": reason }),
            ("Duration", Some(reason)) => json!({ "invalidDuration": reason }),
            ("Interval", Some(reason)) => json!({ "invalidInterval": reason }),
            ("Date" | "DateTime" | "Duration" | "Interval", None) => inner,
            ("RegExp", _) => json!({ "regexp": inner }),
            ("Map", _) => json!({ "map": inner }),
            ("Set", _) => json!({ "set": inner }),
            ("Error", _) => json!({ "errorValue": inner }),
            (_, name) => json!({ "typedArray": name, "values": inner }),
        })
    }

    fn uncloneable(&self, what: &str) -> ExpressionError {
        failed(&format!("{what} could not be cloned."))
    }

    /// A getter or the like threw while its object was copied.
    fn thrown(&self) -> ExpressionError {
        let thrown = self.ctx.catch();
        let limit = fault::limit(&CaughtError::from_error(&self.ctx, self.ctx.throw(thrown.clone())));
        // Where the stack is at its end, no JavaScript makes a text of it any more.
        let words = || text(&self.ctx, &thrown).unwrap_or_else(|| "Maximum call stack size exceeded".to_owned());
        limit.unwrap_or_else(|| failed(&words()))
    }
}

fn class_name(class: &str) -> &'static str {
    const CLASSES: &[&str] = &["Date", "DateTime", "Duration", "Interval", "RegExp", "Map", "Set", "Error"];
    CLASSES.iter().find(|known| **known == class).copied().unwrap_or("object")
}

fn failed(message: &str) -> ExpressionError {
    ExpressionError::new(ErrorKind::Evaluation, format!("Expression evaluation failed: {message}"))
}
