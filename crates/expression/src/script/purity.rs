//! Whether a block can be evaluated before its item asks for it: proven while it is parsed, by what is known to be harmless.
//!
//! What outlives an evaluation are JavaScript's own objects and functions; data and variables are made anew for each. So a
//! block is free of effects if the only things it writes to are names and objects of its own, if it calls only methods that change
//! nothing but what they are called on, and if JavaScript's own objects appear only where one of their listed functions is
//! called. Whatever is not listed here is taken to change something: that costs time, never a wrong value.
//!
//! It stands on two things that are not its own. Names that lead to what all share (`constructor`, `__proto__`, `prototype`, see
//! `names.rs`) never come to anything: the parser refuses them, and a key that is known at run time only goes through `__kv_k` of
//! the prelude, which refuses them then (`member.rs`, `binding.rs`). And it trusts names: `x.trim()` may call a function that the
//! block has put there itself, with any `this` and any argument. So the functions that could then change what they are not given as
//! `this` must not be taken as values: not by name, not by a key that may be their name, not by a pattern.

use super::names::is_global;
use super::pure_names::{self as known, Want};

/// What is proven of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Purity {
    /// It changes nothing that another evaluation can see.
    pub(crate) effect_free: bool,
    /// It asks neither for the time nor for chance: it gives the same whenever it is asked.
    pub(crate) deterministic: bool,
    /// It changes not even the data that is made for it, so that others may be given the same.
    pub(crate) read_only: bool,
}

impl Purity {
    /// It is all of that.
    pub(crate) const PURE: Self = Self { effect_free: true, deterministic: true, read_only: true };

    /// Whether nothing can be seen of when it is evaluated.
    pub(crate) fn is_pure(self) -> bool {
        self.effect_free && self.deterministic
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            effect_free: self.effect_free && other.effect_free,
            deterministic: self.deterministic && other.deterministic,
            read_only: self.read_only && other.read_only,
        }
    }
}

/// Nothing is proven.
const NOTHING: Purity = Purity { effect_free: false, deterministic: false, read_only: false };

/// What a block is said to reach that may change something.
const CHANGES: &str = "what other expressions see";

/// One step of a chain.
#[derive(Debug)]
pub(super) enum ChainStep {
    Member(String),
    /// A key that is a number: no name of a function.
    Index,
    Computed,
    Call,
    Tagged,
}

/// What the last step of a chain was.
#[derive(Debug)]
enum Last {
    Name,
    Member(String),
    /// A member that is known by its root: `Math.max`.
    Static(String),
    /// A function's text, or what a call gave: no object hangs on it.
    Loose,
    /// A member whose name is not known.
    Unknown,
    Other,
}

/// What an expression is, as far as it matters for writing to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Name(String),
    MemberOf(String),
    /// `{…}` or `[…]`: an object of the block's own.
    Literal,
    Function,
    Number,
    Other,
}

/// A chain under way.
#[derive(Debug)]
pub(super) struct Link {
    want: Want,
    last: Last,
    shape: Shape,
    root: Option<String>,
}

/// The arguments of the last call.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) count: usize,
    pub(super) spread: bool,
    pub(super) literal_first: bool,
}

/// A name that the block declares. Fresh: a constant that is an object of the block's own.
#[derive(Debug)]
struct Local {
    name: String,
    fresh: bool,
}

/// Watches the parser.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) purity: Purity,
    /// The first name by which the block reaches more than its node's parameters and input, or may change what others see.
    pub(super) beyond: Option<String>,
    /// All names that lead to more than that.
    pub(super) outside: Vec<String>,
    pub(super) arguments: Arguments,
    /// What the last key in brackets says.
    pub(super) key: ChainStep,
    scopes: Vec<Vec<Local>>,
    shape: (usize, usize, Shape),
}

impl Watch {
    pub(super) fn new() -> Self {
        Self {
            purity: Purity::PURE,
            beyond: None,
            outside: Vec::new(),
            arguments: Arguments::default(),
            key: ChainStep::Computed,
            scopes: vec![Vec::new()],
            shape: (0, 0, Shape::Other),
        }
    }

