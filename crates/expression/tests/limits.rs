//! Expressions that loop, bomb memory, recurse or sit in a native call: they fail within their limit, and the next one is untouched.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use expression::scenario::{Defaults, scope};
use expression::{ErrorKind, Evaluated, Evaluator, ExpressionError, Isolates, Kind, Limits, PoolOptions, Session};
use node_sdk::Expression;
use serde_json::json;

fn evaluator(input: serde_json::Value) -> Evaluator {
    evaluator_for(input, Duration::from_millis(300))
}

fn evaluator_for(input: serde_json::Value, time: Duration) -> Evaluator {
    let limits = Limits { time, grace: Duration::from_millis(200), memory: 32 << 20, ..Limits::default() };
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits };
    Evaluator::new(Arc::new(Session::new(limits)), scope(&json!({ "input": input }), &defaults))
}

fn fails(evaluator: &Evaluator, source: &str) -> ExpressionError {
    let since = Instant::now();
    let error = evaluator.evaluate(&source.into(), 0, None).expect_err(source);
    assert!(since.elapsed() < Duration::from_secs(5), "{source} took {:?}", since.elapsed());
    assert_eq!(evaluator.evaluate(&"={{ $json.a * 2 }}".into(), 0, None).unwrap().value, json!(2), "after {source}");
    error
}

#[test]
fn endless_expressions_end() {
    let evaluator = evaluator(json!([{"a": 1}]));
    for source in [
        "={{ (() => { while (true) {} })() }}",
        "={{ (() => { for (;;) { try { while (true) {} } catch (e) {} } })() }}",
        "={{ new Array(2 ** 32 - 1).indexOf(1) }}",
        "={{ /(a+)+$/.test('a'.repeat(40) + 'b') }}",
        "=text {{ (() => { while (true) {} })() }}",
    ] {
        let error = fails(&evaluator, source);
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Timeout, "Expression timed out"), "{source}");
    }
}

/// In the engine alone each of them takes minutes.
#[test]
fn a_needle_that_almost_matches_is_found_missing_in_time() {
    let evaluator = evaluator_for(json!([{"a": 1}]), Duration::from_secs(5));
    for (source, expected) in [
        ("={{ 'a'.repeat(4e6).indexOf('a'.repeat(2e6) + 'b') }}", json!(-1)),
        ("={{ 'é'.repeat(1e6).lastIndexOf('b' + 'é'.repeat(5e5)) }}", json!(-1)),
        ("={{ '€'.repeat(1e6).includes('€'.repeat(5e5) + 'b', 7) }}", json!(false)),
        ("={{ 'a'.repeat(4e6).split('a'.repeat(2e6) + 'b').length }}", json!(1)),
        ("={{ 'a'.repeat(4e6).replace(['a'.repeat(2e6) + 'b'], 'x').length }}", json!(4_000_000)),
        ("={{ 'a'.repeat(4e6).replaceAll({toString: () => 'a'.repeat(1e6)}, '$&x').length }}", json!(4_000_004)),
    ] {
        assert_eq!(evaluator.evaluate(&source.into(), 0, None).unwrap().value, expected, "{source}");
    }
}

#[test]
fn memory_bombs_fail() {
    let evaluator = evaluator_for(json!([{"a": 1}]), Duration::from_secs(4));
    for source in [
        "={{ (() => { const a = []; for (;;) a.push('x'.repeat(1000) + a.length) })() }}",
        "={{ new Array(1e8).fill(7).map(x => ({x})) }}",
        "={{ [1].chunk(-1) }}",
        "={{ [...'a'.repeat(5000000)].join(',').replace(/a/g,'bb').length }}",
        "={{ 'x'.repeat(30000000).split('').sort().join('').length }}",
    ] {
        let error = fails(&evaluator, source);
        assert_eq!(error.message, "Expression exceeded memory limit", "{source}");
    }
}

