//! Tokens of JavaScript.

use super::rewrite::ScriptError;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokKind {
    /// A name or keyword.
    Ident(String),
    /// `#name`.
    Private,
    /// A number.
    Number,
    /// A string, with its value.
    Str(String),
    /// A backtick: the parser goes on from there.
    Backtick,
    /// Punctuation.
    Punct(&'static str),
    /// The end.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Tok {
    /// What it is.
    pub(crate) kind: TokKind,
    /// First byte.
    pub(crate) start: usize,
    /// Byte after the last.
    pub(crate) end: usize,
    /// Whether a line ended before it.
    pub(crate) newline: bool,
}

/// Longest first, so that the first match is the right one.
const PUNCTUATION: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--",
    "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&",
    "|", "^", "!", "~", "?", ":", "=", ".", "@",
];

/// Reads tokens out of a text.
#[derive(Clone)]
pub(crate) struct Lexer<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// The next byte.
    pub(crate) at: usize,
}

/// Whether a character may begin a name.
pub(crate) fn is_ident_start(c: char) -> bool {
    c == '$' || c == '_' || c.is_alphabetic()
}

/// Whether a character may go on in a name.
pub(crate) fn is_ident_part(c: char) -> bool {
    is_ident_start(c) || c.is_alphanumeric() || matches!(c, '\u{200c}' | '\u{200d}') || is_mark(c)
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

impl<'a> Lexer<'a> {
    /// A lexer at the beginning of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next token; a slash is read as division.
    pub(crate) fn next(&mut self) -> Result<Tok, ScriptError> {
        let newline = self.skip_blank()?;
        let start = self.at;
        let kind = self.kind(start)?;
        Ok(Tok { kind, start, end: self.at, newline })
    }

    fn kind(&mut self, start: usize) -> Result<TokKind, ScriptError> {
        let Some(c) = self.rest().chars().next() else { return Ok(TokKind::End) };
        if is_ident_start(c) || c == '\\' {
            return self.name().map(TokKind::Ident);
        }
        if c == '#' {
            self.at += 1;
            return self.name().map(|_| TokKind::Private);
        }
        let second_is_digit = self.rest().as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        if c.is_ascii_digit() || (c == '.' && second_is_digit) {
            return self.number().map(|()| TokKind::Number);
        }
        match c {
            '"' | '\'' => self.string(c).map(TokKind::Str),
            '`' => {
                self.at += 1;
                Ok(TokKind::Backtick)
            }
            _ => self.punctuation(second_is_digit).ok_or_else(|| ScriptError::new(start, format!("unexpected `{c}`"))),
        }
    }

    fn punctuation(&mut self, second_is_digit: bool) -> Option<TokKind> {
        let rest = self.rest();
        let found = PUNCTUATION.iter().find(|p| rest.starts_with(**p))?;
        // `a?.5:b` is a condition.
        let found = if *found == "?." && rest.as_bytes().get(2).is_some_and(u8::is_ascii_digit) { &"?" } else { found };
        let _ = second_is_digit;
        self.at += found.len();
        Some(TokKind::Punct(found))
    }

    /// Skips white space and comments; says whether a line ended.
    fn skip_blank(&mut self) -> Result<bool, ScriptError> {
        let mut newline = false;
        loop {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let end = comment.find("*/").ok_or_else(|| ScriptError::new(self.at, "a comment without end"))?;
                newline |= comment[..end].contains('\n');
                self.at += end + 4;
            } else if rest.starts_with("<!--") {
                // To the engine this is a comment to the end of the line: the two would read the rest differently.
                return Err(ScriptError::new(self.at, "a comment of HTML"));
            } else {
                match rest.chars().next() {
                    Some(c) if c.is_whitespace() || c == '\u{feff}' => {
                        newline |= matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
                        self.at += c.len_utf8();
                    }
                    _ => return Ok(newline),
                }
            }
        }
    }

    fn name(&mut self) -> Result<String, ScriptError> {
        let start = self.at;
        let mut name = String::new();
        while let Some(c) = self.rest().chars().next() {
            if c == '\\' {
                return Err(ScriptError::new(self.at, "an escape in a name"));
            }
            if !(if name.is_empty() { is_ident_start(c) } else { is_ident_part(c) }) {
                break;
            }
            name.push(c);
            self.at += c.len_utf8();
        }
        if name.is_empty() { Err(ScriptError::new(start, "a name is missing")) } else { Ok(name) }
    }

    fn number(&mut self) -> Result<(), ScriptError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let radix = bytes[start] == b'0' && bytes.get(start + 1).is_some_and(|b| b"xXoObB".contains(b));
        let run = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
        let mut end = if radix { start + 2 } else { run(start) };
        if radix {
            end += bytes[end..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        } else {
            if bytes.get(end) == Some(&b'.') {
                end = run(end + 1);
            }
            if bytes.get(end).is_some_and(|b| b"eE".contains(b)) {
                end += 1 + usize::from(bytes.get(end + 1).is_some_and(|b| b"+-".contains(b)));
                end = run(end);
            }
            end += usize::from(bytes.get(end) == Some(&b'n'));
        }
        if self.text[end..].starts_with(is_ident_start) {
            return Err(ScriptError::new(start, "not a number"));
        }
        self.at = end;
        let valid = number_is_valid(&self.text[start..end]);
        if valid { Ok(()) } else { Err(ScriptError::new(start, "not a number")) }
    }

    fn string(&mut self, quote: char) -> Result<String, ScriptError> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return Err(ScriptError::new(start, "a string without end")) };
            self.at += c.len_utf8();
            match c {
                _ if c == quote => return Ok(value),
                '\n' | '\r' => return Err(ScriptError::new(start, "a string without end")),
                '\\' => self.escape(&mut value)?,
                _ => value.push(c),
            }
        }
    }

    /// One escape, after its backslash.
    fn escape(&mut self, value: &mut String) -> Result<(), ScriptError> {
        let bad = ScriptError::new(self.at - 1, "a bad escape");
        let c = self.rest().chars().next().ok_or(bad.clone())?;
        self.at += c.len_utf8();
        match c {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'v' => value.push('\u{b}'),
            '0' => value.push('\0'),
            '\r' if self.rest().starts_with('\n') => self.at += 1,
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => {}
            'x' => value.push(self.hex(2).ok_or(bad)?),
            'u' if self.rest().starts_with('{') => {
                let end = self.rest().find('}').ok_or(bad.clone())?;
                let code = u32::from_str_radix(&self.rest()[1..end], 16).map_err(|_| bad)?;
                self.at += end + 1;
                value.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            'u' => value.push(self.hex(4).ok_or(bad)?),
            other => value.push(other),
        }
        Ok(())
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let code = u32::from_str_radix(self.rest().get(..digits)?, 16).ok()?;
        self.at += digits;
        Some(char::from_u32(code).unwrap_or('\u{fffd}'))
    }

    /// Reads a regular expression whose slash stands at `start`; gives back its end.
    pub(crate) fn regex(&mut self, start: usize) -> Result<usize, ScriptError> {
        let missing = || ScriptError::new(start, "a regular expression without end");
        self.at = start + 1;
        let mut class = false;
        loop {
            let c = self.rest().chars().next().ok_or_else(missing)?;
            self.at += c.len_utf8();
            match c {
                '\n' | '\r' => return Err(missing()),
                '\\' => self.at += self.rest().chars().next().map_or(0, char::len_utf8),
                '[' => class = true,
                ']' => class = false,
                '/' if !class => break,
                _ => {}
            }
        }
        let flags = self.rest().find(|c| !is_ident_part(c)).unwrap_or(self.rest().len());
        if self.rest()[..flags].contains('v') {
            return Err(ScriptError::new(start, "the regular expression flag `v`"));
        }
        self.at += flags;
        Ok(self.at)
    }
}

fn number_is_valid(text: &str) -> bool {
    let text = text.strip_suffix('n').unwrap_or(text);
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let lower = plain.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        }
    }
    plain.parse::<f64>().is_ok() || plain.chars().all(|c| c.is_ascii_digit())
}
