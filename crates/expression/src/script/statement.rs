//! Statements, inside function bodies.

use super::lexer::TokKind;
use super::parser::{Parse, Parser};
use super::rewrite::ScriptError;

impl Parser<'_> {
    /// `{ … }`.
    pub(super) fn block(&mut self) -> Parse {
        self.expect("{")?;
        self.scoped(|p| {
            while !p.is("}") {
                if matches!(p.tok.kind, TokKind::End) {
                    return p.unexpected();
                }
                p.statement()?;
            }
            p.expect("}")
        })
    }

    /// Any statement.
    pub(super) fn statement(&mut self) -> Parse {
        self.deeper(|p| match p.tok.kind.clone() {
            TokKind::Punct("{") => p.block(),
            TokKind::Punct(";") => p.advance(),
            TokKind::Ident(word) => p.keyword(&word),
            _ => p.expression_statement(),
        })
    }

    fn keyword(&mut self, word: &str) -> Parse {
        match word {
            "var" | "const" => self.declaration(),
            "let" if !matches!(self.peek()?.kind, TokKind::Punct("=" | "." | ";" | ")" | ",")) => self.declaration(),
            "if" => self.if_statement(),
            "for" => self.scoped(Self::for_statement),
            "while" => self.while_statement(),
            "do" => self.do_statement(),
            "return" | "throw" | "break" | "continue" | "debugger" => self.jump(),
            "switch" => self.scoped(Self::switch),
            "try" => self.try_statement(),
            "function" => {
                if let TokKind::Ident(name) = self.peek()?.kind {
                    self.watch.declare(&name);
                }
                self.function(false)
            }
            "class" => self.class(),
            "with" | "import" | "export" => self.unexpected(),
            _ => self.labelled_or_expression(word),
        }
    }

    fn labelled_or_expression(&mut self, word: &str) -> Parse {
        let next = self.peek()?;
        if word == "async" && !next.newline && matches!(&next.kind, TokKind::Ident(name) if name == "function") {
            self.advance()?;
            return self.function(true);
        }
        if matches!(next.kind, TokKind::Punct(":")) {
            self.advance()?;
            self.advance()?;
            return self.statement();
        }
        self.expression_statement()
    }

    fn expression_statement(&mut self) -> Parse {
        self.expression()?;
        self.semicolon()
    }

    /// A semicolon, or a place where JavaScript puts one.
    fn semicolon(&mut self) -> Parse {
        if self.eat(";")? || self.is("}") || self.tok.newline || matches!(self.tok.kind, TokKind::End) { Ok(()) } else { self.unexpected() }
    }

    fn declaration(&mut self) -> Parse {
        let constant = self.is_word("const");
        self.advance()?;
        self.declarators(true, constant)?;
        self.semicolon()
    }

    fn declarators(&mut self, allow_in: bool, constant: bool) -> Parse {
        loop {
            let name = if let TokKind::Ident(name) = &self.tok.kind { Some(name.clone()) } else { None };
            self.target()?;
            if self.eat("=")? {
                let start = self.tok.start;
                self.assignment(allow_in)?;
                if let Some(name) = name.filter(|_| constant) {
                    self.watch.constant(&name, start, self.last_end);
                }
            }
            if !self.eat(",")? {
                return Ok(());
            }
        }
    }

    fn condition(&mut self) -> Parse {
        self.expect("(")?;
        self.expression()?;
        self.expect(")")
    }

    /// With all its `else if`: a long chain is not deep.
    fn if_statement(&mut self) -> Parse {
        loop {
            self.advance()?;
            self.condition()?;
            self.statement()?;
            if !self.eat_word("else")? {
                return Ok(());
            }
            if !self.is_word("if") {
                return self.statement();
            }
        }
    }

    fn while_statement(&mut self) -> Parse {
        self.advance()?;
        self.condition()?;
        self.statement()
    }

    fn do_statement(&mut self) -> Parse {
        self.advance()?;
        self.statement()?;
        if !self.eat_word("while")? {
            return self.unexpected();
        }
        self.condition()?;
        self.eat(";").map(|_| ())
    }

    fn for_statement(&mut self) -> Parse {
        self.advance()?;
        self.eat_word("await")?;
        self.expect("(")?;
        if ["var", "let", "const"].iter().any(|w| self.is_word(w)) {
            self.advance()?;
            self.declarators(false, false)?;
        } else if !self.is(";") {
            let start = self.tok.start;
            self.assignment(false)?;
            if self.is_word("of") || self.is_word("in") {
                self.watch.written(start, self.last_end);
            }
            while self.eat(",")? {
                self.assignment(false)?;
            }
        }
        if self.eat_word("of")? || self.eat_word("in")? {
            self.expression()?;
        } else {
            self.for_head()?;
        }
        self.expect(")")?;
        self.statement()
    }

    fn for_head(&mut self) -> Parse {
        self.expect(";")?;
        if !self.is(";") {
            self.expression()?;
        }
        self.expect(";")?;
        if self.is(")") { Ok(()) } else { self.expression() }
    }

    fn jump(&mut self) -> Parse {
        let label = self.is_word("break") || self.is_word("continue");
        let returns = self.is_word("return");
        self.advance()?;
        if returns && self.tok.newline && matches!(self.tok.kind, TokKind::Str(_) | TokKind::Backtick) {
            return self.text_after_return();
        }
        let ends = self.tok.newline || self.is(";") || self.is("}") || matches!(self.tok.kind, TokKind::End);
        if !ends {
            if label { self.advance()? } else { self.expression()? }
        }
        self.semicolon()
    }

    /// `return` and a text in the next line: n8n's parser takes it for the value. Only where n8n changes something in it is the
    /// statement printed anew, on one line; else the engine reads the old text, and the value is lost.
    fn text_after_return(&mut self) -> Parse {
        let (before, start) = (self.last_end, self.tok.start);
        let (edits, outside) = (self.edits.len(), self.outside);
        self.expression()?;
        let lines = self.lexer.text[start..self.last_end].contains('\n') || self.lexer.text[start..self.last_end].contains("\\n");
        if lines || self.edits.len() > edits || self.outside > outside {
            self.edits.replace(before, start, " ");
        }
        self.semicolon()
    }

    fn switch(&mut self) -> Parse {
        self.advance()?;
        self.condition()?;
        self.expect("{")?;
        while !self.is("}") {
            if self.eat_word("case")? {
                self.expression()?;
                self.expect(":")?;
            } else if self.is_word("default") && matches!(self.peek()?.kind, TokKind::Punct(":")) {
                self.advance()?;
                self.advance()?;
            } else if matches!(self.tok.kind, TokKind::End) {
                return self.unexpected();
            } else {
                self.statement()?;
            }
        }
        self.expect("}")
    }

    fn try_statement(&mut self) -> Parse {
        self.advance()?;
        self.block()?;
        let mut handled = false;
        if self.eat_word("catch")? {
            handled = true;
            self.scoped(|p| {
                if p.eat("(")? {
                    p.target()?;
                    p.expect(")")?;
                }
                p.block()
            })?;
        }
        if self.eat_word("finally")? {
            handled = true;
            self.block()?;
        }
        if handled { Ok(()) } else { Err(ScriptError::new(self.tok.start, "`catch` or `finally` is missing")) }
    }
}
