//! Reading JSON with places, with our limits.
//!
//! A reader of its own because no kept one does all of this: `serde_json` refuses lone surrogates (cut emoji occur in
//! real messages), has no places for values, and cannot read `1e309` as JavaScript does.

use std::ops::Range;

use serde_json::{Map, Number, Value};

/// How deep lists and objects may nest.
pub const MAX_DEPTH: usize = 128;

/// What to do with a number that no `f64` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Refuse the text: it is from a person.
    Refuse,
    /// Read null: JavaScript reads Infinity, which its JSON writes as null.
    Null,
}

/// Why a text is no JSON for us, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct JsonError {
    /// What kind of mistake.
    pub kind: JsonErrorKind,
    /// What is wrong, in plain English.
    pub message: String,
    /// Byte offset in the text.
    pub offset: usize,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Kinds of [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// Nothing but white space.
    Empty,
    /// Not JSON.
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A number that no `f64` holds.
    NumberTooLarge,
}

/// Is told where values stand while a text is read.
pub trait Observer {
    /// An object's key; the events up to [`Self::leave`] are its value's.
    fn key(&mut self, key: &str, at: Range<usize>) {
        let _ = (key, at);
    }
    /// A list's element; the events up to [`Self::leave`] are its value's.
    fn index(&mut self, index: usize) {
        let _ = index;
    }
    /// The bytes of the value whose key or index was entered last (or of the whole).
    fn value(&mut self, at: Range<usize>) {
        let _ = at;
    }
    /// The value of the last key or index is read.
    fn leave(&mut self) {}
}

/// Does not look.
pub struct NoObserver;

impl Observer for NoObserver {}

/// Reads JSON from a file or from input: `1e309` is refused.
pub fn parse_text(text: &str) -> Result<Value, JsonError> {
    parse_observed(text, Overflow::Refuse, &mut NoObserver)
}

/// Reads JSON from a server's answer: `1e309` becomes null.
pub fn parse_answer(text: &str) -> Result<Value, JsonError> {
    parse_observed(text, Overflow::Null, &mut NoObserver)
}

/// Reads JSON and tells `observer` where each value stands.
///
/// A byte order mark is skipped, of keys given twice the last wins, a lone surrogate escape becomes U+FFFD,
/// integers of up to 64 bits are exact, and every key (`__proto__` too) is plain data.
pub fn parse_observed<O: Observer>(text: &str, overflow: Overflow, observer: &mut O) -> Result<Value, JsonError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, overflow, observer, entries: Vec::new(), elements: Vec::new() };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.space();
    if reader.at == text.len() {
        return Err(reader.error(JsonErrorKind::Empty, reader.at, "there is no JSON here, the text is empty"));
    }
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end of the JSON"));
    }
    Ok(value)
}

struct Reader<'a, O> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    overflow: Overflow,
    observer: &'a mut O,
    /// Of the objects that are open, until their number is known: an item is kept for long, so it takes no more room than it needs.
    entries: Vec<(String, Value)>,
    /// Of the lists that are open.
    elements: Vec<Value>,
}

type Read<T> = Result<T, JsonError>;

