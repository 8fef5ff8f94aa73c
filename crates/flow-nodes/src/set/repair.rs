//! Text that was meant to be JSON: n8n mends what an expression put together, and so does this.
//!
//! What is mended: line breaks and tabs inside of texts; quotes of any kind, missing, or inside of a text without a backslash; keys and texts
//! without quotes; missing, doubled and last commas; missing colons, values and brackets at the end; comments, code fences, `...`; Python's
//! `True`, `False`, `None`; `undefined`; texts added with `+`; calls around a value (`ObjectId("1")`); values one a line.
//! What stays unclear is refused: a guess that is wrong would be worse than an error.

mod scan;
mod string;

use node_sdk::json::{self, MAX_DEPTH};
use serde_json::{Map, Value};

use scan::{Scanner, is_delimiter, is_quote, is_whitespace};

/// The text cannot be made sense of.
struct Unclear;

type Read<T> = Result<T, Unclear>;

/// The value that the text was meant to be.
pub(super) fn repaired(text: &str) -> Option<Value> {
    Scanner::new(text).document().ok()
}

/// What may stand before and after JSON that was copied out of a chat.
const FENCE_BEGINS: [&str; 3] = ["```", "[```", "{```"];
const FENCE_ENDS: [&str; 3] = ["```", "```]", "```}"];

const WORDS: [(&str, Value); 6] = [
    ("true", Value::Bool(true)),
    ("false", Value::Bool(false)),
    ("null", Value::Null),
    ("True", Value::Bool(true)),
    ("False", Value::Bool(false)),
    ("None", Value::Null),
];

impl Scanner {
    fn document(mut self) -> Read<Value> {
        if self.fence(&FENCE_BEGINS) {
            // The language.
            self.skip_name();
        }
        let first = self.value(0)?.ok_or(Unclear)?;
        self.fence(&FENCE_ENDS);
        self.skip_blanks();
        let comma = self.take(',');
        self.skip_blanks();
        let value = if self.starts_value() && (comma || self.after_line_break()) { self.one_a_line(first)? } else { first };
        while self.take('}') || self.take(']') {
            self.skip_blanks();
        }
        if self.peek().is_none() { Ok(value) } else { Err(Unclear) }
    }

    fn fence(&mut self, marks: &[&str]) -> bool {
        self.skip_blanks();
        marks.iter().any(|mark| self.take_all(mark))
    }

    /// Values one a line, or with commas between, are a list.
    fn one_a_line(&mut self, first: Value) -> Read<Value> {
        let mut list = vec![first];
        while let Some(value) = self.value(1)? {
            list.push(value);
            self.take(',');
        }
        Ok(Value::Array(list))
    }

    /// The value that begins here; `None` where none does.
    fn value(&mut self, depth: usize) -> Read<Option<Value>> {
        if depth > MAX_DEPTH {
            return Err(Unclear);
        }
        self.skip_blanks();
        let value = match self.peek() {
            Some('{') => Some(self.object(depth)?),
            Some('[') => Some(self.list(depth)?),
            _ => self.scalar(depth)?,
        };
        self.skip_blanks();
        Ok(value)
    }

    fn scalar(&mut self, depth: usize) -> Read<Option<Value>> {
        if let Some(text) = self.string()? {
            return Ok(Some(Value::String(text)));
        }
        if let Some(number) = self.number()? {
            return Ok(Some(number));
        }
        if let Some((_, value)) = WORDS.iter().find(|(word, _)| self.take_all(word)) {
            return Ok(Some(value.clone()));
        }
        if let Some(value) = self.call(depth)? {
            return Ok(Some(value));
        }
        Ok(match self.bare(false) {
            Some(word) if word == "undefined" => Some(Value::Null),
            Some(text) => Some(Value::String(text)),
            None => self.pattern().map(Value::String),
        })
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.begin_group();
        let mut map = Map::new();
        while self.peek().is_some_and(|c| c != '}') {
            self.between_entries(map.is_empty());
            let Some(key) = self.key()? else {
                if matches!(self.peek(), None | Some('}' | '{' | ']' | '[')) {
                    break;
                }
                return Err(Unclear);
            };
            self.skip_blanks();
            let colon = self.take(':');
            let cut = self.peek().is_none();
            if !colon && !cut && !self.starts_value() {
                return Err(Unclear);
            }
            match self.value(depth + 1)? {
                Some(value) => drop(map.insert(key, value)),
                None if colon || cut => drop(map.insert(key, Value::Null)),
                None => return Err(Unclear),
            }
        }
        self.take('}');
        Ok(Value::Object(map))
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        self.begin_group();
        let mut list = Vec::new();
        while self.peek().is_some_and(|c| c != ']') {
            self.between_entries(list.is_empty());
            let Some(value) = self.value(depth + 1)? else { break };
            list.push(value);
        }
        self.take(']');
        Ok(Value::Array(list))
    }

