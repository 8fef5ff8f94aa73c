//! Where the real server differs from its documentation, faults, limits, seeds and the client.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{ADMIN, AGENT, Asked, PLATFORM};
use konverte_sandbox::{Fault, Options, Outcome, Request, SLOW, Sandbox, SandboxClient};
use node_sdk::async_trait;
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, Part};
use serde_json::{Value, json};

const ACCOUNT: &str = "/api/v1/accounts/1";

/// The status by default and as the real server.
fn both(method: &str, path: &str, token: Option<&str>, body: &Value) -> (u16, u16) {
    let status = |sandbox: Asked| sandbox.ask(method, &format!("{ACCOUNT}{path}"), token, body.clone()).0;
    (status(Asked::new()), status(Asked::as_server()))
}

#[test]
fn the_document_holds_by_default_and_the_server_on_request() {
    let filter = |operator: &str| json!({ "payload": [{ "attribute_key": "status", "filter_operator": operator, "values": ["open"], "query_operator": null }] });
    let category = json!({ "name": "X", "slug": "x", "locale": "en" });
    let nil = json!({ "name": "X", "conditions": [{ "attribute_key": "content", "filter_operator": "contains", "values": ["x"], "query_operator": "nil" }], "actions": [] });
    for (method, path, token, body, expected) in [
        // The dead path.
        ("PATCH", "/portals", ADMIN, json!({ "slug": "sandbox", "name": "X" }), (200, 404)),
        ("PATCH", "/portals/sandbox", ADMIN, json!({ "name": "X" }), (200, 200)),
        // The slug instead of a number.
        ("POST", "/portals/1/categories", ADMIN, category.clone(), (200, 404)),
        ("POST", "/portals/sandbox/categories", ADMIN, category, (200, 200)),
        // Operators of the document's examples.
        ("POST", "/conversations/filter", ADMIN, filter("eq"), (200, 422)),
        ("POST", "/conversations/filter", ADMIN, filter("not_eq"), (200, 422)),
        ("POST", "/conversations/filter", ADMIN, filter("equal_to"), (200, 200)),
        ("POST", "/conversations/filter", ADMIN, filter("like"), (422, 422)),
        ("POST", "/automation_rules", ADMIN, nil, (200, 422)),
        // Values of the document that are not stored.
        ("PATCH", "/agents/2", ADMIN, json!({ "role": "agent", "availability": "available" }), (200, 500)),
        ("POST", "/conversations/1/toggle_priority", ADMIN, json!({ "priority": "none" }), (200, 500)),
        ("POST", "/conversations/1/toggle_priority", ADMIN, json!({ "priority": null }), (200, 200)),
        ("POST", "/portals", ADMIN, json!({ "name": "X", "slug": "x", "color": "add color HEX string, \"#fffff\"" }), (200, 422)),
        ("GET", "/conversations?team_id=0", ADMIN, Value::Null, (200, 404)),
        ("GET", "/contacts/search?q=", ADMIN, Value::Null, (200, 422)),
        ("GET", "/automation_rules/9", ADMIN, Value::Null, (404, 500)),
        // Roles.
        ("POST", "/teams", AGENT, json!({ "name": "x" }), (200, 401)),
        ("GET", "/teams", AGENT, Value::Null, (200, 200)),
    ] {
        assert_eq!(both(method, path, token, &body), expected, "{method} {path} {body}");
    }
}

#[test]
fn the_page_is_refused_to_who_wants_json() {
    let page = |sandbox: Asked, accept: &str| {
        let mut request = Request::json("GET", "/survey/responses/any", None, None);
        request.headers.push(("Accept".into(), accept.into()));
        sandbox.answer(&request).status
    };
    assert_eq!(page(Asked::new(), "application/json"), 200);
    assert_eq!(page(Asked::as_server(), "application/json"), 406);
    assert_eq!(page(Asked::as_server(), "text/html"), 200);
}

#[test]
fn what_n8n_sends_unset_narrows_only_on_the_server() {
    let query = "?assignee_type=all&status=open&q=&inbox_id=0&labels=%5B%0A%20%20null%0A%5D&page=1";
    let count = |sandbox: Asked| sandbox.get(&format!("{ACCOUNT}/conversations{query}"), ADMIN).1["data"]["meta"]["all_count"].clone();
    assert_eq!((count(Asked::new()), count(Asked::as_server())), (json!(2), json!(0)));
}

