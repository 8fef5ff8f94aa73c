//! Time, memory and requests of user code.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use expression::code::{CodeLimit, CodeValue, Helper, HelperFuture};
use expression::{Demand, Isolates, Limits, PoolOptions, Session};
use serde_json::{Value, json};

use crate::support::{helpers, run_for, run_in, run_with, slow_helpers};

/// Everyday sizes: 50 MB of items go through as they are.
#[test]
fn many_items_fit() {
    let items: Vec<_> = (0..50_000).map(|i| json!({"i": i, "text": "x".repeat(1000)})).collect();
    match run_with(json!(items), helpers(), Limits::default(), "return $input.all()") {
        Ok(CodeValue::Json(value)) => assert_eq!((value.as_array().unwrap().len(), &value[49_999]["json"]["i"]), (50_000, &json!(49_999))),
        other => panic!("{other:?}"),
    }
}

const OUT_OF_MEMORY: (Option<CodeLimit>, &str) = (Some(CodeLimit::Memory), "The code exceeded its memory limit");

#[test]
fn memory_is_told_from_null() {
    let session = || Arc::new(Session::new(Limits { code_memory: 32 << 20, ..Limits::default() }));
    let run = |source: &str, item| run_in(&session(), source, item, Duration::from_secs(5)).0;
    let bomb = "const a = []; for (;;) a.push('x'.repeat(1000) + a.length)";
    let returned = "let text = 'x'; for (let i = 0; i < 24; i++) text += text; return [{json: {text}}]";
    let wrapped = [&format!("if (!items) throw new Error('none'); {bomb}"), &format!("await Promise.all([1].map(async () => {{ {bomb} }}))")];
    for source in [bomb, wrapped[0], wrapped[1], returned] {
        let error = run(source, None).unwrap_err();
        assert_eq!((error.limit, error.message.as_str()), OUT_OF_MEMORY, "{source}");
    }
    for (source, message) in
        [("throw null", "null"), ("throw undefined", "undefined"), ("await Promise.reject(null)", "null"), ("throw new Error('')", "")]
    {
        let error = run(source, None).unwrap_err();
        assert_eq!((error.limit, error.message.as_str()), (None, message), "{source}");
    }
}

/// What the engine holds once may leave it a thousand times.
#[test]
fn what_leaves_is_counted() {
    let limits = Limits { code_memory: 10 << 20, ..Limits::default() };
    let run = |source: &str| run_in(&Arc::new(Session::new(limits)), source, None, Duration::from_secs(60)).0;
    let text = "const text = 'x'.repeat(1e6);";
    for source in [
        "return new Array(2 ** 31)",
        "return [{json: {list: new Array(2 ** 30)}}]",
        "let a = []; for (let i = 0; i < 28; i++) a = [a, a]; return [{json: {a}}]",
        "let a = {}; for (let i = 0; i < 28; i++) a = {a, b: a}; return [{json: a}]",
        "const many = n => n ? {toJSON: () => [many(n - 1), many(n - 1)]} : 1; return [{json: {a: many(40)}}]",
        "return [{json: {list: new Proxy([], {get: (_, key) => (key === 'length' ? 2 ** 31 : 'x')})}}]",
        &format!("{text} return Array(400).fill({{json: {{text}}}})"),
        &format!("{text} $getWorkflowStaticData('global').all = Array(400).fill(text); return []"),
        &format!("{text} await this.helpers.httpRequest({{url: 'x', body: Array(400).fill(text)}})"),
    ] {
        let error = run(source).unwrap_err();
        assert_eq!((error.limit, error.message.as_str()), OUT_OF_MEMORY, "{source}");
    }
    let calls = format!("{text} await Promise.all(Array.from({{length: 400}}, () => this.helpers.httpRequest(text)))");
    let error = run_with(json!([{}]), slow_helpers(Duration::from_secs(60)).0, limits, &calls).unwrap_err();
    assert_eq!((error.limit, error.message.as_str()), OUT_OF_MEMORY);
}

#[test]
fn static_data_that_does_not_end_is_given_up() {
    let session = Arc::new(Session::new(Limits::default()));
    let source = "$getWorkflowStaticData('global').a = {toJSON() { for (;;); }}; return []";
    let error = run_in(&session, source, None, Duration::from_millis(300)).0.unwrap_err();
    assert_eq!(error.limit, Some(CodeLimit::Time), "{error:?}");
}

