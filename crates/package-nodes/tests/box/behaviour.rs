//! What well-meaning code finds in the box: as recorded of n8n.

use node_sdk::Event;
use node_sdk::ports::HttpBody;
use node_testkit::{FakeHttp, Harness, Ran};
use serde_json::{Value, json};

use crate::project::{Project, within};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a form of the web is a body of parts", forms_of_the_web),
    ("an error of a request that nobody caught is told in n8n's words", errors_that_nobody_caught),
    ("an error that code makes of an answer has its item and its status", errors_of_answers),
    ("who is refused a token asks once", refused_tokens),
    ("a key without a value counts where errors are looked for", keys_without_values),
    ("what was matched last is remembered", what_was_matched),
    ("what a node tells people beside its items", what_is_told),
    ("a body is sent whole or not at all", bodies),
    ("what an expression gives comes as what it is", expressions),
    ("code of the user's runs as a Code node's, a package's own does not", code_of_the_user),
    ("what a node keeps and tells in an execution", what_is_kept),
    ("a job ends whatever its code did to promises and threw", ends),
    ("input that does not cross is told before anything is sent", large_input),
    ("libraries find what compiled modules copy, and who called them", what_libraries_look_for),
];

/// The node's code at work, its requests answered with this status.
async fn run(what: &str, status: u16, change: impl FnOnce(Harness) -> Harness) -> (Ran, Vec<node_sdk::ports::HttpRequest>) {
    let project = Project::of(&["worker"], include_str!("behaviour.js"));
    let harness = change(project.harness(what));
    let http = harness.ports().http;
    http.respond(move |_| Ok(FakeHttp::json(status, &json!({"message": "said by the service"}))));
    let ran = Box::pin(harness.run_async()).await;
    (ran, http.requests())
}

fn forms_of_the_web() {
    within(async {
        let (ran, requests) = run("webForm", 200, |harness| harness).await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        let kind = requests[0].headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.clone());
        let boundary = kind.as_deref().and_then(|kind| kind.strip_prefix("multipart/form-data; boundary=")).unwrap().to_owned();
        let HttpBody::Bytes(body) = &requests[0].body else { panic!("{:?}", requests[0].body) };
        let file = "form-data; name=\"file\"; filename=\"a %22b%22.txt\"\r\nContent-Type: text/plain\r\n\r\ntext";
        let form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\n42\r\n--{boundary}\r\nContent-Disposition: {file}\r\n--{boundary}--"
        );
        assert_eq!(String::from_utf8_lossy(body).trim_end(), form);
    });
}

fn errors_that_nobody_caught() {
    within(async {
        let (ran, _) = run("uncaught", 403, |harness| harness).await;
        let error = ran.error.unwrap();
        assert_eq!((&*error.name, error.message.as_str()), ("NodeApiError", "Forbidden - perhaps check your credentials?"));
        assert_eq!(error.description.as_deref(), Some("said by the service"));
    });
}

fn errors_of_answers() {
    within(async {
        let project = Project::of(&["worker"], include_str!("behaviour.js"));
        let of_it = "It says: said by the service";
        for (status, throws, expected) in [
            (404, of_it, (Some(1), "KV0411", Some(404))),
            (200, of_it, (Some(1), "KV0300", None)),
            (404, "Something else is wrong", (None, "KV0300", None)),
        ] {
            let items = vec![json!({}), json!({"throws": throws}), json!({})];
            let harness = project.asked(json!({"what": "refusedLate", "other": "={{ 2 + 1 }}"}), items);
            harness.ports().http.respond(move |_| Ok(FakeHttp::json(status, &json!({"message": "said by the service"}))));
            let ran = Box::pin(harness.run_async()).await;
            let error = ran.error.unwrap();
            let told = (error.item, error.code.as_str(), error.http.as_ref().and_then(|http| http.status));
            assert_eq!((told, error.message.as_str()), (expected, throws));
        }
    });
}

fn refused_tokens() {
    within(async {
        let token = json!({"access_token": "old", "refresh_token": "again"});
        let fields = json!({"clientId": "c", "clientSecret": "s", "oauthTokenData": token});
        let (ran, requests) = run("signedIn", 401, |harness| {
            let Value::Object(fields) = fields else { unreachable!() };
            harness.ports().credentials.set("mineOAuth2Api", fields);
            harness
        })
        .await;
        let asked: Vec<&str> = requests.iter().map(|request| request.url.as_str()).collect();
        assert_eq!(asked, ["https://good.example/it", "https://good.example/token"], "{:?}", ran.error);
    });
}

fn keys_without_values() {
    within(async {
        let (ran, _) = run("keyWithoutValue", 200, |harness| harness.field("onError", json!("continueErrorOutput"))).await;
        assert_eq!((ran.json(0), ran.json(1)), (vec![json!({"error": "told"})], vec![json!({"error": "failed"})]));
    });
}

