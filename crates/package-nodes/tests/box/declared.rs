//! Nodes that are only a description: what it says is done by the host, its functions in the box.

use node_sdk::ports::HttpBody;
use node_testkit::Ran;
use serde_json::{Value, json};

use crate::project::{Project, within};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("functions of a description change a request and make items of its answer", functions),
    ("a function asks for page after page", pages),
    ("what a function throws is the error of its item", throws),
    ("a description that lies about its functions sends nothing", lies),
    ("what functions do wrong is told with their places", wrong),
    ("pages that do not end are told", endless),
    ("pages that look alike, and polls, end by themselves", honest),
    ("a function waits for that of another item, and for nothing where there is none", of_others),
    ("expressions of a description see their own node alone", fence),
    ("what a description says is sent to granted hosts alone", hosts),
    ("what a description says without functions needs no worker", without_functions),
];

/// The description as data: where the code has functions it has null, or nothing.
fn project(more: &[(&str, Value)]) -> Project {
    let own = [
        ("functions", json!({"send": {"preSend": [null, null]}, "output": {"postReceive": [null]}})),
        ("fails", json!({"output": {"postReceive": [null]}})),
        ("pages", json!({"send": {"paginate": true}, "operations": {}})),
        ("lies", json!({"send": {"preSend": [null]}})),
        ("polls", json!({"send": {"paginate": true}, "operations": {}})),
        ("locks", json!({"send": {"preSend": [null]}, "output": {"postReceive": [null]}})),
        ("locks only", json!({"send": {"preSend": [null]}})),
    ];
    let choice = |(value, routing): &(&str, Value)| json!({"name": value, "value": value, "routing": routing});
    let lying = ["nothing", "number", "numbers", "waits", "fills", "asks", "stands", "catches", "spoils"].iter().flat_map(|name| {
        [
            (format!("{name} before"), json!({"send": {"preSend": [null, null]}})),
            (format!("{name} after"), json!({"output": {"postReceive": [null]}})),
            (format!("{name} pages"), json!({"send": {"paginate": true}, "operations": {}})),
        ]
    });
    let lying: Vec<(String, Value)> = lying.collect();
    let lying = lying.iter().map(|(name, routing)| choice(&(name, routing.clone())));
    let choices: Vec<Value> = own.iter().map(choice).chain(lying).chain(more.iter().map(choice)).collect();
    let what = json!({"displayName": "What", "name": "what", "type": "options", "default": "functions", "options": choices});
    let id = json!({"displayName": "Id", "name": "id", "type": "string", "default": "", "routing": {"send": {"type": "body", "property": "a.id"}}});
    Project::changed(&["worker"], include_str!("declared.js"), |node| {
        node["requestDefaults"] =
            json!({"baseURL": "https://good.example", "url": "/it", "method": "POST", "headers": {"x-of": "={{ $parameter.what }}"}});
        node["properties"] = json!([what, id]);
        node["credentials"] = json!([]);
    })
}

async fn run(more: &[(&str, Value)], what: &str) -> (Ran, Vec<node_sdk::ports::HttpRequest>) {
    let project = project(more);
    let parameters = json!({"what": what, "id": "={{ $json.id }}"});
    let harness = project.asked(parameters, vec![json!({"id": 1}), json!({"id": 2})]);
    let http = harness.ports().http;
    let ran = Box::pin(harness.run_async()).await;
    (ran, http.requests())
}

fn text(request: &node_sdk::ports::HttpRequest) -> String {
    if let HttpBody::Bytes(body) = &request.body { String::from_utf8_lossy(body).into_owned() } else { String::new() }
}

fn functions() {
    within(async {
        let (ran, requests) = run(&[], "functions").await;
        assert_eq!(ran.error, None);
        let mut sent: Vec<(String, String)> = requests
            .iter()
            .map(|request| {
                (text(request), request.headers.iter().find(|(name, _)| name == "seen").map(|(_, value)| value.clone()).unwrap_or_default())
            })
            .collect();
        sent.sort();
        let seen = |id: u64| (json!({"a": {"id": id}}).to_string(), format!("functions {}", id - 1));
        assert_eq!(sent, [seen(1), seen(2)]);
        let got = |index: usize| ran.json(0)[index]["got"].clone();
        assert_eq!((got(0)["status"].clone(), got(0)["input"].clone(), got(1)["input"].clone()), (json!(200), json!(1), json!(2)));
    });
}

