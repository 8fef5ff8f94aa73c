//! The text of a program as V8's messages show parts of it: `o.list[0].map(...)`.

use crate::script::{Lexer, Tok, TokKind, is_reserved};

/// What V8 says of a value that it has no text for.
pub(crate) const UNNAMED: &str = "(intermediate value)";

/// The tokens of a text, up to the first that cannot be read.
pub(crate) struct Text<'a> {
    source: &'a str,
    tokens: Vec<Tok>,
    /// For each bracket, where its other half stands; for all other tokens themselves.
    partner: Vec<usize>,
}

/// A chain of members and calls, printed.
pub(crate) struct Chain {
    /// Its words.
    pub(crate) words: String,
    /// Its first token; `new` counts.
    pub(crate) start: usize,
    /// Whether it is what `new` makes something of.
    pub(crate) constructor: bool,
    /// The name or literal that it begins with.
    pub(crate) root: String,
}

impl<'a> Text<'a> {
    /// Reads a text.
    pub(crate) fn new(source: &'a str) -> Self {
        let mut text = Self { source, tokens: Vec::new(), partner: Vec::new() };
        text.read();
        text.partner = pairs(&text.tokens);
        text
    }

    fn read(&mut self) {
        let mut lexer = Lexer::new(self.source);
        // Braces that are open, for each template that is open around the place.
        let mut templates: Vec<usize> = Vec::new();
        while let Ok(mut token) = lexer.next() {
            match &token.kind {
                TokKind::End => return,
                TokKind::Punct("/" | "/=") if !self.is_value_before(self.tokens.len()) => match lexer.regex(token.start) {
                    Ok(end) => token = Tok { kind: TokKind::Punct("/"), end, ..token },
                    Err(_) => return,
                },
                TokKind::Punct("{") => templates.iter_mut().last().into_iter().for_each(|depth| *depth += 1),
                TokKind::Punct("}") if templates.last() == Some(&0) => {
                    templates.pop();
                    self.tokens.push(token.clone());
                    self.template(&mut lexer, token.end, &mut templates);
                    continue;
                }
                TokKind::Punct("}") => templates.iter_mut().last().into_iter().for_each(|depth| *depth -= 1),
                TokKind::Backtick => {
                    self.template(&mut lexer, token.start, &mut templates);
                    continue;
                }
                _ => {}
            }
            self.tokens.push(token);
        }
    }

    /// A piece of a template from `start` on: to its end, or to the next `${`.
    fn template(&mut self, lexer: &mut Lexer<'_>, start: usize, templates: &mut Vec<usize>) {
        let rest = &self.source[lexer.at..];
        let mut escaped = false;
        let mut end = rest.len();
        let mut open = false;
        for (at, c) in rest.char_indices() {
            open = !escaped && rest[at..].starts_with("${");
            if open || c == '`' && !escaped {
                end = at + usize::from(!open);
                break;
            }
            escaped = c == '\\' && !escaped;
        }
        lexer.at += end;
        self.tokens.push(Tok { kind: TokKind::Backtick, start, end: lexer.at, newline: false });
        if open {
            self.tokens.push(Tok { kind: TokKind::Punct("${"), start: lexer.at, end: lexer.at + 2, newline: false });
            lexer.at += 2;
            templates.push(0);
        }
    }

    /// The byte of a line and a column, both from 1.
    pub(crate) fn byte(&self, line: usize, column: usize) -> Option<usize> {
        let start: usize = self.source.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        Some(start + column.checked_sub(1)?)
    }

    /// The line of a token, from 1.
    pub(crate) fn line(&self, i: usize) -> usize {
        let start = self.tokens.get(i).map_or(0, |token| token.start);
        1 + self.source.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count()
    }

    /// Whether a colon follows the key of an object.
    pub(crate) fn is_key(&self, colon: usize) -> bool {
        let Some(key) = colon.checked_sub(1) else { return false };
        let first = if self.is(key, "]") { self.partner[key] } else { key };
        (first < key || self.key(key).is_some()) && first > 0 && self.is_any(first - 1, &["{", ","])
    }

