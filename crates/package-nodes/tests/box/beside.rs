//! Jobs beside each other in one worker, and what a job leaves behind.

use std::time::{Duration, Instant};

use node_sdk::ports::{HttpBody, HttpResponse};
use node_testkit::{FakeHttp, Planned};
use serde_json::{Value, json};

use crate::project::{Project, outcome, within};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("each request is charged to its own execution", each_to_its_own),
    ("a request that nobody waits for is sent", requests_that_nobody_waits_for),
    ("what a timer sends later is charged to nobody else", timers_that_are_left),
    ("a request without an answer is not waited for long", requests_without_answers),
    ("a worker ends with who uses it", workers_end),
    ("what is larger than a piece comes over as it was", what_is_large),
];

/// A workflow whose node does what its item says, with a credential that names the item's host.
fn workflow(project: &Project) -> Planned {
    let harness = project.holding(json!({"what": "={{ $json.what }}"}));
    let Value::Object(fields) = json!({"url": "=https://{{ $json.host }}/"}) else { unreachable!() };
    harness.ports().credentials.set("mineApi", fields);
    harness.planned()
}

fn project() -> Project {
    Project::of(&["worker"], include_str!("beside.js"))
}

fn each_to_its_own() {
    within(async {
        let project = project();
        let workflow = workflow(&project);
        let run = |host: &'static str| workflow.run_on([json!({"what": "ownHost", "host": host})]);
        let (one, other) = tokio::join!(run("one.example"), run("other.example"));
        for ran in [one, other] {
            assert_eq!(outcome(&ran), Ok(json!(["sent", "sent", "sent", "sent"])));
        }
    });
}

fn requests_that_nobody_waits_for() {
    within(async {
        let project = project();
        let harness = project.harness("leavesRequests");
        let http = harness.ports().http;
        assert_eq!(outcome(&harness.run_async().await), Ok(json!("left")));
        let mut sent: Vec<String> = http.requests().into_iter().map(|request| request.url).collect();
        sent.sort();
        assert_eq!(sent, ["fetch", "helper", "https", "then"].map(|path| format!("https://good.example/{path}")));
    });
}

fn timers_that_are_left() {
    within(async {
        let project = project();
        let harness = project.holding(json!({"what": "={{ $json.what }}"}));
        let http = harness.ports().http;
        let workflow = harness.planned();
        for (what, says) in [("leavesTimer", "left"), ("waits", "waited")] {
            assert_eq!(outcome(&workflow.run_on([json!({"what": what})]).await), Ok(json!(says)));
        }
        assert!(http.requests().is_empty(), "{:?}", http.requests());
    });
}

fn requests_without_answers() {
    within(async {
        let project = project();
        let harness = project.harness("leavesRequests");
        harness.ports().http.hang();
        let began = Instant::now();
        assert_eq!(outcome(&harness.run_async().await), Ok(json!("left")));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    });
}

fn what_is_large() {
    within(async {
        let project = project();
        let harness = project.harness("large");
        harness.ports().http.respond(|request| {
            let HttpBody::Bytes(body) = &request.body else { panic!("{:?}", request.body) };
            Ok(HttpResponse { body: body.clone(), ..FakeHttp::json(200, &Value::Null) })
        });
        let same = json!({"buffer": true, "stream": true, "text": true, "request": true, "fetch": true});
        assert_eq!(outcome(&harness.run_async().await), Ok(same));
    });
}

fn workers_end() {
    within(async {
        let project = Project::of(&["worker", "dropped"], include_str!("beside.js"));
        assert_eq!(outcome(&project.run("waits").await), Ok(json!("waited")));
        assert_eq!(dropped_workers(), 1);
        drop(project);
        let began = Instant::now();
        while dropped_workers() > 0 {
            assert!(began.elapsed() < Duration::from_secs(10), "it lives");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

/// How many processes of this program have the word of this test.
fn dropped_workers() -> usize {
    let words = |entry: std::fs::DirEntry| std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
    let own = std::env::current_exe().unwrap().into_os_string().into_encoded_bytes();
    let is_one = |words: &Vec<u8>| words.starts_with(&own) && words.split(|byte| *byte == 0).any(|word| word == b"dropped");
    std::fs::read_dir("/proc").unwrap().flatten().map(words).filter(is_one).count()
}
