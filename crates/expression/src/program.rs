//! A parameter's text, made ready once and evaluated for many items.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use node_sdk::{Expression, References};

use crate::error::{ErrorKind, ExpressionError};
use crate::extensions;
use crate::native::Path;
use crate::script::{self, Parsed, Purity, ScriptError};
use crate::template::{Part, Template};

/// A parameter's text, made ready.
#[derive(Debug)]
pub(crate) struct Program {
    /// Different for each program: the engine's threads remember functions by it.
    pub(crate) id: u64,
    /// What it is made of.
    pub(crate) body: Body,
    /// What is proven of all its blocks.
    pub(crate) purity: Purity,
}

/// Programs by their texts, for texts that expressions make while they run. All are forgotten when there are too many: each may be
/// another one.
pub(crate) struct Kept {
    programs: HashMap<String, Arc<Program>>,
    bytes: usize,
    most: usize,
    most_bytes: usize,
}

impl Kept {
    /// So many programs, and so many bytes of their texts.
    pub(crate) fn new(most: usize, most_bytes: usize) -> Self {
        Self { programs: HashMap::new(), bytes: 0, most, most_bytes }
    }

    /// The text, made ready once.
    pub(crate) fn program(&mut self, source: &str) -> Arc<Program> {
        if let Some(known) = self.programs.get(source) {
            return known.clone();
        }
        if self.programs.len() >= self.most || self.bytes + source.len() > self.most_bytes {
            self.programs.clear();
            self.bytes = 0;
        }
        let program = Arc::new(Program::new(source));
        self.bytes += source.len();
        self.programs.insert(source.to_owned(), program.clone());
        program
    }
}

/// What a program is made of.
#[derive(Debug)]
pub(crate) enum Body {
    /// Text without a block.
    Plain(String),
    /// One block: its value.
    Value(Block),
    /// Blocks and text: a string.
    Text(Vec<Piece>),
    /// It does not parse.
    Broken(ExpressionError),
}

impl Body {
    /// Its blocks.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let (value, pieces) = match self {
            Self::Plain(_) | Self::Broken(_) => (None, [].as_slice()),
            Self::Value(block) => (Some(block), [].as_slice()),
            Self::Text(pieces) => (None, pieces.as_slice()),
        };
        let in_text = pieces.iter().filter_map(|piece| if let Piece::Block(block) = piece { Some(block) } else { None });
        value.into_iter().chain(in_text)
    }

    fn purity(&self) -> Purity {
        self.blocks().fold(Purity::PURE, |all, block| all.and(block.purity()))
    }
}

/// A piece of a string.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Text.
    Text(String),
    /// A block.
    Block(Block),
}

/// A block.
#[derive(Debug)]
pub(crate) struct Block {
    /// The block as a plain path, if it is one.
    pub(crate) path: Option<Path>,
    code: String,
    at: usize,
    script: OnceLock<Result<Script, ExpressionError>>,
}

impl Block {
    fn new(code: String, at: usize, native: bool) -> Result<Self, ExpressionError> {
        let path = if native { Path::parse(&code) } else { None };
        let block = Self { path, code, at, script: OnceLock::new() };
        if block.path.is_none() {
            block.script().map_err(Clone::clone)?;
        }
        Ok(block)
    }

    /// The block as JavaScript; of a plain path it is made when it is asked for.
    pub(crate) fn script(&self) -> Result<&Script, &ExpressionError> {
        self.script.get_or_init(|| script(&self.code, self.at)).as_ref()
    }

    /// An error of the block as a whole, with the place where it begins.
    pub(crate) fn located(&self, error: ExpressionError) -> ExpressionError {
        ExpressionError { offset: Some(self.at), ..error }
    }

    fn purity(&self) -> Purity {
        match (&self.path, self.script.get()) {
            (None, Some(Ok(script))) => script.purity,
            // Reading a path of data changes nothing; what does not parse does not run.
            _ => Purity::PURE,
        }
    }
}

/// A block's JavaScript, rewritten.
#[derive(Debug)]
pub(crate) struct Script {
    /// The expression.
    pub(crate) code: String,
    /// Names that the function around it takes as parameters: our variables, and names that mean nothing.
    pub(crate) names: Vec<String>,
    /// Whether errors are swallowed.
    pub(crate) guarded: bool,
    /// Which of the later parts of the prelude it needs.
    pub(crate) needs: extensions::Needs,
    /// What is proven of it.
    pub(crate) purity: Purity,
}

