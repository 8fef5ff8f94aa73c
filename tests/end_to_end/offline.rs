//! `--answers`, `--requests`, `--now`: a workflow is tried without a network, what it sends is read, and time stands still.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Folder, Ran, Server, action, chain, command, finish, http, konverte, set};

/// Nobody is there: a request that left would fail.
const API: &str = "https://api.offline.invalid";

/// A workflow, answers, and where its requests are written.
struct Trial {
    folder: Folder,
    workflow: String,
    requests: String,
}

impl Trial {
    fn new(workflow: &Value) -> Self {
        let folder = Folder::new();
        let workflow = folder.workflow(workflow);
        let requests = folder.path().join("requests.ndjson").to_str().expect("UTF-8").to_owned();
        Self { folder, workflow, requests }
    }

    fn run(&self, answers: &Value, more: &[&str]) -> Ran {
        let answers = self.folder.file("answers.json", answers.to_string());
        konverte(&[&["run", &self.workflow, "--answers", &answers, "--requests", &self.requests, "--output", "json"], more].concat())
    }

    /// The lines of the requests file.
    fn sent(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.requests).expect("the requests");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// Method and address of each request.
    fn addresses(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.sent().iter().map(|line| format!("{} {}", text(&line["method"]), text(&line["url"]).replace(API, ""))).collect()
    }
}

fn items(ran: &Ran, node: &str) -> Vec<Value> {
    let result = ran.json();
    let outputs = result["nodes"][node]["runs"][0]["outputs"][0].as_array().cloned();
    outputs.unwrap_or_else(|| panic!("no items: {}", ran.stderr)).into_iter().map(|item| item["json"].clone()).collect()
}

fn request(parameters: Value) -> Value {
    let mut node = http("");
    node["parameters"] = parameters;
    node
}

