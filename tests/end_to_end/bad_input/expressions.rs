//! Expressions and user code: errors, and limits that hold.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Said, at, canceled, run, text};
use crate::support::{Folder, chain, konverte, set};

#[test]
fn a_syntax_error_points_into_the_string() {
    let workflow = chain(&[set("A", "x", "=Dear {{ $json. }}!"), set("B", "y", "1")]);
    let ran = run(&workflow, &[]);
    let place = at(&workflow, "=Dear {{ $json. }}", 0);
    let column = |at: &str| at.rsplit(':').next().and_then(|column| column.parse::<usize>().ok()).unwrap_or_default();
    let error = ran.failed(&Said { code: "KV0303", words: &["invalid syntax"], ..Said::default() });
    assert_eq!((&error["node"], &error["item"]), (&json!("A"), &json!(0)));
    assert!(text(&error["parameter"]).starts_with("assignments"), "{error}");
    assert_eq!(ran.json()["executionOrder"], json!(["Start", "A"]), "it runs until there");
    let blocked = run(&workflow, &["--strict"]);
    blocked.blocked(3, &Said { code: "KV0106", words: &["\"A\"", "syntax error"], ..Said::default() });
    let message: Value = serde_json::from_str(blocked.stderr.lines().next().expect("a line")).expect("JSON");
    let (start, found) = (column(&place), column(text(&message["at"])));
    assert!((start + 9..start + 18).contains(&found), "inside of the braces: {message}");
    assert_eq!(column(text(&error["at"])), found, "the run points there too: {error}");
    // The node's settings decide, as for every other failure.
    let mut goes_on = workflow;
    goes_on["nodes"][1]["onError"] = "continueRegularOutput".into();
    let ran = run(&goes_on, &[]);
    assert_eq!((ran.code, &ran.json()["executionOrder"]), (0, &json!(["Start", "A", "B"])));
}

