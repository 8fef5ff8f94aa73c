//! What the code of a package may try, and what comes of it. After each the host lives and the package can be used.

use std::time::{Duration, Instant};

use node_testkit::FakeHttp;
use serde_json::{Value, json};

use crate::project::{Project, outcome, within};

/// What has to come of an attack.
enum Comes {
    /// An error with this code.
    Code(&'static str),
    /// An error that says this.
    Says(&'static str),
    /// An error with this code and message.
    Is(&'static str, &'static str),
    /// An error.
    Fails,
    /// One of these codes, or an end: how far the engine gets depends on the machine.
    EndsOr(&'static str),
    /// This value.
    Gives(fn() -> Value),
}

use Comes::{Code, EndsOr, Fails, Gives, Is, Says};

const TIME: &str = "KV0831";
const MEMORY: &str = "KV0832";
const HOST: &str = "KV0833";
const DEEP: &str = "KV0210";
const GONE: &str = "Cannot find module";
const BOXED: &str = "packages run in a box";

const ATTACKS: &[(&str, Comes)] = &[
    ("loop", Code(TIME)),
    ("swallows", Code(TIME)),
    ("promises", Code(TIME)),
    ("thenables", Code(TIME)),
    ("regex", EndsOr(TIME)),
    ("bigint", Fails),
    ("sort", EndsOr(TIME)),
    ("search", EndsOr(TIME)),
    ("sparse", Code(TIME)),
    ("never", Says("never comes")),
    ("getter", Code(TIME)),
    ("toJson", Code(TIME)),
    ("bytes", Code(MEMORY)),
    ("texts", Code(MEMORY)),
    ("maps", Code(MEMORY)),
    ("deep", Fails),
    ("huge", Fails),
    ("floods", Code(MEMORY)),
    ("leaves", Gives(|| json!([true, true, true, true, true, true, "nowhere", "passwd"]))),
    ("nested", Code(DEEP)),
    ("nestedLists", Code(DEEP)),
    ("readsForeignFile", Says("The file is not there")),
    ("readsAnyFile", Says("The file is not there")),
    ("parent", Says(GONE)),
    ("absolute", Says(GONE)),
    ("url", Fails),
    ("ownParent", Fails),
    ("dotted", Says(GONE)),
    ("encoded", Says(GONE)),
    ("nul", Fails),
    ("otherPackage", Says(GONE)),
    ("numbered", Says(GONE)),
    ("addon", Fails),
    ("link", Says(GONE)),
    ("object", Fails),
    ("imports", Fails),
    ("importsUrl", Fails),
    ("importsData", Fails),
    ("importsParent", Fails),
    ("importsHttp", Fails),
    ("moduleLoad", Fails),
    ("moduleCreate", Says(GONE)),
    ("moduleCreateUrl", Says(GONE)),
    ("moduleExtensions", Fails),
    ("resolve", Fails),
    ("moduleRequire", Says(GONE)),
    ("mainModule", Fails),
    ("parentModule", Fails),
    ("fs", Says(BOXED)),
    ("fsPromises", Says(BOXED)),
    ("graceful", Says(BOXED)),
    ("linked", Says(BOXED)),
    ("dlopen", Says(BOXED)),
    ("child", Says(BOXED)),
    ("spawn", Says(BOXED)),
    ("net", Says(BOXED)),
    ("tls", Says(BOXED)),
    ("dns", Says(BOXED)),
    ("udp", Says(BOXED)),
    ("server", Fails),
    ("thread", Fails),
    ("vm", Fails),
    ("cluster", Says(BOXED)),
    ("inspector", Says(BOXED)),
    ("exit", Says(BOXED)),
    ("kill", Says(BOXED)),
    ("abort", Says(BOXED)),
    ("tools", Gives(|| json!({"ours": [], "tools": "undefined", "same": true, "env": []}))),
    ("constructors", Gives(|| json!({"kind": "undefined", "tools": "undefined"}))),
    ("contextHolds", Gives(|| json!([]))),
    ("hooks", Gives(|| json!([]))),
    ("setsTools", Gives(|| json!("setsTools"))),
    ("importsWithTools", Gives(|| json!("imported"))),
    ("language", Gives(|| json!(["1.234,5", "1,234.5", "undefined"]))),
    ("poisonsThen", Fails),
    ("throwsMuch", Says("é … and 5.7 MiB more")),
    ("throwsNull", Says("null")),
    ("throwsLater", Says("later")),
    ("noScheme", Is("KV0407", "Invalid URL")),
    ("noSchemeOlder", Is("KV0407", "Invalid URL")),
    ("otherScheme", Is("KV0407", "Unsupported protocol ftp:")),
    ("wrapped", Code(HOST)),
    ("brokenWord", Says("mine")),
    ("forgedError", Says("mine")),
    ("forgedHelp", Is("KV0300", "mine")),
    (
        "wrapsFetch",
        Is(
            HOST,
            "The package n8n-nodes-attacks may not send requests to evil.example; `konverte packages grant n8n-nodes-attacks --host evil.example` lets it",
        ),
    ),
    ("wrapsWordsOfFetch", Is(HOST, "fetch failed")),
    ("poisonsToJson", Says("says how all objects become JSON")),
    ("sends", Code(HOST)),
    ("sendsOlder", Code(HOST)),
    ("sendsByProxy", Code(HOST)),
    ("sendsByOddProxy", Code(HOST)),
    ("sendsByUser", Code(HOST)),
    ("sendsByCase", Code(HOST)),
    ("sendsBySlash", Fails),
    ("sendsByBase", Code(HOST)),
    ("fetches", Code(HOST)),
    ("gets", Code(HOST)),
    ("sendsByHeader", Code(HOST)),
    ("sendsByOddHeader", Is(HOST, "The package n8n-nodes-attacks may not send requests whose Host header names no host")),
    ("fetchesByHeader", Code(HOST)),
    ("sendsBySession", Code(HOST)),
    ("evaluates", Says("what stands in the node's parameters alone")),
    ("evaluatesMore", Says("what stands in the node's parameters alone")),
    ("evaluatesItsDefault", Says("what stands in the node's parameters alone")),
    ("looksAround", Says("getWorkflowDataProxy is not there")),
    // The node holds them, and its type does not name them.
    ("otherCredential", Says("slackApi")),
    ("otherCredentialSends", Says("slackApi")),
];

/// All of them, one after the other, each in a workflow of its own, as a server would run them.
fn all() {
    within(async {
        let project = Project::new(&["worker"]);
        let mut wrong = Vec::new();
        for (name, comes) in ATTACKS {
            wrong.extend(Box::pin(tried(&project, name, comes)).await.err().map(|why| format!("{name}: {why}")));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Longer than any of them may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

async fn tried(project: &Project, name: &str, comes: &Comes) -> Result<(), String> {
    let harness = project.harness(name);
    let http = harness.ports().http;
    let ran = tokio::time::timeout(PATIENCE, harness.run_async()).await.map_err(|_| "it does not end")?;
    let ran = outcome(&ran);
    let good = match (comes, &ran) {
        (Code(code), Err((came, _))) => came == code,
        (Says(words), Err((_, said))) => said.contains(words),
        (Is(code, words), Err((came, said))) => came == code && said == words,
        (Fails, Err(_)) => true,
        (EndsOr(code), Err((came, said))) => came == code || said.contains("memory"),
        (EndsOr(_), Ok(_)) => true,
        (Gives(value), Ok(came)) => *came == value(),
        _ => false,
    };
    let named = |said: &str| said.contains("evil.example") && said.contains("konverte packages grant n8n-nodes-attacks --host evil.example");
    if !good || matches!(comes, Code(HOST)) && !matches!(&ran, Err((_, said)) if named(said)) {
        return Err(format!("{ran:?}"));
    }
    let evil = |request: &node_sdk::ports::HttpRequest| {
        request.url.to_lowercase().contains("evil") || request.headers.iter().any(|(_, value)| value.contains("evil.example"))
    };
    if http.requests().iter().any(evil) {
        return Err(format!("sent {:?}", http.requests()));
    }
    // In another workflow everything is as it was.
    let after = outcome(&project.run("polluted").await);
    if after == clean() { Ok(()) } else { Err(format!("afterwards {after:?}")) }
}

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("attacks", all),
    ("what is granted is sent", what_is_granted_is_sent),
    ("what a workflow changes stays in it", pollution_stays),
    ("a worker keeps few sessions", many_workflows),
    ("a worker that hangs takes nobody with it", others_begin_again),
    ("waiting is not hanging", waiting_is_not_hanging),
    ("a run that is stopped ends at once", stopped_at_once),
    ("a broken session is not used again", broken_sessions),
    ("files of nobody are not handed on", files_of_nobody),
    ("lists of items are put out as far as a record can show them", no_more_outputs_than_shown),
    ("what became of a token is said", what_became_of_a_token),
];

fn what_is_granted_is_sent() {
    within(async {
        let project = Project::new(&["worker"]);
        let got = outcome(&project.run("sendsWell").await);
        assert_eq!(got, Ok(json!({"method": "GET", "url": "https://good.example/it", "body": ""})));
        assert_eq!(outcome(&project.run("sendsToMine").await), Ok(json!("https://mine.example/it")), "the credential names it");
        assert_eq!(outcome(&project.run("evaluatesWell").await), Ok(json!([2, 3])));
        let got = outcome(&project.run("fetchesWell").await);
        assert_eq!(got, Ok(json!({"status": 200, "json": {"method": "POST", "url": "https://good.example/it", "body": "a"}})));
        let got = outcome(&project.run("getsWell").await).unwrap();
        assert_eq!(got["status"], 200);
        let text: Value = serde_json::from_str(got["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, json!({"method": "PUT", "url": "https://good.example/it?a=1", "body": "body"}));
    });
}

/// What a node finds that nobody changed.
fn clean() -> Result<Value, (String, String)> {
    Ok(json!({"polluted": "clean", "left": "undefined", "mapped": [2]}))
}

fn pollution_stays() {
    within(async {
        let project = Project::new(&["worker"]);
        // None of them has an id, and all have one name.
        let [one, two, three] = [(); 3].map(|()| project.workflow());
        assert_eq!(outcome(&one.run("polluted").await), clean());
        assert_eq!(outcome(&one.run("pollutes").await), Ok(json!("done")));
        let polluted = outcome(&one.run("polluted").await);
        assert!(!matches!(&polluted, Ok(value) if value["polluted"] == "clean"), "executions of one workflow share a session: {polluted:?}");
        assert_eq!(outcome(&two.run("polluted").await), clean());
        for what in ["freezes", "poisonsToJson"] {
            _ = project.workflow().run(what).await;
            assert_eq!(outcome(&three.run("polluted").await), clean(), "{what}");
        }
    });
}

/// Of more workflows than a worker keeps sessions of, all run, one after the other and again; who was not there for long begins anew.
fn many_workflows() {
    within(async {
        let project = Project::new(&["worker"]);
        let first = project.workflow();
        assert_eq!(outcome(&first.run("pollutes").await), Ok(json!("done")));
        let others: Vec<_> = (0..40).map(|_| project.workflow()).collect();
        for other in others.iter().chain(&others) {
            assert_eq!(outcome(&other.run("well").await), Ok(json!("well")));
        }
        assert_eq!(outcome(&first.run("polluted").await), clean(), "its session was closed");
        let waiting: Vec<_> = others.iter().map(|other| other.run("waitsShortly")).collect();
        for ran in futures_util::future::join_all(waiting).await {
            assert_eq!(outcome(&ran), Ok(json!("waited")), "no session is closed that somebody works in");
        }
    });
}

/// Two workflows wait in the same worker while a third one hangs in a call that nothing interrupts.
fn others_begin_again() {
    within(async {
        let project = Project::new(&["worker"]);
        let (one, two, hangs) = tokio::join!(project.run("waits"), project.run("waits"), project.run("sparse"));
        assert_eq!([&one, &two].map(outcome), [Ok(json!("waited")), Ok(json!("waited"))]);
        assert_eq!(outcome(&hangs).unwrap_err().0, TIME);
    });
}

fn waiting_is_not_hanging() {
    within(async {
        let project = Project::new(&["worker"]);
        let began = Instant::now();
        assert_eq!(outcome(&project.run("waits").await), Ok(json!("waited")));
        assert!(began.elapsed() < Duration::from_secs(20));
    });
}

fn stopped_at_once() {
    within(async {
        let project = Project::new(&["worker"]);
        let workflow = project.workflow();
        for what in ["loop", "sparse", "waits"] {
            let began = Instant::now();
            let ran = tokio::time::timeout(Duration::from_millis(300), workflow.run(what)).await;
            assert!(ran.is_err() && began.elapsed() < Duration::from_millis(650), "{what}: {:?}", began.elapsed());
            assert_eq!(outcome(&workflow.run("well").await), Ok(json!("well")), "after {what}, in the same workflow");
        }
    });
}

fn broken_sessions() {
    within(async {
        let project = Project::new(&["worker"]);
        let workflow = project.workflow();
        for what in ["loop", "bytes", "swallows"] {
            assert!(outcome(&workflow.run("pollutes").await).is_ok());
            assert!(outcome(&workflow.run(what).await).is_err(), "{what}");
            assert_eq!(outcome(&workflow.run("polluted").await), clean(), "after {what}");
        }
    });
}

/// The message is n8n's, whatever was refused; help says what it was.
fn what_became_of_a_token() {
    within(async {
        let project = Project::new(&["worker"]);
        let failed = async |token: Value| {
            let fields = json!({"accessTokenUrl": "https://good.example/token", "clientId": "c", "clientSecret": "s", "oauthTokenData": token});
            let named = json!({"oAuth2Api": {"id": "1", "name": "Account"}});
            let harness = project.harness("renews").with(credential_types::provider()).field("credentials", named);
            harness.ports().credentials.set("oAuth2Api", fields.as_object().unwrap().clone());
            harness.ports().http.respond(|request| {
                let revoked = json!({"error": "invalid_grant", "error_description": "It was revoked"});
                Ok(if request.url.ends_with("/token") { FakeHttp::json(400, &revoked) } else { FakeHttp::json(401, &json!({})) })
            });
            let error = harness.run_async().await.error.unwrap();
            (error.code.to_string(), error.message, error.help.unwrap_or_default())
        };
        let (code, message, help) = Box::pin(failed(json!({"access_token": "old", "refresh_token": "r"}))).await;
        assert_eq!((code.as_str(), message.as_str()), ("KV0311", "Bad request - please check your parameters"));
        assert!(help.contains("\"Account\" (oAuth2Api): The OAuth 2 token could not be renewed: It was revoked."), "{help}");
        let (code, message, help) = Box::pin(failed(json!({"access_token": "old"}))).await;
        assert_eq!((code.as_str(), message.as_str()), ("KV0410", "Authorization failed - please check your credentials"));
        assert!(help.contains("holds no refresh token"), "{help}");
    });
}

fn files_of_nobody() {
    within(async {
        let project = Project::new(&["worker"]);
        let ran = project.run("foreignFile").await;
        let item = ran.outputs[0].first().expect("an item");
        let file = item.binary.as_ref().and_then(|files| files.values().next().cloned());
        assert!(file.is_none_or(|file| file.blob.is_none()), "it leads to nothing that is stored");
    });
}

fn no_more_outputs_than_shown() {
    within(async {
        let ran = Project::new(&["worker"]).run("manyOutputs").await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        assert_eq!(ran.outputs.len(), 256);
    });
}
