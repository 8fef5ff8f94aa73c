//! `--dry-run=read`: what reads goes to the real servers, here an emulator in a process of its own and a scripted server, and nothing else does.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Emulator, Folder, Ran, action, chain, http, konverte};

const ADMIN: &str = "sandbox-admin";

/// An emulator that holds `count` contacts more, from id 1001 on.
fn with_contacts(folder: &Folder, count: usize) -> Emulator {
    let mut seed = konverte(&["sandbox", "--show-seed"]).json();
    let contact = |id: usize| json!({"id": id, "account_id": 1, "name": format!("Contact {id}"), "email": format!("c{id}@customer.example"), "custom_attributes": {"plan": "gold"}});
    seed["contacts"].as_array_mut().expect("a list").extend((1001..=1000 + count).map(contact));
    Emulator::start(&["--as-server", "--seed", &folder.file("seed.json", seed.to_string())])
}

/// What the emulator holds, without its clock, which moves with each request.
fn held(emulator: &Emulator) -> Value {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[http(&format!("{}/_sandbox/state", emulator.url))]));
    let mut state = konverte(&["run", &file, "--output", "ndjson"]).lines().remove(0);
    state["clock"] = Value::Null;
    state
}

fn named(name: &str, mut node: Value) -> Value {
    node["name"] = name.into();
    node
}

fn plan(ran: &Ran) -> Vec<Value> {
    ran.json()["plan"].as_array().expect("a plan").clone()
}

/// How many requests of this node were answered so.
fn count(plan: &[Value], node: &str, method: &str, answered: &str) -> usize {
    plan.iter().filter(|request| request["node"] == node && request["method"] == method && request["answered"] == answered).count()
}

fn items(result: &Value, node: &str) -> Vec<Value> {
    let items = result["nodes"][node]["runs"][0]["outputs"][0].as_array().expect("items").clone();
    items.into_iter().map(|item| item["json"].clone()).collect()
}

#[test]
fn reads_see_the_real_world_and_writes_leave_it_as_it_is() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 60);
    let before = held(&emulator);
    let all = json!({"account_id": 1, "requestOptions": {"returnAll": true, "unwrap": true}});
    let list = named("List", action("Contacts", "Contact List", all));
    let update = json!({"account_id": 1, "id": "={{ $json.id }}", "name": "Renamed", "requestOptions": {"unwrap": true}});
    let update = named("Update", action("Contacts", "Contact Update", update));
    let detail = named("Details", action("Contacts", "Contact Details", json!({"account_id": 1, "id": "={{ $json.id }}"})));
    let file = folder.workflow(&chain(&[list, update, detail]));
    let credentials = emulator.credentials(&folder, ADMIN);
    let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (plan, result) = (plan(&ran), ran.json());
    assert_eq!(count(&plan, "List", "GET", "server"), 5, "63 contacts on pages of 15");
    assert_eq!((count(&plan, "Update", "PUT", "emulator"), count(&plan, "Details", "GET", "server"), plan.len()), (63, 63, 131));
    let updated = items(&result, "Update").into_iter().find(|item| item["id"] == 1007).expect("a real id");
    assert_eq!((&updated["name"], &updated["email"]), (&json!("Renamed"), &json!("c1007@customer.example")), "what is not changed is as it was read");
    let read = items(&result, "Details").into_iter().find(|item| item["payload"]["id"] == 1007).expect("a real id");
    assert_eq!(read["payload"]["name"], "Contact 1007");
    assert_eq!(held(&emulator), before);

    let summary = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "summary"]).stdout;
    assert!(summary.contains("What would have been done: 63, and what was read: 68"), "{summary}");
    assert!(summary.contains(&format!("\nAll at {}\n", emulator.url)) && summary.contains("PUT /api/v1/accounts/1/contacts/1007 "), "{summary}");
    assert!(summary.contains("PUT") && summary.contains("emulator") && summary.contains("server"), "writes come first: {summary}");
}