fn pages() {
    within(async {
        let (ran, requests) = run(&[], "pages").await;
        assert_eq!((ran.error.clone(), ran.json(0).len(), requests.len()), (None, 4, 4));
        assert!(requests.iter().any(|request| request.url.ends_with("/it?page=2")), "{requests:?}");
    });
}

fn throws() {
    within(async {
        let (ran, requests) = run(&[], "fails").await;
        let error = ran.error.unwrap();
        assert_eq!((&*error.name, error.message.as_str(), requests.len()), ("NodeApiError", "what the function says", 2));
    });
}

fn lies() {
    within(async {
        let (ran, requests) = run(&[], "lies").await;
        assert!(ran.error.as_ref().unwrap().message.contains("no function at properties.0.options.3.routing.send.preSend.0"), "{:?}", ran.error);
        assert!(requests.is_empty());
    });
}

/// Which error a run ends with, and how many requests it has sent.
async fn error(more: &[(&str, Value)], what: &str) -> (String, String, usize) {
    let (ran, requests) = run(more, what).await;
    let error = ran.error.unwrap_or_else(|| panic!("{what} did not fail: {:?}", ran.outputs));
    assert!(error.item.is_some(), "{what}: {error:?}");
    (error.code.to_string(), error.message, requests.len())
}

fn wrong() {
    within(async {
        for (what, code, says, requests) in [
            ("nothing before", "KV0834", "preSend.1 gives 'undefined', and not the options of a request", 0),
            ("number before", "KV0834", "preSend.1 gives '5', and not the options of a request", 0),
            ("numbers before", "KV0834", "preSend.1 gives array, and not the options of a request", 0),
            ("waits before", "KV0834", "preSend.1 waits for something that never comes", 0),
            ("fills before", "KV0832", "has used up its memory", 0),
            ("nothing after", "KV0834", "output.postReceive.0 gives 'undefined', and not a list of items", 2),
            ("number after", "KV0834", "output.postReceive.0 gives '5', and not a list of items", 2),
            ("numbers after", "KV0834", "output.postReceive.0 gives array, and not a list of items", 2),
            ("waits after", "KV0834", "output.postReceive.0 waits for something that never comes", 2),
            ("fills after", "KV0832", "has used up its memory", 2),
            ("nothing pages", "KV0834", "operations.pagination gives 'undefined', and not a list of items", 0),
            ("waits pages", "KV0834", "operations.pagination waits for something that never comes", 0),
            ("spoils after", "KV0300", "says how all objects become JSON", 2),
            ("asks pages", "KV0834", "operations.pagination asks for a page with 'undefined', and not with the options of a request", 0),
        ] {
            let (is, said, sent) = error(&[], what).await;
            assert!(is == code && said.contains(says) && sent == requests, "{what}: {is}: {said} after {sent} requests");
        }
        for (routing, says) in [
            (json!(5), "a number at properties.0.options.34.routing, and not an object"),
            (json!({"request": []}), "a list at properties.0.options.34.routing.request, and not an object"),
            (json!({"send": "x"}), "a text at properties.0.options.34.routing.send, and not an object"),
            (json!({"send": {"preSend": {}}}), "an object at properties.0.options.34.routing.send.preSend, and not a list"),
            (json!({"output": {"postReceive": true}}), "true or false at properties.0.options.34.routing.output.postReceive, and not a list"),
            (json!({"output": {"postReceive": [7]}}), "no function at properties.0.options.34.routing.output.postReceive.0"),
            (json!({"send": {"paginate": true}, "operations": 7}), "no function at properties.0.options.34.routing.operations.pagination"),
        ] {
            let (is, said, _) = error(&[("wrong", routing.clone())], "wrong").await;
            assert!(is == "KV0834" && said.contains(says), "{routing}: {is}: {said}");
        }
    });
}

