//! Primaries: names, literals, functions, classes.

use super::lexer::TokKind;
use super::names::{is_banned_member, is_banned_name, is_global, is_keyword};
use super::parser::{Parse, Parser, Place, This, private};
use super::purity::Shape;
use super::rewrite::ScriptError;

impl Parser<'_> {
    /// A primary expression; gives back its name where it is one.
    pub(super) fn primary(&mut self) -> Parse<Option<String>> {
        match self.tok.kind.clone() {
            TokKind::Number | TokKind::Str(_) => self.advance().map(|()| None),
            TokKind::Backtick => self.template().map(|()| None),
            TokKind::Ident(word) => self.word(&word),
            TokKind::Private => Err(private(self.tok.start)),
            TokKind::Punct("(") => self.parenthesised().map(|()| None),
            TokKind::Punct("[") => self.array().map(|()| None),
            TokKind::Punct("{") => self.object().map(|()| None),
            TokKind::Punct("/" | "/=") => {
                self.last_end = self.lexer.regex(self.tok.start)?;
                self.tok = self.lexer.next()?;
                Ok(None)
            }
            _ => self.unexpected(),
        }
    }

    fn word(&mut self, word: &str) -> Parse<Option<String>> {
        let at = self.tok.start;
        match word {
            "this" => {
                self.watch.unproven();
                self.watch.outside.push("this".into());
                let text = if self.place.this == This::Method { "__kv_t(this)" } else { "__kv_this" };
                self.edits.replace(at, self.tok.end, text);
                self.advance()?;
            }
            "super" => {
                self.watch.unproven();
                self.advance()?;
            }
            "null" | "true" | "false" => self.advance()?,
            "function" => self.function(false)?,
            "class" => self.deeper(Self::class)?,
            "async" if self.async_function_ahead()? => {
                self.advance()?;
                self.function(true)?;
            }
            "arguments" => return Err(ScriptError::banned(at, word)),
            _ if is_keyword(word) => return self.unexpected(),
            _ if word.starts_with("__kv_") => return Err(ScriptError::new(at, "a reserved name")),
            // n8n makes a member of its data of every name that the block has not declared.
            _ if is_banned_name(word) && !self.watch.declares(word) => return Err(ScriptError::banned(at, word)),
            _ => {
                self.mention(word);
                self.advance()?;
                if word == "$" && !self.is("(") {
                    let message = "Cannot access \"$\" without calling it as a function";
                    return Err(ScriptError { message: Some(message.into()), ..ScriptError::new(at, message) });
                }
                return Ok(Some(word.to_owned()));
            }
        }
        Ok(None)
    }

    /// Notes a name that stands for itself.
    pub(super) fn mention(&mut self, name: &str) {
        if !is_global(name) {
            self.guarded = true;
        }
        self.outside += usize::from(!self.watch.declares(name));
        self.names.insert(name.to_owned());
        self.reach.mention(name);
    }

    fn async_function_ahead(&self) -> Parse<bool> {
        let next = self.peek()?;
        Ok(!next.newline && matches!(&next.kind, TokKind::Ident(name) if name == "function"))
    }

    fn parenthesised(&mut self) -> Parse {
        let outer = self.tok.start;
        self.expect("(")?;
        let start = self.tok.start;
        self.expression()?;
        let function = self.watch.is_function(start, self.last_end);
        self.expect(")")?;
        let shape = if function { Shape::Function } else { Shape::Other };
        self.watch.note(outer, self.last_end, shape);
        Ok(())
    }

    fn array(&mut self) -> Parse {
        self.expect("[")?;
        while !self.is("]") {
            if self.eat(",")? {
                continue;
            }
            self.eat("...")?;
            self.assignment(true)?;
            if !self.is("]") {
                self.expect(",")?;
            }
        }
        self.expect("]")
    }

    fn object(&mut self) -> Parse {
        self.expect("{")?;
        while !self.is("}") {
            if self.eat("...")? {
                let start = self.tok.start;
                self.edits.spread(start, "__kv_s(");
                self.assignment(true)?;
                self.edits.spread(self.last_end, ")");
            } else {
                self.property()?;
            }
            if !self.eat(",")? {
                break;
            }
        }
        self.expect("}")
    }

    /// One `key: value`, `key`, `key = default` or method of an object.
    fn property(&mut self) -> Parse {
        let (mut generator, mut is_async) = (self.eat("*")?, false);
        for word in ["async", "get", "set"] {
            let modifier = self.is_word(word) && {
                let next = self.peek()?;
                !matches!(next.kind, TokKind::Punct("," | ":" | "(" | "}" | "="))
            };
            if modifier {
                is_async |= word == "async";
                self.advance()?;
                generator |= self.eat("*")?;
            }
        }
        let shorthand = match &self.tok.kind {
            TokKind::Ident(name) => Some(name.clone()),
            _ => None,
        };
        self.key()?;
        if self.is("(") {
            return self.method(generator, is_async);
        }
        if self.eat(":")? {
            return self.assignment(true);
        }
        let Some(name) = shorthand else { return self.unexpected() };
        if is_keyword(&name) {
            return self.unexpected();
        }
        self.mention(&name);
        let link = self.watch.begin(Some(&name), Shape::Other);
        self.watch.end(link, self.last_end, self.last_end, false);
        if self.eat("=")? { self.assignment(true) } else { Ok(()) }
    }

    /// The key of a property.
    fn key(&mut self) -> Parse {
        match &self.tok.kind {
            TokKind::Ident(_) | TokKind::Str(_) | TokKind::Number => self.advance(),
            TokKind::Punct("[") => {
                self.advance()?;
                self.edits.insert(self.tok.start, "__kv_k(");
                self.assignment(true)?;
                self.edits.insert(self.last_end, ")");
                self.expect("]")
            }
            TokKind::Private => Err(private(self.tok.start)),
            _ => self.unexpected(),
        }
    }

    fn method(&mut self, generator: bool, is_async: bool) -> Parse {
        self.inside(Place { this: This::Method, generator, is_async }, |p| {
            p.parameters()?;
            p.block()
        })
    }

    pub(super) fn inside(&mut self, place: Place, work: impl FnOnce(&mut Self) -> Parse) -> Parse {
        if place.generator || place.is_async {
            self.watch.unproven();
        }
        let outer = std::mem::replace(&mut self.place, place);
        let done = self.scoped(work);
        self.place = outer;
        done
    }

    /// Works where new names may be declared.
    pub(super) fn scoped(&mut self, work: impl FnOnce(&mut Self) -> Parse) -> Parse {
        self.watch.open();
        let done = work(self);
        self.watch.close();
        done
    }

    /// `function [*] [name] (…) {…}`; the parser stands on the word.
    pub(super) fn function(&mut self, is_async: bool) -> Parse {
        self.advance()?;
        let generator = self.eat("*")?;
        if let TokKind::Ident(name) = self.tok.kind.clone() {
            self.mention(&name);
            self.advance()?;
        }
        self.inside(Place { this: This::Block, generator, is_async }, |p| {
            p.parameters()?;
            p.block()
        })
    }

    fn parameters(&mut self) -> Parse {
        self.expect("(")?;
        while !self.is(")") {
            self.eat("...")?;
            self.target()?;
            if self.eat("=")? {
                self.assignment(true)?;
            }
            if !self.eat(",")? {
                break;
            }
        }
        self.expect(")")
    }

    /// What a value is bound to: a name or a pattern.
    pub(super) fn target(&mut self) -> Parse {
        match self.tok.kind.clone() {
            TokKind::Ident(name) if !is_keyword(&name) => {
                if name == "arguments" {
                    return Err(ScriptError::banned(self.tok.start, &name));
                }
                self.mention(&name);
                self.watch.declare(&name);
                self.advance()
            }
            TokKind::Punct("[") => self.deeper(Self::list_pattern),
            TokKind::Punct("{") => self.deeper(Self::pattern),
            _ => self.unexpected(),
        }
    }

    /// A list pattern.
    fn list_pattern(&mut self) -> Parse {
        self.expect("[")?;
        while !self.is("]") {
            if self.eat(",")? {
                continue;
            }
            self.eat("...")?;
            self.target()?;
            if self.eat("=")? {
                self.assignment(true)?;
            }
            if !self.is("]") {
                self.expect(",")?;
            }
        }
        self.expect("]")
    }

    /// An object pattern: as an object, but its keys are members.
    fn pattern(&mut self) -> Parse {
        self.expect("{")?;
        while !self.is("}") {
            if self.eat("...")? {
                self.target()?;
            } else {
                if let TokKind::Ident(name) | TokKind::Str(name) = &self.tok.kind
                    && is_banned_member(name)
                {
                    return Err(ScriptError::banned(self.tok.start, name));
                }
                let name = if let TokKind::Ident(name) = &self.tok.kind { Some(name.clone()) } else { None };
                match &self.tok.kind {
                    TokKind::Ident(name) | TokKind::Str(name) => self.watch.taken(name),
                    TokKind::Number => {}
                    _ => self.watch.unproven(),
                }
                self.key()?;
                if self.eat(":")? {
                    self.target()?;
                } else if let Some(name) = name {
                    self.mention(&name);
                    self.watch.declare(&name);
                }
                if self.eat("=")? {
                    self.assignment(true)?;
                }
            }
            if !self.eat(",")? {
                break;
            }
        }
        self.expect("}")
    }

    /// Whether an arrow function begins here.
    pub(super) fn arrow_ahead(&self) -> Parse<bool> {
        let mut ahead = self.lexer.clone();
        let mut tok = self.tok.clone();
        if matches!(&tok.kind, TokKind::Ident(name) if name == "async") {
            let next = ahead.next()?;
            if matches!(next.kind, TokKind::Punct("=>")) {
                return Ok(true);
            }
            if next.newline || !matches!(next.kind, TokKind::Ident(_) | TokKind::Punct("(")) {
                return Ok(false);
            }
            tok = next;
        }
        match tok.kind {
            TokKind::Ident(_) => Ok(matches!(ahead.next()?.kind, TokKind::Punct("=>"))),
            TokKind::Punct("(") => Ok(arrow_after_parens(&self.lexer.text[tok.start..])),
            _ => Ok(false),
        }
    }

    /// An arrow function.
    pub(super) fn arrow(&mut self, allow_in: bool) -> Parse {
        let mut place = Place { generator: false, is_async: false, ..self.place };
        if self.is_word("async") && !matches!(self.peek()?.kind, TokKind::Punct("=>")) {
            place.is_async = true;
            self.advance()?;
        }
        self.inside(place, |p| {
            if p.is("(") {
                p.parameters()?;
            } else {
                p.target()?;
            }
            if p.tok.newline {
                return p.unexpected();
            }
            p.expect("=>")?;
            if p.is("{") { p.block() } else { p.assignment(allow_in) }
        })
    }

    /// `class [Name] [extends X] {…}`.
    pub(super) fn class(&mut self) -> Parse {
        self.watch.unproven();
        self.advance()?;
        if let TokKind::Ident(name) = self.tok.kind.clone()
            && name != "extends"
        {
            self.mention(&name);
            self.advance()?;
        }
        if self.eat_word("extends")? {
            self.unary_for_class()?;
        }
        self.expect("{")?;
        while !self.is("}") {
            if !self.eat(";")? {
                self.class_member()?;
            }
        }
        self.expect("}")
    }

    fn class_member(&mut self) -> Parse {
        let at = self.tok.start;
        for word in ["static", "async", "get", "set"] {
            if self.is_word(word) && !matches!(self.peek()?.kind, TokKind::Punct("(" | "=" | ";" | "}")) {
                self.advance()?;
                self.eat("*")?;
            }
        }
        if self.is("{") {
            return self.block();
        }
        self.key()?;
        if self.is("(") {
            // n8n's rewriting breaks methods of classes.
            let message = "Expression evaluation failed: Unexpected token ';'";
            return Err(ScriptError { message: Some(message.into()), ..ScriptError::new(at, "a method in a class") });
        }
        if self.eat("=")? {
            let place = Place { this: This::Method, ..self.place };
            self.inside(place, |p| p.assignment(true))?;
        }
        if self.is("}") || self.tok.newline { Ok(()) } else { self.expect(";") }
    }

    fn unary_for_class(&mut self) -> Parse {
        if self.is("{") { self.unexpected() } else { self.assignment_for_class() }
    }

    fn assignment_for_class(&mut self) -> Parse {
        self.primary()?;
        while self.is(".") {
            self.advance()?;
            self.key()?;
        }
        if self.is("(") { self.arguments() } else { Ok(()) }
    }
}

/// Whether `=>` follows the parenthesis that `text` begins with. Strings, templates and comments are skipped; a regular
/// expression with an unbalanced parenthesis inside parameters is not.
fn arrow_after_parens(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let rest = text[at + 1..].trim_start();
                    return rest.starts_with("=>");
                }
            }
            quote @ (b'"' | b'\'' | b'`') => at = skip_quoted(bytes, at, quote),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at += text[at..].find("*/").map_or(1, |end| end + 1),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b'/' if regex_may_begin(&text[..at]) => at = skip_regex(bytes, at),
            _ => {}
        }
        at += 1;
    }
    false
}

fn regex_may_begin(before: &str) -> bool {
    before.trim_end().chars().next_back().is_some_and(|c| "(,=:[!&|?{};+-*%<>~^".contains(c))
}

fn skip_regex(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut class) = (start + 1, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return at,
            b'\n' => return start,
            _ => {}
        }
        at += 1;
    }
    start
}

fn skip_quoted(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}