impl Program {
    /// The program of an expression: parsed with the first use, and kept with the expression.
    pub(crate) fn of(expression: &Expression) -> Cow<'_, Arc<Self>> {
        let parse = |text: &str| Arc::new(Self::new(text));
        expression.program(parse).map_or_else(|| Cow::Owned(parse(expression.text())), Cow::Borrowed)
    }

    /// Makes a text ready; what is wrong with it comes out when it is evaluated.
    pub(crate) fn new(source: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let body = prepare(source, true).unwrap_or_else(Body::Broken);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), purity: body.purity(), body }
    }

    /// As [`Program::new`], but everything goes through JavaScript: for comparing the two tiers.
    #[cfg(test)]
    pub(crate) fn scripted(source: &str) -> Self {
        Self { body: prepare(source, false).unwrap_or_else(Body::Broken), ..Self::new("") }
    }
}

fn prepare(source: &str, native: bool) -> Result<Body, ExpressionError> {
    refuse_constructor(source)?;
    Ok(match Template::parse(source) {
        Template::Plain(text) => Body::Plain(text),
        Template::Value(code, at) => Body::Value(Block::new(code, at, native)?),
        Template::Text(parts) => Body::Text(parts.into_iter().map(|part| piece(part, native)).collect::<Result<_, _>>()?),
    })
}

fn piece(part: Part, native: bool) -> Result<Piece, ExpressionError> {
    Ok(match part {
        Part::Text(text) => Piece::Text(text),
        Part::Block(code, at) => Piece::Block(Block::new(code, at, native)?),
    })
}

/// n8n refuses `.constructor` anywhere in the text, even inside a string.
fn refuse_constructor(source: &str) -> Result<(), ExpressionError> {
    if !source.starts_with('=') || !source.contains("{{") {
        return Ok(());
    }
    let mut from = 0;
    while let Some(found) = source[from..].find("constructor") {
        let at = from + found;
        if source[..at].trim_end().ends_with('.') {
            let error = ExpressionError::expression("Expression contains invalid constructor function call");
            return Err(ExpressionError { offset: Some(at), ..error });
        }
        from = at + "constructor".len();
    }
    Ok(())
}

fn script(code: &str, at: usize) -> Result<Script, ExpressionError> {
    let parsed = parse(code, at)?;
    let needs = extensions::Needs::of(&parsed.names, &parsed.methods);
    let purity = parsed.purity;
    let names = parsed.names.into_iter().filter(|name| !script::is_global(name)).collect();
    Ok(Script { code: parsed.code, names, guarded: parsed.guarded, needs, purity })
}

fn parse(code: &str, at: usize) -> Result<Parsed, ExpressionError> {
    script::parse_block(code, extensions::is_method).map_err(|error| located(error, at))
}

fn located(error: ScriptError, at: usize) -> ExpressionError {
    let kind = match &error.message {
        None => ErrorKind::Syntax,
        Some(message) if message.starts_with("Expression evaluation failed") || message.starts_with("did not") => ErrorKind::Evaluation,
        Some(_) => ErrorKind::Expression,
    };
    let message = error.message.unwrap_or_else(|| "invalid syntax".into());
    // What only says the message again explains nothing.
    let detail = Some(error.detail).filter(|detail| *detail != message);
    ExpressionError { offset: Some(at + error.at), detail, ..ExpressionError::new(kind, message) }
}

/// What the code of a Code node refers to; offsets are bytes of the code. Code that is no text of an expression (it has a class with
/// methods, or hands `$` on) counts as all.
///
/// ```
/// use expression::code_references;
///
/// let found = code_references("// $('No')\nreturn $('Get user').all()");
/// assert_eq!((found.nodes, found.any_node), (vec![("Get user".to_owned(), 20)], false));
/// assert!(code_references("return $(name).all()").any_node && code_references("const f = $; return f('X').all()").any_node);
/// ```
pub fn code_references(source: &str) -> References {
    const HEAD: &str = "(async () => {\n";
    let Ok(Parsed { references, reach, names, .. }) = parse(&format!("{HEAD}{source}\n}})"), 0) else { return References::all() };
    let mut found = References {
        // User code has all items by this name too.
        whole_input: reach.whole_input() || names.contains("items"),
        any_node: reach.any_node(),
        ..References::default()
    };
    add(&mut found, references.into_iter().map(|(root, name, offset)| (root, name, offset.saturating_sub(HEAD.len()))));
    found
}

/// Adds what was named; each variable is named once.
fn add(found: &mut References, named: impl Iterator<Item = (String, String, usize)>) {
    for (root, name, offset) in named {
        let variables = match root.as_str() {
            "$env" => &mut found.env,
            "$vars" => &mut found.vars,
            _ => {
                found.nodes.push((name, offset));
                continue;
            }
        };
        if let Err(at) = variables.binary_search(&name) {
            variables.insert(at, name);
        }
    }
}

