//! No module of a crate may need itself by way of others: a reader would have to understand all of them at once.
//!
//! Modules are the files and folders directly below `src`, and the root of the crate; and within a folder again its files and folders. A
//! folder's own file (`mod.rs`) lists the others and holds what they share: it is in no circle with them. What tests alone need does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::imports::{Import, Module, imports};
use crate::shell::{root, tracked_files};

/// Imports that close a circle and stay: crate, the module, what it imports, and why the two are one idea.
const KEPT: &[(&str, &str, &str, &str)] = &[
    ("node-sdk", "context", "registry", "a node that runs may ask which credential types there are, and who knows that also finds nodes"),
    ("node-sdk", "action::param", "action::native", "what native mode knows better of a parameter is said in the words of parameters"),
    ("engine", "subworkflow", "run", "a sub-workflow is a run within a run"),
    ("engine", "run::state", "run::view", "what a node sees of a run is its state, looked at from the node's turn"),
    ("engine", "run::turn", "run::execution", "an execution is its turns, and a turn has all that its execution has"),
    ("engine", "run::outputs", "run::turn", "taking what a node puts out is the end of its turn"),
    ("flow-nodes", "http_request::settings", "http_request::pagination", "pages are a setting of the request, and each is a request by its settings"),
];

/// Where a module imports another, by their names; the root's is `crate`.
type Edges = BTreeMap<(String, String), String>;

pub(super) fn find(problems: &mut Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let files = tracked_files()?;
    for manifest in files.iter().filter(|file| file.ends_with("/Cargo.toml")) {
        let folder = manifest.trim_end_matches("/Cargo.toml");
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let sources = [format!("{folder}/src/lib.rs"), format!("{folder}/src/main.rs")];
        let Some(source) = sources.iter().find(|source| files.contains(source)) else { continue };
        let imports = imports(source, &|file| fs::read_to_string(root().join(file)).ok());
        let kept: Vec<_> = KEPT.iter().filter(|kept| kept.0 == name).map(|kept| (kept.1, kept.2)).collect();
        problems.extend(circles(&imports, &kept).into_iter().map(|problem| format!("{folder}: {problem}")));
    }
    Ok(())
}

/// What is wrong in each folder of a crate.
fn circles(imports: &[Import], kept: &[(&str, &str)]) -> Vec<String> {
    let folders: BTreeSet<&[String]> = imports.iter().map(|import| common(&import.from, &import.to)).collect();
    let of_kept = |(from, to): (&str, &str)| common(&module(from), &module(to)).to_vec();
    let in_folder = |folder: &&[String]| {
        let kept: Vec<_> = kept.iter().copied().filter(|kept| of_kept(*kept) == **folder).collect();
        judge(&edges(imports, folder), &kept)
    };
    folders.iter().flat_map(in_folder).collect()
}

/// The innermost folder that two modules are in; a folder is in itself.
fn common<'a>(a: &'a [String], b: &[String]) -> &'a [String] {
    let length = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    &a[..length]
}

/// A module by its name; the root's is `crate`.
fn module(name: &str) -> Module {
    if name == "crate" { Module::new() } else { name.split("::").map(str::to_owned).collect() }
}

/// Imports between the modules of a folder, each with the first place where it stands.
fn edges(imports: &[Import], folder: &[String]) -> Edges {
    let name = |module: &[String]| match module.strip_prefix(folder)? {
        [] => folder.is_empty().then(|| "crate".to_owned()),
        [..] => Some(module[..=folder.len()].join("::")),
    };
    let mut edges = Edges::new();
    for import in imports {
        if let (Some(from), Some(to)) = (name(&import.from), name(&import.to))
            && from != to
        {
            edges.entry((from, to)).or_insert_with(|| import.place.clone());
        }
    }
    edges
}

/// What is wrong: a shortest circle through each import that is in one, without those that are kept, and what is kept for nothing.
fn judge(edges: &Edges, kept: &[(&str, &str)]) -> Vec<String> {
    let is_kept = |(from, to): (&str, &str)| kept.contains(&(from, to));
    let all: Vec<(&str, &str)> = edges.keys().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let left: Vec<(&str, &str)> = all.iter().copied().filter(|edge| !is_kept(*edge)).collect();
    let mut problems = Vec::new();
    let mut said = BTreeSet::new();
    for &(from, to) in &left {
        let Some(mut way) = way(&left, to, from) else { continue };
        way.rotate_right(1);
        if said.insert(way.iter().copied().collect::<BTreeSet<_>>()) {
            let steps = (0..way.len()).map(|at| (way[at], way[(at + 1) % way.len()]));
            let steps: Vec<String> = steps.map(|(from, to)| format!("{from} imports {to} ({})", edges[&(from.to_owned(), to.to_owned())])).collect();
            problems.push(format!("an import circle: {}", steps.join(", ")));
        }
    }
    for &(from, to) in kept {
        if !all.contains(&(from, to)) || way(&all, to, from).is_none() {
            problems.push(format!("xtask keeps a circle that is gone: {from} imports {to}"));
        }
    }
    problems
}

