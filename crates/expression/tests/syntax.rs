//! Syntax errors of user code have V8's words: each row of `syntax.json` is a text and what V8 says of it in n8n's wrapping (null: nothing).

#![allow(clippy::unwrap_used, reason = "tests")]

use expression::code::check;

#[test]
fn syntax_errors_have_the_words_of_v8() {
    let rows: Vec<(String, Option<String>)> = serde_json::from_str(include_str!("syntax.json")).unwrap();
    let said = |source: &str| check(source).err().map(|error| error.message);
    let differ: Vec<_> = rows.iter().map(|(source, words)| (source, words, said(source))).filter(|(_, words, said)| *words != said).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn syntax_errors_have_a_place() {
    for (source, rest) in [("retrun 1", "1"), ("const a = 1;\n\nconst b = ;", ";"), ("const é = 'é';\nfoo(é é)", "é)"), ("if (x) {", "")] {
        let at = check(source).unwrap_err().offset.unwrap();
        assert_eq!(&source[at..], rest, "{source}");
    }
}

#[test]
fn nothing_runs_that_is_only_looked_at() {
    assert_eq!(check("while (true) {}"), Ok(()));
    assert_eq!(check("}(); while (true) {}; x = async function () {"), Ok(()));
}

/// Checks share an engine, and what one code declares there is not said of another.
#[test]
fn code_that_ends_the_function_around_it_is_checked_by_itself() {
    for _ in 0..3 {
        assert_eq!(check("}(); let a = 1; x = async function () {"), Ok(()));
        assert!(check("let a = 1; let a = 2").is_err());
        assert_eq!(check("let a = 1"), Ok(()));
    }
}