/// What leaves the engine is no longer held by its limit: one text may stand in a thousand places, and a list may be longer than it is full.
#[test]
fn what_leaves_the_engine_is_counted() {
    let limits = Limits { time: Duration::from_secs(120), memory: 4 << 20, ..Limits::default() };
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits };
    let input = json!([{"a": 1, "list": vec!["x".repeat(1000); 1000]}]);
    let evaluator = Evaluator::new(Arc::new(Session::new(limits)), scope(&json!({ "input": input }), &defaults));
    for (value, marked_only) in [
        ("new Array(2 ** 30)", false),
        ("new Array(2 ** 31)", false),
        ("(() => { const a = []; a.length = 2 ** 32 - 1; return [[a]] })()", false),
        ("(() => { class A extends Array {} const a = new A(); a.length = 2 ** 31; return {a} })()", false),
        ("(() => { const a = []; a[4e8] = 1; return a })()", false),
        ("Array(400).fill('x'.repeat(1e6))", false),
        ("new Map([[1, Array(400).fill('x'.repeat(1e6))]])", true),
        ("(() => { let a = []; for (let i = 0; i < 28; i++) a = [a, a]; return a })()", false),
        ("(() => { let a = {}; for (let i = 0; i < 28; i++) a = {a, b: a}; return a })()", false),
        (
            "(() => { const wide = depth => depth ? ({get a() { return wide(depth - 1) }, get b() { return wide(depth - 1) } }) : 1; return wide(40) })()",
            false,
        ),
        ("Array(1e4).fill($json)", false),
        ("(() => { const list = $json.list; return Array(1e3).fill({list}) })()", false),
        ("Object.fromEntries(Array.from({length: 400}, (_, i) => ['x'.repeat(1e5) + i, 1]))", false),
    ] {
        let source = format!("={{{{ {value} }}}}");
        if !marked_only {
            let error = evaluator.evaluate(&Expression::new(source.as_str()), 0, None).expect_err(value);
            assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Memory, "Expression exceeded memory limit"), "{value}");
        }
        let line = evaluator.evaluate_marked(&Expression::new(source.as_str()), 0, None);
        assert_eq!(line["error"]["message"], "Expression exceeded memory limit", "{value}");
    }
    let text = format!("={}", "{{ 'x'.repeat(1e6) }}".repeat(20));
    assert_eq!(fails(&evaluator, &text).kind, ErrorKind::Memory);
}

#[test]
fn copying_a_value_out_takes_no_longer_than_its_time() {
    let evaluator = evaluator(json!([{"a": 1}]));
    for value in
        ["Array.from({length: 1e5}, () => new Date(0))", "({get a() { for (;;); } })", "({a: {get b() { for (;;) try { for (;;); } catch {} } } })"]
    {
        let error = fails(&evaluator, &format!("={{{{ {value} }}}}"));
        assert_eq!(error.kind, ErrorKind::Timeout, "{value}");
    }
}

/// Whatever a value says of itself, and whatever changes while it is copied.
#[test]
fn no_value_makes_a_panic() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let in_engine = std::thread::current().name().is_some_and(|name| name.starts_with("javascript"));
        PANICS.fetch_add(usize::from(in_engine), Ordering::SeqCst);
        before(info);
    }));
    let evaluator = evaluator_for(json!([{"a": 1, "o": {"b": [1, {"c": 2}]}}]), Duration::from_millis(50));
    let odd = [
        "new Array(2 ** 31)",
        "new Array(2 ** 32 - 1)",
        "(() => { const a = [1, 2]; a.length = 2 ** 31; return a })()",
        "(() => { class A extends Array { get length() { return 2 ** 40 } } return new A() })()",
        "Object.defineProperty(new Uint8Array(3), 'length', {value: 2 ** 40})",
        "Object.setPrototypeOf({length: 2 ** 33}, Array.prototype)",
        "(() => { const a = [1, 2, 3]; Object.defineProperty(a, 0, {get() { a.length = 0; return 1 } }); return a })()",
        "(() => { const a = [1, 2, 3]; Object.defineProperty(a, 0, {get() { a.push(1); return 1 } }); return a })()",
        "({get a() { delete this.b; this.c = this; return 1 }, b: 2})",
        "(() => { const o = $json.o; Object.defineProperty(o, 'x', {get() { delete o.b; o.y = o; return 1 }, enumerable: true}); return $json })()",
        "Object.assign(Object.create($json), {a: $json.o})",
        "Object.create(null)",
        "Object.create([1, 2])",
        "(() => { const e = new Error('x'); Object.defineProperty(e, 'message', {get() { throw e } }); throw e })()",
        "(() => { const e = new Error('x'); e.message = {toString() { throw 1 } }; e.stack = 5; throw e })()",
        "(() => { throw Symbol('x') })()",
        "(() => { throw Object.create(null) })()",
        "({toString() { throw null }, [Symbol.toPrimitive]: 1})",
        "new (class extends Date { getTime() { return 'x' } toISOString() { return 5 } })()",
        "new Date(NaN)",
        "new (class extends Map { entries() { return 1 } get size() { throw 1 } })([[1, 2]])",
        "new String('ab')",
        "Object(Symbol('x'))",
        "Object(10n)",
        "[-0, NaN, -Infinity, 2 ** 53, 1e300, 5e-324]",
        "'\\ud800'.repeat(5)",
        "({['\\udc00']: 1, [Symbol('x')]: 2, ['']: 3})",
        "[1, 2].sort(() => ({valueOf() { return NaN } }))",
        "[2, 1].sort((a, b) => 10n)",
        "(function () { return arguments })(1, 2)",
        "[,]",
    ];
    for value in odd {
        for source in [format!("={{{{ {value} }}}}"), format!("=text {{{{ {value} }}}}"), format!("={{{{ [{value}, {value}] }}}}")] {
            _ = evaluator.evaluate(&Expression::new(source.as_str()), 0, None);
            _ = evaluator.evaluate_marked(&Expression::new(source.as_str()), 0, None);
        }
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "{value}");
    }
}

