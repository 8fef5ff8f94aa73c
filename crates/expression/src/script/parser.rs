//! Expressions. Precedence and assignment targets are left to the engine: what matters here is where names, members and calls stand.

use std::collections::BTreeSet;

use super::lexer::{Lexer, Tok, TokKind};
use super::purity::{Purity, Shape, Watch};
use super::reach::Reach;
use super::rewrite::{Edits, ScriptError};

/// What came out of a block.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The rewritten expression.
    pub(crate) code: String,
    /// Names that are mentioned and stand for themselves (not members, not keys).
    pub(crate) names: BTreeSet<String>,
    /// Calls `$('X')`, `$node["X"]`, `$items('X')`, `$env.X`, `$vars.X` with a literal: root, name, byte offset.
    pub(crate) references: Vec<(String, String, usize)>,
    /// What it can reach beside its own item.
    pub(crate) reach: Reach,
    /// Names of methods that are called: `x.NAME(`.
    pub(crate) methods: BTreeSet<String>,
    /// Whether errors are swallowed (n8n wraps a block that has a member access or a call).
    pub(crate) guarded: bool,
    /// What is proven of it.
    pub(crate) purity: Purity,
    /// By what it reaches more than its node's parameters and input, or may change what others see.
    pub(crate) beyond: Option<String>,
    /// Names by which it reaches more than that.
    pub(crate) outside: Vec<String>,
}

/// What a `this` means where the parser stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum This {
    /// The block's own: n8n's empty `{process, require, module, Buffer}`.
    Block,
    /// That of an object or a class.
    Method,
}

/// What encloses the parser.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) this: This,
    pub(super) generator: bool,
    pub(super) is_async: bool,
}

pub(super) type Parse<T = ()> = Result<T, ScriptError>;

/// How deep expressions, statements, patterns and classes may nest in each other: it must fit the stack of any thread that parses.
const DEPTH: usize = 200;

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) tok: Tok,
    /// End of the token before.
    pub(super) last_end: usize,
    pub(super) edits: Edits,
    pub(super) names: BTreeSet<String>,
    pub(super) methods: BTreeSet<String>,
    pub(super) references: Vec<(String, String, usize)>,
    pub(super) reach: Reach,
    /// How often names were mentioned that the block has not declared.
    pub(super) outside: usize,
    pub(super) guarded: bool,
    pub(super) watch: Watch,
    pub(super) place: Place,
    pub(super) extension: fn(&str) -> bool,
    depth: usize,
}

/// Parses the text of a block. `extension` says which methods are extension methods.
pub(crate) fn parse_block(text: &str, extension: fn(&str) -> bool) -> Result<Parsed, ScriptError> {
    let mut p = Parser::new(text, Place { this: This::Block, generator: false, is_async: false }, extension)?;
    let start = p.tok.start;
    if matches!(p.tok.kind, TokKind::End) || p.is(";") {
        return Err(ScriptError::new(start, "an expression is missing"));
    }
    if p.is_word("function") || p.is_word("class") {
        return Err(ScriptError::new(start, "a declaration where an expression is expected"));
    }
    p.expression()?;
    let end = p.last_end;
    let keep = p.edits.len();
    let (purity, beyond, outside) = (p.watch.purity, p.watch.beyond.clone(), p.watch.outside.clone());
    p.rest_of_block()?;
    p.edits.truncate(keep);
    let Parser { edits, names, methods, references, reach, guarded, .. } = p;
    Ok(Parsed { code: edits.apply(text, start, end), names, references, reach, methods, guarded, purity, beyond, outside })
}

