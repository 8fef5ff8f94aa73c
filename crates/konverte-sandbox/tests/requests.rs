//! What a request may look like: methods, query and body, types of messages, labels, and what the real server drops without a word.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use common::{ADMIN, Asked, PLATFORM};
use konverte_nodes::actions;
use konverte_sandbox::{Request, examples};
use node_sdk::action::{JsonKind, Method, ParamType, Place};
use node_sdk::ports::{HttpBody, Part};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "/api/v1/accounts/1";

/// Status, JSON and the state afterwards.
fn outcome(sandbox: &Asked, request: &Request) -> (u16, Value, Value) {
    let response = sandbox.answer(request);
    (response.status, response.json(), sandbox.0.state())
}

#[test]
fn a_record_is_changed_by_put_and_by_patch() {
    let (mut both, mut one) = (0, 0);
    for action in actions().filter(|action| matches!(action.method, Method::Put | Method::Patch)) {
        let example = examples::of(&action.operation_id).unwrap();
        let request = examples::request(action, &example.parameters, &example.files);
        let other = if action.method == Method::Put { "PATCH" } else { "PUT" };
        let swapped = Request { method: other.into(), ..request.clone() };
        let found = outcome(&Asked::as_server(), &swapped);
        if action.native_path().ends_with('}') {
            assert_eq!(found, outcome(&Asked::as_server(), &request), "{other} {}", request.target);
            both += 1;
        } else {
            assert_eq!(found.0, 404, "{other} {}", request.target);
            one += 1;
        }
    }
    assert!(both > 15 && one == 2, "{both} {one}");
}

#[test]
fn query_and_body_are_one_set_of_parameters_and_the_body_wins() {
    let sandbox = Asked::new();
    let ask = |method: &str, path: &str, body: Value| sandbox.ask(method, &format!("{ACCOUNT}/{path}"), ADMIN, body);
    let said = |path: &str, body: Value| ask("POST", &format!("conversations/1/messages{path}"), body).1["content"].clone();
    assert_eq!(said("?content=query&private=true", json!({})), "query");
    assert_eq!(said("?content=query", json!({ "content": "body" })), "body");
    assert_eq!(ask("POST", "conversations/2/toggle_status?status=pending", Value::Null).1["payload"]["current_status"], "pending");
    assert_eq!(ask("POST", "conversations/2/labels?labels[]=a&labels[]=b", json!({})).1["payload"], json!(["a", "b"]));
    assert_eq!(ask("PUT", "contacts/1?custom_attributes[plan]=iron&name=No", json!({ "name": "Yes" })).1["payload"]["name"], "Yes");
    assert_eq!(sandbox.0.state()["contacts"][0]["custom_attributes"]["plan"], "iron");
    assert_eq!(ask("DELETE", "inbox_members?inbox_id=2&user_ids[]=2", Value::Null).0, 200);
    assert_eq!(sandbox.0.state()["inboxes"][1]["members"], json!([1]));
    // A page is one of the parameters too.
    assert_eq!(ask("POST", "contacts/filter", json!({ "payload": [], "page": 2 })).1["payload"], json!([]));
    // The server puts fields of a JSON body under their root key by itself, and no others.
    let team = |sandbox: Asked, target: &str| sandbox.ask("POST", &format!("{ACCOUNT}/{target}"), ADMIN, json!({})).0;
    assert_eq!((team(Asked::new(), "teams?name=x"), team(Asked::as_server(), "teams?name=x")), (200, 422));
    assert_eq!((team(Asked::new(), "teams?team[name]=x"), team(Asked::as_server(), "teams?team[name]=x")), (200, 200));
    let form = |sandbox: Asked, body: &'static str| {
        let mut request = Request::json("POST", &format!("{ACCOUNT}/teams"), ADMIN, None);
        request.headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
        request.body = HttpBody::Bytes(body.into());
        sandbox.answer(&request).status
    };
    assert_eq!((form(Asked::new(), "name=x"), form(Asked::as_server(), "name=x"), form(Asked::as_server(), "team[name]=x")), (200, 422, 200));
}