#[test]
fn what_an_expression_throws_is_no_limit() {
    let evaluator = evaluator(json!([{"a": 1}]));
    for (thrown, message) in [("null", "null"), ("undefined", "undefined"), ("new Error('')", ""), ("''", "")] {
        let source = format!("={{{{ (() => {{ throw {thrown} }})() }}}}");
        let done = evaluator.evaluate(&Expression::new(source.as_str()), 0, None).unwrap();
        assert_eq!((done.kind, done.swallowed.as_deref()), (Kind::Undefined, Some(message)), "{source}");
    }
}

#[test]
fn recursion_is_swallowed_as_n8n_does() {
    let evaluator = evaluator(json!([{"a": 1}]));
    let deep = evaluator.evaluate(&"={{ (() => { const f = () => f(); return f() })() }}".into(), 0, None).unwrap();
    assert_eq!((deep.kind, deep.swallowed.as_deref()), (Kind::Undefined, Some("Maximum call stack size exceeded")));
    let circle = fails(&evaluator, "={{ (() => { const a = {}; a.a = a; return a })() }}");
    assert_eq!(circle.kind, ErrorKind::Evaluation);
    let nested = format!("={{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(fails(&evaluator, &nested).kind, ErrorKind::Syntax);
}

/// Where nothing counts how deep it is, the process ends. The stack is that of a thread that checks files, 2 MiB; frames of a build for
/// tests are larger.
#[test]
fn text_that_nests_without_end_is_an_error() {
    const DEEP: usize = 100_000;
    let nested = |open: &str, middle: &str, close: &str| format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP));
    let body = |statements: String| format!("={{{{ (() => {{{statements}}})() }}}}");
    let too_deep = [
        body(nested("{", "", "}")),
        body(nested("if(1)", "1", "")),
        body(nested("while(1)", "1", "")),
        body(nested("do ", "1", " while(0)")),
        body(nested("for(;;)", "1", "")),
        body(nested("a:", "1", "")),
        body(nested("if(0){}else{", "", "}")),
        body(nested("try{", "", "}catch{}")),
        body(nested("switch(1){case 1:", "", "}")),
        body(nested("function f(){", "", "}")),
        body(format!("let {}=1", nested("[", "a", "]"))),
        body(nested("class A extends ", "A", "{}")),
        body(nested("class A {static{", "", "}}")),
        body(nested("class A {a=", "1", "}")),
        format!("={{{{ (({}) => 1)([]) }}}}", nested("[", "a", "]")),
        format!("={{{{ (({}) => 1)([]) }}}}", nested("{a:", "a", "}")),
        format!("={{{{ (({}) => 1)([]) }}}}", nested("{[", "a", "]:b}")),
        format!("={{{{ {} }}}}", nested("new ", "Date", "")),
        format!("={{{{ [{}] }}}}", nested("class extends ", "A", "{}")),
        format!("={{{{ {} }}}}", nested("`${", "1", "}`")),
        format!("={{{{ {} }}}}", nested("(()=>{", "", "})()")),
        format!("={{{{ {} }}}}", nested("[", "1", "]")),
        format!("={{{{ {} }}}}", nested("a=>", "1", "")),
        format!("={{{{ 1; {} }}}}", nested("{", "", "}")),
    ];
    let look = move || {
        for source in &too_deep {
            let error = expression::check(source).expect_err(&source[..60]);
            assert_eq!((error.kind, error.detail.as_deref()), (ErrorKind::Syntax, Some("nested too deep")), "{}", &source[..60]);
        }
    };
    let stack = if cfg!(debug_assertions) { 4 << 20 } else { 2 << 20 };
    std::thread::Builder::new().stack_size(stack).spawn(look).unwrap().join().unwrap();
}