fn what_was_matched() {
    within(async {
        let (ran, _) = run("matched", 200, |harness| harness).await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        let all = ["t", "w", "", "tw", "", "one ", "o", "one two"];
        assert_eq!(ran.json(0), [json!({"all": all, "after": "tw"})]);
    });
}

fn what_is_told() {
    within(async {
        let (ran, _) = run("tells", 200, |harness| harness).await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        let told = ran.events.iter().filter_map(|event| match event {
            Event::Notice { code: None, message, .. } => Some(format!("hint: {message}")),
            Event::Aside { text, .. } => Some(format!("aside: {text}")),
            _ => None,
        });
        assert_eq!(told.collect::<Vec<_>>(), ["hint: Some rows are double", "hint: And one is empty", "aside: row { at: 1 }"]);
    });
}

fn what_libraries_look_for() {
    within(async {
        let (ran, _) = run("looks", 200, |harness| harness).await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        let found = json!({"copied": "function", "promises": "function", "caller": "dist/Attack.node.js", "holds": "undefined", "after": "string", "thread": true,
            "safe": [true, "xA", "b"]});
        let mut got = ran.json(0).remove(0);
        let caller = got["caller"]
            .as_str()
            .map(|caller| caller.rsplit_once('@').map_or(caller, |(_, path)| path.split_once('/').map_or(path, |(_, path)| path)).to_owned());
        got["caller"] = json!(caller);
        assert_eq!(got, found);
    });
}

fn bodies() {
    within(async {
        let sent = async |body: &str| run("sends", 200, |harness| harness.parameters(json!({"what": "sends", "other": body}))).await;
        let (ran, requests) = sent("deep").await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        let HttpBody::Bytes(body) = &requests[0].body else { panic!("{:?}", requests[0].body) };
        assert_eq!(body.iter().filter(|byte| **byte == b'{').count(), 100);
        let (_, requests) = sent("itself").await;
        assert!(matches!(&requests[0].body, HttpBody::Bytes(body) if body == "{\"is\":\"here\"}"), "{:?}", requests[0].body);
        let (ran, requests) = sent("deepest").await;
        assert_eq!((ran.error.unwrap().code.as_str(), requests.len()), ("KV0210", 0));
        let (ran, requests) = sent("circle").await;
        let told = "Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    \
            |     property 'a' -> object with constructor 'Object'\n    |     property 'c' -> object with constructor 'Array'\n    --- index 0 closes the circle";
        assert_eq!((ran.error.unwrap().message.as_str(), requests.len()), (told, 0));
    });
}

fn code_of_the_user() {
    within(async {
        let (ran, _) = run("handsOn", 200, |harness| harness.parameters(json!({"what": "handsOn", "code": "return a - b"}))).await;
        let refused = "this.startJob runs code that stands in the node's parameters alone";
        let sorted = json!({"ran": "return items.sort((a, b) => { return a - b })", "given": {"items": [{"json": {"$date": 1}}]}});
        let made = json!([[{"json": {"ran": "return a - b"}}], sorted, refused, refused]);
        assert_eq!(ran.json(0), [json!({ "made": made })], "{:?}", ran.error);
    });
}

fn what_is_kept() {
    within(async {
        let project = Project::of(&["worker"], include_str!("behaviour.js"));
        let ran = Box::pin(project.harness("keeps").run_async()).await;
        let source = json!({"previousNode": "Input 0", "previousNodeOutput": 0, "previousNodeRun": 0});
        let refused = "Custom data key can only contain letters, numbers, and underscores (key \"a b\")";
        let encodings = ["UTF-16LE", "UTF-8", "ISO-8859-1", "windows-1252"];
        let told = json!({"runs": 1, "told": {"runs": "1"}, "source": source, "refused": refused, "encodings": encodings});
        assert_eq!(ran.json(0), [told], "{:?}", ran.error);
    });
}

fn expressions() {
    within(async {
        let texts = json!({"html": "{{ undefined }} {{ new Date(0) }} {{ NaN }} {{ $json.none }}", "what": "evaluates"});
        let (ran, _) = run("evaluates", 200, |harness| harness.parameters(texts)).await;
        assert_eq!((ran.error.clone(), ran.json(0)), (None, vec![json!({"made": ["undefined", "a Date", "NaN", "undefined"]})]));
    });
}

fn ends() {
    within(async {
        let (ran, _) = run("changesThen", 200, |harness| harness).await;
        assert_eq!((ran.error.clone(), ran.json(0)), (None, vec![json!({"ended": true})]));
        let (ran, _) = run("throwsUnreadable", 200, |harness| harness).await;
        assert_eq!(ran.error.unwrap().message, "The node threw something that cannot be read");
    });
}

fn large_input() {
    within(async {
        let large = "x".repeat(260 << 20);
        let (ran, requests) = run("uncaught", 200, |harness| harness.input([json!({"large": large})])).await;
        let error = ran.error.unwrap();
        assert_eq!((error.code.as_str(), requests.len()), ("KV0832", 0));
        assert!(error.message.contains("larger than 256 MiB") && error.help.unwrap().contains("Loop Over Items"), "{}", error.message);
    });
}
