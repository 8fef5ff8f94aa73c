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
    ];
    let choice = |(value, routing): &(&str, Value)| json!({"name": value, "value": value, "routing": routing});
    let choices: Vec<Value> = own.iter().chain(more).map(choice).collect();
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