#[test]
fn code_that_does_not_come_back_is_given_up() {
    let session = Arc::new(Session::new(Limits { time: Duration::from_millis(100), grace: Duration::from_millis(100), ..Limits::default() }));
    let limit = Duration::from_millis(300);
    for (source, ended) in [
        ("while (true) {}", CodeLimit::Time),
        ("new Array(2 ** 32 - 1).indexOf(1)", CodeLimit::Time),
        ("await new Promise(() => {})", CodeLimit::Unsettled),
    ] {
        let since = Instant::now();
        let error = run_in(&session, source, None, limit).0.unwrap_err();
        assert_eq!(error.limit, Some(ended), "{source}: {error:?}");
        assert!(error.help().is_some_and(|help| help.contains("promise") == (ended == CodeLimit::Unsettled)), "{source}: {error:?}");
        assert!(since.elapsed() < Duration::from_secs(3), "{source}");
        let (after, _) = run_in(&session, "return 1", None, limit);
        assert_eq!(after, Ok(CodeValue::Json(json!(1))));
    }
}

/// Each object of a chain of prototypes takes some of the stack.
#[test]
fn a_long_chain_of_prototypes_is_an_error() {
    let items: Vec<_> = (0..2000).map(|i| json!({ "i": i })).collect();
    let source = "for (let i = 1; i < items.length; i++) items[i].json.__proto__ = items[i - 1].json; return items[1999].json.nope";
    let error = run_with(json!(items), helpers(), Limits::default(), source).unwrap_err();
    assert_eq!(error.message, "Maximum call stack size exceeded");
}

#[test]
fn helpers_take_turns() {
    let (helper, counts) = slow_helpers(Duration::from_millis(20));
    let source = "return Promise.all(Array.from({length: 300}, (_, i) => this.helpers.httpRequest(i)))";
    let expected: Vec<_> = (0..300).collect();
    assert_eq!(run_with(json!([{}]), helper, Limits::default(), source), Ok(CodeValue::Json(json!(expected))));
    assert_eq!(*counts.lock().unwrap(), (0, 64));
}

/// n8n's main process has the requests before the code ends, so they are sent.
#[test]
fn what_is_called_and_not_waited_for_is_done() {
    for (end, ended) in [("return 1", true), ("throw new Error('no')", false)] {
        let (helper, counts) = slow_helpers(Duration::from_millis(20));
        let calls = Arc::new(Mutex::new(0));
        let made = calls.clone();
        let counting: Helper = Arc::new(move |name: &str, args: Value| {
            *made.lock().unwrap() += 1;
            helper(name, args)
        });
        let source = format!("[...Array(100).keys()].forEach(async i => {{ await null; await this.helpers.httpRequest(i) }}); {end}");
        assert_eq!(run_with(json!([{}]), counting, Limits::default(), &source).is_ok(), ended);
        assert_eq!((*calls.lock().unwrap(), counts.lock().unwrap().0), (100, 0));
    }
}

/// While code waits, what it holds is not there for others.
#[test]
fn code_that_waits_is_charged_for_what_it_holds() {
    let limits = Limits::default();
    let isolates = Arc::new(Isolates::new(limits, PoolOptions { memory: 16 << 20, ..PoolOptions::default() }));
    let slow = slow_helpers(Duration::from_millis(100)).0;
    let ask = isolates.clone();
    let helper: Helper = Arc::new(move |name: &str, args: Value| -> HelperFuture {
        let (answer, isolates) = (slow(name, args), ask.clone());
        Box::pin(async move {
            answer.await?;
            let mut admitted = std::pin::pin!(isolates.admit(Demand { isolates: 1 }));
            let at_once = admitted.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
            Ok(json!(at_once))
        })
    });
    for (held, at_once) in [("[]", true), ("Array.from({length: 400000}, (_, i) => `text ${i} that stays`)", false)] {
        let session = Arc::new(Session::of(isolates.clone(), Arc::new(|| false), isolates.admitted()));
        let source = format!("const held = {held}; const free = await this.helpers.httpRequest(1); return {{free, held: held.length}}");
        let done = run_for(&session, json!([{}]), helper.clone(), &source);
        let Ok(CodeValue::Json(value)) = done else { panic!("{done:?}") };
        assert_eq!(value["free"], json!(at_once), "{held}");
    }
}

#[test]
fn waiting_for_timers_alone_ends() {
    let limits = Limits { code_idle: Duration::from_millis(300), ..Limits::default() };
    let slow = || slow_helpers(Duration::from_millis(600)).0;
    let since = Instant::now();
    let error = run_with(json!([{}]), slow(), limits, "setInterval(() => {}, 50); await new Promise(() => {})").unwrap_err();
    assert!(error.limit == Some(CodeLimit::Timers) && error.message.starts_with("Task execution timed out"), "{error:?}");
    let error = run_with(json!([{}]), slow(), limits, "await new Promise(done => setTimeout(done, 1e6))").unwrap_err();
    assert!(error.limit == Some(CodeLimit::Timers) && since.elapsed() < Duration::from_secs(5), "{error:?}");
    let done = run_with(json!([{}]), slow(), limits, "setInterval(() => {}, 50); return this.helpers.httpRequest(7)");
    assert_eq!(done, Ok(CodeValue::Json(json!(7))));
}
