//! What stands at the place of an error: what was called, taken apart or gone through, in V8's words.

use crate::script::{is_global, is_harmless_method, is_known_member};
use crate::v8_text::{Chain, Text, UNNAMED};

/// A place in a text, as the engine names it.
pub(crate) struct Site<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// Names that n8n reaches through an object of its own, which its messages show.
    pub(crate) names: &'a [String],
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column in bytes, from 1; on the first line the engine counts from 0, but not for names.
    pub(crate) column: usize,
}

/// What is called at a place.
pub(crate) struct Called {
    /// Its words.
    pub(crate) words: String,
    /// Whether `new` calls it.
    pub(crate) constructor: bool,
}

/// What is gone through, where the value cannot be.
pub(crate) struct Uniterable {
    /// The words of the value; a parameter has none.
    pub(crate) words: Option<String>,
    /// Where it stands.
    pub(crate) place: Through,
}

/// Where a value is gone through.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Through {
    /// `for (… of VALUE)`, `[...VALUE]`.
    List,
    /// `f(...VALUE)`.
    Arguments,
    /// `[…] = VALUE`.
    Pattern,
    /// `[…] = a.b`, where V8 names the kind of the value and not the text.
    Members,
    /// `[…] = f(…).a`, where V8 names the first function alone.
    FirstCall,
    /// `[…] = undefined`, to the letter.
    Literal,
}

impl Site<'_> {
    /// The text, and the token that the engine names: the last one before the operation that it keeps a place of.
    fn read(&self) -> Option<(Text<'_>, usize)> {
        let text = Text::new(self.text);
        let named = text.byte(self.line, self.column)?;
        let byte = named + usize::from(self.line == 1 && !text.is_name_at(named));
        let token = text.at(byte)?;
        Some((text, token))
    }

    /// What was called.
    pub(crate) fn called(&self) -> Option<Called> {
        let (text, at) = self.read()?;
        let chain = called(&text, at)?;
        let reached = self.names.contains(&chain.root);
        let words = if reached { format!("{}.{}", UNNAMED.repeat(3), chain.words) } else { chain.words };
        Some(Called { words, constructor: chain.constructor })
    }

    /// Whether the text makes an error there: its words are its own.
    pub(crate) fn makes_error(&self) -> bool {
        let error = |chain: Chain| chain.words.ends_with("Error") && is_global(&chain.words);
        self.read().is_some_and(|(text, at)| called(&text, at).is_some_and(error))
    }

    /// What V8 says of the pattern that was handed nothing.
    pub(crate) fn undestructured(&self) -> Option<String> {
        let (text, at) = self.read()?;
        (at..text.len()).find_map(|i| Pattern::at(&text, i)).map(|pattern| pattern.unread())
    }

    /// What could not be gone through.
    pub(crate) fn gone_through(&self) -> Option<Uniterable> {
        let (text, at) = self.read()?;
        gone_through(&text, at).or_else(|| (at..text.len()).find_map(|i| Pattern::at(&text, i)).and_then(|pattern| pattern.uniterable()))
    }

    /// The two sides of the operator `in`: literals and constants that are one as their values, everything else as it is written.
    pub(crate) fn searched(&self) -> Option<(String, String)> {
        let (text, at) = self.read()?;
        let operator = (0..=at).rev().find(|i| text.name(*i) == Some("in"))?;
        let left = text.chain(operator).start;
        let mut end = operator + 1;
        while end <= at || text.is_any(end, &[".", "?.", "[", "("]) || !text.is_value_before(end) {
            if end >= text.len() {
                return None;
            }
            end = text.partner(end).max(end) + 1;
        }
        let words = |from: usize, to: usize| {
            let value = if to == from + 1 { text.name(from).and_then(|name| text.constant(name)).or_else(|| text.key(from)) } else { None };
            value.unwrap_or_else(|| text.verbatim(from, to).to_owned())
        };
        Some((words(left, operator), words(operator + 1, end)))
    }

    /// Whether a name is that of a variable which is written to, not of a member.
    pub(crate) fn is_variable(&self, name: &str) -> bool {
        let text = Text::new(self.text);
        let mut places = (1..text.len()).filter(|i| text.name(*i) == Some(name));
        let written = |i: usize| text.is(i - 1, ".") && text.is_any(i + 1, &["=", "+=", "-=", "*=", "/=", "??=", "||=", "&&=", "++", "--"]);
        !name.starts_with(|c: char| c.is_ascii_digit()) && places.clone().next().is_some() && !places.any(written)
    }
}