/// Long is not deep: code that a machine wrote.
#[test]
fn long_chains_are_fine() {
    let evaluator = evaluator(json!([{"a": 1}]));
    let branches: String = (0..500).map(|i| format!("if ($json.a === {} - 498) {{ return {i} }} else ", i)).collect();
    let source = format!("={{{{ (() => {{ {branches} {{ return -1 }} }})() }}}}");
    assert_eq!(evaluator.evaluate(&Expression::new(source.as_str()), 0, None).unwrap().value, json!(499));
    let choices: String = (0..500).map(|i| format!("$json.a === {i} - 498 ? {i} : ")).collect();
    assert_eq!(evaluator.evaluate(&Expression::new(format!("={{{{ {choices} -1 }}}}")), 0, None).unwrap().value, json!(499));
}

#[test]
fn text_out_of_data_that_nests_without_end_is_an_error() {
    let evaluator = evaluator(json!([{"a": 1}]));
    let source = "={{ $evaluateExpression('{{ (()=>{' + '{'.repeat(1e5) + '}'.repeat(1e5) + '})() }' + '}') }}";
    let error = fails(&evaluator, source);
    assert!(error.message.contains("invalid syntax"), "{error:?}");
}

/// Texts that were evaluated once are not kept for good.
#[test]
fn ever_new_texts_do_not_fill_the_memory() {
    let items: Vec<_> = (0..3000).map(|i| json!({"a": 1, "i": i})).collect();
    let evaluator = evaluator_for(json!(items), Duration::from_secs(4));
    let source = Expression::from("={{ $evaluateExpression('{{ 1 /*' + 'x'.repeat(20000) + '*/ + ' + $json.i + ' }' + '}') }}");
    for i in 0..3000 {
        assert_eq!(evaluator.evaluate(&source, i, None).unwrap().value, json!(i + 1));
    }
}

/// To the engine `<!--` begins a comment, to our parser two operators: what it reads as a comment after it would run unseen.
#[test]
fn nothing_hides_behind_a_comment_of_html() {
    let evaluator = evaluator(json!([{"a": 1}]));
    let hidden = "={{ (b => 1 <!--/*\n, [].map['constructor'], Math.max = () => 9 //*/ b\n)(1) }}";
    assert_eq!(fails(&evaluator, hidden).kind, ErrorKind::Syntax);
    assert_eq!(evaluator.evaluate(&"={{ Math.max(1, 2) }}".into(), 0, None).unwrap().value, json!(2));
    assert_eq!(evaluator.evaluate(&"={{ 1 < !--$json.a }}".into(), 0, None).unwrap().value, json!(false));
}

#[test]
fn a_stuck_item_does_not_harm_its_neighbours() {
    let items: Vec<_> = (0..40).map(|i| json!({"a": 1, "i": i})).collect();
    let evaluator = evaluator(json!(items));
    let source =
        Expression::from("={{ $json.i === 30 ? (() => { while (true) {} })() : $json.i === 33 ? new Array(2 ** 32 - 1).indexOf(1) : $json.i + 1 }}");
    for i in 0..40 {
        let result = evaluator.evaluate(&source, i, None);
        match i {
            30 | 33 => assert_eq!(result.unwrap_err().kind, ErrorKind::Timeout, "{i}"),
            _ => assert_eq!(result.unwrap(), Evaluated { value: json!(i + 1), kind: Kind::Json, swallowed: None }),
        }
    }
}

