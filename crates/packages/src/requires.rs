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
}