/// The chain that is called at a token.
fn called(text: &Text<'_>, at: usize) -> Option<Chain> {
    let chain = text.callee(call(text, at)?);
    // `f(new Date())`, `f(Math.max(1))`: both calls have one place, and that of the argument is there for sure.
    let outer = if is_there(text, &chain) { enclosing_call(text, chain.start) } else { None };
    Some(outer.map_or(chain, |outer| text.callee(outer)))
}

/// Whether the function of a chain is one of JavaScript's own.
fn is_there(text: &Text<'_>, chain: &Chain) -> bool {
    let made = text.name(chain.start) == Some("new") && text.name(chain.start + 1).is_some_and(is_global);
    match chain.words.split_once('.') {
        Some((_, method)) if made => is_harmless_method(method),
        Some((root, member)) => is_known_member(root, member),
        None => is_global(&chain.words),
    }
}

/// The parenthesis of the call whose place is that of the token: the one behind it, or the one around it.
fn call(text: &Text<'_>, at: usize) -> Option<usize> {
    let behind = (at..text.len()).take_while(|i| *i == at || !text.is_marked(*i)).find(|i| text.is_call(*i) && !text.is_marked(i + 1));
    // `new A` needs none.
    let made = || (at > 0 && text.name(at - 1) == Some("new")).then(|| end_of_chain(text, at));
    behind.or_else(made).or_else(|| enclosing_call(text, at))
}

/// The token after the names and indexes that begin at `at`.
fn end_of_chain(text: &Text<'_>, at: usize) -> usize {
    let mut end = at + 1;
    loop {
        end = match end {
            _ if text.is(end, ".") => end + 2,
            _ if text.is(end, "[") => text.partner(end) + 1,
            _ => return end,
        };
    }
}

/// The call in whose arguments a token stands, in the same function.
fn enclosing_call(text: &Text<'_>, at: usize) -> Option<usize> {
    let mut i = at;
    while let Some(last) = i.checked_sub(1) {
        i = last;
        if text.is_any(i, &[")", "]", "}"]) {
            i = text.partner(i);
        } else if text.is(i, "{") && !text.is_object(i) {
            return None;
        } else if text.is_call(i) {
            return Some(i);
        }
    }
    None
}

/// `of VALUE` and `...VALUE`, where the place is in the value.
fn gone_through(text: &Text<'_>, at: usize) -> Option<Uniterable> {
    let mut start = at;
    while start > 1 && text.is_any(start - 1, &[".", "?."]) {
        start = text.chain(start - 1).start;
    }
    let before = start.checked_sub(1)?;
    let spread = text.is(before, "...");
    if !spread && text.name(before) != Some("of") {
        return None;
    }
    let mut words = text.expression(start, end_of_value(text, start));
    if let Some(function) = words.strip_suffix("(...)") {
        words = format!("{function} is not a function or its return value");
    }
    let place = if spread && !in_list(text, before) { Through::Arguments } else { Through::List };
    Some(Uniterable { words: Some(words), place })
}

/// Whether the bracket around a token is that of a list.
fn in_list(text: &Text<'_>, at: usize) -> bool {
    let mut i = at;
    while let Some(last) = i.checked_sub(1) {
        i = last;
        if text.is_any(i, &[")", "]", "}"]) {
            i = text.partner(i);
        } else if text.is_any(i, &["(", "[", "{"]) {
            return text.is(i, "[");
        }
    }
    false
}

/// The token after a value that begins at `start`.
pub(crate) fn end_of_value(text: &Text<'_>, start: usize) -> usize {
    let mut i = start;
    while i < text.len() && !text.is_any(i, &[")", "]", "}", ",", ";"]) {
        if i > start && text.is_on_new_line(i) && text.is_value_before(i) && text.key(i).is_some() {
            break;
        }
        i = text.partner(i).max(i) + 1;
    }
    i
}

/// A pattern, where its value comes from outside of it.
struct Pattern<'a> {
    text: &'a Text<'a>,
    at: usize,
    /// The words of the value.
    value: String,
    /// Whether it is a parameter.
    parameter: bool,
}

