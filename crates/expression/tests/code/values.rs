//! What user code sees and returns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use expression::code::{self, CodeRun, CodeValue, Surroundings};
use expression::scenario::{Defaults, scope};
use expression::{Limits, Session};
use serde_json::{Value, json};

use crate::support::{RealClock, block_on, helpers, json_of, run, run_in, run_with};

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
        surroundings: Surroundings::Code,
        given: Default::default(),
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

/// A comparison that never says "equal" is what most people write.
#[test]
fn lists_are_sorted_in_the_order_of_v8() {
    let expected: Value = serde_json::from_str(include_str!("../sorting/v8.json")).unwrap();
    let sorted = run_with(json!([{}]), helpers(), Limits::default(), include_str!("../sorting/lists.js"));
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

#[test]
fn what_is_returned_does_not_pass_through_what_the_code_put_in_the_place_of_json() {
    let source = "JSON.stringify = () => '{}'; JSON.parse = () => ({}); return [{ json: { a: 1 } }]";
    assert_eq!(json_of(source, None), json!([{"json": {"a": 1}}]));
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
