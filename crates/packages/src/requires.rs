//! Which other modules a file of JavaScript asks for by a literal.

use std::sync::LazyLock;

use regex::Regex;

/// `require("x")`, `import("x")`, `import … from "x"`, `import "x"`, `export … from "x"`. Text that only looks like one of them, in a
/// comment or in a template, is taken for one: what follows from it is a package too many, and only where the package depends on it.
#[expect(clippy::expect_used, reason = "the pattern is a constant; a test compiles it")]
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?:require\s*\(|\bimport\s*\(|\bfrom|\bimport)\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`$\n]+)`)"#;
    Regex::new(pattern).expect("a constant pattern")
});

/// `require("x")` at the beginning of a statement.
#[expect(clippy::expect_used, reason = "the pattern is a constant; a test compiles it")]
static FIRST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?m)(?:^|[;{}])\s*require\s*\(\s*(?:"([^"\n]+)"|'([^'\n]+)')\s*\)"#;
    Regex::new(pattern).expect("a constant pattern")
});

/// What a script asks for without using what it is given, in a statement of its own: the module is to run at once.
pub fn for_effect(source: &str) -> impl Iterator<Item = &str> {
    let alone = |end: usize| {
        let rest = source[end..].trim_start_matches([' ', '\t', '\r']);
        rest.is_empty() || rest.starts_with([';', '}', '\n'])
    };
    let found = FIRST.captures_iter(source).filter(move |found| found.get(0).is_some_and(|all| alone(all.end())));
    found.filter_map(|found| found.iter().skip(1).flatten().next().map(|literal| literal.as_str()))
}

/// The literals, in the order of the text; some come more than once.
pub fn of(source: &str) -> impl Iterator<Item = &str> {
    ASKED.captures_iter(source).filter_map(|found| found.iter().skip(1).flatten().next().map(|literal| literal.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_both_kinds_of_modules() {
        let source = r#"
            const a = require("a"), b = require('./b'); var c = __importStar(require("@c/c/x"));
            import d, { e } from "d"; import 'f'; export * from "./g"; const h = await import("h"); import{i}from"i"
            require(name); import(`./${j}`); x.from("k")
        "#;
        assert_eq!(of(source).collect::<Vec<_>>(), ["a", "./b", "@c/c/x", "d", "f", "./g", "h", "i"]);
    }

    #[test]
    fn what_is_asked_for_without_being_used() {
        let source = "\"use strict\";require('a');\n  require(\"b\")\nconst c = require('c');\nrequire('d').e();\nf(require('f'));{require('g')};require('h');require('i').j;require('k');";
        assert_eq!(for_effect(source).collect::<Vec<_>>(), ["a", "b", "g", "h", "k"]);
    }
}