/// Whether an expression needs no JavaScript: its blocks are plain paths.
pub fn is_native(expression: &Expression) -> bool {
    Program::of(expression).body.blocks().all(|block| block.path.is_some())
}

/// Checks the syntax of a parameter's text without running it, and says what it refers to.
///
/// ```
/// let found = expression::check("=Hello {{ $('Get user').item.json.name }}").unwrap();
/// assert_eq!(found.nodes[0].0, "Get user");
/// assert_eq!(expression::check("={{ 1 + }}").unwrap_err().offset, Some(8));
///
/// // What a plan must keep for it.
/// let reach = |source: &str| expression::check(source).map(|found| (found.whole_input, found.any_node)).unwrap();
/// assert_eq!(reach("={{ $json.a + $input.item.json.b + $('X').first().json.c }}"), (false, false));
/// assert_eq!(reach("={{ $input.all().length }}"), (true, false));
/// assert_eq!(reach("={{ $('X' + $json.n).first().json.c }}"), (false, true));
/// ```
pub fn check(source: &str) -> Result<References, ExpressionError> {
    refuse_constructor(source)?;
    let mut found = References::default();
    for (code, at) in blocks(source) {
        let Parsed { references, reach, .. } = parse(&code, at)?;
        found.whole_input |= reach.whole_input();
        found.any_node |= reach.any_node();
        add(&mut found, references.into_iter().map(|(root, name, offset)| (root, name, at + offset)));
    }
    Ok(found)
}

/// The blocks of a text, each with the place where it begins.
fn blocks(source: &str) -> Vec<(String, usize)> {
    match Template::parse(source) {
        Template::Plain(_) => Vec::new(),
        Template::Value(code, at) => vec![(code, at)],
        Template::Text(parts) => {
            parts.into_iter().filter_map(|part| if let Part::Block(code, at) = part { Some((code, at)) } else { None }).collect()
        }
    }
}

/// By what an expression reaches more than the parameters and the input of its node, or may change what other expressions see. `None`: by
/// nothing, or it does not parse, so that it never runs. Expressions in the node's other parameters it reads as they are.
///
/// ```
/// use expression::beyond;
///
/// assert_eq!(beyond("={{ $parameter['&key'].split('|').pop() + $json.id + $now.plus({ week: 1 }) }}"), None);
/// assert_eq!(beyond("={{ $json.id }} {{ $env.TOKEN }}").as_deref(), Some("$env"));
/// assert_eq!(beyond("={{ JSON.parse = (text) => text }}").as_deref(), Some("what other expressions see"));
/// ```
pub fn beyond(source: &str) -> Option<String> {
    blocks(source).into_iter().find_map(|(code, at)| parse(&code, at).ok()?.beyond)
}

/// The names by which an expression reaches more than the parameters and the input of its node, whatever it does with them; none where it does
/// not parse, so that it never runs. What it changes nobody else sees.
///
/// ```
/// use expression::outside;
///
/// assert_eq!(outside("=/contacts/{{ $value }}?a={{ $json.id }}"), ["$value"]);
/// assert_eq!(outside("={{ [$env.TOKEN, ((own) => own + $('X').first().json.a)(1)] }}"), ["$env", "$"]);
/// ```
pub fn outside(source: &str) -> Vec<String> {
    blocks(source).into_iter().filter_map(|(code, at)| parse(&code, at).ok()).flat_map(|parsed| parsed.outside).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};
    use std::thread;

    use node_sdk::Expression;

    use super::{Kept, Program};

    #[test]
    fn all_who_evaluate_an_expression_share_its_program_and_it_goes_with_the_expression() {
        let (expression, together) = (Expression::from("={{ $json.a + 1 }}"), Barrier::new(2));
        let of = || {
            together.wait();
            Program::of(&expression).into_owned()
        };
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(of);
            (of(), other.join().unwrap())
        });
        assert!(Arc::ptr_eq(&one, &other));
        let program = Arc::downgrade(&one);
        drop((one, other, expression));
        assert!(program.upgrade().is_none());
    }

    #[test]
    fn texts_are_kept_as_long_as_they_are_few_and_short() {
        let mut kept = Kept::new(3, 100);
        let first = kept.program("={{ 1 }}").id;
        assert_eq!(kept.program("={{ 1 }}").id, first);
        kept.program(&format!("={{{{ {}1 }}}}", " ".repeat(90)));
        assert_ne!(kept.program("={{ 1 }}").id, first);
        for i in 0..9 {
            kept.program(&format!("={{{{ {i} }}}}"));
            assert!(kept.programs.len() <= 3 && kept.bytes <= 100);
        }
    }
}