#[test]
fn what_n8n_swallows_is_said_once_for_a_node_and_strict_makes_it_an_error() {
    let workflow = chain(&[set("A", "x", "={{ $json.a.b }}"), set("B", "y", "={{ $json.no.thing }}")]);
    let ran = run(&workflow, &["--input", r#"[{"a": {"b": "1"}}, {}, {}]"#]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("reading 'b'").count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.lines().any(|line| line.contains("\\\"A\\\"") && line.contains("item 1") && line.contains("Cannot read properties of undefined")),
        "{}",
        ran.stderr
    );
    let notice = ran.stderr.lines().find(|line| line.contains("reading 'b'")).expect("a line");
    assert!(notice.contains("KV0306") && notice.contains("assignments.assignments.0.value") && notice.contains("goes on without it"), "{notice}");
    assert_eq!(ran.stderr.matches("reading 'thing'").count(), 1, "each node by itself: {}", ran.stderr);
    let strict = run(&workflow, &["--strict", "--input", r#"[{"a": {"b": "1"}}, {}, {}]"#]);
    let error = strict.failed(&Said { words: &["Cannot read properties of undefined (reading 'b')"], ..Said::default() });
    assert_eq!((&error["node"], &error["item"]), (&json!("A"), &json!(1)));
    let undefined = chain(&[set("A", "x", "=Dear {{ $json.nobody }}")]);
    assert_eq!(run(&undefined, &[]).code, 0);
    run(&undefined, &["--strict"]).failed(&Said { words: &["undefined"], ..Said::default() });
}

/// Expressions that reach a limit.
const BOMBS: [(&str, &str); 4] = [
    ("loops", "(() => { while (true) {} })()"),
    ("recurses", "(() => { const f = () => f() + 1; return f() })()"),
    ("takes memory", "(() => { const a = []; while (true) a.push('x'.repeat(1e6)) })()"),
    ("sits in a native call", "[].join.call({ length: 9e15 }, '')"),
];

#[test]
fn an_expression_fails_within_its_limit_and_the_next_one_is_untouched() {
    let tried = BOMBS.map(|(what, bomb)| {
        std::thread::spawn(move || {
            let mut workflow = chain(&[set("Bad", "x", &format!("={{{{ {bomb} }}}}")), set("Next", "y", "={{ [1, 2].map(n => n + 1).join() }}")]);
            workflow["nodes"][1]["onError"] = "continueRegularOutput".into();
            let start = Instant::now();
            let ran = run(&workflow, &[]);
            assert_eq!(ran.code, 0, "{what}: {}", ran.stderr);
            let result = ran.json();
            assert_eq!(result["nodes"]["Next"]["runs"][0]["outputs"][0][0]["json"]["y"], "2,3", "{what}");
            // 5 s for one evaluation; the rest is for a machine that does other things too.
            assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
            let failed = &result["nodes"]["Bad"]["runs"][0]["error"];
            assert!(
                what == "recurses" || !failed.is_null() || result["nodes"]["Bad"]["runs"][0]["outputs"].to_string().contains("error"),
                "{what}: {result}"
            );
        })
    });
    tried.into_iter().for_each(|thread| thread.join().expect("holds"));
}

#[test]
fn the_node_of_a_bomb_is_named_with_its_parameter_and_item() {
    let workflow = chain(&[set("A", "x", &format!("={{{{ {} }}}}", BOMBS[2].1))]);
    let error = run(&workflow, &[]).failed(&Said { code: "KV0304", words: &["memory limit"], ..Said::default() });
    assert_eq!((&error["node"], &error["item"]), (&json!("A"), &json!(0)));
}

#[test]
fn the_time_out_holds_whatever_user_code_does() {
    let code = |script: &str| json!({"name": "A", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": script}});
    let loops = format!("return [{{json: {{x: {}}}}}]", BOMBS[0].1);
    let sits = format!("return [{{json: {{x: {}}}}}]", BOMBS[3].1);
    let nodes =
        [set("A", "x", &format!("={{{{ {} }}}}", BOMBS[0].1)), set("A", "x", &format!("={{{{ {} }}}}", BOMBS[3].1)), code(&loops), code(&sits)];
    let tried = nodes.map(|node| {
        std::thread::spawn(move || {
            let start = Instant::now();
            let ran = run(&chain(std::slice::from_ref(&node)), &["--timeout", "500ms"]);
            assert!(start.elapsed() < Duration::from_secs(20), "{node}: {:?}", start.elapsed());
            canceled(&ran, 5, "KV0203");
        })
    });
    tried.into_iter().for_each(|thread| thread.join().expect("holds"));
}

#[test]
fn there_is_no_way_out_of_an_expression() {
    for expression in ["process.env.PATH", "require('fs')", "globalThis.std", "import('fs')", "({}).constructor.constructor('return process')()"] {
        let ran = run(&chain(&[set("A", "x", &format!("={{{{ {expression} }}}}"))]), &[]);
        assert!(!ran.stdout.contains("/usr/bin"), "{expression}: {}", ran.stdout);
    }
}

#[test]
fn what_only_the_engine_refuses_is_found_by_check_and_by_strict() {
    let folder = Folder::new();
    for (expression, words) in [
        ("(() => { let a = 1; let a = 2 })()", "redefinition"),
        ("/(/.test('b')", "expecting ')'"),
        ("(() => { break })()", "break must be inside loop"),
    ] {
        let workflow = chain(&[set("Set", "a", &format!("={{{{ $json.x }}}} {{{{ {expression} }}}}"))]);
        let place = at(&workflow, &format!(" {expression} }}}}"), 0);
        let said = Said { code: "KV0106", at: &place, words: &[words], ..Said::default() };
        run(&workflow, &["--strict"]).blocked(3, &said);
        let ran = run(&workflow, &[]);
        ran.failed(&Said { code: "KV0303", at: &place, ..Said::default() });
        let checked = konverte(&["check", &folder.workflow(&workflow), "--format", "json"]);
        let found = checked.lines();
        assert_eq!((checked.code, found.len(), &found[0]["code"]), (3, 1, &json!("KV0106")), "{found:#?}");
    }
}