    /// The literal that a constant of this name is.
    pub(crate) fn constant(&self, name: &str) -> Option<String> {
        let declared = |i: &usize| self.name(*i) == Some("const") && self.name(i + 1) == Some(name) && self.is(i + 2, "=");
        let mut found = (0..self.len()).filter(declared);
        let value = found.next().filter(|_| found.next().is_none())? + 3;
        let ends = self.is(value + 1, ";") || self.is_on_new_line(value + 1);
        let literal = |i: usize| !matches!(self.tokens[i].kind, TokKind::Ident(_)) || matches!(self.name(i), Some("true" | "false" | "null"));
        if ends && literal(value) { self.key(value) } else { None }
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The last token that begins at a byte or before it.
    pub(crate) fn at(&self, byte: usize) -> Option<usize> {
        self.tokens.partition_point(|token| token.start <= byte).checked_sub(1)
    }

    /// Whether a name begins at that very byte.
    pub(crate) fn is_name_at(&self, byte: usize) -> bool {
        self.at(byte).is_some_and(|i| self.tokens[i].start == byte && matches!(self.tokens[i].kind, TokKind::Ident(_)))
    }

    /// The bracket that belongs to the one at `i`.
    pub(crate) fn partner(&self, i: usize) -> usize {
        self.partner[i]
    }

    /// Whether the token is this punctuation.
    pub(crate) fn is(&self, i: usize, text: &str) -> bool {
        matches!(self.tokens.get(i), Some(Tok { kind: TokKind::Punct(found), start, end, .. }) if *found == text && end - start == text.len())
    }

    /// Whether the token is one of these.
    pub(crate) fn is_any(&self, i: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(i, text))
    }

    /// The name or keyword at `i`.
    pub(crate) fn name(&self, i: usize) -> Option<&str> {
        match &self.tokens.get(i)?.kind {
            TokKind::Ident(name) => Some(name),
            _ => None,
        }
    }

    /// The key that a token is as a member of an object, or of a pattern.
    pub(crate) fn key(&self, i: usize) -> Option<String> {
        match &self.tokens.get(i)?.kind {
            TokKind::Ident(name) | TokKind::Str(name) => Some(name.clone()),
            TokKind::Number => Some(number(self.verbatim(i, i + 1))),
            _ => None,
        }
    }