    /// The bracket, and a comma behind it that has no entry before it.
    fn begin_group(&mut self) {
        self.at += 1;
        self.skip_blanks();
        if self.take(',') {
            self.skip_blanks();
        }
    }

    /// The comma between two entries, if it was not forgotten, and `...` for entries left out.
    fn between_entries(&mut self, first: bool) {
        if !first {
            self.take(',');
        }
        self.skip_blanks();
        if self.take_all("...") {
            self.skip_blanks();
            self.take(',');
            self.skip_blanks();
        }
    }

    fn key(&mut self) -> Read<Option<String>> {
        Ok(match self.string()? {
            Some(text) => Some(text),
            None => self.bare(true),
        })
    }

    /// A number that is followed by nothing that makes a word of it. One that ends too early ends in 0; `007` is a text.
    fn number(&mut self) -> Read<Option<Value>> {
        let start = self.at;
        let Some(cut) = self.skip_number() else {
            self.at = start;
            return Ok(None);
        };
        let mut text = self.since(start);
        if text.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return Ok(Some(Value::String(text)));
        }
        if cut {
            text.push('0');
        }
        json::parse_answer(&text).map(|number| Some(json::as_javascript(number))).map_err(|_| Unclear)
    }

    /// Passes over a number; whether a digit is missing at its end. `None`: it is none.
    fn skip_number(&mut self) -> Option<bool> {
        let start = self.at;
        for (part, signs) in [("-", ""), (".", ""), ("eE", "+-")] {
            if self.take_any(part) {
                self.take_any(signs);
                if self.ends_word() {
                    return Some(true);
                }
                if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                    return None;
                }
            }
            self.skip_while(|c| c.is_ascii_digit());
        }
        (self.at > start && self.ends_word()).then_some(false)
    }

    fn ends_word(&self) -> bool {
        self.peek().is_none_or(|c| is_delimiter(c) || is_whitespace(c))
    }

    /// `name(value)`, with or without a semicolon: the value.
    fn call(&mut self, depth: usize) -> Read<Option<Value>> {
        let start = self.at;
        if self.skip_name() {
            self.skip_blanks();
            if self.take('(') {
                let value = self.value(depth + 1)?.ok_or(Unclear)?;
                if self.take(')') {
                    self.take(';');
                }
                return Ok(Some(value));
            }
        }
        self.at = start;
        Ok(None)
    }

    /// A text or a key without quotes.
    fn bare(&mut self, key: bool) -> Option<String> {
        let start = self.at;
        let ends = |c| scan::ends_bare_text(c) || is_quote(c) || (key && c == ':');
        self.skip_while(|c| !ends(c));
        self.skip_address(start);
        let text = self.since(start);
        let text = text.trim_end_matches(is_whitespace);
        if self.at == start {
            return None;
        }
        // The quote at the beginning is the one that was forgotten.
        self.take('"');
        Some(text.to_owned())
    }

    /// A regular expression is a text.
    fn pattern(&mut self) -> Option<String> {
        let start = self.at;
        if !self.take('/') {
            return None;
        }
        let mut escaped = false;
        self.skip_while(|c| {
            let ends = c == '/' && !escaped;
            escaped = c == '\\';
            !ends
        });
        self.take('/');
        Some(self.since(start))
    }
}

#[cfg(test)]
mod tests;