impl<'a> Pattern<'a> {
    fn at(text: &'a Text<'a>, at: usize) -> Option<Self> {
        if at == 0 || !text.is_any(at, &["{", "["]) {
            return None;
        }
        let after = text.partner(at) + 1;
        let parameter = is_parameter(text, at);
        let declared = matches!(text.name(at - 1), Some("const" | "let" | "var"));
        let assigned = text.is(at - 1, "(") && text.is(at, "{");
        let value = match () {
            () if parameter => "undefined".to_owned(),
            () if declared && text.name(after) == Some("of") => ".for".to_owned(),
            () if (declared || assigned) && text.is(after, "=") => text.expression(after + 1, end_of_value(text, after + 1)),
            () => return None,
        };
        Some(Self { text, at, value, parameter })
    }

    /// Whether the value stands there as `undefined` or `null`.
    fn is_literal(&self) -> bool {
        !self.parameter && matches!(self.value.as_str(), "undefined" | "null")
    }

    /// The first pattern inside that has no value to fall back on.
    fn nested(&self) -> Option<usize> {
        let text = self.text;
        let inner = |i: &usize| text.is(*i, "{") && text.is_any(i - 1, &[":", ",", "["]) && !text.is(text.partner(*i) + 1, "=");
        (self.at + 1..text.partner(self.at)).find(inner)
    }

    /// What V8 says where the value is nothing. The engine does not tell which part of a pattern it was: what the code
    /// takes apart twice is there in most cases, and a part of it is missing.
    fn unread(&self) -> String {
        if let Some(inner) = self.nested().filter(|_| !self.is_literal()) {
            return match self.text.key(inner + 1) {
                Some(key) => format!("Cannot read properties of undefined (reading '{key}')"),
                None => "Cannot read properties of undefined".into(),
            };
        }
        // Nor does it tell `null` from `undefined`.
        let nothing = if self.value == "null" { "null" } else { "undefined" };
        let value = &self.value;
        match self.text.key(self.at + 1) {
            Some(key) if self.text.is(self.at + 2, "=") => format!("Cannot read properties of {nothing} (reading '{key}')"),
            Some(key) => format!("Cannot destructure property '{key}' of '{value}' as it is {nothing}."),
            None => format!("Cannot destructure '{value}' as it is {nothing}."),
        }
    }

    fn uniterable(self) -> Option<Uniterable> {
        if !self.text.is(self.at, "[") {
            return None;
        }
        if let Some(found) = self.by_first_call() {
            return Some(found);
        }
        let place = match () {
            () if self.is_literal() => Through::Literal,
            () if !self.parameter && self.value.contains(['.', '[']) && !self.value.starts_with(['[', '"', '.', '(']) => Through::Members,
            () => Through::Pattern,
        };
        Some(Uniterable { words: (!self.parameter).then_some(self.value), place })
    }

    /// V8 looks for a call that begins where the value does, and shows it for the whole.
    fn by_first_call(&self) -> Option<Uniterable> {
        let (text, first) = (self.text, text_after(self.text, self.at)?);
        let name = first + usize::from(text.name(first) == Some("new"));
        let words = text.name(name)?.to_owned();
        if !text.is_call(name + 1) {
            return None;
        }
        let whole = name == first && end_of_value(text, first) == text.partner(name + 1) + 1;
        let place = if whole { Through::List } else { Through::FirstCall };
        let words = if whole { format!("{words} is not a function or its return value") } else { words };
        Some(Uniterable { words: Some(words), place })
    }
}

/// The first token of the value that a pattern is set to.
fn text_after(text: &Text<'_>, pattern: usize) -> Option<usize> {
    let equals = text.partner(pattern) + 1;
    (text.is(equals, "=") && !is_parameter(text, pattern)).then_some(equals + 1)
}

fn is_parameter(text: &Text<'_>, i: usize) -> bool {
    let Some(open) = (0..i).rev().find(|open| text.is(*open, "(") && text.partner(*open) > i) else { return false };
    let after = text.partner(open) + 1;
    let control = open > 0 && matches!(text.name(open - 1), Some("if" | "for" | "while" | "switch" | "await"));
    text.is_any(i - 1, &["(", ","]) && (text.is(after, "=>") || text.is(after, "{") && !control)
}