    /// Whether a line ended before the token.
    pub(crate) fn is_on_new_line(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|token| token.newline)
    }

    /// Whether the engine notes where a token stands: names, and what follows white space.
    pub(crate) fn is_marked(&self, i: usize) -> bool {
        let Some(token) = self.tokens.get(i) else { return true };
        i == 0 || matches!(token.kind, TokKind::Ident(_) | TokKind::Private) || token.start > self.tokens[i - 1].end
    }

    /// The text of these tokens as it is written.
    pub(crate) fn verbatim(&self, from: usize, to: usize) -> &'a str {
        if from < to { &self.source[self.tokens[from].start..self.tokens[to - 1].end] } else { "" }
    }

    /// Whether a value ends before the token.
    pub(crate) fn is_value_before(&self, i: usize) -> bool {
        let Some(last) = i.checked_sub(1) else { return false };
        match &self.tokens[last].kind {
            TokKind::Ident(name) => {
                !is_reserved(name) || self.is_member(last) || matches!(name.as_str(), "this" | "super" | "null" | "true" | "false")
            }
            TokKind::Punct(text) => matches!(*text, ")" | "]") || self.is_regexp(last),
            TokKind::Number | TokKind::Str(_) | TokKind::Backtick | TokKind::Private => true,
            TokKind::End => false,
        }
    }

    /// Whether the token is the name of a member.
    pub(crate) fn is_member(&self, i: usize) -> bool {
        i > 0 && self.is_any(i - 1, &[".", "?."])
    }

    fn is_regexp(&self, i: usize) -> bool {
        matches!(self.tokens[i].kind, TokKind::Punct("/")) && self.tokens[i].end - self.tokens[i].start > 1
    }

    /// Whether the parenthesis at `i` opens the arguments of a call.
    pub(crate) fn is_call(&self, i: usize) -> bool {
        let called = self.is_value_before(i) || i > 0 && self.is(i - 1, "?.");
        if !called || !self.is(i, "(") {
            return false;
        }
        let after = self.partner[i] + 1;
        let named = i > 1 && self.name(i - 2) == Some("function");
        let declares = named || self.is(after, "=>") || self.is(after, "{") && !self.is_on_new_line(after);
        !declares
    }

    /// Whether the brace at `i` opens an object, or a pattern, rather than a block.
    pub(crate) fn is_object(&self, i: usize) -> bool {
        let Some(last) = i.checked_sub(1) else { return false };
        match &self.tokens[last].kind {
            TokKind::Punct(text) => !matches!(*text, ")" | "=>" | ";" | "}" | "{"),
            TokKind::Ident(name) => matches!(name.as_str(), "return" | "await" | "of" | "in" | "typeof" | "throw" | "const" | "let" | "var"),
            _ => false,
        }
    }

    /// What the parenthesis at `open` calls.
    pub(crate) fn callee(&self, open: usize) -> Chain {
        self.chain(open - usize::from(open > 0 && self.is(open - 1, "?.")))
    }

    /// The chain of members and calls that ends before the token `end`.
    pub(crate) fn chain(&self, end: usize) -> Chain {
        let mut parts: Vec<String> = Vec::new();
        let mut start = end.min(self.len());
        while let Some(last) = start.checked_sub(1) {
            let open = self.partner[last];
            if self.is(last, ")") && self.is_call(open) {
                parts.push("(...)".into());
                start = open - usize::from(self.is(open - 1, "?."));
            } else if self.is(last, "]") && (self.is_value_before(open) || open > 0 && self.is(open - 1, "?.")) {
                parts.push(self.index(open + 1, last));
                start = open;
            } else if self.is_member(last) {
                parts.push(self.member(last));
                start = last - 1;
            } else {
                let (root, first) = self.root(last);
                parts.push(root);
                start = first;
                break;
            }
            if start > 0 && self.is(start - 1, "?.") {
                parts.push("?.".into());
                start -= 1;
            }
        }
        parts.reverse();
        self.made(parts, start)
    }

    /// A chain of its parts: what `new` makes has no words.
    fn made(&self, mut parts: Vec<String>, start: usize) -> Chain {
        let root = parts.first().cloned().unwrap_or_default();
        let is_new = start > 0 && self.name(start - 1) == Some("new");
        let call = parts.iter().position(|part| part == "(...)").filter(|_| is_new);
        if let Some(call) = call {
            parts.splice(..=call, [UNNAMED.to_owned()]);
        }
        Chain { words: parts.concat(), start: start - usize::from(is_new), constructor: is_new && call.is_none(), root }
    }

    fn member(&self, i: usize) -> String {
        match &self.tokens[i].kind {
            TokKind::Private => format!("[{}]", self.verbatim(i, i + 1)),
            _ => format!("{}{}", self.verbatim(i - 1, i), self.verbatim(i, i + 1)),
        }
    }

    /// What a chain begins with, and its first token.
    fn root(&self, i: usize) -> (String, usize) {
        let open = self.partner[i];
        let words = match &self.tokens[i].kind {
            TokKind::Punct(")") => return (self.expression(open + 1, i), open),
            TokKind::Punct("]") => return (format!("[{}]", self.list(open + 1, i).join(",")), open),
            TokKind::Punct("}") if self.is_object(open) => return (format!("{{{}}}", UNNAMED.repeat(self.list(open + 1, i).len())), open),
            TokKind::Punct("}") => return (UNNAMED.into(), open),
            TokKind::Ident(name) if !is_reserved(name) || matches!(name.as_str(), "this" | "null" | "true" | "false") => name.clone(),
            TokKind::Str(value) => format!("\"{value}\""),
            TokKind::Number => number(self.verbatim(i, i + 1)),
            TokKind::Backtick if self.is_plain_template(i) => format!("\"{}\"", self.verbatim(i, i + 1).trim_matches('`')),
            _ if self.is_regexp(i) => self.verbatim(i, i + 1).into(),
            _ => UNNAMED.into(),
        };
        (words, i)
    }

    fn is_plain_template(&self, i: usize) -> bool {
        self.tokens[i].kind == TokKind::Backtick
            && self.verbatim(i, i + 1).len() > 1
            && self.verbatim(i, i + 1).starts_with('`')
            && !self.is(i + 1, "${")
    }

    /// What stands in brackets behind a value.
    fn index(&self, from: usize, to: usize) -> String {
        if from >= to {
            return "[]".into();
        }
        match &self.tokens[from].kind {
            TokKind::Str(value) if to == from + 1 => format!(".{value}"),
            TokKind::Backtick if to == from + 1 && self.is_plain_template(from) => format!(".{}", self.verbatim(from, to).trim_matches('`')),
            // What the rewriting of expressions puts around a key, and in the place of a method's name.
            TokKind::Ident(name) if name == "__kv_k" => self.index(from + 2, to - 1),
            TokKind::Ident(name) if name == "__kv_x" => format!(".{}", self.verbatim(to - 1, to)),
            _ => format!("[{}]", self.expression(from, to)),
        }
    }

    /// What stands between the commas of a list.
    fn list(&self, from: usize, to: usize) -> Vec<String> {
        let commas = self.outermost(from, to, |i| self.is(i, ","));
        let starts = std::iter::once(from).chain(commas.iter().map(|comma| comma + 1));
        let ends = commas.iter().copied().chain([to]);
        starts.zip(ends).filter(|(from, to)| from < to).map(|(from, to)| self.expression(from, to)).collect()
    }

    /// The tokens of a range that stand in no bracket of it and are wanted.
    fn outermost(&self, from: usize, to: usize, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        let mut i = from;
        while i < to {
            if wanted(i) {
                found.push(i);
            }
            i = self.partner[i].max(i) + 1;
        }
        found
    }

    /// An expression, printed: a chain, or chains with one operator between them.
    pub(crate) fn expression(&self, from: usize, to: usize) -> String {
        if from >= to || matches!(self.name(from), Some("await" | "async" | "function" | "class" | "yield")) {
            return UNNAMED.into();
        }
        let operators = self.outermost(from, to, |i| i > from && self.is_operator(i));
        let Some(first) = operators.first() else {
            // A chain that may end early has words where it is called, and nowhere else.
            if !self.outermost(from, to, |i| self.is(i, "?.")).is_empty() {
                return UNNAMED.into();
            }
            let chain = self.chain(to);
            let sign = if self.is(from, "-") { "-" } else { "" };
            return if chain.start == from + sign.len() && !chain.constructor { format!("{sign}{}", chain.words) } else { UNNAMED.into() };
        };
        let operator = self.verbatim(*first, first + 1);
        if matches!(operator, "?" | ":") {
            return UNNAMED.repeat(3);
        }
        let is_plain = matches!(operator, "," | "||" | "&&" | "??" | "+" | "-" | "*" | "/" | "%");
        if !is_plain || operators.iter().any(|i| !self.is(*i, operator)) {
            return UNNAMED.into();
        }
        let starts = std::iter::once(from).chain(operators.iter().map(|i| i + 1));
        let ends = operators.iter().copied().chain([to]);
        let operands: Vec<String> = starts.zip(ends).map(|(from, to)| self.expression(from, to)).collect();
        format!("({})", operands.join(&format!(" {operator} ")))
    }

    fn is_operator(&self, i: usize) -> bool {
        let TokKind::Punct(text) = &self.tokens[i].kind else { return false };
        let is_bracket = matches!(*text, "(" | ")" | "[" | "]" | "{" | "}" | "${" | "." | "?." | "...");
        !is_bracket && !self.is_regexp(i) && (self.is_value_before(i) || *text == "=>")
    }
}

/// For each token the place of the bracket that belongs to it.
fn pairs(tokens: &[Tok]) -> Vec<usize> {
    let mut partner: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            TokKind::Punct("(" | "[" | "{" | "${") => open.push(i),
            TokKind::Punct(")" | "]" | "}") => {
                if let Some(start) = open.pop() {
                    (partner[i], partner[start]) = (start, i);
                }
            }
            _ => {}
        }
    }
    partner
}

/// A number as JavaScript prints it.
fn number(text: &str) -> String {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let radix =
        [("0x", 16), ("0o", 8), ("0b", 2)].iter().find_map(|(prefix, radix)| Some((plain.to_lowercase().strip_prefix(prefix)?.to_owned(), *radix)));
    let value = match radix {
        Some((digits, radix)) => u32::from_str_radix(&digits, radix).ok().map(f64::from),
        None => plain.parse().ok(),
    };
    value.map_or_else(|| UNNAMED.into(), |value: f64| value.to_string())
}