#[test]
fn searches_that_post_are_reads_whoever_sends_them() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 20);
    let condition = json!([{"attribute_key": "email", "filter_operator": "contains", "values": ["c10"], "query_operator": null}]);
    let all = json!({"returnAll": true, "unwrap": true});
    let filter = named("Filter", action("Contacts", "Contact Filter", json!({"account_id": 1, "payload": condition, "requestOptions": all})));
    let mut by_hand = named("By hand", http(&format!("{}/api/v1/accounts/1/contacts/filter", emulator.url)));
    let body = json!({"payload": condition}).to_string();
    let more = json!({"method": "POST", "authentication": "predefinedCredentialType", "nodeCredentialType": "konverteApi", "sendBody": true,
        "specifyBody": "json", "jsonBody": body, "sendHeaders": true,
        "headerParameters": {"parameters": [{"name": "Api-Access-Token", "value": ADMIN}]}});
    by_hand["parameters"].as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    by_hand["executeOnce"] = true.into();
    let open = json!([{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null}]);
    let mut talks = action("Conversations", "Conversation Filter", json!({"account_id": 1, "payload": open}));
    talks["executeOnce"] = true.into();
    let file = folder.workflow(&chain(&[filter, by_hand, named("Talks", talks)]));
    let credentials = emulator.credentials(&folder, ADMIN);
    let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let plan = plan(&ran);
    assert_eq!((count(&plan, "Filter", "POST", "server"), items(&ran.json(), "Filter").len()), (2, 20));
    assert_eq!(count(&plan, "By hand", "POST", "server"), 1, "{plan:?}");
    assert_eq!((count(&plan, "Talks", "POST", "server"), plan.len()), (1, 4));
}

#[test]
fn of_an_address_that_it_does_not_know_the_emulator_says_nothing() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 1);
    let credentials = emulator.credentials(&folder, ADMIN);
    for mode in ["--dry-run", "--dry-run=read"] {
        let mut elsewhere = named("Elsewhere", http(&format!("{}/hooks/x", emulator.url)));
        elsewhere["parameters"]["method"] = "POST".into();
        let file = folder.workflow(&chain(&[elsewhere]));
        let ran = konverte(&["run", &file, mode, "--credentials", &credentials, "--output", "json"]);
        assert_eq!(ran.code, 0, "{mode}: {}", ran.stderr);
        assert_eq!(count(&plan(&ran), "Elsewhere", "POST", "ended"), 1, "{mode}");
    }
}

/// n8n's node puts values into a path as they are: what then goes elsewhere is what it is there.
#[test]
fn an_address_that_leads_away_from_a_search_is_no_read() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 0);
    let before = held(&emulator);
    let credentials = emulator.credentials(&folder, ADMIN);
    let accounts =
        ["1/contacts#", "1/contacts?x=", r"1\contacts#", "1/contacts/filter/../7#", "1/contacts/filter/%2e%2e#", "1/other#", "../../nowhere#"];
    for kind in ["@devlikeapro/n8n-nodes-chatwoot.chatWoot", "konverte"] {
        let node = |(index, account): (usize, &&str)| {
            let mut node =
                named(&format!("N{index}"), action("Contacts", "Contact Filter", json!({"account_id": format!("={{{{ {} }}}}", json!(account))})));
            node["type"] = kind.into();
            if kind != "konverte" {
                node["credentials"] = json!({"chatwootApi": {"id": "1", "name": "Konverte"}});
            }
            node
        };
        let nodes: Vec<Value> = accounts.iter().enumerate().map(node).collect();
        for node in nodes {
            let file = folder.workflow(&chain(&[node]));
            let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "json"]);
            assert!(plan(&ran).iter().all(|request| request["answered"] != "server"), "{kind}: {} {}", ran.stdout, ran.stderr);
            assert!(kind == "konverte" || plan(&ran).len() == 1, "{}", ran.stdout);
        }
    }
    assert_eq!(held(&emulator), before);
}

#[test]
fn what_a_dry_run_has_made_is_read_from_there_and_goes_on_as_it_would() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 1);
    let before = held(&emulator);
    let create = json!({"account_id": 1, "inbox_id": 2, "name": "Nova", "email": "nova@customer.example", "requestOptions": {"unwrap": true}});
    let create = named("Create", action("Contacts", "Contact Create", create));
    let read = json!({"account_id": 1, "id": "={{ $json.id }}", "requestOptions": {"unwrap": true}});
    let read = named("Read", action("Contacts", "Contact Details", read));
    let open = json!({"account_id": 1, "inbox_id": 2, "contact_id": "={{ $json.id }}", "source_id": "nova"});
    let open = named("Open", action("Conversations", "New Conversation", open));
    let say = json!({"account_id": 1, "conversation_id": "={{ $json.id }}", "content": "Hello"});
    let say = named("Say", action("Messages", "Create A New Message In A Conversation", say));
    let label = json!({"account_id": 1, "conversation_id": 2, "labels": ["vip"]});
    let label = named("Label", action("Conversation Labels", "Conversation Add Labels", label));
    let file = folder.workflow(&chain(&[create, read, open, say, label]));
    let credentials = emulator.credentials(&folder, ADMIN);
    let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.stderr, ran.stdout);
    let answered: Vec<Value> = plan(&ran).iter().map(|request| json!([request["node"], request["answered"]])).collect();
    let all = ["Create", "Read", "Open", "Say", "Label"].map(|node| json!([node, "emulator"]));
    assert_eq!(answered, all);
    assert_eq!(items(&ran.json(), "Read")[0]["name"], "Nova");
    assert_eq!(held(&emulator), before);
}