/// The body of an asynchronous function in which texts that are spread into objects are spread, which the engine does not do by itself.
/// `None`: nothing is to be changed, or the parser does not take it, as classes with methods.
pub(crate) fn spread_texts(code: &str) -> Option<String> {
    if !code.contains("...") {
        return None;
    }
    let mut p = Parser::new(code, Place { this: This::Block, generator: false, is_async: true }, |_| false).ok()?;
    while !matches!(p.tok.kind, TokKind::End) {
        p.statement().ok()?;
    }
    p.edits.only_spreads();
    (p.edits.len() > 0).then(|| p.edits.apply(code, 0, code.len()))
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, place: Place, extension: fn(&str) -> bool) -> Parse<Self> {
        let mut lexer = Lexer::new(text);
        let tok = lexer.next()?;
        Ok(Self {
            lexer,
            tok,
            last_end: 0,
            edits: Edits::default(),
            names: BTreeSet::new(),
            methods: BTreeSet::new(),
            references: Vec::new(),
            reach: Reach::default(),
            outside: 0,
            guarded: false,
            watch: Watch::new(),
            place,
            extension,
            depth: 0,
        })
    }
}

impl Parser<'_> {
    /// n8n takes the first statement; the others only have to parse.
    fn rest_of_block(&mut self) -> Parse {
        if matches!(self.tok.kind, TokKind::End) {
            return Ok(());
        }
        if !self.is(";") && !self.tok.newline {
            return self.unexpected();
        }
        while !matches!(self.tok.kind, TokKind::End) {
            self.statement()?;
        }
        Ok(())
    }

    pub(super) fn advance(&mut self) -> Parse {
        self.last_end = self.tok.end;
        self.tok = self.lexer.next()?;
        Ok(())
    }

    pub(super) fn is(&self, punct: &str) -> bool {
        matches!(self.tok.kind, TokKind::Punct(p) if p == punct)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.tok.kind, TokKind::Ident(name) if name == word)
    }

    pub(super) fn eat(&mut self, punct: &str) -> Parse<bool> {
        let found = self.is(punct);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> Parse<bool> {
        let found = self.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, punct: &str) -> Parse {
        if self.eat(punct)? { Ok(()) } else { Err(ScriptError::new(self.tok.start, format!("`{punct}` is missing"))) }
    }

    pub(super) fn unexpected<T>(&self) -> Parse<T> {
        let detail = match &self.tok.kind {
            TokKind::End => "unexpected end".to_owned(),
            _ => format!("unexpected `{}`", &self.lexer.text[self.tok.start..self.tok.end]),
        };
        Err(ScriptError::new(self.tok.start, detail))
    }

    /// A token without being read.
    pub(super) fn peek(&self) -> Parse<Tok> {
        self.lexer.clone().next()
    }

    /// `a, b`.
    pub(super) fn expression(&mut self) -> Parse {
        self.assignment(true)?;
        while self.eat(",")? {
            self.assignment(true)?;
        }
        Ok(())
    }

    /// One expression without comma. `allow_in`: whether `in` is an operator here.
    pub(super) fn assignment(&mut self, allow_in: bool) -> Parse {
        self.deeper(|p| p.assignment_inner(allow_in))
    }

    /// Whatever parses what may hold the same again goes through here.
    pub(super) fn deeper(&mut self, work: impl FnOnce(&mut Self) -> Parse) -> Parse {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(ScriptError::new(self.tok.start, "nested too deep"));
        }
        let done = work(self);
        self.depth -= 1;
        done
    }

    /// What stands last in it (`a ? b : …`, `a = …`) is no deeper: chains may be long.
    fn assignment_inner(&mut self, allow_in: bool) -> Parse {
        const ASSIGN: &[&str] = &["=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??="];
        loop {
            if self.place.generator && self.is_word("yield") {
                self.advance()?;
                self.eat("*")?;
                let ends = self.tok.newline || [")", "]", "}", ",", ";", ":"].iter().any(|p| self.is(p));
                if ends || matches!(self.tok.kind, TokKind::End) {
                    return Ok(());
                }
                continue;
            }
            let (start, mark) = (self.tok.start, self.edits.len());
            if self.arrow_ahead()? {
                self.arrow(allow_in)?;
                self.watch.note(start, self.last_end, Shape::Function);
                return Ok(());
            }
            self.binary(allow_in)?;
            if self.eat("?")? {
                self.assignment(true)?;
                self.expect(":")?;
            } else if ASSIGN.iter().any(|p| self.is(p)) {
                self.watch.written(start, self.last_end);
                self.edits.were_patterns(mark);
                self.advance()?;
            } else {
                return Ok(());
            }
        }
    }

    fn binary(&mut self, allow_in: bool) -> Parse {
        const OPERATORS: &[&str] =
            &["+", "-", "*", "/", "%", "**", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "??", "&", "|", "^", "<<", ">>", ">>>"];
        const NUMERIC: &[&str] = &["-", "*", "/", "%", "**"];
        let (start, mut number) = (self.tok.start, None);
        loop {
            self.unary()?;
            let word = self.is_word("instanceof") || (allow_in && self.is_word("in"));
            if !word && !OPERATORS.iter().any(|p| self.is(p)) {
                if number == Some(true) {
                    self.watch.note(start, self.last_end, Shape::Number);
                }
                return Ok(());
            }
            number = Some(number != Some(false) && NUMERIC.iter().any(|p| self.is(p)));
            self.advance()?;
        }
    }

    fn unary(&mut self) -> Parse {
        let mut written = false;
        loop {
            let prefix = ["+", "-", "!", "~", "++", "--"].iter().any(|p| self.is(p))
                || ["typeof", "void", "delete"].iter().any(|w| self.is_word(w))
                || (self.place.is_async && self.is_word("await"));
            if !prefix {
                break;
            }
            if self.is_word("delete") {
                self.watch.unproven();
            }
            written |= self.is("++") || self.is("--");
            self.advance()?;
        }
        let start = self.tok.start;
        self.postfix()?;
        let end = self.last_end;
        if (self.is("++") || self.is("--")) && !self.tok.newline {
            written = true;
            self.advance()?;
        }
        if written {
            self.watch.written(start, end);
        }
        Ok(())
    }

    /// A template literal; the parser stands on its backtick.
    ///
    /// Text of several lines gets a blank before a value where n8n puts one.
    pub(super) fn template(&mut self) -> Parse {
        let start = self.tok.start;
        let mut at = self.tok.end;
        let (mut part, mut lines) = (at, false);
        loop {
            let rest = &self.lexer.text[at..];
            let found = rest.find(['`', '\\', '$', '\n']).ok_or_else(|| ScriptError::new(start, "a template without end"))?;
            at += found;
            match self.lexer.text.as_bytes()[at] {
                b'`' => break,
                b'\\' => {
                    let escaped = self.lexer.text[at + 1..].chars().next();
                    lines |= escaped == Some('n');
                    at += 1 + escaped.map_or(0, char::len_utf8);
                }
                b'\n' => {
                    lines = true;
                    at += 1;
                }
                _ if self.lexer.text[at..].starts_with("${") => {
                    if lines && runs_into_a_value(&self.lexer.text[part..at]) {
                        self.edits.insert(at, " ");
                    }
                    self.lexer.at = at + 2;
                    self.tok = self.lexer.next()?;
                    self.expression()?;
                    if !self.is("}") {
                        return self.unexpected();
                    }
                    at = self.tok.end;
                    (part, lines) = (at, false);
                }
                _ => at += 1,
            }
        }
        self.last_end = at + 1;
        self.lexer.at = at + 1;
        self.tok = self.lexer.next()?;
        // The token after a template literal must know where the literal ended.
        Ok(())
    }
}

/// Whether n8n's printing sets a blank between this text and `${`, lest two words become one. It takes a line break for its escape.
fn runs_into_a_value(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '\n'))
}

pub(super) fn private(at: usize) -> ScriptError {
    ScriptError { message: Some("did not recognize object of type \"PrivateIdentifier\"".into()), ..ScriptError::new(at, "a private member") }
}
