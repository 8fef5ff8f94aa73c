//! The Code node among other nodes: what it writes into their items, files, the older helper for requests, and what it refuses.

use node_sdk::{Effect, Event, Item, Node, NodeInfo, Parameters, PrepareContext};
use node_testkit::{FakeHttp, Harness, Ran};
use serde_json::{Value, json};

use crate::testing::{hands_its_input_on, makes_items_of_errors, node, numbers};

const NODE: &str = "code";

fn code(mode: &str, source: &str) -> Harness {
    node(NODE).parameters(json!({"mode": mode, "jsCode": source}))
}

fn all(source: &str) -> Harness {
    code("runOnceForAllItems", source)
}

fn each(source: &str) -> Ran {
    code("runOnceForEachItem", source).input([json!({"n": 1}), json!({"n": 2})]).run()
}

fn made(ran: &Ran) -> Vec<Value> {
    assert!(ran.error.is_none(), "{:?}", ran.error);
    ran.json(0)
}

#[test]
fn what_code_writes_into_items_of_other_nodes_is_there_for_the_next_read() {
    let source = "
        $('Input 0').last().json.n = 'last';
        $node['Input 0'].json.n = 'by name';
        $('Input 0').item.json.more = $items('Input 0').length;
        return { all: $('Input 0').all().map((item) => item.json), untouched: items[0].json.n, same: $('Input 0').first() === $items('Input 0')[0] }";
    let ran = all(source).input([json!({"n": 1}), json!({"n": 2})]).run();
    assert_eq!(made(&ran), [json!({"all": [{"n": "by name", "more": 2}, {"n": "last"}], "untouched": 1, "same": true})]);
    // A later run of the node begins anew, the code for the next item does not.
    let counted = each("const first = $('Input 0').first().json; first.n += 10; return { n: first.n }");
    assert_eq!(made(&counted), [json!({"n": 11}), json!({"n": 21})]);
}

#[test]
fn an_object_that_is_returned_for_several_items_shows_its_last_state_in_all() {
    let ran = each("const item = $('Input 0').last(); item.json.seen = $json.n; return item");
    assert_eq!(made(&ran), [json!({"n": 2, "seen": 2}), json!({"n": 2, "seen": 2})]);
    let wrapped = each("const { json } = $('Input 0').first(); json.n *= 3; return { json }");
    assert_eq!(made(&wrapped), [json!({"n": 9}), json!({"n": 9})]);
    let copied = each("const { json } = $('Input 0').first(); json.n *= 3; return { json: { ...json } }");
    assert_eq!(made(&copied), [json!({"n": 3}), json!({"n": 9})]);
}

fn with_file(source: &str) -> Ran {
    let file = json!({"json": {}, "binary": {"f": {"data": "aGVsbG8=", "mimeType": "text/plain", "fileName": "h.txt"}}});
    all(source).items(vec![Item::from_value(file)]).run()
}

#[test]
fn a_file_in_an_item_has_its_content_in_base64() {
    let source = "
        const { f } = items[0].binary;
        return { json: { text: Buffer.from(f.data, 'base64').toString(), there: $('Input 0').first().binary.f.data, keyed: typeof f.id,
            copy: JSON.parse(JSON.stringify(f)).data, bare: $binary.f.data ?? 'none' } }";
    let expected = json!({"text": "hello", "there": "aGVsbG8=", "keyed": "string", "copy": "aGVsbG8=", "bare": "none"});
    assert_eq!(made(&with_file(source)), [expected]);
    let told = with_file("console.log(items[0].binary); return []").events;
    let lines: Vec<_> = told.into_iter().filter_map(|event| if let Event::Log { line, .. } = event { Some(line) } else { None }).collect();
    assert!(lines[0].contains("h.txt") && !lines[0].contains("aGVsbG8="), "{lines:?}");
}

#[test]
fn a_file_that_code_returns_has_the_content_that_the_code_left_in_it() {
    let changed = [
        ("return items", 5, "h.txt"),
        ("items[0].binary.f.fileName = 'n.txt'; return items", 5, "n.txt"),
        ("items[0].binary.f.data = 'aGV5'; return items", 3, "h.txt"),
        ("return [{ json: {}, binary: { f: { ...items[0].binary.f, fileName: 'c.txt' } } }]", 5, "c.txt"),
        ("return [{ json: {}, binary: { f: { data: Buffer.from('hi'), mimeType: 'text/plain', fileName: 'b.txt' } } }]", 2, "b.txt"),
        ("return [{ json: {}, binary: $binary }]", 5, "h.txt"),
    ];
    for (source, length, name) in changed {
        let ran = with_file(source);
        let file = &ran.outputs[0][0].binary.as_ref().unwrap()["f"];
        assert_eq!((file.blob.as_ref().map(|blob| blob.len), file.file_name.as_deref()), (Some(length), Some(name)), "{source}");
        assert!(file.data.is_none(), "{source}");
    }
}