#[test]
fn a_saved_filter_gets_its_kind_where_the_server_reads_it() {
    let kind = |sandbox: Asked, body: Value| sandbox.ask("POST", &format!("{ACCOUNT}/custom_filters"), ADMIN, body).1["filter_type"].clone();
    let documented = json!({ "name": "x", "type": "contact", "query": {} });
    assert_eq!(kind(Asked::new(), documented.clone()), "contact");
    assert_eq!(kind(Asked::as_server(), documented), "conversation");
    assert_eq!(kind(Asked::as_server(), json!({ "name": "x", "filter_type": "contact", "query": {} })), "contact");
}

#[test]
fn filters_bind_and_before_or() {
    let sandbox = Asked::new();
    let condition = |key: &str, operator: &str, values: Value, joined: Value| json!({ "attribute_key": key, "filter_operator": operator, "values": values, "query_operator": joined });
    let contacts = |payload: Vec<Value>| {
        let (status, answer) = sandbox.ask("POST", &format!("{ACCOUNT}/contacts/filter"), ADMIN, json!({ "payload": payload }));
        let ids = answer["payload"].as_array().map(|list| list.iter().map(|contact| contact["id"].as_u64().unwrap()).collect::<Vec<_>>());
        (status, ids.unwrap_or_default())
    };
    let (and, or, end) = (json!("and"), json!("OR"), Value::Null);
    // gold or (silver and in Malmo)
    let mixed = vec![
        condition("plan", "equal_to", json!(["GOLD"]), or),
        condition("plan", "equal_to", json!(["silver"]), and.clone()),
        condition("city", "contains", json!(["malm"]), end.clone()),
    ];
    assert_eq!(contacts(mixed), (200, vec![1]));
    assert_eq!(contacts(vec![condition("plan", "is_not_present", json!([]), end.clone())]), (200, vec![3]));
    assert_eq!(contacts(vec![condition("phone_number", "starts_with", json!(["+46"]), end.clone())]), (200, vec![3]));
    assert_eq!(contacts(vec![condition("last_activity_at", "is_greater_than", json!(["2026-01-01T02:00:00Z"]), end.clone())]), (200, vec![3]));
    assert_eq!(contacts(vec![condition("created_at", "days_before", json!([0]), end.clone())]), (200, vec![]));
    assert_eq!(contacts(vec![condition("labels", "not_equal_to", json!(["vip"]), end.clone())]), (200, vec![2, 3]));
    for wrong in [
        condition("moon", "equal_to", json!([1]), end.clone()),
        condition("name", "is_present", json!([]), end.clone()),
        condition("name", "equal_to", json!([]), end),
        condition("name", "equal_to", json!(["x"]), json!("XOR")),
    ] {
        assert_eq!(contacts(vec![wrong.clone()]).0, 422, "{wrong}");
    }
}