/// The modules of a shortest way along imports, both ends included.
fn way<'a>(edges: &[(&'a str, &'a str)], from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(&at) = reached.get(next) {
        next += 1;
        if at == to {
            let mut way = vec![to];
            while let Some(&module) = before.get(way[way.len() - 1]).filter(|_| way[way.len() - 1] != from) {
                way.push(module);
            }
            way.reverse();
            return Some(way);
        }
        for &(_, neighbour) in edges.iter().filter(|edge| edge.0 == at) {
            if !reached.contains(&neighbour) {
                reached.push(neighbour);
                before.insert(neighbour, at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate of `(file, text)`, without kept circles.
    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let read = |file: &str| files.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned());
        circles(&imports("src/lib.rs", &read), &[])
    }

    #[test]
    fn a_way_of_imports_that_ends_is_no_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b; mod c; pub use c::Thing;"),
            ("src/a/mod.rs", "mod inner; use crate::b::B; use inner::I;"),
            ("src/a/inner.rs", "use super::super::c::C; use super::Own; use crate::Thing;"),
            ("src/b.rs", "use crate::{c::{C, D as E}, Thing}; fn f() { crate::c::g() }"),
            (
                "src/c.rs",
                "// use crate::a::A;\nconst TEXT: &str = \"crate::a\"; const RAW: &str = r#\" \" crate::b \"#; fn quote() -> char { '\"' } /* crate::a */",
            ),
        ];
        assert_eq!(problems(&files), Vec::<String>::new());
    }

    #[test]
    fn a_circle_is_found_in_every_way_of_writing_it() {
        for import in [
            "use crate::a::A;",
            "use crate::{b::B, a::{self, A}};",
            "use super::a::A;",
            "fn f() { crate::a::g() }",
            "pub(crate) use crate::a::A;",
            "mod inner { use super::super::a::A; }",
            "use crate::Shared;",
            "const FALSE: char = '\"'; use crate::a::A; const END: char = '\"';",
            "fn f<'a>(x: &'a str) { crate::a::g(x) }",
        ] {
            let files = [("src/lib.rs", "mod a; mod b; pub(crate) use a::Shared;"), ("src/a.rs", "use crate::b;"), ("src/b.rs", import)];
            assert_eq!(problems(&files), ["an import circle: a imports b (src/a.rs:1), b imports a (src/b.rs:1)"], "{import}");
        }
    }

    #[test]
    fn the_root_is_a_module_too_and_a_longer_circle_is_said_once() {
        let root = [("src/lib.rs", "mod a; struct Shared(a::A);"), ("src/a.rs", "use crate::Shared;")];
        assert_eq!(problems(&root), ["an import circle: a imports crate (src/a.rs:1), crate imports a (src/lib.rs:1)"]);
        let long =
            [("src/lib.rs", "mod a; mod b; mod c;"), ("src/a.rs", "use crate::b;"), ("src/b.rs", "\nuse crate::c;"), ("src/c.rs", "use crate::a;")];
        assert_eq!(problems(&long), ["an import circle: a imports b (src/a.rs:1), b imports c (src/b.rs:2), c imports a (src/c.rs:1)"]);
    }

    #[test]
    fn files_of_a_folder_are_modules_and_its_own_file_is_no_circle_with_them() {
        let folder = |other: &str| {
            let files = [
                ("src/lib.rs", "mod a;"),
                ("src/a/mod.rs", "mod b; mod c; use b::B; pub(super) struct Shared;"),
                ("src/a/b.rs", "use super::{Shared, c::C};"),
                ("src/a/c.rs", other),
            ];
            problems(&files)
        };
        assert_eq!(folder("use super::Shared;"), Vec::<String>::new());
        assert_eq!(folder("use super::b::B;"), ["an import circle: a::b imports a::c (src/a/b.rs:1), a::c imports a::b (src/a/c.rs:1)"]);
    }

    #[test]
    fn what_tests_need_does_not_count() {
        let files = [
            ("src/lib.rs", "mod a; mod b; #[cfg(test)] mod both;"),
            ("src/a.rs", "use crate::b::B; #[cfg(test)] mod tests;"),
            ("src/a/tests.rs", "use crate::both::Both;"),
            ("src/b.rs", "#[cfg(test)] use crate::a::A; #[cfg(test)]\nmod tests { use crate::{a, both}; fn f() {} }"),
            ("src/both.rs", "use crate::{a, b};"),
        ];
        assert_eq!(problems(&files), Vec::<String>::new());
    }

    #[test]
    fn a_kept_circle_is_silent_and_one_that_is_gone_is_not() {
        let read = |file: &str| match file {
            "src/lib.rs" => Some("mod a; mod b; mod c;".to_owned()),
            "src/a.rs" => Some("use crate::b; use crate::c;".to_owned()),
            "src/b.rs" => Some("use crate::a;".to_owned()),
            _ => Some(String::new()),
        };
        let imports = imports("src/lib.rs", &read);
        assert_eq!(circles(&imports, &[("b", "a")]), Vec::<String>::new());
        let gone = circles(&imports, &[("b", "a"), ("a", "c"), ("c", "b")]);
        assert_eq!(gone, ["xtask keeps a circle that is gone: a imports c", "xtask keeps a circle that is gone: c imports b"]);
    }
}