    /// Something that is not known to be harmless.
    pub(super) fn unproven(&mut self) {
        self.purity = NOTHING;
        self.beyond.get_or_insert_with(|| CHANGES.to_owned());
    }

    fn prove(&mut self, proven: bool) {
        if !proven {
            self.unproven();
        }
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(Vec::new());
    }

    pub(super) fn close(&mut self) {
        self.scopes.pop();
    }

    /// The block declares a name. One that hides another which matters may do so before its declaration (`var`).
    pub(super) fn declare(&mut self, name: &str) {
        let hides = is_global(name) || name.starts_with('$') || self.local(name).is_some_and(|local| local.fresh);
        self.prove(!hides);
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(Local { name: name.to_owned(), fresh: false });
        }
    }

    /// The constant that was declared last is what stands at `start..end`.
    pub(super) fn constant(&mut self, name: &str, start: usize, end: usize) {
        let fresh = self.is_literal(start, end);
        if let Some(local) = self.scopes.last_mut().and_then(|scope| scope.last_mut()).filter(|local| local.name == name) {
            local.fresh = fresh;
        }
    }

    /// Whether the block has declared the name.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.local(name).is_some()
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.scopes.iter().rev().find_map(|scope| scope.iter().rev().find(|local| local.name == name))
    }

    /// Notes what stands at `start..end`.
    pub(super) fn note(&mut self, start: usize, end: usize, shape: Shape) {
        self.shape = (start, end, shape);
    }

    fn shape_of(&self, start: usize, end: usize) -> Shape {
        let (from, to, shape) = &self.shape;
        if (*from, *to) == (start, end) { shape.clone() } else { Shape::Other }
    }

    pub(super) fn is_literal(&self, start: usize, end: usize) -> bool {
        self.shape_of(start, end) == Shape::Literal
    }

    pub(super) fn is_function(&self, start: usize, end: usize) -> bool {
        self.shape_of(start, end) == Shape::Function
    }

    pub(super) fn is_number(&self, start: usize, end: usize) -> bool {
        match self.shape_of(start, end) {
            Shape::Name(name) => self.local(&name).is_none() && known::NUMBERS.has(&name),
            shape => shape == Shape::Number,
        }
    }

    /// What stands at `start..end` is written to.
    pub(super) fn written(&mut self, start: usize, end: usize) {
        let own = match self.shape_of(start, end) {
            Shape::Name(name) => self.local(&name).is_some(),
            Shape::MemberOf(name) => self.local(&name).is_some_and(|local| local.fresh),
            _ => false,
        };
        self.prove(own);
    }

    /// `new NAME`.
    pub(super) fn made(&mut self, name: Option<&str>) {
        let name = name.unwrap_or_default();
        self.purity.deterministic &= !known::NONDETERMINISTIC_NEW.has(name);
        self.prove(self.local(name).is_none() && (known::NEW.has(name) || known::NONDETERMINISTIC_NEW.has(name)));
    }

    /// A chain begins: with a name, or with another primary.
    pub(super) fn begin(&mut self, name: Option<&str>, other: Shape) -> Link {
        let Some(name) = name else {
            let last = if other == Shape::Function { Last::Loose } else { Last::Other };
            return Link { want: Want::Any, last, shape: other, root: None };
        };
        let want = self.root(name);
        Link { want, last: Last::Name, shape: Shape::Name(name.to_owned()), root: Some(name.to_owned()) }
    }

    fn root(&mut self, name: &str) -> Want {
        if self.local(name).is_some() {
            return Want::Any;
        }
        self.purity.deterministic &= !known::NONDETERMINISTIC.has(name);
        if !known::is_own(name) {
            self.beyond.get_or_insert_with(|| name.to_owned());
            self.outside.push(name.to_owned());
        }
        if name == "$parameter" {
            // Expressions that stand there run when they are read.
            self.purity = NOTHING;
            return Want::Any;
        }
        let found = known::root(name);
        self.prove(found.is_some());
        found.unwrap_or(Want::Any)
    }

    /// The chain goes on.
    pub(super) fn step(&mut self, link: &mut Link, step: ChainStep) {
        let step = if matches!(step, ChainStep::Computed) { std::mem::replace(&mut self.key, ChainStep::Computed) } else { step };
        link.shape = match (&link.shape, &step) {
            (Shape::Name(name), ChainStep::Member(_) | ChainStep::Index | ChainStep::Computed) => Shape::MemberOf(name.clone()),
            _ => Shape::Other,
        };
        let called = matches!(step, ChainStep::Call);
        if called {
            self.call(&link.last);
        }
        let listed = matches!(link.want, Want::Member(_) | Want::Function(_) | Want::Guarded(_));
        let (proven, want) = self.follow(link.want, &step);
        self.prove(proven);
        link.want = want;
        link.last = match step {
            ChainStep::Member(name) if listed => {
                let name = format!("{}.{name}", link.root.as_deref().unwrap_or_default());
                self.purity.deterministic &= name != "Math.random";
                Last::Static(name)
            }
            ChainStep::Member(name) => Last::Member(name),
            ChainStep::Call => Last::Loose,
            ChainStep::Computed => Last::Unknown,
            ChainStep::Index => Last::Other,
            ChainStep::Tagged => {
                self.unproven();
                Last::Other
            }
        };
    }

    /// Whether the step is what is wanted, and what is wanted then.
    fn follow(&mut self, want: Want, step: &ChainStep) -> (bool, Want) {
        match (want, step) {
            (Want::Any, _) | (Want::Function(_) | Want::Guarded(_), ChainStep::Call) => (true, Want::Any),
            (Want::Member(names) | Want::Function(names) | Want::Guarded(names), ChainStep::Member(name)) => {
                // A loop's context changes while its node runs.
                self.purity.deterministic &= name != "context";
                (names.has(name), Want::Any)
            }
            (Want::Node, ChainStep::Member(_) | ChainStep::Index | ChainStep::Computed) => (true, Want::Member(known::NODE)),
            (Want::NodeCall, ChainStep::Call) => (true, Want::Member(known::NODE_DATA)),
            (Want::ItemCall, ChainStep::Call) => (true, Want::Variable),
            (Want::Variable, ChainStep::Member(name)) => (name.starts_with('$'), self.root(name)),
            _ => (false, Want::Any),
        }
    }

    fn call(&mut self, callee: &Last) {
        let Arguments { count, spread, literal_first } = self.arguments;
        match callee {
            Last::Name | Last::Loose => {}
            Last::Static(name) => match name.as_str() {
                "Object.assign" => self.prove(literal_first),
                "Array.from" => self.prove(count <= 2 && !spread),
                _ => {}
            },
            Last::Member(name) => {
                self.purity.deterministic &= !known::NONDETERMINISTIC_METHODS.has(name);
                self.purity.read_only &= !known::CHANGING.has(name);
                let harmless = known::is_harmless_method(name);
                // What a callback has as `this` may be anything: a built-in function too.
                let with_this = known::CALLBACK_METHODS.has(name) && (count > 1 || spread);
                self.prove(harmless && !with_this);
            }
            Last::Unknown | Last::Other => self.unproven(),
        }
    }

    /// A member is a value: it is not called. A built-in method that is passed on could be called on anything.
    pub(super) fn taken(&mut self, name: &str) {
        self.prove(!known::CALLBACK_METHODS.has(name) && !known::PASSED_ON.has(name));
    }

    /// The chain ends.
    pub(super) fn end(&mut self, link: Link, start: usize, end: usize, is_target: bool) {
        self.prove(matches!(link.want, Want::Any | Want::Function(_)));
        match &link.last {
            // What is written to is judged there.
            _ if is_target => {}
            Last::Member(name) => self.taken(name),
            // The built-in methods of values that are not lists are harmless.
            Last::Unknown => self.prove(matches!(&link.shape, Shape::MemberOf(name) if self.local(name).is_none() && known::DATA.has(name))),
            Last::Static(name) => self.prove(!matches!(name.as_str(), "Object.assign" | "Array.from")),
            _ => {}
        }
        self.note(start, end, link.shape);
    }
}

#[cfg(test)]
mod tests;