impl<O: Observer> Reader<'_, O> {
    fn value(&mut self, depth: usize) -> Read<Value> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth + 1)?,
            Some(b'[') => self.list(depth + 1)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        self.observer.value(start..self.at);
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.open(depth)?;
        let first = self.entries.len();
        if self.closes(b'}') {
            return Ok(Value::Object(Map::new()));
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            self.observer.key(&key, start..self.at);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("a colon after the key"));
            }
            self.at += 1;
            self.space();
            let value = self.value(depth)?;
            self.observer.leave();
            self.entries.push((key, value));
            if self.ends(b'}', "a comma or the end of the object")? {
                let mut map = Map::with_capacity(self.entries.len() - first);
                map.extend(self.entries.drain(first..));
                return Ok(Value::Object(map));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        self.open(depth)?;
        let first = self.elements.len();
        if self.closes(b']') {
            return Ok(Value::Array(Vec::new()));
        }
        loop {
            self.observer.index(self.elements.len() - first);
            let element = self.value(depth)?;
            self.elements.push(element);
            self.observer.leave();
            if self.ends(b']', "a comma or the end of the list")? {
                return Ok(Value::Array(self.elements.drain(first..).collect()));
            }
        }
    }

    /// Steps over the opening bracket.
    fn open(&mut self, depth: usize) -> Read<()> {
        if depth > MAX_DEPTH {
            let message = format!("lists and objects are nested deeper than {MAX_DEPTH}");
            return Err(self.error(JsonErrorKind::TooDeep, self.at, message));
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    /// After an element: whether the bracket closes here; else a comma stands here and another element follows.
    fn ends(&mut self, bracket: u8, expected: &str) -> Read<bool> {
        self.space();
        if self.closes(bracket) {
            return Ok(true);
        }
        if self.peek() != Some(b',') {
            return Err(self.unexpected(expected));
        }
        self.at += 1;
        self.space();
        Ok(false)
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.unexpected("a value"))
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let zero = self.peek() == Some(b'0');
        let digits = self.digits("a digit")?;
        if zero && digits > 1 {
            self.at = start;
            return Err(self.error(JsonErrorKind::Syntax, start, "a number may not begin with 0"));
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            self.digits("a digit after the point")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            integer = false;
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits("a digit of the exponent")?;
        }
        let text = &self.text[start..self.at];
        if integer && text != "-0" {
            if let Ok(exact) = text.parse::<i64>() {
                return Ok(Value::from(exact));
            }
            if let Ok(exact) = text.parse::<u64>() {
                return Ok(Value::from(exact));
            }
        }
        match (text.parse().ok().and_then(Number::from_f64), self.overflow) {
            (Some(number), _) => Ok(Value::Number(number)),
            (None, Overflow::Null) => Ok(Value::Null),
            (None, Overflow::Refuse) => {
                let shown: String = text.chars().take(40).collect();
                Err(self.error(JsonErrorKind::NumberTooLarge, start, format!("the number {shown} is too large")))
            }
        }
    }

    fn digits(&mut self, expected: &str) -> Read<usize> {
        let count = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.unexpected(expected));
        }
        self.at += count;
        Ok(count)
    }

    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut text = self.plain().to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(self.error(
                        JsonErrorKind::Syntax,
                        self.at,
                        "a line end or control character stands inside a text; write it as \\n or \\u00XX",
                    ));
                }
                None => return Err(self.unexpected("the closing quote of a text")),
            }
            text.push_str(self.plain());
        }
    }

    /// Steps over the characters of a text that stand for themselves: most texts have no others.
    fn plain(&mut self) -> &str {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
        let plain = &self.text[self.at..self.at + length];
        self.at += length;
        plain
    }

    fn escape(&mut self) -> Read<char> {
        self.at += 1;
        let escaped = match self.peek() {
            Some(b'u') => return self.unicode(),
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.unexpected("one of \" \\ / b f n r t u after the backslash")),
        };
        self.at += 1;
        Ok(escaped)
    }

    /// `uXXXX`, with its second half where it is a surrogate pair.
    fn unicode(&mut self) -> Read<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_first = self.at;
        if self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 1;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Read<u32> {
        let digits = self.bytes.get(self.at + 1..self.at + 5).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let code = digits.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(code) = code else { return Err(self.error(JsonErrorKind::Syntax, self.at, "four hexadecimal digits are expected after \\u")) };
        self.at += 5;
        Ok(code)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn unexpected(&self, expected: &str) -> JsonError {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the text ends".to_owned(),
            Some(c) => format!("{c:?} stands here"),
        };
        self.error(JsonErrorKind::Syntax, self.at, format!("{expected} is expected, but {found}"))
    }

    fn error(&self, kind: JsonErrorKind, offset: usize, message: impl Into<String>) -> JsonError {
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1;
        JsonError { kind, message: message.into(), offset, line, column }
    }
}
