//! Reads from the text of a crate which of its modules uses which: `use crate::…` and `super::…`, and the same paths in code.
//!
//! A scanner, no parser: it knows comments, texts, `use` trees, `mod` and `#[cfg(test)]`, and that is enough.

use std::collections::BTreeMap;

/// Where a module is in its crate: `["run", "turn"]`. The root is empty.
pub(super) type Module = Vec<String>;

/// One module uses what another one has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// The module whose code names the path.
    pub(super) from: Module,
    /// The module that the path leads to.
    pub(super) to: Module,
    /// The file and line where it does so first.
    pub(super) place: String,
}

/// The code of a crate, without its tests.
#[derive(Default)]
struct Crate {
    /// Each module and where it stands.
    modules: BTreeMap<Module, Vec<Named>>,
    /// What a module takes in by `use`: its own name for it, and the path.
    uses: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

/// A path as written, from the root of the crate.
struct Named {
    path: Vec<String>,
    place: String,
    /// In a `pub use`, which hands on and does not use.
    handed_on: bool,
}

/// All imports of a crate. `root` is its `lib.rs` or `main.rs`; `read` gives the text of a file by its path.
pub(super) fn imports(root: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<Import> {
    let mut found = Crate::default();
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    found.file(root, folder, &[], read);
    found.resolved()
}

impl Crate {
    /// Reads a file and those of the modules that it declares, whose files are in `folder`.
    fn file(&mut self, file: &str, folder: &str, module: &[String], read: &dyn Fn(&str) -> Option<String>) {
        let Some(text) = read(file) else { return };
        let tokens = without_tests(&tokens(&text));
        let mut scan = Scan { tokens: &tokens, at: 0, file, module: module.to_vec(), inner: Vec::new(), declared: Vec::new(), found: self };
        scan.run();
        for name in std::mem::take(&mut scan.declared) {
            let path: Module = module.iter().cloned().chain([name.clone()]).collect();
            let (beside, below) = (format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs"));
            let file = if read(&beside).is_some() { beside } else { below };
            self.file(&file, &format!("{folder}/{name}"), &path, read);
        }
    }

    /// Where the paths lead. A name that a module above the user has only handed on leads to where it comes from.
    fn resolved(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (from, paths) in &self.modules {
            for named in paths {
                if named.handed_on && from.is_empty() {
                    continue;
                }
                if let Some(to) = self.target(from, &named.path, 0).filter(|to| to != from) {
                    imports.push(Import { from: from.clone(), to, place: named.place.clone() });
                }
            }
        }
        imports
    }

    /// The module of a path; `None` where it leads out of the crate.
    fn target(&self, from: &[String], path: &[String], depth: usize) -> Option<Module> {
        let mut at = Module::new();
        for name in path {
            let child: Module = at.iter().cloned().chain([name.clone()]).collect();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            let handed_on = self.uses.get(&at).and_then(|uses| uses.get(name));
            return match handed_on {
                Some(path) if from.starts_with(&at) && depth < 8 => {
                    let inside = path.first().is_some_and(|first| first == "crate");
                    if inside { self.target(from, &path[1..], depth + 1) } else { None }
                }
                _ => Some(at),
            };
        }
        Some(at)
    }
}

/// One walk over the tokens of a file.
struct Scan<'a> {
    tokens: &'a [Token],
    at: usize,
    file: &'a str,
    module: Module,
    /// Depths of braces at which inline modules began.
    inner: Vec<usize>,
    declared: Vec<String>,
    found: &'a mut Crate,
}

impl Scan<'_> {
    fn run(&mut self) {
        self.found.modules.entry(self.module.clone()).or_default();
        let mut depth = 0;
        let mut handed_on = false;
        while let Some(token) = self.tokens.get(self.at) {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if self.inner.last() == Some(&depth) {
                        self.inner.pop();
                        self.module.pop();
                    }
                }
                "pub" => handed_on = true,
                "mod" if self.peek(2) == ";" => self.declare(),
                "mod" if self.peek(2) == "{" => {
                    self.module.push(self.peek(1).to_owned());
                    self.found.modules.entry(self.module.clone()).or_default();
                    self.inner.push(depth);
                    depth += 1;
                    self.at += 2;
                }
                // Not what a type borrows: `impl Trait + use<'_>`.
                "use" if self.peek(1) != "<" => self.use_tree(handed_on),
                _ if self.begins_a_path() => self.path_in_code(),
                _ => {}
            }
            if self.tokens.get(self.at).is_some_and(|token| matches!(token.text.as_str(), ";" | "{" | "}")) {
                handed_on = false;
            }
            self.at += 1;
        }
    }

    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text.as_str())
    }

    fn declare(&mut self) {
        let name = self.peek(1).to_owned();
        let path: Module = self.module.iter().cloned().chain([name.clone()]).collect();
        self.found.modules.entry(path).or_default();
        self.declared.push(name);
    }

    /// A path of this crate in code: `crate::a::b`, `super::b`, and in the module that declares it `b::c`.
    fn begins_a_path(&self) -> bool {
        let first = self.peek(0);
        self.peek(1) == "::"
            && (self.at == 0 || self.tokens[self.at - 1].text != "::")
            && (matches!(first, "crate" | "super" | "self") || self.declared.iter().any(|name| name == first))
    }

    fn path_in_code(&mut self) {
        let line = self.tokens[self.at].line;
        let mut path = vec![self.peek(0).to_owned()];
        while self.peek(1) == "::" && is_name(self.peek(2)) {
            path.push(self.peek(2).to_owned());
            self.at += 2;
        }
        self.note(&path, line, false);
    }

    /// `use a::{b, c::d as e};`: each path, and each name.
    fn use_tree(&mut self, handed_on: bool) {
        self.at += 1;
        self.branch(&[], handed_on);
        while !matches!(self.peek(0), ";" | "") {
            self.at += 1;
        }
    }

    fn branch(&mut self, before: &[String], handed_on: bool) {
        let mut path = before.to_vec();
        loop {
            let Some(token) = self.tokens.get(self.at) else { return };
            let line = token.line;
            match token.text.as_str() {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while !matches!(self.peek(0), "}" | "") {
                        self.branch(&path, handed_on);
                        if self.peek(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                name if is_name(name) || name == "*" => {
                    path.push(name.to_owned());
                    self.at += 1;
                    if self.peek(0) != "::" {
                        let known_as = if self.peek(0) == "as" { self.peek(1).to_owned() } else { path[path.len() - 1].clone() };
                        if self.peek(0) == "as" {
                            self.at += 2;
                        }
                        self.note(&path, line, handed_on);
                        if let Some(path) = self.rooted(&path) {
                            self.found.uses.entry(self.module.clone()).or_default().insert(known_as, path);
                        }
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    fn note(&mut self, path: &[String], line: usize, handed_on: bool) {
        let Some(path) = self.rooted(path).filter(|path| path.first().is_some_and(|first| first == "crate")) else { return };
        let named = Named { path: path[1..].to_vec(), place: format!("{}:{line}", self.file), handed_on };
        self.found.modules.entry(self.module.clone()).or_default().push(named);
    }

    /// A path from the root, begun with `crate`; one of another crate as it is.
    fn rooted(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = self.module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|first| first == "super") {
                    base.pop()?;
                    rest = &rest[1..];
                }
            }
            first if self.declared.iter().any(|name| name == first) => {}
            _ => return Some(path.to_vec()),
        }
        Some([vec!["crate".to_owned()], base, rest.iter().filter(|name| *name != "self").cloned().collect()].concat())
    }
}

/// A word or sign of Rust, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// Words, `::` and single signs; comments and texts are left out.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let length = left_out(rest).unwrap_or_else(|| {
            let length = match first {
                c if c == '_' || c.is_alphanumeric() => rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push(Token { text: rest[..length].to_owned(), line });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of a comment, a text or a character at the start of `rest`.
fn left_out(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    match bytes {
        [b'/', b'/', ..] => Some(rest.find('\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(until("*/", 2)),
        [b'"', ..] => Some(quoted(bytes, 1)),
        [b'b' | b'c', b'"', ..] => Some(quoted(bytes, 2)),
        [b'r', b'"' | b'#', ..] | [b'b', b'r', b'"' | b'#', ..] => {
            let begin = rest.find('r')? + 1;
            let hashes = rest[begin..].bytes().take_while(|b| *b == b'#').count();
            let is_text = bytes.get(begin + hashes) == Some(&b'"');
            is_text.then(|| until(&format!("\"{}", "#".repeat(hashes)), begin + hashes + 1))
        }
        [b'\'', b'\\', ..] => Some(until("'", 3)),
        // A character; a lifetime has no second quote.
        [b'\'', ..] => {
            let c = rest[1..].chars().next()?;
            rest[1 + c.len_utf8()..].starts_with('\'').then_some(2 + c.len_utf8())
        }
        _ => None,
    }
}

/// The length of a text with escapes whose content begins at `at`.
fn quoted(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += if *byte == b'\\' { 2 } else { 1 };
        if *byte == b'"' {
            break;
        }
    }
    at.min(bytes.len())
}

/// Leaves out what is compiled for tests alone.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_test = tokens[at..].iter().map(|token| token.text.as_str()).take(TEST.len()).eq(TEST);
        if is_test {
            at = end_of_item(tokens, at + TEST.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item that begins at `at`: its `;`, or its braces.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            // The end of what the item is in: it was a field.
            "}" if depth == 0 => return at,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(token.text.as_str(), "}" | ";") {
            break;
        }
    }
    at
}