/// A body is what its content type says, in whatever case; of another type it is nothing to the server.
#[test]
fn a_body_is_read_as_its_content_type_says() {
    let post = |sandbox: Asked, kind: Option<&str>, body: &'static str| {
        let mut request = Request::json("POST", &format!("{ACCOUNT}/teams"), ADMIN, None);
        request.headers.extend(kind.map(|kind| ("Content-Type".to_owned(), kind.to_owned())));
        request.body = HttpBody::Bytes(body.into());
        sandbox.answer(&request).status
    };
    let (json, form) = (r#"{"name":"x"}"#, "team[name]=x");
    for sandbox in [Asked::new, Asked::as_server] {
        for kind in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(post(sandbox(), Some(kind), json), 200, "{kind}");
        }
        assert_eq!(post(sandbox(), Some("Application/X-WWW-Form-Urlencoded"), form), 200);
        assert_eq!(post(sandbox(), Some("multipart/form-data"), form), 400);
    }
    for kind in [None, Some("text/plain"), Some("application/jsonx")] {
        assert_eq!((post(Asked::new(), kind, json), post(Asked::as_server(), kind, json)), (415, 422), "{kind:?}");
        assert_eq!(post(Asked::new(), kind, ""), 422);
    }
}

#[test]
fn a_message_has_one_of_four_types_and_may_be_a_bots() {
    let sandbox = Asked::new();
    let post = |conversation: u64, body: Value| sandbox.ask("POST", &format!("{ACCOUNT}/conversations/{conversation}/messages"), ADMIN, body);
    for (number, kind, writer) in
        [(0, "incoming", "Theo Prado"), (1, "outgoing", "Ada Admin"), (2, "activity", "Theo Prado"), (3, "template", "Theo Prado")]
    {
        let (status, message) = post(1, json!({ "content": "x", "message_type": kind }));
        assert_eq!((status, &message["message_type"], &message["sender"]["name"]), (200, &json!(number), &json!(writer)), "{kind}");
    }
    // Neither answers the contact, who goes on waiting.
    let waiting = sandbox.0.state()["conversations"][1]["waiting_since"].clone();
    assert_eq!(post(2, json!({ "content": "x", "message_type": "template" })).0, 200);
    assert_eq!(sandbox.0.state()["conversations"][1]["waiting_since"], waiting);
    let by = |sandbox: &Asked, writer: Value| {
        let mut body = json!({ "content": "x" });
        body.as_object_mut().unwrap().extend(writer.as_object().unwrap().clone());
        let (status, message) = sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/messages"), ADMIN, body);
        (status, message["sender"]["name"].clone())
    };
    let bot = json!({ "sender_type": "AgentBot", "sender_id": 2 });
    assert_eq!(by(&sandbox, bot), (200, json!("Stock Checker")));
    let server = Asked::as_server();
    for wrong in [json!({ "sender_type": "AgentBot", "sender_id": 9 }), json!({ "sender_type": "Contact", "sender_id": 1 })] {
        assert!([404, 422].contains(&by(&sandbox, wrong.clone()).0), "{wrong}");
        assert_eq!(by(&server, wrong), (200, json!("Ada Admin")));
    }
}