/// What a record that was read is in the way of fails as it would.
#[test]
fn a_write_knows_the_records_that_were_read() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 1);
    let credentials = emulator.credentials(&folder, ADMIN);
    let once = |name: &str, mut node: Value| {
        node["executeOnce"] = true.into();
        named(name, node)
    };
    let list = |resource: &str, operation: &str| once("List", action(resource, operation, json!({"account_id": 1})));
    let contact =
        |email: &str| once("Create", action("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 2, "name": "X", "email": email})));
    let agent = json!({"account_id": 1, "name": "X", "email": "agent@sandbox.example", "role": "agent"});
    let agent = once("Create", action("Agents", "Add New Agent To Account", agent));
    let contacts = || list("Contacts", "Contact List");
    let run = |nodes: &[Value], form: &str| {
        let file = folder.workflow(&chain(nodes));
        konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", form])
    };
    for nodes in [[contacts(), contact("THEO@customer.example")], [list("Agents", "Get Account Agents"), agent]] {
        let ran = run(&nodes, "json");
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        assert_eq!(ran.json()["error"]["http"]["status"], 422, "{}", ran.stdout);
    }
    let ran = run(&[contacts(), contact("new@customer.example")], "summary");
    assert!(ran.code == 0 && ran.stdout.contains("only a real run shows"), "{}", ran.stdout);
    assert_eq!(run(&[contact("theo@customer.example")], "json").code, 0, "it was not read");
}

/// A service behind a token, that writes down what it is asked.
struct Service {
    url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn start() -> Self {
        let door = tiny_http::Server::http("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", door.server_addr());
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let asked = log.clone();
        std::thread::spawn(move || {
            for request in door.incoming_requests() {
                let line = format!("{} {}", request.method(), request.url());
                let bearer = request.headers().iter().any(|header| header.field.equiv("Authorization") && header.value.as_str() == "Bearer fresh");
                asked.lock().expect("whole").push(line.clone());
                let (status, body) = match line.as_str() {
                    "POST /token" => (200, json!({"access_token": "fresh", "token_type": "bearer", "refresh_token": "next"})),
                    "GET /moved" => (302, Value::Null),
                    _ if bearer || line.ends_with("/open") => (200, json!({"ok": line})),
                    _ => (401, json!({"error": "who are you?"})),
                };
                let mut answer = tiny_http::Response::from_string(body.to_string()).with_status_code(status);
                answer.add_header(tiny_http::Header::from_bytes("Content-Type", "application/json").expect("a header"));
                if status == 302 {
                    answer.add_header(tiny_http::Header::from_bytes("Location", "/open").expect("a header"));
                }
                let _ = request.respond(answer);
            }
        });
        Self { url, log }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().expect("whole"))
    }
}