fn code(text: &str) -> Value {
    json!({"name": "Code", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": text}})
}

#[test]
fn the_first_entry_that_fits_answers_as_often_as_it_may() {
    let trial = Trial::new(&chain(&[request(json!({"method": "POST", "url": format!("={API}/v1/{{{{ $json.path }}}}"), "options": {}}))]));
    let answers = json!([
        {"method": "GET", "json": {"from": "another method"}},
        {"method": "post", "match": "/v1/a b", "json": {"from": "an address that is not encoded"}},
        {"method": "post", "match": "/v1/a%20b?q=1", "times": 1, "json": {"from": "once"}},
        {"match": "/v1/a", "json": {"from": "part"}},
        {"match": "", "text": "<x/>", "status": 201},
    ]);
    let input = r#"[{"path": "a b?q=1"}, {"path": "a b?q=1"}, {"path": "c"}]"#;
    let ran = trial.run(&answers, &["--input", input]);
    assert_eq!(items(&ran, "Fetch"), [json!({"from": "once"}), json!({"from": "part"}), json!({"data": "<x/>"})], "{}", ran.stderr);
    assert_eq!(trial.addresses(), ["POST /v1/a%20b?q=1", "POST /v1/a%20b?q=1", "POST /v1/c"]);
    assert!(ran.stderr.contains("no request leaves"), "{}", ran.stderr);
}

#[test]
fn an_answer_has_a_status_and_a_content_type_that_go_without_saying() {
    let full = json!({"response": {"response": {"fullResponse": true}}});
    let trial = Trial::new(&chain(&[request(json!({"url": format!("={API}/{{{{ $json.n }}}}"), "options": full}))]));
    let answers = json!([
        {"match": "/1", "json": [1]}, {"match": "/2", "text": "t"}, {"match": "/3", "text": "<a/>"}, {"match": "/4", "base64": "iVBORw0KGgo="},
        {"match": "/5", "json": 1, "status": 202, "headers": {"Content-Type": "application/vnd.own+json", "X-Own": ["a", "b"]}}, {"match": "/6"},
    ]);
    let ran = trial.run(&answers, &["--input", "[{\"n\":1},{\"n\":2},{\"n\":3},{\"n\":4},{\"n\":5},{\"n\":6}]"]);
    let told: Vec<Value> = items(&ran, "Fetch").iter().map(|item| json!([item["statusCode"], item["headers"]["content-type"]])).collect();
    let expected = json!([
        [200, "application/json"],
        [200, "text/plain"],
        [200, "application/xml"],
        [200, "application/octet-stream"],
        [202, "application/vnd.own+json"],
        [200, null]
    ]);
    assert_eq!(Value::Array(told), expected, "{}", ran.stderr);
    assert_eq!(ran.json()["nodes"]["Fetch"]["runs"][0]["outputs"][0][3]["binary"]["data"]["bytes"], 8);
}

#[test]
fn every_request_of_the_process_counts() {
    let sub = json!({"name": "Sub", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": {
        "source": "parameter", "options": {},
        "workflowJson": json!({
            "nodes": [
                {"name": "Called", "type": "n8n-nodes-base.executeWorkflowTrigger", "typeVersion": 1.1, "position": [0, 0], "parameters": {"inputSource": "passthrough"}},
                {"name": "Inner", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "parameters": {"url": format!("{API}/sub"), "options": {}}},
            ],
            "connections": {"Called": {"main": [[{"node": "Inner", "type": "main", "index": 0}]]}},
        }).to_string(),
    }});
    let mut again = request(json!({"url": format!("{API}/again"), "options": {}}));
    again["name"] = "Again".into();
    again["retryOnFail"] = true.into();
    again["maxTries"] = 3.into();
    let mut pages = request(json!({"url": format!("{API}/pages"), "options": {"pagination": {"pagination": {
        "parameters": {"parameters": [{"name": "page", "value": "={{ $pageCount + 1 }}"}]},
        "paginationCompleteWhen": "other", "completeExpression": "={{ $response.body.last }}",
    }}}}));
    pages["name"] = "Pages".into();
    let mut token =
        request(json!({"url": format!("{API}/guarded"), "authentication": "genericCredentialType", "genericAuthType": "oAuth2Api", "options": {}}));
    token["name"] = "Token".into();
    token["credentials"] = json!({"oAuth2Api": {"id": "1", "name": "OAuth"}});
    let moved = request(json!({"url": format!("{API}/moved"), "options": {}}));
    let helper = code(&format!("await this.helpers.httpRequest({{ url: '{API}/code' }}); return [{{ json: {{}} }}]"));
    let family = action("Agents", "Get Account Agents", json!({"account_id": 1}));
    let trial = Trial::new(&chain(&[again, pages, token, moved, helper, sub, family]));
    let credentials = trial.folder.file(
        "credentials.json",
        json!({
            "oAuth2Api": {"grantType": "clientCredentials", "accessTokenUrl": format!("{API}/token"), "clientId": "id", "clientSecret": "client-secret"},
            "konverteApi": {"url": API, "accessToken": "konverte-token"},
        })
        .to_string(),
    );
    let answers = json!([
        {"match": "/again", "times": 2, "status": 500, "json": {}},
        {"match": "page=2", "json": {"last": true}},
        {"match": "/token", "json": {"access_token": "token-1", "token_type": "bearer", "expires_in": 3600}},
        {"match": "/moved", "status": 302, "headers": {"location": "/landed?x=1"}},
        {"match": "/agents", "json": []},
        {"match": "", "json": {"last": false}},
    ]);
    let ran = trial.run(&answers, &["--credentials", &credentials, "--now", "2026-03-14T09:26:53.589Z"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let expected = [
        "GET /again",
        "GET /again",
        "GET /again",
        "GET /pages?page=1",
        "GET /pages?page=2",
        "POST /token",
        "GET /guarded",
        "GET /guarded",
        "GET /moved",
        "GET /landed?x=1",
        "GET /moved",
        "GET /landed?x=1",
        "GET /code",
        "GET /sub",
        "GET /api/v1/accounts/1/agents",
    ];
    assert_eq!(trial.addresses(), expected);
    let sent = trial.sent();
    assert_eq!((&sent[6]["headers"]["authorization"], &sent[13]["node"], &sent[10]["item"]), (&json!("Bearer token-1"), &json!("Inner"), &json!(1)));
    ran.says(0, "requests.ndjson will hold what is secret in");
    let saved = &ran.json()["savedCredentials"];
    assert_eq!((saved.as_array().map(Vec::len), &saved[0]["type"]), (Some(1), &json!("oAuth2Api")), "{saved}");
    assert_eq!(saved[0]["data"]["oauthTokenData"]["access_token"], "token-1");
    assert_eq!(saved[0]["data"]["clientSecret"], "client-secret");
}

#[test]
fn a_request_that_nothing_fits_fails_its_node_and_shows_the_entry_that_would_answer() {
    let url = format!("{API}/v1/users?page=1");
    for node in [
        request(json!({"method": "PUT", "url": url, "options": {}})),
        code(&format!("return this.helpers.httpRequest({{ method: 'PUT', url: '{url}' }})")),
    ] {
        let trial = Trial::new(&chain(std::slice::from_ref(&node)));
        let ran = trial.run(&json!([{"method": "GET", "json": {}}]), &[]);
        let entry = json!({"method": "PUT", "match": url, "json": {}});
        ran.says(1, "KV0416 × ");
        assert_eq!(ran.stderr.matches("would answer").count(), 1, "said once: {}", ran.stderr);
        let error = &ran.json()["error"];
        assert_eq!(error["code"], "KV0416", "{error}");
        let shown = error["help"].as_str().and_then(|help| help.split_once(": ")).map(|(_, entry)| entry.to_owned()).expect("an entry");
        assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON"), entry);
        assert_eq!(trial.run(&json!([{"method": "GET", "json": {}}, entry]), &[]).code, 0, "the entry answers");

        let mut goes_on = node.clone();
        goes_on["onError"] = "continueRegularOutput".into();
        let trial = Trial::new(&chain(&[goes_on, set("After", "x", "1")]));
        let ran = trial.run(&json!([]), &[]);
        ran.says(0, "This entry in the answers file would answer: {\"method\":\"PUT\"");
        assert_eq!(ran.json()["executionOrder"], json!(["Start", node["name"], "After"]));
    }
}

#[test]
fn the_entry_that_is_shown_holds_no_secret() {
    let mut node =
        request(json!({"url": format!("{API}/v1"), "authentication": "genericCredentialType", "genericAuthType": "httpQueryAuth", "options": {}}));
    node["credentials"] = json!({"httpQueryAuth": {"id": "1", "name": "Key"}});
    let trial = Trial::new(&chain(&[node]));
    let credentials = trial.folder.file("credentials.json", json!({"httpQueryAuth": {"name": "key", "value": "s3cret-key"}}).to_string());
    let ran = trial.run(&json!([]), &["--credentials", &credentials]);
    assert!(!ran.stderr.contains("s3cret-key") && !ran.stdout.contains("s3cret-key"), "{}", ran.stderr);
    ran.says(1, &format!("\"match\":\"{API}/v1?key=\""));
    let entry = json!([{"method": "GET", "match": format!("{API}/v1?key="), "json": {}}]);
    assert_eq!(trial.run(&entry, &["--credentials", &credentials]).code, 0);
    assert_eq!(trial.addresses(), ["GET /v1?key=s3cret-key"]);
}

#[test]
fn options_that_contradict_each_other_are_wrong_use() {
    let trial = Trial::new(&chain(&[]));
    let refused = |args: &[&str], words: &str| trial.run(&json!([]), args).refused(2, words);
    refused(&["--sandbox"], "cannot be used with");
    refused(&["--dry-run"], "cannot be used with");
    refused(&["--now", "tomorrow"], "2026-03-15T12:34:56Z");
    let run = |answers: &str, requests: &str| konverte(&["run", &trial.workflow, "--answers", answers, "--requests", requests]);
    let answers = trial.folder.file("answers.json", "[]");
    run(&answers, "-").refused(2, "Standard output carries the result");
    run(&answers, &trial.workflow).refused(2, "which this command reads");
    run(&answers, &answers).refused(2, "which this command reads");
    for (text, words) in [
        ("{}", "must hold a JSON list"),
        ("[1]", "entry 1 is not an object"),
        (r#"[{}, {"status": "ok"}]"#, "entry 2 has a `status`"),
        (r#"[{"json": 1, "text": "a"}]"#, "json and text"),
        ("[", "KV0711"),
    ] {
        let answers = trial.folder.file("wrong.json", text);
        run(&answers, &trial.requests).refused(2, words);
    }
    // It would answer every request.
    let misspelt = trial.folder.file("misspelt.json", "[\n  {\"match\": \"/a\"},\n  {\"mtch\": \"/b\"}\n]");
    let ran = run(&misspelt, &trial.requests);
    ran.refused(2, "entry 2 has an unknown key `mtch`");
    assert!(ran.stderr.contains("misspelt.json:3:"), "{}", ran.stderr);
    konverte(&["check", &trial.workflow, "--answers", &answers]).refused(2, "--test-credentials");
}

#[test]
fn requests_are_written_as_they_are_sent() {
    let body = |parameters: Value| {
        let mut all = json!({"method": "POST", "url": format!("{API}:443/x?a=b c#f"), "sendBody": true, "options": {}});
        all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
        request(all)
    };
    let fields = json!({"parameters": [{"name": "a", "value": "1 2"}, {"name": "ü", "value": "&"}]});
    let sent = |node: Value| {
        let trial = Trial::new(&chain(&[node]));
        let ran = trial.run(&json!([{"json": {}}]), &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        trial.sent().remove(0)
    };
    let form = sent(body(json!({"contentType": "form-urlencoded", "bodyParameters": fields})));
    assert_eq!((&form["node"], &form["item"], &form["method"]), (&json!("Fetch"), &json!(0), &json!("POST")));
    assert_eq!(form["url"], format!("{API}/x?a=b%20c"), "no port of the scheme's own, no fragment");
    assert_eq!(form["headers"]["host"], "api.offline.invalid");
    assert_eq!(form["form"], json!([["a", "1 2"], ["ü", "&"]]));
    assert_eq!(form["headers"]["content-length"], form["text"].as_str().expect("as sent").len().to_string());
    let parts = sent(body(json!({"contentType": "multipart-form-data", "bodyParameters": fields})));
    assert_eq!(parts["multipart"], json!([{"name": "a", "text": "1 2"}, {"name": "ü", "text": "&"}]));
    let raw = |text: &str| sent(body(json!({"contentType": "raw", "rawContentType": "text/own", "body": text})));
    let compact = raw(r#"{"b":1,"a":[2]}"#);
    assert_eq!((&compact["json"], compact.get("text")), (&json!({"b": 1, "a": [2]}), None));
    let spaced = raw(r#"{"b": 1}"#);
    assert_eq!((&spaced["json"], &spaced["text"]), (&json!({"b": 1}), &json!(r#"{"b": 1}"#)));
    assert_eq!((&raw("{b")["text"], raw("{b").get("json")), (&json!("{b"), None));
    let twice = code(&format!("await this.helpers.httpRequest({{ url: '{API}', headers: {{ 'x-own': ['1', '2'] }} }}); return []"));
    assert!(sent(twice)["headers"]["x-own"].is_string());
}

#[test]
fn what_is_secret_in_requests_is_masked_when_they_leave() {
    let server = Server::answering(200, "application/json", "{}");
    let mut node = request(json!({"url": format!("{}/a?key=s3cret-key", server.url()), "authentication": "genericCredentialType",
        "genericAuthType": "httpHeaderAuth", "sendHeaders": true, "options": {},
        "headerParameters": {"parameters": [{"name": "Authorization", "value": "Bearer written-in-the-file"}]}}));
    node["credentials"] = json!({"httpHeaderAuth": {"id": "1", "name": "Key"}});
    let trial = Trial::new(&chain(&[node]));
    let credentials = trial.folder.file("credentials.json", json!({"httpHeaderAuth": {"name": "X-Key", "value": "s3cret-key"}}).to_string());
    let ran = konverte(&["run", &trial.workflow, "--requests", &trial.requests, "--credentials", &credentials]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let line = &trial.sent()[0];
    assert_eq!(line["url"], format!("{}/a?key=***", server.url()));
    assert_eq!((&line["headers"]["x-key"], &line["headers"]["authorization"]), (&json!("***"), &json!("***")), "{line}");
    assert!(ran.json().get("savedCredentials").is_none());

    let fields = json!({"parameters": [{"name": "password", "value": "hunter2"}, {"name": "user", "value": "ana"}]});
    let form = json!({"method": "POST", "url": API, "sendBody": true, "contentType": "form-urlencoded", "bodyParameters": fields, "options": {}});
    let dry = Trial::new(&chain(&[request(form)]));
    assert_eq!(konverte(&["run", &dry.workflow, "--dry-run", "--requests", &dry.requests]).code, 0);
    let line = &dry.sent()[0];
    assert_eq!((&line["form"], &line["text"]), (&json!([["password", "***"], ["user", "ana"]]), &json!("password=***&user=ana")));

    let sandbox = Trial::new(&chain(&[action("Agents", "Get Account Agents", json!({"account_id": 1}))]));
    assert_eq!(konverte(&["run", &sandbox.workflow, "--sandbox", "--requests", &sandbox.requests]).code, 0);
    assert!(sandbox.sent()[0]["url"].as_str().is_some_and(|url| url.ends_with("/api/v1/accounts/1/agents")), "the emulator's are there too");
}

#[test]
fn a_request_is_there_after_a_kill() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let trial = Trial::new(&chain(&[http(&format!("http://{address}/never"))]));
    let mut process = command(&["run", &trial.workflow, "--requests", &trial.requests]).spawn().expect("starts");
    let connection = listener.accept().expect("the request comes");
    process.kill().expect("killed");
    process.wait().expect("ended");
    drop(connection);
    assert_eq!(trial.sent()[0]["url"], format!("http://{address}/never"));
}

#[test]
fn the_clock_stands_still_and_waits_take_no_time() {
    let mut paced = request(
        json!({"url": format!("={API}/{{{{ $now.toMillis() }}}}"), "options": {"batching": {"batch": {"batchSize": 1, "batchInterval": 60000}}}}),
    );
    paced["retryOnFail"] = true.into();
    paced["maxTries"] = 2.into();
    paced["waitBetweenTries"] = 5000.into();
    let clock = code("return [{ json: { now: Date.now(), iso: new Date().toISOString(), items: $input.all().length } }]");
    let wait = json!({"name": "Wait", "type": "n8n-nodes-base.wait", "typeVersion": 1.1, "parameters": {"amount": 3, "unit": "hours"}});
    let trial = Trial::new(&chain(&[paced, wait, clock]));
    let answers = json!([{"times": 1, "status": 500}, {"json": {}}]);
    let began = Instant::now();
    let now = ["--now", "2026-03-14T10:26:53.589+01:00"];
    let ran = trial.run(&answers, &[&now[..], &["--input", "[{},{},{}]", "--timeout", "20s"]].concat());
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(items(&ran, "Code"), [json!({"now": 1_773_480_413_589_u64, "iso": "2026-03-14T09:26:53.589Z", "items": 3})], "{}", ran.stderr);
    assert!(trial.addresses().iter().all(|address| address == "GET /1773480413589"), "{:?}", trial.addresses());
    assert_eq!((&ran.json()["startedAt"], &ran.json()["finishedAt"]), (&json!("2026-03-14T09:26:53.589Z"), &json!("2026-03-14T09:26:53.589Z")));

    let timer = Trial::new(&chain(&[code("await new Promise((done) => setTimeout(done, 3_600_000)); return []")]));
    timer.run(&json!([]), &[&now[..], &["--timeout", "20s"]].concat()).json();

    // A time-out is no wait of a node's: it is real.
    let trial = Trial::new(&chain(&[code("while (true) {}")]));
    let ran = trial.run(&json!([]), &[&now[..], &["--timeout", "200ms"]].concat());
    ran.says(5, "KV0203");
}

#[test]
fn a_credential_is_tested_against_answers() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[action("Agents", "Get Account Agents", json!({"account_id": 1}))]));
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": API, "accessToken": "konverte-token"}}).to_string());
    let requests = folder.path().join("requests.ndjson").to_str().expect("UTF-8").to_owned();
    let check = |answers: Value| {
        let answers = folder.file("answers.json", answers.to_string());
        finish(
            command(&["check", &file, "--credentials", &credentials, "--test-credentials", "--answers", &answers, "--requests", &requests])
                .output()
                .expect("runs"),
        )
    };
    let profile = json!({"id": 1, "name": "Ana", "accounts": [{"id": 1, "role": "administrator"}]});
    check(json!([{"match": "/api/v1/profile", "json": profile}])).says(0, "will hold what is secret");
    let line: Value = serde_json::from_str(std::fs::read_to_string(&requests).expect("requests").lines().next().expect("a line")).expect("JSON");
    assert_eq!((&line["node"], &line["url"]), (&json!("Action"), &json!(format!("{API}/api/v1/profile"))));
    assert_eq!(line["headers"]["api-access-token"], "konverte-token");
    check(json!([{"status": 401, "json": {}}])).says(3, "");
    let unanswered = check(json!([]));
    assert!(unanswered.stdout.contains("KV0416") && !unanswered.stdout.contains("KV0311"), "{}", unanswered.stdout);
    let said = format!("{}{}", unanswered.stdout, unanswered.stderr);
    assert_eq!((unanswered.code, said.matches("would answer").count()), (3, 1), "said once: {said}");
}

#[test]
fn what_to_do_fits_why_a_credential_does_not_hold() {
    let folder = Folder::new();
    let test = |kind: &str, fields: Value, answer: Option<Value>| {
        let credentials = folder.file("credentials.json", json!([{"id": "1", "name": "Team", "type": kind, "data": fields}]).to_string());
        let answers = folder.file("answers.json", json!([answer]).to_string());
        let offline: &[&str] = if answer.is_some() { &["--answers", &answers] } else { &[] };
        let ran = konverte(&[&["credentials", "test", "--credentials", &credentials, "--format", "json"], offline].concat());
        let line = ran.lines().remove(0);
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        (text("code"), text("help"))
    };
    let github = |status: u16, said: &str| {
        test("githubApi", json!({"user": "u", "accessToken": "t"}), Some(json!({"status": status, "json": {"error": said}})))
    };
    let (code, help) = github(400, "invalid_auth");
    assert_eq!((code.as_str(), help.as_str()), ("KV0311", "The service refuses it: put what the service gives out now into its entry."));
    assert!(github(503, "down").1.contains("ask again later"));
    let (code, help) = test("githubApi", json!({"server": "http://127.0.0.1:1", "user": "u", "accessToken": "t"}), None);
    assert!(code == "KV0400" && help.contains("nothing is known of the credential"), "{code}: {help}");
}
