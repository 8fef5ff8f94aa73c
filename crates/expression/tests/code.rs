//! User code of Code nodes: what it sees, returns and throws, and that it cannot hold up its caller.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use expression::code::{self, CodeError, CodeRun, CodeValue, Helper, HelperFuture};
use expression::scenario::{Defaults, scope};
use expression::{Limits, Session};
use node_sdk::async_trait;
use node_sdk::ports::Clock;
use serde_json::{Value, json};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Real time, without a runtime: a thread wakes who sleeps.
struct RealClock(Instant);

#[async_trait]
impl Clock for RealClock {
    fn now_millis(&self) -> i64 {
        0
    }

    async fn sleep(&self, duration: Duration) {
        let end = Instant::now() + duration;
        std::future::poll_fn(|cx| {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Poll::Ready(());
            }
            let waker = cx.waker().clone();
            thread::spawn(move || {
                thread::sleep(left);
                waker.wake();
            });
            Poll::Pending
        })
        .await;
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Helpers: `httpRequest` echoes or fails; everything else is refused.
fn helpers() -> Helper {
    Arc::new(|name: &str, args: Value| -> HelperFuture {
        let name = name.to_owned();
        Box::pin(async move {
            match (name.as_str(), args[0]["url"].as_str()) {
                ("httpRequest", Some("fail")) => Err(json!({"message": "Request failed with status code 404", "name": "AxiosError", "status": 404})),
                ("httpRequest", Some("bytes")) => Ok(json!({"$buffer": "aGVsbG8="})),
                ("httpRequest", _) => Ok(json!({"sent": args[0]})),
                _ => Err(json!({"message": format!("{name} is not supported")})),
            }
        })
    })
}

fn run_in(session: &Arc<Session>, source: &str, item: Option<usize>, time: Duration) -> (Result<CodeValue, CodeError>, Vec<String>) {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = lines.clone();
    let run = CodeRun {
        source: source.into(),
        item,
        scope: scope(&json!({"input": [{"i": 0}, {"i": 1}, {"i": 2}]}), &defaults),
        helpers: helpers(),
        console: Arc::new(move |_: &str, text: &str| log.lock().unwrap().push(text.into())),
        time,
        clock: Arc::new(RealClock(Instant::now())),
    };
    let result = block_on(code::run(session, run)).map(|ran| ran.value);
    let lines = lines.lock().unwrap().clone();
    (result, lines)
}

fn run(source: &str, item: Option<usize>) -> Result<CodeValue, CodeError> {
    run_in(&Arc::new(Session::new(Limits::default())), source, item, Duration::from_secs(5)).0
}

fn json_of(source: &str, item: Option<usize>) -> Value {
    match run(source, item) {
        Ok(CodeValue::Json(value)) => value,
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn returns_what_n8n_passes_on() {
    for (source, item, expected) in [
        ("return [{json:{a:1}}]", None, json!([{"json": {"a": 1}}])),
        ("return items.map(x=>({json:{v:x.json.i+1}}))", None, json!([{"json": {"v": 1}}, {"json": {"v": 2}}, {"json": {"v": 3}}])),
        ("return items.reverse()[0]", None, json!({"json": {"i": 2}, "pairedItem": {"item": 2}})),
        ("$input.item.json.x=1; return $input.item", Some(1), json!({"json": {"i": 1, "x": 1}, "pairedItem": {"item": 1}})),
        ("return {ix:$itemIndex, pi:$input.item.pairedItem, same: item === $input.item}", Some(2), json!({"ix": 2, "pi": {"item": 2}, "same": true})),
        ("const v=await new Promise(r=>setTimeout(()=>r(7),5)); return {v}", None, json!({"v": 7})),
        (
            "return {d:new Date(Date.UTC(2024,0,2)),m:new Map([[1,2]]),u:undefined,n:NaN,f:()=>1,r:/x/g,b:10n}",
            None,
            json!({"d": "2024-01-02T00:00:00.000Z", "m": {}, "n": null, "r": {}, "b": "10"}),
        ),
        (
            "return {b:Buffer.from('hé').toString('base64'),l:Buffer.from('aGk=','base64').toString(),t:typeof btoa,p:typeof process,f:typeof fetch,u:typeof URL}",
            None,
            json!({"b": "aMOp", "l": "hi", "t": "function", "p": "undefined", "f": "undefined", "u": "undefined"}),
        ),
        ("return {n:$input.all().length,f:$input.first().json.i,l:$input.last().json.i,j:$json.i}", None, json!({"n": 3, "f": 0, "l": 2, "j": 0})),
        (
            "return {all:$('Source').all().map(x=>x.json.i), first:$('Source').first().json.i, node:$node['Source'].json.i}",
            None,
            json!({"all": [0, 1, 2], "first": 0, "node": 0}),
        ),
        ("const r = await this.helpers.httpRequest({url:'x', body:[1]}); return r", None, json!({"sent": {"url": "x", "body": [1]}})),
        (
            "const r = await helpers.httpRequest({url:'bytes'}); return {b:Buffer.isBuffer(r), t:r.toString(), l:r.length}",
            None,
            json!({"b": true, "t": "hello", "l": 5}),
        ),
        (
            "const r = await Promise.all([1,2].map(n => this.helpers.httpRequest({url:String(n)}))); return r.map(x => x.sent.url)",
            None,
            json!(["1", "2"]),
        ),
        (
            "try { await this.helpers.httpRequest({url:'fail'}) } catch (e) { return {n:e.name, m:e.message, k:Object.keys(e).sort(), i:e instanceof Error} }",
            None,
            json!({"n": "AxiosError", "m": "Request failed with status code 404", "k": ["message", "name", "status"], "i": true}),
        ),
        ("try { null.x } catch (e) { return {m:e.message} }", None, json!({"m": "Cannot read properties of null (reading 'x')"})),
        (
            "const b = Buffer.alloc(4); b.writeUInt32BE(258); return {b: [...b], n: b.readUInt16BE(2), i: Buffer.from('hello').indexOf('llo'), h: Buffer.from('aé').includes('é')}",
            None,
            json!({"b": [0, 0, 1, 2], "n": 258, "i": 2, "h": true}),
        ),
        (
            "try { this.helpers.getSSHClient() } catch (e) { return {m: e.message, s: await this.helpers.binaryToString(Buffer.from('é'))} }",
            None,
            json!({"m": "The function \"helpers.getSSHClient\" is not supported in the Code Node", "s": "é"}),
        ),
        // n8n looks for `$input.all` in the text; what it does not find there works.
        ("const input = $input; input.item.json.i = 7; return input.all().map(x => x.json.i)", Some(1), json!([0, 7, 2])),
        ("return {y: Buffer.from('a'), z: new Uint8Array([1, 2])}", None, json!({"y": {"type": "Buffer", "data": [97]}, "z": {"0": 1, "1": 2}})),
        (
            "console.time('a'); console.group(); console.assert(0); return Object.getOwnPropertyNames(globalThis).filter(n => n.startsWith('__'))",
            None,
            json!([]),
        ),
        // n8n's names may be declared anew.
        ("const items = $input.all(); const $json = 5; let DateTime; return {n: items.length, $json}", None, json!({"n": 3, "$json": 5})),
        ("const item = $input.item; return item.json", Some(1), json!({"i": 1})),
        (
            "function f() { return typeof this.helpers.httpRequest } return {f: f(), t: typeof this.helpers}",
            None,
            json!({"f": "function", "t": "object"}),
        ),
        ("try { item } catch (e) { return {m:e.message} }", None, json!({"m": "item is not defined"})),
        ("try { require('http') } catch (e) { return {m:e.message} }", None, json!({"m": "Module 'http' is disallowed [line 1]"})),
        ("try { $('Nope').all() } catch (e) { return {m:e.message} }", None, json!({"m": "Referenced node doesn't exist"})),
    ] {
        assert_eq!(json_of(source, item), expected, "{source}");
    }
    assert_eq!(run("", None), Ok(CodeValue::Undefined));
    assert_eq!(run("return () => 1", None), Ok(CodeValue::Function));
    assert_eq!(run("return null", None), Ok(CodeValue::Json(Value::Null)));
}

#[test]
fn a_text_is_spread_into_an_object_by_its_letters() {
    for (source, expected) in [
        ("const text = 'ab'; const o = {x: 1, ...text, ...null}; return {o}", json!({"o": {"0": "a", "1": "b", "x": 1}})),
        ("for (const {a, ...rest} of [{a: 1, b: 2}]) { const {...all} = rest; return {...all, ...'x'} }", json!({"0": "x", "b": 2})),
        ("const f = ({a, ...rest}) => ({...rest}); return await (async () => f({a: 1, ...await 'b'}))()", json!({"0": "b"})),
        ("label: for (;;) { break label } return {...'m'}", json!({"0": "m"})),
    ] {
        assert_eq!(json_of(source, None), expected, "{source}");
    }
}

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

/// Everyday sizes: 50 MB of items go through as they are.
#[test]
fn many_items_fit() {
    let items: Vec<_> = (0..50_000).map(|i| json!({"i": i, "text": "x".repeat(1000)})).collect();
    match run_with(json!(items), helpers(), Limits::default(), "return $input.all()") {
        Ok(CodeValue::Json(value)) => assert_eq!((value.as_array().unwrap().len(), &value[49_999]["json"]["i"]), (50_000, &json!(49_999))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn memory_is_told_from_null() {
    let session = || Arc::new(Session::new(Limits { code_memory: 32 << 20, ..Limits::default() }));
    let run = |source: &str, item| run_in(&session(), source, item, Duration::from_secs(5)).0;
    let bomb = "const a = []; for (;;) a.push('x'.repeat(1000) + a.length)";
    let returned = "let text = 'x'; for (let i = 0; i < 24; i++) text += text; return [{json: {text}}]";
    let wrapped = [&format!("if (!items) throw new Error('none'); {bomb}"), &format!("await Promise.all([1].map(async () => {{ {bomb} }}))")];
    for source in [bomb, wrapped[0], wrapped[1], returned] {
        let error = run(source, None).unwrap_err();
        assert!(error.limit && error.message == "The code exceeded its memory limit", "{source}: {error:?}");
    }
    for (source, message) in
        [("throw null", "null"), ("throw undefined", "undefined"), ("await Promise.reject(null)", "null"), ("throw new Error('')", "")]
    {
        let error = run(source, None).unwrap_err();
        assert_eq!((error.limit, error.message.as_str()), (false, message), "{source}");
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
        assert_eq!((error.limit, error.message.as_str()), (true, "The code exceeded its memory limit"), "{source}");
    }
    let calls = format!("{text} await Promise.all(Array.from({{length: 400}}, () => this.helpers.httpRequest(text)))");
    let error = run_with(json!([{}]), slow_helpers(Duration::from_secs(60)).0, limits, &calls).unwrap_err();
    assert_eq!((error.limit, error.message.as_str()), (true, "The code exceeded its memory limit"));
}

#[test]
fn static_data_that_does_not_end_is_given_up() {
    let session = Arc::new(Session::new(Limits::default()));
    let source = "$getWorkflowStaticData('global').a = {toJSON() { for (;;); }}; return []";
    let error = run_in(&session, source, None, Duration::from_millis(300)).0.unwrap_err();
    assert!(error.limit, "{error:?}");
}

#[test]
fn nothing_is_lost_on_the_way_out() {
    for (source, expected) in [
        ("return [{json: {cut: 'a\\ud83d', '\\ud83d': 1}}]", json!([{"json": {"cut": "a\u{fffd}", "\u{fffd}": 1}}])),
        ("return (await this.helpers.httpRequest({url: 'x', body: '\\ud83d'})).sent", json!({"url": "x", "body": "\u{fffd}"})),
        ("const s = $getWorkflowStaticData('global'); s.cut = '\\ud83d'; s.n = 1; return s", json!({"cut": "\u{fffd}", "n": 1})),
    ] {
        assert_eq!(json_of(source, None), expected, "{source}");
    }
    assert_eq!(run("throw new Error('cut \\ud83d')", None).unwrap_err().message, "cut \u{fffd}");
    let deep = "let deep = []; for (let i = 0; i < DEPTH; i++) deep = [deep];";
    for (depth, why) in [("127", None), ("128", Some("nested deeper than 128")), ("20000", Some("nested too deep"))] {
        for rest in
            ["return {deep: deep[0]}", "await this.helpers.httpRequest({url: deep[0][0]})", "$getWorkflowStaticData('node').deep = deep[0][0]"]
        {
            let done = run(&format!("{deep} {rest}").replace("DEPTH", depth), None);
            match (why, done) {
                (None, done) => assert!(done.is_ok(), "{rest}: {done:?}"),
                (Some(why), done) => assert!(done.as_ref().is_err_and(|error| error.message.contains(why)), "{depth} {rest}: {done:?}"),
            }
        }
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

/// Setters and getters that all objects inherit run while an item is changed, and may use the item.
#[test]
fn items_may_be_used_by_what_runs_while_they_change() {
    let hook = "const item = items[0].json; Object.defineProperty(Object.prototype, 'hook', {set(v) { item.i = v }, get() { return item.i }});";
    for (source, expected) in [
        (format!("{hook} item.hook = 7; return typeof item.hook"), json!("number")),
        ("const item = items[0].json; item.__proto__ = {more: 1}; return [item.more, Object.keys(item)]".into(), json!([1, ["i"]])),
        ("const item = items[0].json; const o = {__proto__: item}; o.i = 9; return [o.i, item.i]".into(), json!([9, 0])),
    ] {
        assert_eq!(json_of(&source, None), expected, "{source}");
    }
}

#[test]
fn static_data_is_kept_whole() {
    let session = Arc::new(Session::new(Limits::default()));
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let scope = scope(&json!({"input": [{}]}), &defaults);
    let kept = scope.view.static_data(None);
    let source = "const s = $getWorkflowStaticData('global'); s.cut = '\\ud83d'; s.n = 1";
    let run = CodeRun {
        source: source.into(),
        item: None,
        scope,
        helpers: helpers(),
        console: Arc::new(|_: &str, _: &str| ()),
        time: Duration::from_secs(5),
        clock: Arc::new(RealClock(Instant::now())),
    };
    block_on(code::run(&session, run)).unwrap();
    assert_eq!(Value::Object(kept.lock().unwrap().clone()), json!({"cut": "\u{fffd}", "n": 1}));
}

#[test]
fn console_and_static_data_reach_the_host() {
    let session = Arc::new(Session::new(Limits::default()));
    let (_, lines) = run_in(&session, "console.log('hi',{a:1}); return []", None, Duration::from_secs(5));
    assert_eq!(lines, ["hi {\"a\":1}"]);
    let (done, lines) = run_in(&session, "console.log('cut \\ud83d'); return 1", None, Duration::from_secs(5));
    assert_eq!((done, lines), (Ok(CodeValue::Json(json!(1))), vec!["cut \u{fffd}".to_owned()]));
}

#[test]
fn code_that_does_not_come_back_is_given_up() {
    let session = Arc::new(Session::new(Limits { time: Duration::from_millis(100), grace: Duration::from_millis(100), ..Limits::default() }));
    let limit = Duration::from_millis(300);
    for source in ["while (true) {}", "new Array(2 ** 32 - 1).indexOf(1)", "await new Promise(() => {})"] {
        let since = Instant::now();
        let error = run_in(&session, source, None, limit).0.unwrap_err();
        assert!(error.limit, "{source}: {error:?}");
        assert!(since.elapsed() < Duration::from_secs(3), "{source}");
        let (after, _) = run_in(&session, "return 1", None, limit);
        assert_eq!(after, Ok(CodeValue::Json(json!(1))));
    }
}

/// A helper that answers after a while, and says how many were at work at once.
fn slow_helpers(pause: Duration) -> (Helper, Arc<Mutex<(usize, usize)>>) {
    let counts: Arc<Mutex<(usize, usize)>> = Arc::default();
    let shared = counts.clone();
    let helper: Helper = Arc::new(move |_: &str, args: Value| -> HelperFuture {
        let counts = shared.clone();
        {
            let mut counts = counts.lock().unwrap();
            counts.0 += 1;
            counts.1 = counts.1.max(counts.0);
        }
        let (end, mut asleep) = (Instant::now() + pause, false);
        Box::pin(std::future::poll_fn(move |cx| {
            if Instant::now() < end {
                let waker = cx.waker().clone();
                if !std::mem::replace(&mut asleep, true) {
                    thread::spawn(move || {
                        thread::sleep(pause);
                        waker.wake();
                    });
                }
                return Poll::Pending;
            }
            counts.lock().unwrap().0 -= 1;
            Poll::Ready(Ok(args[0].clone()))
        }))
    });
    (helper, counts)
}

fn run_with(input: Value, helpers: Helper, limits: Limits, source: &str) -> Result<CodeValue, CodeError> {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits };
    let run = CodeRun {
        source: source.into(),
        item: None,
        scope: scope(&json!({ "input": input }), &defaults),
        helpers,
        console: Arc::new(|_: &str, _: &str| ()),
        time: Duration::from_secs(60),
        clock: Arc::new(RealClock(Instant::now())),
    };
    block_on(code::run(&Arc::new(Session::new(limits)), run)).map(|ran| ran.value)
}

/// What the engine does not tell is shown as it is written, and whole.
#[test]
fn what_in_looks_into_is_shown_as_it_is_written() {
    let source = "try { return 'id' in items[0].json.i } catch (error) { return error.message }";
    let shown = run_with(json!([{"i": 1}]), helpers(), Limits::default(), source);
    assert_eq!(shown, Ok(CodeValue::Json(json!("Cannot use 'in' operator to search for 'id' in items[0].json.i"))));
}

/// A comparison that never says "equal" is what most people write.
#[test]
fn lists_are_sorted_in_the_order_of_v8() {
    let expected: Value = serde_json::from_str(include_str!("sorting/v8.json")).unwrap();
    let sorted = run_with(json!([{}]), helpers(), Limits::default(), include_str!("sorting/lists.js"));
    let Ok(CodeValue::Json(sorted)) = sorted else { panic!("{sorted:?}") };
    for (list, digest) in expected.as_object().unwrap() {
        assert_eq!(sorted[list], *digest, "{list}");
    }
    for (source, expected) in [
        (
            "const a=[3,,undefined,1]; const b=a.sort((p,q)=>p-q); return [a===b, a.length, 3 in a, JSON.stringify(a)]",
            json!([true, 4, false, "[1,3,null,null]"]),
        ),
        (
            "return JSON.stringify(Array.prototype.sort.call({length:2,0:'b',1:'a'}, (p,q)=>p<q?-1:1))",
            json!("{\"0\":\"a\",\"1\":\"b\",\"length\":2}"),
        ),
        ("try { [1,2].sort(() => { throw new Error('mine') }) } catch (e) { return e.message }", json!("mine")),
        ("return [1,2,3].sort.length + [].sort.name + [2,10].sort() + [1,2].toSorted(() => NaN)", json!("1sort10,21,2")),
    ] {
        assert_eq!(run_with(json!([{}]), helpers(), Limits::default(), source), Ok(CodeValue::Json(expected)), "{source}");
    }
}

#[test]
fn objects_of_the_data_can_be_defined_and_frozen() {
    for (body, expected) in [
        (
            "Object.defineProperty(a, 'a', {value: 9, enumerable: true, configurable: true, writable: true}); return JSON.stringify(a)",
            json!("{\"a\":9}"),
        ),
        (
            "Object.defineProperties(a, {a: {value: 'new'}, b: {value: 2, enumerable: true}}); return $input.all()[0].json",
            json!({"a": "new", "b": 2}),
        ),
        ("Reflect.defineProperty(a, 'hidden', {value: 1}); return [JSON.stringify(a), a.a]", json!(["{\"a\":1}", 1])),
        ("return [Object.freeze(a) === a, Object.seal(a).a, Object.preventExtensions(a).a, Reflect.preventExtensions(a)]", json!([true, 1, 1, true])),
        (
            "const o = Object.freeze({x: 1}); o.x = 2; return [o.x, Object.isFrozen(o), Object.defineProperty({}, 'y', {value: 3}).y]",
            json!([1, true, 3]),
        ),
    ] {
        let done = run_with(json!([{"a": 1}]), helpers(), Limits::default(), &format!("const a = $input.first().json; {body}"));
        assert_eq!(done, Ok(CodeValue::Json(expected)), "{body}");
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

#[test]
fn waiting_for_timers_alone_ends() {
    let limits = Limits { code_idle: Duration::from_millis(300), ..Limits::default() };
    let slow = || slow_helpers(Duration::from_millis(600)).0;
    let since = Instant::now();
    let error = run_with(json!([{}]), slow(), limits, "setInterval(() => {}, 50); await new Promise(() => {})").unwrap_err();
    assert!(error.limit && error.message.starts_with("Task execution timed out"), "{error:?}");
    let error = run_with(json!([{}]), slow(), limits, "await new Promise(done => setTimeout(done, 1e6))").unwrap_err();
    assert!(error.limit && since.elapsed() < Duration::from_secs(5), "{error:?}");
    let done = run_with(json!([{}]), slow(), limits, "setInterval(() => {}, 50); return this.helpers.httpRequest(7)");
    assert_eq!(done, Ok(CodeValue::Json(json!(7))));
}

#[test]
fn what_is_returned_does_not_pass_through_what_the_code_put_in_the_place_of_json() {
    let source = "JSON.stringify = () => '{}'; JSON.parse = () => ({}); return [{ json: { a: 1 } }]";
    assert_eq!(json_of(source, None), json!([{"json": {"a": 1}}]));
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
    let rows: Vec<(String, String)> = serde_json::from_str(include_str!("v8_words.json")).unwrap();
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

#[test]
fn surroundings_are_those_of_node_where_n8n_runs_code() {
    let old = "Cannot assign to read only property 'name' of object 'Error: Buffer() is deprecated due to security and usability issues. \
               Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.'";
    for source in ["return Buffer('a')", "return new Buffer(3)"] {
        let error = run(source, None).unwrap_err();
        assert_eq!((error.message.as_str(), error.line), (old, None), "{source}");
    }
    let table = [
        (
            "class Mine extends Buffer {} return [Buffer.from('abc').map((b) => b + 1).subarray(1).toString(), Buffer.alloc(1) instanceof Buffer]",
            json!(["cd", true]),
        ),
        ("return [typeof module.exports, typeof exports]", json!(["object", "undefined"])),
        ("$node['Current'].context = { a: 1 }; return Object.keys($node['Current'].context)", json!([])),
        (
            "return ['setHours', 'setUTCDate', 'setMonth'].map((set) => { const d = new Date(0); return [d[set](NaN), `${d}`] })",
            json!([[null, "Invalid Date"], [null, "Invalid Date"], [null, "Invalid Date"]]),
        ),
        ("const d = new Date(0); d.setUTCHours(1, undefined); return `${d}`", json!("Invalid Date")),
        ("const d = new Date(0); return [d.setUTCHours(1, 2, 3, 4, NaN), d.setUTCFullYear(1971)]", json!([3_723_004, 31_539_723_004_i64])),
    ];
    for (source, expected) in table {
        assert_eq!(json_of(source, None), expected, "{source}");
    }
}

/// Each row of `v8_lines.json` is code that fails, and the line of the first frame that V8 has a name for; none where that is not the code's.
#[test]
fn the_line_is_that_of_the_first_frame_with_a_name() {
    let rows: Vec<(String, Option<u32>)> = serde_json::from_str(include_str!("v8_lines.json")).unwrap();
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