/// A request with a field of the wrong shape does on the server what the one without the field does.
#[test]
fn the_server_drops_what_its_filter_does_not_let_through() {
    let mut tried = 0;
    for action in actions() {
        for param in action.params_in(Place::Body).filter(|param| !action.is_double(param)) {
            let wrong = match (param.native_kind(), param.json) {
                (ParamType::Json, None) => continue,
                (ParamType::Json, Some(JsonKind::Object)) => json!("x"),
                (ParamType::Json, Some(_)) => json!({ "a": "b" }),
                _ => json!(["x"]),
            };
            let example = examples::of(&action.operation_id).unwrap();
            let mut request = examples::request(action, &example.parameters, &Map::new());
            let HttpBody::Bytes(bytes) = &request.body else { panic!("{} has a body", action.operation) };
            let mut body: Map<String, Value> = serde_json::from_slice(bytes).unwrap();
            body.shift_remove(param.native_name());
            request.body = HttpBody::Bytes(Value::Object(body.clone()).to_string().into());
            let without = outcome(&Asked::as_server(), &request);
            body.insert(param.native_name().to_owned(), wrong);
            request.body = HttpBody::Bytes(Value::Object(body).to_string().into());
            assert_eq!(outcome(&Asked::as_server(), &request), without, "{} {}", action.operation, param.native_name());
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn labels_are_split_trimmed_and_kept_once() {
    let set = |sandbox: &Asked, labels: Value| {
        let (status, answer) = sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/labels"), ADMIN, json!({ "labels": labels }));
        (status, answer["payload"].clone())
    };
    for sandbox in [Asked::new(), Asked::as_server()] {
        assert_eq!(set(&sandbox, json!([" late , new", "late", "", 7])), (200, json!(["late", "new", "7"])));
    }
    // In another case a label is the same one, and is found as it.
    let sandbox = Asked::new();
    assert_eq!(set(&sandbox, json!(["VIP", "vip", "Late"])), (200, json!(["VIP", "Late"])));
    let count = |path: &str, at: [&str; 2]| sandbox.get(&format!("{ACCOUNT}/{path}"), ADMIN).1[at[0]][at[1]].clone();
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/conversations?labels[]=late"), ADMIN).1["data"]["meta"]["all_count"], 1);
    assert_eq!(count("contacts?labels[]=ViP", ["meta", "count"]), 1);
    let told = sandbox.get(&format!("{ACCOUNT}/conversations/1/messages"), ADMIN).1["payload"].to_string();
    assert!(told.contains("added the label Late") && !told.contains("vip"), "{told}");
    // A text is no list: the server takes it for none, and without a list all labels go.
    assert_eq!(set(&Asked::as_server(), json!("late")), (200, json!([])));
    let sandbox = Asked::new();
    assert_eq!(set(&sandbox, json!("late")).0, 422);
    assert_eq!(sandbox.0.state()["conversations"][0]["labels"], json!(["vip"]));
}

#[test]
fn answers_carry_what_the_servers_carry() {
    for (sandbox, shown) in [(Asked::new(), true), (Asked::as_server(), false)] {
        let (_, user) = sandbox.get("/platform/api/v1/users/2", PLATFORM);
        assert_eq!((user.get("created_at").is_some(), user.get("custom_attributes").is_some()), (shown, shown));
        assert_eq!(sandbox.get("/platform/api/v1/users/1", PLATFORM).1["custom_attributes"], json!({ "badge": "A1" }));
        let inbox = |id: u64| sandbox.get(&format!("{ACCOUNT}/inboxes/{id}"), ADMIN).1;
        let (website, api) = (inbox(1), inbox(2));
        let of_website = ["web_widget_script", "website_token", "website_url", "welcome_title", "welcome_tagline", "widget_color"];
        let of_api = ["inbox_identifier", "hmac_mandatory", "webhook_url", "callback_webhook_url"];
        assert!(of_website.iter().all(|key| website.get(key).is_some() && api.get(key).is_none()), "{website} {api}");
        assert!(of_api.iter().all(|key| api.get(key).is_some() && website.get(key).is_none()), "{website} {api}");
    }
}

#[test]
fn a_filter_for_a_number_takes_it_without_its_plus() {
    for number in ["+4670000003", "4670000003"] {
        let condition = json!({ "attribute_key": "phone_number", "filter_operator": "equal_to", "values": [number], "query_operator": null });
        let (_, found) = Asked::new().ask("POST", &format!("{ACCOUNT}/contacts/filter"), ADMIN, json!({ "payload": [condition] }));
        assert_eq!(found["payload"][0]["id"], 3, "{number}");
    }
}

#[test]
fn an_attachment_has_the_size_of_its_picture() {
    // The head of a picture of 3 by 2 points.
    let picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x06\x00\x00\x00";
    let part = |name: &str, kind: &str, content: &'static [u8]| Part {
        name: "attachments[]".into(),
        file_name: Some(name.into()),
        content_type: Some(kind.into()),
        content: content.into(),
    };
    let mut request = Request::json("POST", &format!("{ACCOUNT}/conversations/1/messages?content=see"), ADMIN, None);
    request.body = HttpBody::Multipart(vec![part("a.png", "image/png", picture), part("b.txt", "text/plain", b"B")]);
    let attachments = Asked::new().answer(&request).json()["attachments"].clone();
    assert_eq!((&attachments[0]["width"], &attachments[0]["height"]), (&json!(3), &json!(2)));
    assert_eq!((attachments[1].get("width"), attachments[1].get("height")), (Some(&Value::Null), Some(&Value::Null)));
}
