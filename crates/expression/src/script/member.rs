//! Members and calls: what hangs on a primary, and what of it refers to other nodes.

use super::lexer::TokKind;
use super::names::{OF_DATA, is_banned_member, is_global};
use super::parser::{Parse, Parser, private};
use super::purity::{Arguments, ChainStep, Shape};
use super::rewrite::ScriptError;

/// A primary with what hangs on it.
struct Chain {
    /// Where it begins.
    start: usize,
    /// How many edits there were before it.
    mark: usize,
    /// The next member is one of JavaScript's own or of ours (`Math.max`, `$input.first`): no extension method.
    plain: bool,
    /// Whether there was a `?.` and a name in it.
    optional: bool,
    /// Whether there was any `?.` in it: what stands behind may be nothing.
    skips: bool,
}

impl Parser<'_> {
    /// A primary with its members and calls.
    pub(super) fn postfix(&mut self) -> Parse {
        let mut chain = Chain { start: self.tok.start, mark: self.edits.len(), plain: false, optional: false, skips: false };
        let shape = self.shape_ahead();
        let mut link;
        if self.is_word("new") {
            self.new_expression()?;
            link = self.watch.begin(None, Shape::Other);
        } else {
            let root = self.primary()?;
            let root = root.as_deref();
            let function = root.is_none() && self.watch.is_function(chain.start, self.last_end);
            link = self.watch.begin(root, if function { Shape::Function } else { shape });
            self.reference(root)?;
            match root {
                Some("$if") if self.is("(") => {
                    self.lazy_arguments()?;
                    self.watch.step(&mut link, ChainStep::Call);
                }
                Some("$") if self.is("(") => {
                    self.guarded = true;
                    self.arguments()?;
                    self.watch.step(&mut link, ChainStep::Call);
                    chain.plain = true;
                }
                Some(name) => chain.plain = name == "$input" || (is_global(name) && !matches!(name, "NaN" | "Infinity" | "undefined")),
                None => {}
            }
        }
        loop {
            let step = self.step_ahead()?;
            if !self.member_or_call(Some(&mut chain))? {
                break;
            }
            self.watch.step(&mut link, step);
            chain.plain = false;
        }
        let is_target = self.is("=");
        self.watch.end(link, chain.start, self.last_end, is_target);
        Ok(())
    }

    /// What sort of primary begins here.
    fn shape_ahead(&self) -> Shape {
        match &self.tok.kind {
            TokKind::Punct("[" | "{") => Shape::Literal,
            TokKind::Number => Shape::Number,
            TokKind::Ident(word) if word == "function" => Shape::Function,
            _ => Shape::Other,
        }
    }

    /// The step of a chain that begins here, if one does.
    fn step_ahead(&self) -> Parse<ChainStep> {
        Ok(match &self.tok.kind {
            TokKind::Punct(".") => self.named_step()?,
            TokKind::Punct("?.") => match self.peek()?.kind {
                TokKind::Punct("[") => ChainStep::Computed,
                TokKind::Punct("(") => ChainStep::Call,
                _ => self.named_step()?,
            },
            TokKind::Punct("(") => ChainStep::Call,
            TokKind::Backtick => ChainStep::Tagged,
            _ => ChainStep::Computed,
        })
    }

    fn named_step(&self) -> Parse<ChainStep> {
        match self.peek()?.kind {
            TokKind::Ident(name) => Ok(ChainStep::Member(name)),
            _ => Ok(ChainStep::Computed),
        }
    }

    /// `$if(condition, then, else)`: only one of the two is evaluated.
    fn lazy_arguments(&mut self) -> Parse {
        self.guarded = true;
        self.expect("(")?;
        if self.is(")") {
            return self.unexpected();
        }
        let mut count = 0;
        while !self.is(")") {
            let start = self.tok.start;
            if count > 0 {
                self.edits.insert(start, "()=>(");
            }
            self.assignment(true)?;
            if count > 0 {
                self.edits.insert(self.last_end, ")");
            }
            count += 1;
            if !self.eat(",")? {
                break;
            }
        }
        self.expect(")")
    }

    fn new_expression(&mut self) -> Parse {
        let start = self.tok.start;
        self.advance()?;
        if self.is(".") {
            return Err(ScriptError::new(start, "new.target"));
        }
        if self.is_word("new") {
            self.deeper(Self::new_expression)?;
        } else {
            let name = if let TokKind::Ident(name) = &self.tok.kind { Some(name.clone()) } else { None };
            self.watch.made(name.as_deref());
            // `new RegExp('[')` fails for good, `new Array(-1)` is swallowed: n8n looks at names this way.
            self.guarded |= !self.is_word("RegExp");
            self.primary()?;
        }
        while !self.is("(") && self.member_or_call(None)? {
            self.watch.unproven();
        }
        if self.is("(") {
            self.arguments()?;
        }
        Ok(())
    }

    /// One `.a`, `[a]`, `(a)`, `?.` or template after an expression; false where there is none.
    fn member_or_call(&mut self, mut chain: Option<&mut Chain>) -> Parse<bool> {
        let dot = self.tok.start;
        let calls = chain.is_some();
        if self.is(".") || (calls && self.is("?.")) {
            let optional = self.is("?.");
            chain.iter_mut().for_each(|chain| chain.skips |= optional);
            self.guarded = true;
            self.advance()?;
            match &self.tok.kind {
                TokKind::Ident(name) => {
                    let name = name.clone();
                    let mut alone = Chain { start: dot, mark: 0, plain: true, optional: true, skips: true };
                    self.member(dot, optional, &name, chain.unwrap_or(&mut alone))?;
                }
                TokKind::Punct("[") if optional => self.computed(dot, chain)?,
                TokKind::Punct("(") if optional => self.arguments()?,
                TokKind::Private => return Err(private(self.tok.start)),
                _ => return self.unexpected(),
            }
            return Ok(true);
        }
        if self.is("[") {
            self.guarded = true;
            self.computed(dot, chain)?;
        } else if calls && self.is("(") {
            self.guarded = true;
            self.arguments()?;
        } else if matches!(self.tok.kind, TokKind::Backtick) {
            self.guarded = true;
            self.template()?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// `.name`, also where it is called: extension methods become members with a symbol of ours.
    fn member(&mut self, dot: usize, optional: bool, name: &str, chain: &mut Chain) -> Parse {
        let at = self.tok.start;
        let end = self.tok.end;
        // A class that is made with `new` has no data.
        if name == OF_DATA && chain.start < dot {
            self.advance()?;
            self.of_data(dot, end, name, chain);
            return Ok(());
        }
        if is_banned_member(name) {
            return Err(ScriptError::banned(at, name));
        }
        self.advance()?;
        let called = self.is("(") || (self.is("?.") && matches!(self.peek()?.kind, TokKind::Punct("(")));
        chain.optional |= optional;
        if !called || chain.plain {
            return Ok(());
        }
        self.methods.insert(name.to_owned());
        if matches!(name, "isEmpty" | "isNotEmpty") && !chain.optional {
            // These two take null and undefined, which have no members.
            self.edits.insert_around(chain.mark, chain.start, "__kv_x.orNothing(");
            self.edits.replace(dot, end, format!(")[__kv_x.{name}]"));
        } else if (self.extension)(name) {
            self.edits.replace(dot, end, format!("{}[__kv_x.{name}]", if optional { "?." } else { "" }));
        }
        Ok(())
    }

    /// A member whose name is refused, unless what it is of has it as data: that is known when it is read.
    fn of_data(&mut self, from: usize, to: usize, name: &str, chain: &Chain) {
        self.edits.insert_around(chain.mark, chain.start, "__kv_x.ofData(");
        self.edits.replace(from, to, format!(", \"{name}\", {})", chain.skips));
    }

    /// `[key]`: a key that is no literal is checked when it is known.
    fn computed(&mut self, from: usize, chain: Option<&mut Chain>) -> Parse {
        self.expect("[")?;
        let start = self.tok.start;
        if let (TokKind::Str(name), Some(chain), TokKind::Punct("]")) = (&self.tok.kind, chain, self.peek()?.kind)
            && name == OF_DATA
        {
            self.watch.key = ChainStep::Member(OF_DATA.to_owned());
            self.advance()?;
            let to = self.tok.end;
            self.expect("]")?;
            self.of_data(from, to, OF_DATA, chain);
            return Ok(());
        }
        if let TokKind::Str(value) = &self.tok.kind
            && is_banned_member(value)
        {
            return Err(ScriptError::banned(start, value));
        }
        let literal = match &self.tok.kind {
            TokKind::Str(name) => Some(ChainStep::Member(name.clone())),
            TokKind::Number => Some(ChainStep::Index),
            _ => None,
        };
        if let (Some(key), TokKind::Punct("]")) = (literal, self.peek()?.kind) {
            self.advance()?;
            self.watch.key = key;
        } else {
            self.edits.insert(start, "__kv_k(");
            self.expression()?;
            self.edits.insert(self.last_end, ")");
            self.watch.key = if self.watch.is_number(start, self.last_end) { ChainStep::Index } else { ChainStep::Computed };
        }
        self.expect("]")
    }

    pub(super) fn arguments(&mut self) -> Parse {
        self.expect("(")?;
        let mut found = Arguments::default();
        while !self.is(")") {
            found.spread |= self.eat("...")?;
            let start = self.tok.start;
            self.assignment(true)?;
            found.literal_first |= found.count == 0 && !found.spread && self.watch.is_literal(start, self.last_end);
            found.count += 1;
            if !self.eat(",")? {
                break;
            }
        }
        self.watch.arguments = found;
        self.expect(")")
    }

    /// Notes what a literal reference such as `$('X')` or `$node["X"]` points to; the parser stands after the root.
    fn reference(&mut self, root: Option<&str>) -> Parse {
        let Some(root) = root else { return Ok(()) };
        self.reach_of_member(root)?;
        let opener = match root {
            "$" | "$items" => "(",
            "$node" | "$env" | "$vars" => "[",
            _ => return Ok(()),
        };
        let mut ahead = self.lexer.clone();
        let member = opener == "[" && (self.is(".") || self.is("?."));
        if !member && !self.is(opener) {
            return Ok(());
        }
        let found = ahead.next()?;
        let name = match found.kind {
            TokKind::Str(name) => name,
            TokKind::Ident(name) if opener == "[" && !self.is("[") => name,
            _ => return Ok(()),
        };
        // A literal with something behind it (`'X' + i`) is only the beginning of a name.
        let whole = member || matches!(ahead.next()?.kind, TokKind::Punct(")" | "]" | ","));
        if whole && !self.watch.declares(root) {
            self.reach.named(root);
        }
        self.references.push((root.to_owned(), name, found.start));
        Ok(())
    }

    /// Notes the member that follows `$input`.
    fn reach_of_member(&mut self, root: &str) -> Parse {
        if (self.is(".") || self.is("?."))
            && !self.watch.declares(root)
            && let TokKind::Ident(member) = self.peek()?.kind
        {
            self.reach.member(root, &member);
        }
        Ok(())
    }
}