/// Whoever waits is told to stop long before the time limit: an item that waits for another has no value then.
#[test]
fn a_stuck_item_ahead_keeps_nobody_waiting() {
    let items: Vec<_> = (0..40).map(|i| json!({"a": 1, "i": i})).collect();
    let limits = Limits { time: Duration::from_secs(600), memory: 32 << 20, ..Limits::default() };
    let end = Instant::now() + Duration::from_millis(2500);
    let isolates = Arc::new(Isolates::new(limits, PoolOptions::default()));
    let admission = isolates.admitted();
    let session = Session::of(isolates, Arc::new(move || Instant::now() >= end), admission);
    let scope = scope(&json!({ "input": items }), &Defaults { timezone: "UTC".into(), now: 0, limits });
    let evaluator = Evaluator::new(Arc::new(session), scope);
    let source = Expression::from("={{ $json.i === 30 ? new Array(2 ** 32 - 1).indexOf(1) : $json.i + 1 }}");
    for i in (0..30).chain(31..40) {
        assert_eq!(evaluator.evaluate(&source, i, None).unwrap().value, json!(i + 1), "{i}");
    }
    assert_eq!(evaluator.evaluate(&source, 30, None).unwrap_err().kind, ErrorKind::Timeout);
}

#[test]
fn data_is_never_evaluated() {
    let evaluator = evaluator(json!([{"a": 1, "text": "={{ 1 + 1 }}", "constructor": 5, "__proto__": {"x": 1}}]));
    for (source, expected) in [
        ("={{ $json.text }}", json!("={{ 1 + 1 }}")),
        ("=a {{ $json.text }}", json!("a ={{ 1 + 1 }}")),
        ("={{ $json.text + $json.text.length }}", json!("={{ 1 + 1 }}12")),
        ("={{ Object.keys($json) }}", json!(["a", "text", "constructor", "__proto__"])),
        ("={{ JSON.stringify({...$json}) }}", json!(r#"{"a":1,"text":"={{ 1 + 1 }}","constructor":5,"__proto__":{"x":1}}"#)),
    ] {
        assert_eq!(evaluator.evaluate(&source.into(), 0, None).unwrap().value, expected, "{source}");
    }
}

#[test]
fn nothing_leads_out_of_the_sandbox() {
    let evaluator = evaluator(json!([{"a": 1}]));
    for source in [
        "={{ (() => 1)['const' + 'ructor']('return 1')() }}",
        "={{ [][['constructor']] }}",
        "={{ (() => { const {constructor: c} = () => 1; return c('return this')() })() }}",
        "={{ (({['__pro' + 'to__']: p}) => p)([]) }}",
    ] {
        assert_eq!(fails(&evaluator, source).kind, ErrorKind::Expression, "{source}");
    }
    for source in [
        "={{ (function () { return this === globalThis || this.Object })() }}",
        "={{ typeof eval + typeof Function + typeof require }}",
        "={{ (() => { try { return Object.entries({})['map'].call.apply(eval, ['1']) } catch (e) { return 'no' } })() }}",
        "={{ __kv_x }}",
        "={{ [1].map(function () { return typeof this.Object })[0] }}",
        "={{ ({m() { return typeof this.Object }} ).m.call() }}",
    ] {
        let shown = format!("{:?}", evaluator.evaluate(&source.into(), 0, None));
        assert!(!shown.contains("function") && !shown.contains("native code"), "{source}: {shown}");
    }
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    let evaluator = evaluator(json!([{"a": 1}]));
    assert_eq!(evaluator.evaluate(&"={{ '\\ud83d' + 'x' }}".into(), 0, None).unwrap().value, json!("\u{fffd}x"));
    assert_eq!(evaluator.evaluate(&"={{ ({['\\ud83d']: '\\udc00'}) }}".into(), 0, None).unwrap().value, json!({"\u{fffd}": "\u{fffd}"}));
}

#[test]
fn our_own_javascript_is_not_shown() {
    let error = evaluator(json!([{"a": 1}])).evaluate(&"={{ Math.random }}".into(), 0, None).expect_err("a function is no data");
    assert!(error.message.contains("[native code]") && !error.message.contains("H."), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("no data")), "{error:?}");
}

#[test]
fn what_only_the_engine_refuses_is_a_syntax_error_with_its_place() {
    let evaluator = evaluator(json!([{"a": 1}]));
    for source in ["=a {{ super.x }}".to_owned(), "=a {{ /a/gg }}".to_owned(), format!("=a {{{{ {}1 }}}}", "!".repeat(100_000))] {
        let error = fails(&evaluator, &source);
        assert_eq!((error.code().as_str(), error.offset), ("KV0303", Some(5)), "{error:?}");
    }
}
