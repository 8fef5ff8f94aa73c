//! Plain member paths without JavaScript: `$json.a["b c"][0]`, `$('Node').item.json.a`.
//!
//! What is unusual is left to JavaScript, so the two tiers cannot differ in it.

use std::sync::Arc;

use serde_json::Value;

use crate::error::ExpressionError;
use crate::js_text::number_text;
use crate::pairing::{Asked, LOST};
use crate::script::{Lexer, OF_DATA, Tok, TokKind, is_banned_member};
use crate::v8_words;
use crate::view::Scope;

/// Where a path begins.
#[derive(Debug, Clone, PartialEq)]
enum Root {
    Json,
    ItemIndex,
    RunIndex,
    InputItem,
    InputFirst,
    InputLast,
    NodeItem(String),
    NodeFirst(String),
    NodeLast(String),
    SameIndex(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    key: String,
    /// `?.`
    optional: bool,
}

/// A plain member path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    root: Root,
    steps: Vec<Step>,
}

/// What a path came to.
pub(crate) enum Outcome {
    /// A value.
    Value(Value),
    /// `undefined`.
    Undefined,
    /// `undefined`, because of an error that n8n swallows.
    Swallowed(String),
    /// JavaScript must tell.
    Ask,
}

/// Properties that plain objects inherit: JavaScript answers for them.
const INHERITED: &[&str] = &["hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"];

impl Path {
    /// Reads a block; `None`: it is something else.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        let mut reader = Reader::new(code)?;
        let root = reader.root()?;
        let steps = reader.steps()?;
        Some(Self { root, steps })
    }

    /// The path's value for an item.
    pub(crate) fn evaluate(&self, scope: &Scope, index: usize) -> Result<Outcome, ExpressionError> {
        let json = match &self.root {
            Root::ItemIndex => Some(Arc::new(Value::from(index))),
            Root::RunIndex => Some(Arc::new(Value::from(scope.run_index))),
            Root::Json => return Ok(self.walk(scope.current(index)?.json(), scope.exact_integers)),
            Root::InputItem => scope.input_item(index)?.json,
            Root::InputFirst => scope.input_item(0)?.json,
            Root::InputLast => scope.input_item(scope.count().saturating_sub(1))?.json,
            Root::NodeItem(name) => match scope.matching_item(name, index, Asked::Item)? {
                Some(item) => item.json,
                None => return Ok(Outcome::Swallowed(unreadable("undefined", LOST))),
            },
            Root::SameIndex(name) => scope.node_item(name, index)?.json,
            Root::NodeFirst(name) | Root::NodeLast(name) => {
                let items = scope.output_items(name, None, None, true)?.unwrap_or_default();
                let found = if matches!(self.root, Root::NodeFirst(_)) { items.first() } else { items.last() };
                match found {
                    Some(item) => item.json.clone(),
                    None => return Ok(Outcome::Swallowed(unreadable("undefined", "json"))),
                }
            }
        };
        Ok(self.walk(json.as_deref(), scope.exact_integers))
    }

    fn walk(&self, start: Option<&Value>, exact: bool) -> Outcome {
        let mut at = start;
        for step in &self.steps {
            at = match at {
                // n8n's words where it is no field of data.
                _ if step.key == OF_DATA && at.and_then(|at| at.get(OF_DATA)).is_none() => return Outcome::Ask,
                None | Some(Value::Null) if step.optional => return Outcome::Undefined,
                None => return Outcome::Swallowed(unreadable("undefined", &step.key)),
                Some(Value::Null) => return Outcome::Swallowed(unreadable("null", &step.key)),
                Some(Value::Object(map)) => match map.get(&step.key) {
                    None if INHERITED.contains(&step.key.as_str()) => return Outcome::Ask,
                    found => found,
                },
                Some(Value::Array(list)) => match step.key.parse::<u32>() {
                    Ok(i) if i.to_string() == step.key => list.get(i as usize),
                    _ => return Outcome::Ask,
                },
                Some(_) => return Outcome::Ask,
            };
        }
        match at {
            None => Outcome::Undefined,
            Some(value) if exact => Outcome::Value(value.clone()),
            Some(value) if has_negative_zero(value) => Outcome::Ask,
            Some(value) => Outcome::Value(javascript(value)),
        }
    }
}

fn unreadable(of: &str, key: &str) -> String {
    v8_words::unreadable(of, key)
}

/// Whether there is a -0 in it, which is 0 in what JavaScript writes as JSON.
pub(crate) fn has_negative_zero(value: &Value) -> bool {
    match value {
        Value::Number(n) => n.as_f64().is_some_and(|n| n == 0.0 && n.is_sign_negative()),
        Value::Array(list) => list.iter().any(has_negative_zero),
        Value::Object(map) => map.values().any(has_negative_zero),
        _ => false,
    }
}

