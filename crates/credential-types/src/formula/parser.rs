//! Reads and evaluates a block at once.

use serde_json::{Value, json};

use super::found::{Found, Result, function, number, pattern, string, unclear};
use super::{Scope, Trouble};

/// The value of a block.
pub(super) fn evaluate(block: &str, scope: Scope<'_>) -> Result<Found> {
    let mut parser = Parser { rest: block, scope, live: true };
    let found = parser.choice()?;
    match parser.rest.trim_start() {
        "" => Ok(found),
        rest => unclear(format!("`{rest}` is not understood")),
    }
}

pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

struct Parser<'a> {
    rest: &'a str,
    scope: Scope<'a>,
    /// Whether what is read counts: the branch of a choice that is not taken is read and not worked out.
    live: bool,
}

impl<'a> Parser<'a> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(token);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    /// One of several operators; those that begin like others stand before them.
    fn operator(&mut self, all: &[&'static str]) -> Option<&'static str> {
        all.iter().copied().find(|token| self.takes(token))
    }

    fn wants(&mut self, token: &str) -> Result<()> {
        if self.takes(token) { Ok(()) } else { unclear(format!("`{token}` is missing before `{}`", self.rest)) }
    }

    /// Reads what counts only where `live`.
    fn only(&mut self, live: bool, read: impl FnOnce(&mut Self) -> Result<Found>) -> Result<Found> {
        let before = self.live;
        self.live = before && live;
        let found = read(self);
        self.live = before;
        found
    }

    fn choice(&mut self) -> Result<Found> {
        let condition = self.either()?;
        // `?.` and `??` were read with the value before them.
        if !self.takes("?") {
            return Ok(condition);
        }
        let then = self.only(condition.is_true(), Self::choice)?;
        self.wants(":")?;
        let other = self.only(!condition.is_true(), Self::choice)?;
        Ok(if condition.is_true() { then } else { other })
    }

    fn either(&mut self) -> Result<Found> {
        let mut left = self.both()?;
        while let Some(operator) = self.operator(&["||", "??"]) {
            let keeps = if operator == "||" { left.is_true() } else { !left.is_nothing() };
            let right = self.only(!keeps, Self::both)?;
            left = if keeps { left } else { right };
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Found> {
        let mut left = self.equal()?;
        while self.takes("&&") {
            let right = self.only(left.is_true(), Self::equal)?;
            left = if left.is_true() { right } else { left };
        }
        Ok(left)
    }

    fn equal(&mut self) -> Result<Found> {
        let mut left = self.compared()?;
        while let Some(operator) = self.operator(&["===", "!==", "==", "!="]) {
            let right = self.compared()?;
            let same = left.equals(&right) || (operator.len() == 2 && left.is_nothing() && right.is_nothing());
            left = Found::Json((same != operator.starts_with('!')).into());
        }
        Ok(left)
    }

    fn compared(&mut self) -> Result<Found> {
        let mut left = self.sum()?;
        while let Some(operator) = self.operator(&["<=", ">=", "<", ">"]) {
            let right = self.sum()?;
            let order = left.number().zip(right.number()).and_then(|(a, b)| a.partial_cmp(&b));
            let holds = order.is_some_and(|order| match operator {
                "<=" => order.is_le(),
                ">=" => order.is_ge(),
                "<" => order.is_lt(),
                _ => order.is_gt(),
            });
            left = Found::Json(holds.into());
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Found> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator(&["+", "-"]) {
            let right = self.unary()?;
            left = match (&left, &right) {
                (Found::Json(Value::Number(_)), Found::Json(Value::Number(_))) => {
                    let (a, b) = (left.number().unwrap_or(f64::NAN), right.number().unwrap_or(f64::NAN));
                    number(if operator == "+" { a + b } else { a - b })
                }
                _ if operator == "+" => string(left.text() + &right.text()),
                _ => return unclear("`-` stands between no numbers"),
            };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Found> {
        let rest = self.rest.trim_start();
        if rest.starts_with('!') && !rest.starts_with("!=") {
            self.rest = &rest[1..];
            let value = self.unary()?;
            return Ok(Found::Json((!value.is_true()).into()));
        }
        let mut value = self.primary()?;
        loop {
            let optional = self.takes("?.");
            if optional && value.is_nothing() {
                // Nothing of what follows counts.
                return self.only(false, |parser| parser.rest_of_chain(Found::Undefined, true));
            }
            if !optional && !self.rest.starts_with(['.', '[']) && !self.rest.trim_start().starts_with(['.', '[']) {
                return Ok(value);
            }
            value = self.rest_of_chain(value, optional)?;
        }
    }

    /// One step of a chain: `.name`, `[key]` or `.name(…)`; all of them where nothing counts.
    fn rest_of_chain(&mut self, value: Found, optional: bool) -> Result<Found> {
        let mut value = if self.takes("[") {
            let key = self.choice()?;
            self.wants("]")?;
            self.member(&value, &key.text())?
        } else {
            if !optional {
                self.wants(".")?;
            } else if self.rest.starts_with('(') {
                return unclear("`?.(` is not understood");
            }
            let name = self.name()?;
            if self.takes("(") { self.call(&value, name)? } else { self.member(&value, name)? }
        };
        while !self.live && self.rest.trim_start().starts_with(['.', '[']) {
            value = self.rest_of_chain(value, false)?;
        }
        Ok(value)
    }

    fn member(&self, value: &Found, name: &str) -> Result<Found> {
        if self.live { value.member(name) } else { Ok(Found::Undefined) }
    }

    fn call(&mut self, on: &Found, method: &str) -> Result<Found> {
        let given = self.list(")")?;
        match on {
            _ if !self.live => Ok(Found::Undefined),
            Found::Name("Date") if method == "now" => Ok(number(self.scope.now as f64)),
            on => on.call(method, &given),
        }
    }

    fn primary(&mut self) -> Result<Found> {
        let rest = self.rest.trim_start();
        self.rest = rest;
        match rest.chars().next() {
            Some('(') => {
                self.rest = &rest[1..];
                let value = self.choice()?;
                self.wants(")")?;
                Ok(value)
            }
            Some(quote @ ('"' | '\'')) => Ok(string(self.text(quote)?)),
            Some('`') => self.template(),
            Some('[') => {
                self.rest = &rest[1..];
                let list = self.list("]")?;
                Ok(Found::Json(list.into_iter().map(|entry| entry.into_value().unwrap_or(Value::Null)).collect()))
            }
            Some('/') => self.pattern(),
            Some('-') => {
                self.rest = &rest[1..];
                let value = self.unary()?;
                value.number().map_or_else(|| unclear("`-` stands before no number"), |value| Ok(number(-value)))
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Found> {
        let word = self.name()?;
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            let fraction = if self.rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
                self.rest = &self.rest[1..];
                self.name()?
            } else {
                "0"
            };
            return format!("{word}.{fraction}").parse().map_or_else(|_| unclear(format!("`{word}` is not a number")), |value| Ok(number(value)));
        }
        Ok(match word {
            "$credentials" | "$self" => Found::Json(self.scope.fields.clone().into()),
            "$request" => Found::Json(json!({"method": self.scope.method})),
            "undefined" => Found::Undefined,
            "null" => Found::Json(Value::Null),
            "true" => Found::Json(true.into()),
            "false" => Found::Json(false.into()),
            "new" => return self.made(),
            "Buffer" => Found::Name("Buffer"),
            "JSON" => Found::Name("JSON"),
            "Date" => Found::Name("Date"),
            word if self.takes("(") => {
                let given = self.list(")")?;
                if self.live { function(word, &given)? } else { Found::Undefined }
            }
            word => return unclear(format!("`{word}` is not known")),
        })
    }

    /// What follows `new`.
    fn made(&mut self) -> Result<Found> {
        let class = self.name()?;
        let given = if self.takes("(") { self.list(")")? } else { Vec::new() };
        match (class, given.as_slice()) {
            ("RegExp", [text, flags @ ..]) => pattern(&text.text(), &flags.first().map(Found::text).unwrap_or_default()),
            ("Date", []) => Ok(Found::Date(self.scope.now)),
            _ => unclear(format!("`new {class}` is not known")),
        }
    }

    fn name(&mut self) -> Result<&'a str> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if end == 0 {
            return unclear(format!("a name is missing before `{rest}`"));
        }
        self.rest = &rest[end..];
        Ok(&rest[..end])
    }

    /// What stands in a list whose beginning was read.
    fn list(&mut self, end: &str) -> Result<Vec<Found>> {
        let mut list = Vec::new();
        while !self.takes(end) {
            list.push(self.choice()?);
            if !self.takes(",") {
                self.wants(end)?;
                break;
            }
        }
        Ok(list)
    }

    /// A text in quotes.
    fn text(&mut self, quote: char) -> Result<String> {
        let mut out = String::new();
        let mut chars = self.rest[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.rest = &self.rest[at + 2..];
                    return Ok(out);
                }
                '\\' => out.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 't')) => '\t',
                    Some((_, c)) => c,
                    None => break,
                }),
                c => out.push(c),
            }
        }
        Err(Trouble::Unclear("a text has no end".to_owned()))
    }

    /// A text between backticks, with its `${…}`.
    fn template(&mut self) -> Result<Found> {
        let mut out = String::new();
        self.rest = &self.rest[1..];
        loop {
            let Some(at) = self.rest.find(['`', '$', '\\']) else { return unclear("a text has no end") };
            out.push_str(&self.rest[..at]);
            let rest = &self.rest[at..];
            if let Some(rest) = rest.strip_prefix('`') {
                self.rest = rest;
                return Ok(string(out));
            } else if let Some(rest) = rest.strip_prefix("${") {
                self.rest = rest;
                out.push_str(&self.choice()?.text());
                self.wants("}")?;
            } else {
                let skipped = usize::from(rest.starts_with('\\'));
                let Some(c) = rest[skipped..].chars().next() else { return unclear("a text has no end") };
                out.push(c);
                self.rest = &rest[skipped + c.len_utf8()..];
            }
        }
    }

    /// A regular expression between slashes.
    fn pattern(&mut self) -> Result<Found> {
        let mut escaped = false;
        let end = self.rest[1..].find(|c| match c {
            _ if escaped => {
                escaped = false;
                false
            }
            '\\' => {
                escaped = true;
                false
            }
            c => c == '/',
        });
        let Some(end) = end else { return unclear("a pattern has no end") };
        let (text, rest) = (&self.rest[1..=end], &self.rest[end + 2..]);
        let flags = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        self.rest = &rest[flags..];
        pattern(text, &rest[..flags])
    }
}
