//! What user code throws: words, lines and help.

use std::sync::Arc;
use std::time::Duration;

use expression::code::CodeValue;
use expression::{Limits, Session};
use serde_json::{Value, json};

use crate::support::{helpers, run, run_in, run_with};

#[test]
fn errors_carry_message_class_and_line() {
    for (source, item, message, name, line) in [
        ("throw new Error('my failure')", None, "my failure", "Error", Some(1)),
        ("const a=1;\n\nthrow new TypeError('third line')", None, "third line", "TypeError", Some(3)),
        ("throw 'plain text'", None, "\"plain text\"", "", None),
        ("return $('Nope').all()", None, "Referenced node doesn't exist", "Error", None),
        ("require('http')", None, "Module 'http' is disallowed [line 1]", "Error", None),
        ("return [{json: await this.helpers.httpRequest({url:'fail'})}]", None, "Request failed with status code 404", "AxiosError", None),
        ("const o={a:1};o.self=o;return [{json:o}]", None, "Unknown error", "", None),
        ("return [;", None, "Unexpected token ';'", "SyntaxError", None),
        ("const x = {}; x.y.z", None, "Cannot read properties of undefined (reading 'z')", "TypeError", Some(1)),
        ("nope()", None, "nope is not defined", "ReferenceError", Some(1)),
        ("const o = {a: 5};\nreturn o.a.map(x => x)", None, "o.a.map is not a function", "TypeError", Some(2)),
        ("return items[0].json.i.map(x => x)", None, "items[0].json.i.map is not a function", "TypeError", Some(1)),
        ("for (const x of null) {}", None, "null is not iterable", "TypeError", Some(1)),
        ("const o = {a: {}};\nreturn o.a.b(1)", None, "o.a.b is not a function", "TypeError", Some(2)),
    ] {
        let error = run(source, item).unwrap_err();
        assert_eq!((error.message.as_str(), error.name.as_str(), error.line), (message, name, line), "{source}");
    }
}

#[test]
fn names_that_are_not_there_and_circles_have_a_help() {
    for (source, help) in [
        ("const o = {}; o.self = o; return [{json: o}]", "refers to itself"),
        ("return [{json: {url: new URL('http://a')}}]", "no URL, nor has n8n's"),
        ("return [{json: structuredClone({})}]", "JSON.parse(JSON.stringify(data))"),
        ("await fetch('http://a')", "this.helpers.httpRequest"),
        ("new FormData()", "konverte's Code node has no FormData"),
    ] {
        let error = run(source, None).unwrap_err();
        assert!(error.help().is_some_and(|said| said.contains(help)), "{source}: {error:?}");
    }
    assert_eq!(run("return [{json: {toJSON() { throw 1 }}}]", None).unwrap_err().help(), None);
    assert_eq!(run("nope()", None).unwrap_err().help(), None);
}

/// What the engine does not tell is shown as it is written, and whole.
#[test]
fn what_in_looks_into_is_shown_as_it_is_written() {
    let source = "try { return 'id' in items[0].json.i } catch (error) { return error.message }";
    let shown = run_with(json!([{"i": 1}]), helpers(), Limits::default(), source);
    assert_eq!(shown, Ok(CodeValue::Json(json!("Cannot use 'in' operator to search for 'id' in items[0].json.i"))));
}

/// Each row of `v8_words.json` is code, and the message that V8 gives its error.
/// A search is a function in the place of the engine's, which it calls.
#[test]
fn a_search_stands_once_in_a_stack() {
    let source = "try { 'abc'.replace('b', () => { throw new Error('x') }) } catch (e) { return {lines: e.stack.split('\\n').slice(1)} }";
    let Ok(CodeValue::Json(value)) = run_in(&Arc::new(Session::new(Limits::default())), source, None, Duration::from_secs(5)).0 else { panic!() };
    let lines: Vec<&str> =
        value["lines"].as_array().unwrap().iter().filter_map(Value::as_str).map(|line| line.split([':', '(']).next().unwrap().trim()).collect();
    assert_eq!(lines, ["at code", "at replace", "at VmCodeWrapper", "at call"]);
}

#[test]
fn error_texts_have_the_words_of_v8() {
    let rows: Vec<(String, String)> = serde_json::from_str(include_str!("../v8_words.json")).unwrap();
    let session = Arc::new(Session::new(Limits::default()));
    let said = |source: &str| {
        let source = format!("try {{ {source}\n }} catch (e) {{ return {{m: e.message}} }}");
        match run_in(&session, &source, None, Duration::from_secs(5)).0 {
            Ok(CodeValue::Json(value)) => value["m"].as_str().unwrap_or_default().to_owned(),
            other => format!("{other:?}"),
        }
    };
    let differ: Vec<_> = rows.iter().map(|(source, words)| (source, words, said(source))).filter(|(_, words, said)| *words != said).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

/// Each row of `v8_lines.json` is code that fails, and the line of the first frame that V8 has a name for; none where that is not the code's.
#[test]
fn the_line_is_that_of_the_first_frame_with_a_name() {
    let rows: Vec<(String, Option<u32>)> = serde_json::from_str(include_str!("../v8_lines.json")).unwrap();
    let session = Arc::new(Session::new(Limits::default()));
    let said = |source: &str| {
        let given = format!("const $ = () => ({{first: () => ({{json: {{count: 1}}}})}}); const items = [{{json: {{i: 1}}}}]; {source}");
        run_in(&session, &given, None, Duration::from_secs(5)).0.map_err(|error| error.line)
    };
    let differ: Vec<_> = rows.iter().filter(|(source, line)| said(source) != Err(*line)).map(|(source, line)| (source, line, said(source))).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn one_line_of_a_message_is_kept() {
    for (thrown, message) in [("'first\\nsecond'", "first"), ("'ends: '", "ends:"), ("'\\nsecond'", "")] {
        let error = run(&format!("throw new Error({thrown})"), None).unwrap_err();
        assert_eq!((error.message.as_str(), error.line), (message, Some(1)), "{thrown}");
    }
}