#[test]
fn lists_have_pages() {
    let sandbox = Asked::new();
    for number in 0..40 {
        let contact = json!({ "inbox_id": null, "name": format!("C{number:02}"), "email": format!("c{number}@example.com") });
        assert_eq!(sandbox.ask("POST", &format!("{ACCOUNT}/contacts"), ADMIN, contact).0, 200);
    }
    let page = |page: &str| sandbox.get(&format!("{ACCOUNT}/contacts?page={page}&sort=-name"), ADMIN).1;
    assert_eq!(page("1")["meta"], json!({ "count": 43, "current_page": "1" }));
    let lengths: Vec<usize> = ["0", "1", "2", "3", "4"].map(|n| page(n)["payload"].as_array().unwrap().len()).to_vec();
    assert_eq!(lengths, [15, 15, 15, 13, 0]);
    assert_eq!(page("1")["payload"][0]["name"], "Theo Prado");
    let search = |page: u32| sandbox.get(&format!("{ACCOUNT}/contacts/search?q=example&page={page}"), ADMIN).1["meta"]["has_more"].clone();
    assert_eq!((search(1), search(3)), (json!(true), json!(false)));
    for number in 0..30 {
        let message = json!({ "content": format!("m{number}") });
        sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/messages"), ADMIN, message);
    }
    let messages = |query: &str| {
        let (_, answer) = sandbox.get(&format!("{ACCOUNT}/conversations/1/messages{query}"), ADMIN);
        answer["payload"].as_array().unwrap().iter().map(|m| m["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let last = messages("");
    assert_eq!((last.len(), last[19]), (20, 36));
    let earlier = messages(&format!("?before={}", last[0]));
    assert_eq!((earlier.len(), earlier[0]), (12, 1));
    assert_eq!(messages("?after=30").len(), 6);
}

#[test]
fn an_incoming_message_reopens() {
    let sandbox = Asked::new();
    let path = "/public/api/v1/inboxes/sandbox-inbox/contacts/sandbox-contact-3/conversations/3/messages";
    assert_eq!(sandbox.ask("POST", path, None, json!({ "content": "One more thing" })).0, 200);
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/conversations/3"), ADMIN).1["status"], "open");
    assert_eq!(sandbox.get("/api/v2/accounts/1/reports/conversations?type=account", ADMIN).1["unattended"], 2);
}

#[test]
fn uploaded_files_can_be_fetched() {
    let sandbox = Asked::new();
    let mut request = Request::json("POST", &format!("{ACCOUNT}/conversations/1/messages"), ADMIN, None);
    let part = |name: &str, file: Option<&str>, content: &'static [u8]| Part {
        name: name.into(),
        file_name: file.map(str::to_owned),
        content_type: file.map(|_| "text/plain".to_owned()),
        content: content.into(),
    };
    request.body = HttpBody::Multipart(vec![
        part("content", None, b"see"),
        part("attachments[]", Some("a.txt"), b"A"),
        part("attachments[]", Some("b.txt"), b"BB"),
    ]);
    let message = sandbox.answer(&request).json();
    assert_eq!(message["attachments"].as_array().unwrap().len(), 2);
    let url = message["attachments"][1]["data_url"].as_str().unwrap();
    let file = sandbox.answer(&Request::json("GET", SandboxClient::target(url).unwrap(), None, None));
    assert_eq!((file.status, &file.body[..]), (200, &b"BB"[..]));
    let picture = Part { content_type: Some("text/plain".into()), ..part("avatar", Some("a.txt"), b"A") };
    let mut contact = Request::json("PUT", &format!("{ACCOUNT}/contacts/1"), ADMIN, None);
    contact.body = HttpBody::Multipart(vec![picture]);
    assert_eq!(sandbox.answer(&contact).status, 422);
}

#[test]
fn faults_strike_the_same_requests_for_the_same_seed() {
    let struck = |seed: u64| {
        let faults = vec!["/platform/api/v1/users=429:0.3".parse::<Fault>().unwrap()];
        let sandbox = Asked::with(Options { faults, fault_seed: seed, ..Options::default() });
        let body = |n: usize| json!({ "name": "x", "email": format!("u{n}@example.com"), "password": "Secr3t!pass" });
        let statuses: Vec<u16> = (0..200).map(|n| sandbox.ask("POST", "/platform/api/v1/users", PLATFORM, body(n)).0).collect();
        let made = sandbox.0.state()["users"].as_array().unwrap().len() - 2;
        assert_eq!(made, statuses.iter().filter(|status| **status == 200).count(), "a request that failed was not done");
        assert_eq!(sandbox.get("/api/v1/profile", ADMIN).0, 200);
        statuses
    };
    let first = struck(1);
    let share = first.iter().filter(|status| **status == 429).count();
    assert!((40..80).contains(&share), "{share} of 200");
    assert_eq!(first, struck(1));
    assert_ne!(first, struck(2));
}

#[test]
fn each_kind_of_fault_looks_like_the_real_thing() {
    let outcome = |kind: &str| {
        let faults = vec![format!("*={kind}").parse().unwrap()];
        let sandbox = Sandbox::new(Options { faults, ..Options::default() }).unwrap();
        sandbox.handle(&Request::json("GET", "/api/v1/profile", ADMIN, None))
    };
    let Outcome::Answer(throttled) = outcome("429") else { panic!() };
    assert_eq!(
        (throttled.status, &throttled.headers[..], &throttled.body[..]),
        (429, &[("content-type", "text/plain".to_owned())][..], &b"Retry later\n"[..])
    );
    let Outcome::Answer(down) = outcome("503") else { panic!() };
    assert_eq!(down.headers, [("content-type", "text/html".to_owned()), ("retry-after", "1".to_owned())]);
    let Outcome::Answer(error) = outcome("500") else { panic!() };
    assert_eq!(error.json(), json!({ "status": 500, "error": "Internal Server Error" }));
    assert!(matches!(outcome("slow"), Outcome::Late(response, SLOW) if response.status == 200));
    assert!(matches!(outcome("reset"), Outcome::Reset));
}

#[test]
fn limits_are_the_real_servers() {
    let limited = || Asked::with(Options { limits: true, ..Options::default() });
    for (path, most) in [
        (format!("{ACCOUNT}/conversations/meta"), 30),
        (format!("{ACCOUNT}/contacts/search?q=x"), 100),
        ("/api/v2/accounts/1/reports/summary?type=account".to_owned(), 100),
        ("/api/v1/profile".to_owned(), 3000),
    ] {
        let sandbox = limited();
        let good = (0..most).all(|_| sandbox.get(&path, ADMIN).0 == 200);
        assert!(good, "{path}");
        assert_eq!(sandbox.get(&path, ADMIN), (429, json!("Retry later\n")), "{path}");
    }
    let sandbox = limited();
    let post = || sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/messages"), ADMIN, json!({ "content": "x" }));
    assert!((0..200).all(|_| post().0 == 200));
    assert_eq!(post(), (422, json!({ "error": "Too many messages" })));
}

#[test]
fn a_seed_of_ones_own_replaces_the_seed() {
    let seed = json!({ "platform_apps": [{ "id": 7, "token": "mine" }] }).to_string();
    let sandbox = Asked::with(Options { seed: Some(seed), ..Options::default() });
    assert_eq!(sandbox.get("/api/v1/profile", ADMIN).0, 401);
    assert_eq!(sandbox.get("/platform/api/v1/agent_bots", Some("mine")), (200, json!([])));
    // What a sandbox holds is itself a seed.
    let held = Asked::new().0.state();
    let again = Asked::with(Options { seed: Some(held.to_string()), ..Options::default() });
    assert_eq!(again.0.state(), held);
    for wrong in ["", "[]", "{\"user\": []}", "{\"users\": [{\"id\": 0}]}", "{\"users\": [{\"id\": 1}, {\"id\": 1}]}"] {
        let error = Sandbox::new(Options { seed: Some(wrong.into()), ..Options::default() }).unwrap_err().to_string();
        assert!(error.starts_with("The sandbox cannot start"), "{error}");
    }
}

/// The seed with each of these fields leading nowhere.
#[test]
fn a_seed_whose_records_belong_to_none_is_refused_with_the_place() {
    let mut tried = 0;
    let seed: Value = serde_json::from_str(Sandbox::seed_json()).unwrap();
    for (table, rows) in seed.as_object().unwrap() {
        let Some(row) = rows.get(0).and_then(Value::as_object) else { continue };
        for field in ["account_id", "inbox_id", "contact_id", "contact_inbox_id", "conversation_id", "portal_id", "user_id"] {
            // A bot of no account is one of all; a message's inbox is its conversation's.
            if row.get(field).is_none_or(Value::is_null) || [("messages", "inbox_id"), ("hooks", "inbox_id")].contains(&(table.as_str(), field)) {
                continue;
            }
            let mut wrong = seed.clone();
            wrong[table][0][field] = json!(77);
            let Err(error) = Sandbox::new(Options { seed: Some(wrong.to_string()), ..Options::default() }) else { panic!("{table} {field}") };
            let said = format!("the record {} of `{table}` has the `{field}` 77, and there is no such ", row["id"]);
            assert!(error.to_string().contains(&said), "{error}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
    // What an action takes away leaves nothing behind that belongs to it.
    for action in konverte_nodes::actions().filter(|action| action.method.as_str() == "DELETE") {
        let example = konverte_sandbox::examples::of(&action.operation_id).unwrap();
        let sandbox = Asked::new();
        sandbox.answer(&konverte_sandbox::examples::request(action, &example.parameters, &serde_json::Map::new()));
        let again = Sandbox::new(Options { seed: Some(sandbox.0.state().to_string()), ..Options::default() });
        assert!(again.is_ok(), "{}: {:?}", action.operation, again.err());
    }
}

#[test]
fn the_state_is_shown_and_reset() {
    let sandbox = Asked::new();
    let seeded = sandbox.get("/_sandbox/state", None).1;
    assert_eq!(sandbox.ask("DELETE", &format!("{ACCOUNT}/teams/1"), ADMIN, Value::Null).0, 200);
    assert_eq!(sandbox.get("/_sandbox/state", None).1["teams"], json!([]));
    assert_eq!(sandbox.ask("POST", "/_sandbox/reset", None, Value::Null).1, seeded);
}

#[test]
fn ids_are_never_used_twice() {
    let sandbox = Asked::new();
    let create = || sandbox.ask("POST", &format!("{ACCOUNT}/teams"), ADMIN, json!({ "name": "x" })).1["id"].clone();
    assert_eq!(create(), 2);
    sandbox.ask("DELETE", &format!("{ACCOUNT}/teams/2"), ADMIN, Value::Null);
    assert_eq!(create(), 3);
}

/// A client that must not be asked.
struct Nobody;

#[async_trait]
impl HttpClient for Nobody {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError { kind: HttpErrorKind::Refused, message: "outside".into(), maybe_sent: false })
    }
}

fn get(url: &str, options: HttpOptions) -> HttpRequest {
    let headers = vec![("Api-Access-Token".to_owned(), "sandbox-admin".to_owned())];
    HttpRequest { method: "GET".into(), url: url.into(), headers, body: HttpBody::Empty, options }
}

#[tokio::test(start_paused = true)]
async fn a_client_in_the_process_answers_for_the_sandbox_alone() {
    let client = |faults: &[&str]| {
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        let sandbox = Sandbox::new(Options { faults, ..Options::default() }).unwrap();
        SandboxClient::new(Arc::new(sandbox), Arc::new(Nobody))
    };
    let profile = "http://konverte.sandbox/api/v1/profile";
    let answer = client(&[]).send(get(profile, HttpOptions::default())).await.unwrap();
    assert_eq!((answer.status, answer.status_text.as_str()), (200, "OK"));
    for outside in ["http://konverte.sandbox.example/api", "https://konverte.sandbox/api", "http://127.0.0.1/api"] {
        assert_eq!(client(&[]).send(get(outside, HttpOptions::default())).await.unwrap_err().message, "outside");
    }
    let error = client(&["*=reset"]).send(get(profile, HttpOptions::default())).await.unwrap_err();
    assert_eq!((error.kind, error.maybe_sent), (HttpErrorKind::Reset, true));
    let hasty = HttpOptions { timeout: Some(Duration::from_millis(50)), ..HttpOptions::default() };
    assert_eq!(client(&["*=slow"]).send(get(profile, hasty)).await.unwrap_err().kind, HttpErrorKind::Timeout);
    assert_eq!(client(&["*=slow"]).send(get(profile, HttpOptions::default())).await.unwrap().status, 200);
    let small = HttpOptions { max_response: Some(10), ..HttpOptions::default() };
    assert_eq!(client(&[]).send(get(profile, small)).await.unwrap_err().kind, HttpErrorKind::TooLarge);
}

#[test]
fn tokens_are_those_of_the_seed() {
    let own = |seed: Value| {
        let sandbox = Sandbox::new(Options { seed: Some(seed.to_string()), ..Options::default() }).unwrap();
        sandbox.tokens().iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(own(serde_json::from_str(Sandbox::seed_json()).unwrap()), ["sandbox-platform", "sandbox-admin", "sandbox-agent", "sandbox-bot"]);
    let mine = json!({
        "platform_apps": [{ "id": 7, "token": "app" }], "accounts": [{ "id": 3, "name": "Mine" }],
        "users": [{ "id": 1, "token": "agent" }, { "id": 2, "token": "boss" }, { "id": 3 }],
        "account_users": [{ "id": 1, "account_id": 3, "user_id": 1 }, { "id": 2, "account_id": 3, "user_id": 2, "role": "administrator" }],
        "agent_bots": [{ "id": 1, "token": "nowhere" }, { "id": 2, "token": "global" }],
        "inboxes": [{ "id": 1, "account_id": 3, "agent_bot_id": 2 }],
    });
    assert_eq!(own(mine), ["app", "boss", "agent", "global"]);
}

/// Parameters that the document does not name, and the server takes.
#[test]
fn lists_and_reports_take_what_the_server_takes_besides() {
    let sandbox = Asked::new();
    let ids = |query: &str| {
        let (status, answer) = sandbox.get(&format!("/api/v1/accounts/1/conversations?{query}"), ADMIN);
        assert_eq!(status, 200, "{query}: {answer}");
        answer["data"]["payload"].as_array().unwrap().iter().map(|conversation| conversation["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let rising = ids("status=all&sort_by=created_at_asc");
    assert!(rising.len() > 2 && ids("status=all&sort_by=created_at_desc").iter().rev().eq(&rising), "{rising:?}");
    let of_source = ids("status=all&source_id=sandbox-contact-1");
    assert!(!of_source.is_empty() && of_source.len() < rising.len(), "{of_source:?}");
    let unattended = ids("status=all&conversation_type=unattended");
    assert!(unattended.len() < rising.len() && unattended.iter().all(|id| rising.contains(id)), "{unattended:?}");
    assert_eq!((ids("status=all&updated_within=0").len(), ids("status=all&updated_within=999999999").len()), (0, rising.len()));

    let report = "/api/v2/accounts/1/reports?metric=conversations_count&type=account&group_by=day&business_hours=false&timezone_offset=5.5";
    let (_, days) = sandbox.get(report, ADMIN);
    let begins = |day: &Value| (day["timestamp"].as_i64().unwrap() + 5 * 3600 + 1800) % 86_400;
    assert!(days.as_array().unwrap().iter().all(|day| begins(day) == 0), "{days}");
}
