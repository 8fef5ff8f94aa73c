//! Jobs beside each other in one worker, and what a job leaves behind.

use std::path::{Path, PathBuf};
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
    ("of many executions at once some wait for their turn", many_at_once),
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

fn many_at_once() {
    within(async {
        let project = Project::of(&["worker", "busy"], include_str!("beside.js"));
        let workflow = workflow(&project);
        let all = futures_util::future::join_all((0..80).map(|_| workflow.run_on([json!({"what": "waits"})])));
        let most = std::cell::Cell::new(0);
        let watch = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                most.set(most.get().max(workers("busy").iter().map(|worker| sessions(worker)).sum()));
            }
        };
        let ran = tokio::select! { ran = all => ran, () = watch => unreachable!() };
        assert!(ran.iter().all(|ran| outcome(ran) == Ok(json!("waited"))));
        // A session that was closed counts until its thread has ended.
        assert!((8..=40).contains(&most.get()), "{}", most.get());
    });
}

/// How many sessions a worker has.
fn sessions(worker: &Path) -> usize {
    let name = |thread: std::fs::DirEntry| std::fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
    std::fs::read_dir(worker.join("task")).into_iter().flatten().flatten().map(name).filter(|name| name.starts_with("session-")).count()
}

fn workers_end() {
    within(async {
        let project = Project::of(&["worker", "dropped"], include_str!("beside.js"));
        assert_eq!(outcome(&project.run("waits").await), Ok(json!("waited")));
        assert_eq!(workers("dropped").len(), 1);
        drop(project);
        let began = Instant::now();
        while !workers("dropped").is_empty() {
            assert!(began.elapsed() < Duration::from_secs(10), "it lives");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

/// The processes of this program that were started with a word.
fn workers(word: &str) -> Vec<PathBuf> {
    let own = std::env::current_exe().unwrap().into_os_string().into_encoded_bytes();
    let words = |process: &PathBuf| std::fs::read(process.join("cmdline")).unwrap_or_default();
    let is_one = |words: &[u8]| words.starts_with(&own) && words.split(|byte| *byte == 0).any(|one| one == word.as_bytes());
    std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path()).filter(|process| is_one(&words(process))).collect()
}
