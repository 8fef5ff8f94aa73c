//! What a host does about a worker that lies.

use std::time::Duration;

use serde_json::{Value, json};

use crate::project::{Project, outcome, within};

pub(crate) const TESTS: &[(&str, fn())] = &[("lies are refused", lies_are_refused), ("a worker that is none is ended", no_worker)];

fn lies_are_refused() {
    within(async {
        for lie in [
            "unknown-call",
            "no-arguments",
            "no-json",
            "huge-item",
            "huge-request-item",
            "no-buffer",
            "no-body",
            "foreign-file",
            "foreign-credential",
            "evil-host",
            "other-run",
            "library",
            "flood",
            "foreign-pieces",
        ] {
            let project = Project::new(&["liar", lie]);
            // A worker whose lie was believed panics, and its node fails with KV0830.
            assert_eq!(said(&project, lie).await, Ok(json!("lied")), "{lie}");
        }
        for lie in ["after-the-end", "outputs-text", "outputs-mixed", "deep", "no-text"] {
            let project = Project::new(&["liar", lie]);
            let ran = said(&project, lie).await;
            assert!(ran != Ok(json!("lied")), "{lie}: {ran:?}");
            match lie {
                "deep" => assert_eq!(ran.unwrap_err().0, "KV0210"),
                "after-the-end" => assert_eq!(ran, Ok(json!("ended"))),
                _ => {}
            }
        }
    });
}

fn no_worker() {
    within(async {
        for lie in ["huge-numbers", "no-message", "no-frame", "unfinished-piece", "huge-piece", "dies"] {
            let project = Project::new(&["liar", lie]);
            let (code, said) = said(&project, lie).await.unwrap_err();
            assert_eq!(code, "KV0830", "{lie}: {said}");
        }
        // What has sent nothing begins once more; what has sent does not, and its error says both.
        for (lie, how, help, requests) in [
            ("dies", "ended in the middle of its work: it gave up", "begun a second time", 0),
            ("dies-after-sending", "ended in the middle of its work: it gave up", "see at the service what was done", 1),
        ] {
            let project = Project::new(&["liar", lie]);
            let harness = project.harness("well");
            let http = harness.ports().http;
            let error = harness.run_async().await.error.unwrap();
            assert!(error.message.contains(how) && error.help.as_deref().is_some_and(|said| said.contains(help)), "{error:?}");
            assert_eq!(http.requests().len(), requests, "{lie}");
        }
    });
}

async fn said(project: &Project, lie: &str) -> Result<Value, (String, String)> {
    let ran = tokio::time::timeout(Duration::from_secs(30), project.run("well")).await;
    outcome(&ran.unwrap_or_else(|_| panic!("{lie}: it does not end")))
}