fn code(text: &str) -> Value {
    json!({"name": "Code", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": text}})
}

#[test]
fn tokens_are_real_and_kept_and_what_writes_ends_its_branch() {
    let (folder, service) = (Folder::new(), Service::start());
    let client =
        json!({"grantType": "clientCredentials", "accessTokenUrl": format!("{}/token", service.url), "clientId": "c", "clientSecret": "s3cret"});
    let credentials = folder.file("credentials.json", json!({"oAuth2Api": client}).to_string());
    let signed = |method: &str| {
        let mut node = http(&format!("{}/x", service.url));
        let more = json!({"method": method, "authentication": "genericCredentialType", "genericAuthType": "oAuth2Api"});
        node["parameters"].as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        node
    };
    let run = |nodes: &[Value]| {
        let file = folder.workflow(&chain(nodes));
        let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--output", "json"]);
        assert!(!ran.stdout.contains("s3cret") && !ran.stdout.contains("fresh"), "{}", ran.stdout);
        ran
    };
    let ran = run(&[named("Read", signed("GET")), named("Write", signed("POST")), named("After", signed("GET"))]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let answered: Vec<Value> = plan(&ran).iter().map(|request| json!([request["method"], request["answered"]])).collect();
    assert_eq!(answered, [json!(["POST", "server"]), json!(["GET", "server"]), json!(["POST", "ended"])]);
    assert_eq!(service.asked(), ["POST /token", "GET /x"]);
    assert!(ran.json()["nodes"].get("After").is_none(), "the branch ends");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&credentials).expect("there")).expect("JSON");
    assert_eq!(kept["oAuth2Api"]["oauthTokenData"]["refresh_token"], "next", "a service may take back the token before");

    // What asks to be taken for a write is one.
    let mut disguised = http(&format!("{}/open", service.url));
    let header = json!({"sendHeaders": true, "headerParameters": {"parameters": [{"name": "X-HTTP-Method-Override", "value": "DELETE"}]}});
    disguised["parameters"].as_object_mut().expect("an object").extend(header.as_object().expect("an object").clone());
    for node in [disguised, http(&format!("{}/open?_method=delete", service.url))] {
        let ran = run(&[node]);
        assert_eq!((ran.code, plan(&ran)[0]["answered"].clone(), service.asked().len()), (0, json!("ended"), 0));
    }

    // Code, with a redirect.
    let url = &service.url;
    let ask = |method: &str, path: &str| format!("await this.helpers.httpRequest({{method: '{method}', url: '{url}{path}', json: true}})");
    let ran = run(&[code(&format!("const read = {}; return [{{json: read}}];", ask("GET", "/moved")))]);
    assert_eq!((ran.code, items(&ran.json(), "Code")), (0, vec![json!({"ok": "GET /open"})]), "{}", ran.stderr);
    let ran = run(&[code(&format!("{}; {}; return [];", ask("GET", "/open"), ask("PUT", "/open")))]);
    assert_eq!((ran.code, count(&plan(&ran), "Code", "PUT", "ended")), (0, 1), "{}", ran.stderr);
    assert_eq!(service.asked(), ["GET /moved", "GET /open", "GET /open"]);
    let ran = run(&[code("await this.helpers.httpRequest({url: 'http://127.0.0.1:1/'}); return [];")]);
    ran.says(1, "ECONNREFUSED");
}

#[test]
fn a_dry_run_that_reads_needs_what_a_real_one_needs() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[action("Profile", "Fetch Profile", json!({}))]));
    konverte(&["run", &file, "--dry-run=nonsense"]).refused(2, "possible values: read");
    konverte(&["run", &file, "--dry-run=read", "--sandbox"]).refused(2, "--sandbox");
    konverte(&["run", &file, "--dry-run=read", "--answers", &folder.file("answers.json", "[]")]).refused(2, "cannot be used with");
    konverte(&["run", &file, "--dry-run=read", "--output", "json"]).says(1, "KV0310");
    assert_eq!(konverte(&["run", &file, "--dry-run", "--output", "json"]).code, 0, "alone it needs no credential");
}

#[test]
fn requests_stand_in_their_file_once_each() {
    let folder = Folder::new();
    let emulator = with_contacts(&folder, 0);
    let read = named("Read", action("Contacts", "Contact Details", json!({"account_id": 1, "id": 1})));
    let write = named("Write", action("Contacts", "Contact Update", json!({"account_id": 1, "id": 1, "name": "X"})));
    let (file, requests) = (folder.workflow(&chain(&[read, write])), folder.file("requests.ndjson", ""));
    let credentials = emulator.credentials(&folder, ADMIN);
    let ran = konverte(&["run", &file, "--dry-run=read", "--credentials", &credentials, "--requests", &requests, "--output", "ndjson"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(&requests).expect("there");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let methods: Vec<&str> = lines.iter().map(|line| line["method"].as_str().unwrap_or_default()).collect();
    assert_eq!(methods, ["GET", "PUT"], "{text}");
    assert!(lines.iter().all(|line| line["url"].as_str().unwrap_or_default().starts_with(&emulator.url)) && !text.contains(ADMIN), "{text}");
}