/// The value with JavaScript's numbers: whole ones beyond 2^53 are rounded, `1.0` is `1`.
pub(crate) fn javascript(value: &Value) -> Value {
    match value {
        Value::Number(n) if n.as_i64().is_none_or(|i| i.unsigned_abs() > 1 << 53) => {
            n.as_f64().and_then(crate::js_text::number).map_or(Value::Null, Value::Number)
        }
        Value::Array(list) => Value::Array(list.iter().map(javascript).collect()),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), javascript(v))).collect()),
        other => other.clone(),
    }
}

/// A value inside text. `None`: an object says itself how it is printed, so JavaScript must tell.
pub(crate) fn print(value: &Value, out: &mut String) -> Option<()> {
    match value {
        Value::Null => {}
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => out.push_str(&number_text(n.as_f64().unwrap_or(f64::NAN))),
        Value::String(s) => out.push_str(s),
        Value::Object(map) if map.contains_key("toString") || map.contains_key("valueOf") => return None,
        Value::Object(_) => out.push_str("[object Object]"),
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                print(value, out)?;
            }
        }
    }
    Some(())
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    tok: Tok,
}

impl<'a> Reader<'a> {
    fn new(code: &'a str) -> Option<Self> {
        let mut lexer = Lexer::new(code);
        let tok = lexer.next().ok()?;
        Some(Self { lexer, tok })
    }

    fn bump(&mut self) -> Option<TokKind> {
        let next = self.lexer.next().ok()?;
        Some(std::mem::replace(&mut self.tok, next).kind)
    }

    fn punct(&mut self, wanted: &str) -> Option<()> {
        matches!(self.bump()?, TokKind::Punct(p) if p == wanted).then_some(())
    }

    fn word(&mut self) -> Option<String> {
        match self.bump()? {
            TokKind::Ident(name) => Some(name),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        match self.bump()? {
            TokKind::Str(text) => Some(text),
            _ => None,
        }
    }

    fn root(&mut self) -> Option<Root> {
        Some(match self.word()?.as_str() {
            "$json" => Root::Json,
            "$itemIndex" => Root::ItemIndex,
            "$runIndex" => Root::RunIndex,
            "$input" => {
                self.punct(".")?;
                let root = match self.word()?.as_str() {
                    "item" => Root::InputItem,
                    "first" => self.call(Root::InputFirst)?,
                    "last" => self.call(Root::InputLast)?,
                    _ => return None,
                };
                self.json(root)?
            }
            "$" => {
                self.punct("(")?;
                let name = self.text()?;
                self.punct(")")?;
                self.punct(".")?;
                let root = match self.word()?.as_str() {
                    "item" => Root::NodeItem(name),
                    "first" => self.call(Root::NodeFirst(name))?,
                    "last" => self.call(Root::NodeLast(name))?,
                    _ => return None,
                };
                self.json(root)?
            }
            "$node" => {
                let name = match self.bump()? {
                    TokKind::Punct("[") => {
                        let name = self.text()?;
                        self.punct("]")?;
                        name
                    }
                    TokKind::Punct(".") => self.word()?,
                    _ => return None,
                };
                self.json(Root::SameIndex(name))?
            }
            _ => return None,
        })
    }

    fn call(&mut self, root: Root) -> Option<Root> {
        self.punct("(")?;
        self.punct(")")?;
        Some(root)
    }

    fn json(&mut self, root: Root) -> Option<Root> {
        self.punct(".")?;
        (self.word()? == "json").then_some(root)
    }

    fn steps(&mut self) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            let (optional, bracket) = match self.bump()? {
                TokKind::End => return Some(steps),
                TokKind::Punct(".") => (false, false),
                TokKind::Punct("[") => (false, true),
                TokKind::Punct("?.") if matches!(self.tok.kind, TokKind::Punct("[")) => {
                    self.bump()?;
                    (true, true)
                }
                TokKind::Punct("?.") => (true, false),
                _ => return None,
            };
            let key = if bracket { self.key()? } else { self.word()? };
            // Behind a `?.` JavaScript tells.
            let skips = || optional || steps.iter().any(|step: &Step| step.optional);
            if is_banned_member(&key) && (key != OF_DATA || skips()) {
                return None;
            }
            steps.push(Step { key, optional });
        }
    }

    fn key(&mut self) -> Option<String> {
        let range = self.tok.start..self.tok.end;
        let key = match self.bump()? {
            TokKind::Str(text) => text,
            TokKind::Number => {
                let text = &self.lexer.text[range];
                let index: u32 = text.parse().ok()?;
                (index.to_string() == text).then(|| text.to_owned())?
            }
            _ => return None,
        };
        self.punct("]")?;
        Some(key)
    }
}