fn endless() {
    within(async {
        let generic = |request: Value| json!({"type": "generic", "properties": {"continue": "={{ true }}", "request": request}});
        let offset = json!({"type": "offset", "properties": {"limitParameter": "l", "offsetParameter": "o", "pageSize": 1, "type": "query"}});
        let paged = |pagination: Value| json!({"send": {"paginate": true}, "operations": {"pagination": pagination}});
        let same = json!({"always": "the same"});
        for (what, routing, says, requests) in [
            ("stands pages", json!(null), "asked for 1000 times more", 1001),
            ("catches pages", json!(null), "asked for 1000 times more", 1001),
            ("data", paged(generic(json!({}))), "asked for 1000 times more", 1001),
            ("data", paged(offset), "after 10000 pages", 10_001),
        ] {
            let project = project(&[("data", routing.clone())]);
            let harness = project.asked(json!({"what": what, "id": "1"}), vec![json!({})]);
            let http = harness.ports().http;
            let page = same.clone();
            http.respond(move |_| Ok(node_testkit::FakeHttp::json(200, &page)));
            let ran = Box::pin(harness.run_async()).await;
            let error = ran.error.unwrap_or_else(|| panic!("{what}, {routing} did not fail"));
            let seen = (error.code.to_string(), error.item, http.requests().len());
            assert!(seen == ("KV0835".into(), Some(0), requests) && error.message.contains(says), "{what}, {routing}: {seen:?} {}", error.message);
        }
    });
}

fn honest() {
    within(async {
        let page = json!({"type": "generic", "properties": {"continue": "={{ $response.headers.next !== '1500' }}",
            "request": {"qs": {"page": "={{ $response ? $response.headers.next : 0 }}"}}}});
        for (what, items, requests) in [("polls", 1, 1500), ("data", 1500, 1500)] {
            let project = project(&[("data", json!({"send": {"paginate": true}, "operations": {"pagination": page}}))]);
            let harness = project.asked(json!({"what": what, "id": "1"}), vec![json!({})]);
            let http = harness.ports().http;
            http.respond(move |request| {
                let mut answer = node_testkit::FakeHttp::json(200, &json!({"always": "the same"}));
                // Which page is next its header alone says.
                let page = request.url.rsplit_once("page=").map_or(0, |(_, page)| page.parse().unwrap_or(0));
                answer.headers.push(("next".into(), (page + 1).to_string()));
                Ok(answer)
            });
            let ran = Box::pin(harness.run_async()).await;
            assert_eq!((ran.error.clone(), ran.json(0).len(), http.requests().len()), (None, items, requests), "{what}");
        }
    });
}

fn of_others() {
    within(async {
        // More items than are in flight at once.
        let items = |count: u64| (0..count).map(|id| json!({"id": id})).collect::<Vec<_>>();
        for (count, batch) in [(70, json!({})), (3, json!({"batching": {"batch": {"batchSize": 1, "batchInterval": 50}}}))] {
            for (what, ends) in [("locks", None), ("locks only", Some("KV0834"))] {
                let project = project(&[]);
                let parameters = json!({"what": what, "id": "={{ $json.id }}", "requestOptions": batch});
                let ran = Box::pin(project.asked(parameters, items(count)).run_async()).await;
                let code = ran.error.as_ref().map(|error| error.code.to_string());
                assert_eq!(code.as_deref(), ends, "{what} of {count} items: {:?}", ran.error);
            }
        }
    });
}

fn fence() {
    within(async {
        for reach in ["={{ $env.A }}", "={{ $('Other').first().json.a }}", "={{ this.$vars }}"] {
            let (ran, requests) = run(&[("more", json!({"request": {"url": reach}}))], "more").await;
            let code = ran.error.as_ref().map(|error| error.code.to_string());
            assert_eq!((code.as_deref(), requests.len()), (Some("KV0321"), 0), "{reach}");
        }
    });
}

fn hosts() {
    within(async {
        for request in [
            json!({"baseURL": "https://bad.example"}),
            json!({"url": "https://bad.example/it"}),
            json!({"proxy": "http://bad.example:1"}),
            json!({"proxy": {"host": "bad.example", "port": 1}}),
            json!({"headers": {"Host": "bad.example"}}),
        ] {
            let (ran, requests) = run(&[("more", json!({"request": request}))], "more").await;
            let code = ran.error.as_ref().map(|error| error.code.to_string());
            assert_eq!((code.as_deref(), requests.len()), (Some("KV0833"), 0), "{request}: {:?}", ran.error);
        }
    });
}

fn without_functions() {
    within(async {
        let routing = json!({"request": {"url": "=/x/{{ $parameter.id }}"}, "output": {"postReceive": [
            {"type": "rootProperty", "properties": {"property": "url"}}, {"type": "set", "properties": {"value": "={{ { url: $response.body.url } }}"}}]}});
        let (ran, _) = run(&[("data", routing)], "data").await;
        assert_eq!(ran.json(0), [json!({"url": "https://good.example/x/1"}), json!({"url": "https://good.example/x/2"})]);
    });
}