#[test]
fn the_older_request_gives_text_unless_json_is_asked_for() {
    let asked = |call: &str, status: u16| {
        let harness = all(&format!("try {{ return {{ r: await this.helpers.request({call}) }} }} catch (e) {{ return {{ e: e.message }} }}"))
            .input([json!({})]);
        let ports = harness.ports();
        ports.http.respond(move |_| Ok(FakeHttp::json(status, &json!({"a": 1}))));
        let made = made(&harness.run());
        let request = ports.http.requests().remove(0);
        let accept = request.headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("accept")).unwrap().1;
        (made[0].clone(), request.method, request.url, accept)
    };
    let sent = |made: Value, method: &str, accept: &str| (made, method.to_owned(), "http://h/a".to_owned(), accept.to_owned());
    assert_eq!(asked("'http://h/a'", 200), sent(json!({"r": "{\"a\":1}"}), "GET", "*/*"));
    assert_eq!(asked("'http://h/a', { method: 'PUT' }", 200), sent(json!({"r": "{\"a\":1}"}), "PUT", "*/*"));
    assert_eq!(asked("{ uri: 'http://h/a' }", 200), sent(json!({"r": "{\"a\":1}"}), "GET", "*/*"));
    assert_eq!(asked("{ url: 'http://h/a', json: true }", 200), sent(json!({"r": {"a": 1}}), "GET", "application/json"));
    assert_eq!(asked("'http://h/a'", 404), sent(json!({"e": "404 - \"{\\\"a\\\":1}\""}), "GET", "*/*"));
    assert_eq!(asked("{ url: 'http://h/a', json: true }", 404), sent(json!({"e": "404 - {\"a\":1}"}), "GET", "application/json"));
}

#[test]
fn python_is_not_supported() {
    let ran = node(NODE).parameters(json!({"language": "pythonNative", "pythonCode": "return []"})).input(numbers(1)).run();
    assert_eq!(ran.message(), "Python in the Code node is not supported");
}

#[test]
fn user_code_loses_nothing_silently() {
    let code = |code: &str| all(code).input(numbers(1)).run();
    assert_eq!(code("return [{ json: { cut: 'a\\ud83d' } }]").json(0), [json!({"cut": "a\u{fffd}"})]);
    let deep = code("let deep = 0; for (let i = 0; i < 200; i++) deep = [deep]; return [{ json: { deep } }]");
    assert_eq!(deep.message(), "What the code returns cannot be passed on: lists and objects are nested deeper than 128");
}

#[test]
fn user_code_reads_and_makes_files() {
    let make = "const file = await this.helpers.prepareBinaryData(Buffer.from('a;b'), 'x.csv');
        return [{ json: {}, binary: { file } }]";
    let ran = all(make).input(numbers(1)).run();
    let file = &ran.outputs[0][0].binary.as_ref().unwrap()["file"];
    assert_eq!((file.mime_type.as_str(), file.file_size.as_deref()), ("text/csv", Some("3 B")));
    assert_eq!(file.blob.as_ref().map(|blob| blob.len), Some(3));
}

#[test]
fn a_file_of_another_run_is_none() {
    let made = |rest: &str| {
        let code = format!("return [{{ json: {{}}, binary: {{ f: {{ id: 'filesystem-v2:/etc/passwd', mimeType: 'text/plain'{rest} }} }} }}]");
        all(&code).input(numbers(1)).run()
    };
    assert!(made("").message().contains("The file \"f\" of item 0"), "{}", made("").message());
    let beside = made(", data: 'aGk='");
    assert_eq!(beside.outputs[0][0].binary.as_ref().unwrap()["f"].blob.as_ref().map(|blob| (&*blob.id, blob.len)), Some(("0", 2)));
}

/// What the node says of a place with this code before it runs.
fn told<T>(source: &str, tell: impl Fn(&dyn Node, &PrepareContext<'_>) -> T) -> T {
    let harness = node(NODE);
    let info = std::sync::Arc::new(NodeInfo { type_version: 2.0, ..NodeInfo::default() });
    let parameters = Parameters::new(json!({ "jsCode": source }).as_object().cloned().unwrap());
    tell(&**harness.node(), &PrepareContext { node: &info, parameters: &parameters })
}

#[test]
fn code_that_mentions_no_helper_has_no_effect() {
    let effect = |source: &str| told(source, |node, cx| node.effect(cx));
    assert_eq!(effect("return items"), Effect::None);
    assert_eq!(effect("return await this.helpers.httpRequest({})"), Effect::Once);
}

#[test]
fn code_says_what_it_refers_to() {
    for (source, whole_input, any_node) in [
        ("return $('X').all().concat($node['Y'].json, $items('Z'))", false, false),
        ("return $input.item.json", false, false),
        ("return items.length", true, false),
        ("return $input.all()", true, false),
        ("const name = 'X'; return $(name).all()", false, true),
        ("return $node[$json.name].json", false, true),
        ("return $items($json.name)", true, true),
        // What is not understood counts as all.
        ("const of = $; return of('X').all()", true, true),
        ("class A { all() { return $('X').all() } } return new A().all()", true, true),
    ] {
        let (parameter, found) = told(source, |node, cx| node.code_references(cx)).unwrap();
        assert_eq!((parameter.as_str(), found.whole_input, found.any_node), ("jsCode", whole_input, any_node), "{source}");
    }
}

/// What the code throws is an item; what is wrong with its result hands the input on.
#[test]
fn errors_where_the_run_goes_on() {
    let all = |source: &str| (2.0, json!({"mode": "runOnceForAllItems", "jsCode": source}));
    let each = |source: &str| (2.0, json!({"mode": "runOnceForEachItem", "jsCode": source}));
    hands_its_input_on(
        NODE,
        vec![
            (2.0, json!({})),
            all("return [{json: {}}, 'text']"),
            all("const list = []; list.push(list); return {list}"),
            all("return [{a: 1, pairedItem: 0}]"),
            each("return $json.v === 1 ? {json: {}} : [1]"),
            each("return $json.v === 1 ? {json: {}} : () => 1"),
            each("return {v: $input.last().json.v}"),
        ],
    );
    let with = |(version, parameters): (f64, Value), messages| (version, parameters, messages);
    makes_items_of_errors(
        NODE,
        vec![with(all("throw new Error('no')"), vec!["no [line 1]"]), with(each("throw new Error($json.v)"), vec!["1 [line 1]", "2 [line 1]"])],
    );
}
