//! Wrong tokens, unknown ids, invalid bodies, broken relations: each with the body that the facts give for it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use common::{ADMIN, AGENT, Asked, BOT, PLATFORM};
use konverte_nodes::actions;
use konverte_sandbox::Request;
use node_sdk::action::{ActionSpec, Api, ParamType, Place, TokenKind};
use node_sdk::ports::{HttpBody, Part};
use serde_json::{Value, json};

/// The error of this name in the facts about the API.
fn error(name: &str) -> (u16, Value) {
    let all: Value = serde_json::from_str(include_str!("../../../tests/data/konverte/errors.json")).unwrap();
    (u16::try_from(all[name]["status"].as_u64().unwrap()).unwrap(), all[name]["body"].clone())
}

/// The path with each number `id` and each text `nobody`.
fn path_to(action: &ActionSpec, id: &str) -> String {
    let mut path = action.path.to_string();
    for param in action.params_in(Place::Path) {
        let value = match param.kind {
            _ if param.name == "account_id" => "1",
            ParamType::Integer => id,
            _ => "nobody",
        };
        path = path.replace(&format!("{{{}}}", param.name), value);
    }
    path
}

#[test]
fn every_action_refuses_wrong_tokens() {
    let sandbox = Asked::new();
    for action in actions() {
        let path = path_to(action, "1");
        let ask = |token| sandbox.ask(action.method.as_str(), &path, token, Value::Null);
        match action.api {
            Api::Platform => {
                for token in [None, Some("nobody's"), ADMIN, BOT] {
                    assert_eq!(ask(token), error("platform_bad_token"), "{} {token:?}", action.operation);
                }
            }
            Api::Application | Api::Reports => {
                assert_eq!(ask(None), error("application_no_token"), "{}", action.operation);
                assert_eq!(ask(Some("nobody's")), error("application_bad_token"), "{}", action.operation);
                assert_eq!(ask(PLATFORM), error("application_bot_denied"), "{}", action.operation);
                if !action.tokens.contains(&TokenKind::AgentBot) {
                    assert_eq!(ask(BOT), error("application_bot_denied"), "{}", action.operation);
                }
            }
            Api::Public | Api::Survey | Api::Other => assert!(action.tokens.is_empty()),
        }
    }
}

#[test]
fn every_action_with_an_id_answers_404_to_an_unknown_one() {
    let mut tried = 0;
    for action in actions() {
        let named = action.params_in(Place::Path).any(|param| param.name != "account_id");
        // The survey's page is there for any uuid.
        if !named || action.api == Api::Survey {
            continue;
        }
        tried += 1;
        for id in ["999", "x"] {
            let example = konverte_sandbox::examples::of(&action.operation_id).unwrap();
            let mut request = konverte_sandbox::examples::request(action, &example.parameters, &serde_json::Map::new());
            request.target = path_to(action, id);
            let response = Asked::new().answer(&request);
            let answer = (response.status, response.json());
            let expected = match action.api {
                Api::Application | Api::Reports => error("application_not_found"),
                _ => error("platform_or_public_not_found"),
            };
            assert_eq!(answer, expected, "{} {id}", action.operation);
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn every_body_field_of_the_wrong_type_is_refused() {
    let mut tried = 0;
    for action in actions().filter(|action| action.api != Api::Survey) {
        for param in action.params_in(Place::Body).filter(|param| !action.is_double(param)) {
            let wrong = match param.kind {
                ParamType::Json => json!("text"),
                ParamType::Integer | ParamType::Number => json!({ "a": 1 }),
                _ => json!([1]),
            };
            let name = param.native_name();
            let example = konverte_sandbox::examples::of(&action.operation_id).unwrap();
            let mut request = konverte_sandbox::examples::request(action, &example.parameters, &json!({}).as_object().unwrap().clone());
            let HttpBody::Bytes(bytes) = &request.body else { panic!("{} has a body", action.operation) };
            let mut body: Value = serde_json::from_slice(bytes).unwrap();
            body[name] = wrong;
            request.body = HttpBody::Bytes(body.to_string().into());
            let response = Asked::new().answer(&request);
            let answer = response.json();
            assert_eq!((response.status, &answer["attributes"]), (422, &json!([name])), "{} {name}: {answer}", action.operation);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn bodies_that_are_no_json_are_bad_requests() {
    let mut request = Request::json("POST", "/platform/api/v1/users", PLATFORM, Some(&json!({})));
    for (body, status) in [("{", 400), ("nope", 400), ("[]", 400), ("null", 400), ("5", 400), ("\"x\"", 400), (&"[".repeat(500), 400)] {
        request.body = HttpBody::Bytes(body.to_owned().into());
        assert_eq!(Asked::new().answer(&request).status, status, "{body:.20}");
    }
    // The server takes JSON that is no object for a body without fields.
    request.body = HttpBody::Bytes("5".into());
    assert_eq!(Asked::as_server().answer(&request).status, 422);
    let cut_emoji = r#"{"name": "Ana \ud83d", "email": "ana@example.com", "password": "Passw0rd!"}"#;
    request.body = HttpBody::Bytes(cut_emoji.into());
    let answer = Asked::new().answer(&request);
    assert_eq!((answer.status, answer.json()["name"].as_str()), (200, Some("Ana \u{fffd}")), "{}", answer.json());
}

#[test]
fn names_of_fields_nest_a_hundred_levels() {
    let field = |levels: usize| format!("a{}", "[b]".repeat(levels));
    let mut request = Request::json("POST", "/platform/api/v1/users", PLATFORM, None);
    request.headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
    for (levels, status) in [(99, 422), (100, 400), (3_000_000, 400)] {
        request.body = HttpBody::Bytes(format!("{}=1", field(levels)).into());
        assert_eq!(Asked::new().answer(&request).status, status, "{levels}");
        let part = Part { name: field(levels), file_name: None, content_type: None, content: "1".into() };
        request.body = HttpBody::Multipart(vec![part]);
        assert_eq!(Asked::new().answer(&request).status, status, "{levels} in a part");
    }
}

#[test]
fn unknown_routes_and_methods_are_the_frameworks_404() {
    let sandbox = Asked::new();
    for (method, path) in [("GET", "/nowhere"), ("POST", "/api/v1/profile"), ("GET", "/api/v1/accounts/1/nothing"), ("GET", "/")] {
        assert_eq!(sandbox.ask(method, path, ADMIN, Value::Null), error("platform_or_public_not_found"), "{method} {path}");
    }
    assert_eq!(sandbox.get("/api", None).1["version"], "4.15.0");
}

#[test]
fn accounts_are_entered_by_members_alone() {
    let sandbox = Asked::new();
    let (_, account) = sandbox.ask("POST", "/platform/api/v1/accounts", PLATFORM, json!({ "name": "Other" }));
    let teams = format!("/api/v1/accounts/{}/teams", account["id"]);
    assert_eq!(sandbox.get(&teams, ADMIN), error("application_not_member"));
    assert_eq!(sandbox.get("/api/v1/accounts/9/teams", ADMIN), error("application_not_found"));
    sandbox.ask("PATCH", "/platform/api/v1/accounts/1", PLATFORM, json!({ "status": "suspended" }));
    assert_eq!(sandbox.get("/api/v1/accounts/1/teams", ADMIN), error("application_suspended"));
}

#[test]
fn a_platform_app_reaches_what_it_made_or_was_granted() {
    let sandbox = Asked::new();
    let agent = json!({ "name": "Noor", "email": "noor@example.com", "role": "agent" });
    let (_, agent) = sandbox.ask("POST", "/api/v1/accounts/1/agents", ADMIN, agent);
    let path = format!("/platform/api/v1/users/{}", agent["id"]);
    for method in ["GET", "PATCH", "DELETE"] {
        assert_eq!(sandbox.ask(method, &path, PLATFORM, json!({ "name": "x" })), error("platform_not_permissible"), "{method}");
    }
    // Creating the user of a known address grants it, and changes nothing.
    let again = json!({ "name": "Other", "email": "NOOR@example.com", "password": "x" });
    let (status, user) = sandbox.ask("POST", "/platform/api/v1/users", PLATFORM, again);
    assert_eq!((status, &user["name"], &user["id"]), (200, &json!("Noor"), &agent["id"]));
    assert_eq!(sandbox.get(&path, PLATFORM).0, 200);
}

#[test]
fn passwords_have_rules() {
    let sandbox = Asked::new();
    let create = |password: Value| {
        let body = json!({ "name": "Ana", "email": "ana@example.com", "password": password });
        sandbox.ask("POST", "/platform/api/v1/users", PLATFORM, body)
    };
    for weak in [json!(null), json!(""), json!("S3c!t"), json!("secr3t!pass"), json!("SECR3T!PASS"), json!("Secret!pass"), json!("Secr3tpass")] {
        let (status, answer) = create(weak.clone());
        assert_eq!((status, &answer["attributes"]), (422, &json!(["password"])), "{weak}: {answer}");
    }
    assert_eq!(create(json!("Secr3t!pass")).0, 200);
}

/// The document's required fields are wanted of every action, in the body or in its root key, but for those that the server does without; in
/// `--as-server` it wants fewer still.
#[test]
fn a_required_field_must_be_there() {
    let mut tried = 0;
    for action in actions() {
        let example = konverte_sandbox::examples::of(&action.operation_id).unwrap();
        let request = konverte_sandbox::examples::request(action, &example.parameters, &serde_json::Map::new());
        for param in action.params_in(Place::Body).filter(|param| param.is_wanted()) {
            let HttpBody::Bytes(bytes) = &request.body else { panic!("{} has a body", action.operation) };
            let mut fields: Value = serde_json::from_slice(bytes).unwrap();
            let name = param.native_name();
            fields.as_object_mut().unwrap().shift_remove(name).unwrap();
            let without = Request { body: HttpBody::Bytes(fields.to_string().into()), ..request.clone() };
            let response = Asked::new().answer(&without);
            let said = json!({ "error": format!("param is missing or the value is empty: {}", param.name) });
            assert_eq!((response.status, response.json()), (422, said), "{}", action.operation);
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
    let agent = json!({ "agent": { "name": "Rui", "email": "rui@example.com", "role": "agent" } });
    assert_eq!(Asked::new().ask("POST", "/api/v1/accounts/1/agents", ADMIN, agent).0, 200);
    let nobody = || Request::json("POST", "/api/v1/accounts/1/contacts", ADMIN, Some(&Value::Null));
    assert_eq!((Asked::new().answer(&nobody()).status, Asked::as_server().answer(&nobody()).status), (400, 200));
}

#[test]
fn models_say_what_is_wrong() {
    let sandbox = Asked::as_server();
    let account = "/api/v1/accounts/1";
    for (method, path, body, attributes) in [
        ("POST", "/platform/api/v1/accounts", json!({ "name": "" }), json!(["name"])),
        ("POST", "/platform/api/v1/users", json!({ "email": "x" }), json!(["name", "email", "password"])),
        ("POST", "/platform/api/v1/accounts/1/account_users", json!({ "user_id": 9, "role": "boss" }), json!(["user", "role"])),
        ("POST", "/contacts", json!({ "email": "THEO@customer.example" }), json!(["email"])),
        ("POST", "/contacts", json!({ "phone_number": "12345" }), json!(["phone_number"])),
        ("POST", "/contacts", json!({ "email": "no", "identifier": "crm-1" }), json!(["email", "identifier"])),
        ("POST", "/canned_responses", json!({ "short_code": "hours", "content": "x" }), json!(["short_code"])),
        ("POST", "/canned_responses", json!({ "short_code": "", "content": "" }), json!(["content", "short_code"])),
        (
            "POST",
            "/custom_attribute_definitions",
            json!({ "attribute_display_name": "X", "attribute_key": "plan", "attribute_model": 1 }),
            json!(["attribute_key"]),
        ),
        ("POST", "/teams", json!({ "name": "SUPPORT" }), json!(["name"])),
        ("POST", "/webhooks", json!({ "url": "ftp://x", "subscriptions": ["message_created"] }), json!(["url"])),
        ("POST", "/webhooks", json!({ "url": "https://a.example", "subscriptions": [null] }), json!(["subscriptions"])),
        ("POST", "/portals", json!({ "name": "X", "slug": "sandbox" }), json!(["slug"])),
        ("POST", "/portals/sandbox/categories", json!({ "name": "X", "slug": "x", "locale": "en/es" }), json!(["locale"])),
        ("POST", "/portals/sandbox/articles", json!({ "title": "X", "author_id": 99 }), json!(["author"])),
        ("POST", "/agents", json!({ "name": "A", "email": "agent@sandbox.example" }), json!(["user_id"])),
        ("POST", "/inboxes", json!({ "name": "", "channel": { "type": "api" } }), json!(["name"])),
        ("PATCH", "/inboxes/1", json!({ "timezone": "Mars/Base" }), json!(["timezone"])),
        ("POST", "/inbox_members", json!({ "inbox_id": 1, "user_ids": [9] }), json!(["user"])),
        ("POST", "/integrations/hooks", json!({ "app_id": "dialogflow", "settings": { "project_id": "x" } }), json!(["inbox"])),
        ("POST", "/integrations/hooks", json!({ "app_id": "openai", "settings": {} }), json!(["settings"])),
        ("POST", "/conversations", json!({ "source_id": "sandbox-contact-1", "inbox_id": 2, "assignee_id": 9 }), json!(["assignee"])),
        ("POST", "/conversations", json!({ "source_id": "sandbox-contact-1", "inbox_id": 2, "team_id": 9 }), json!(["team"])),
        ("POST", "/conversations", json!({ "source_id": "sandbox-contact-1", "inbox_id": 2, "contact_id": 2 }), json!(["source_id"])),
    ] {
        let (path, token) = if path.starts_with("/platform") { (path.to_owned(), PLATFORM) } else { (format!("{account}{path}"), ADMIN) };
        let (status, answer) = sandbox.ask(method, &path, token, body.clone());
        assert_eq!((status, &answer["attributes"]), (422, &attributes), "{path} {body}: {answer}");
        assert!(answer["message"].is_string());
    }
}

#[test]
fn records_that_do_not_exist_cannot_be_related() {
    let sandbox = Asked::new();
    for (path, body) in [
        ("contacts", json!({ "inbox_id": 9 })),
        ("conversations", json!({ "source_id": "nobody", "inbox_id": "" })),
        ("conversations", json!({ "inbox_id": 2, "source_id": null, "contact_id": 9 })),
        ("conversations", json!({ "inbox_id": 9, "source_id": null, "contact_id": 1 })),
        ("conversations/1/assignments", json!({ "assignee_id": 9 })),
        ("conversations/1/assignments", json!({ "team_id": 9 })),
        ("contacts/1/contact_inboxes", json!({ "inbox_id": 9 })),
        ("inboxes/2/set_agent_bot", json!({ "agent_bot": 0 })),
        ("inbox_members", json!({ "inbox_id": 9, "user_ids": [1] })),
    ] {
        let answer = sandbox.ask("POST", &format!("/api/v1/accounts/1/{path}"), ADMIN, body.clone());
        assert_eq!(answer, error("application_not_found"), "{path} {body}");
    }
    for method in ["POST", "PATCH", "DELETE"] {
        for users in [json!([9]), json!([null])] {
            let answer = sandbox.ask(method, "/api/v1/accounts/1/teams/1/team_members", ADMIN, json!({ "user_ids": users }));
            assert_eq!(answer, error("team_member_invalid"), "{method}");
        }
    }
}

#[test]
fn values_outside_a_stored_set_end_in_500() {
    let sandbox = Asked::as_server();
    for (method, path, body) in [
        ("POST", "conversations/1/toggle_status", json!({ "status": "done" })),
        ("POST", "conversations/1/toggle_priority", json!({ "priority": "huge" })),
        ("PATCH", "agents/2", json!({ "availability": "away" })),
        ("POST", "inboxes", json!({ "name": "X", "channel": { "type": "fax" } })),
        ("POST", "conversations/1/messages", json!({ "content": "x", "message_type": "sideways" })),
    ] {
        assert_eq!(sandbox.ask(method, &format!("/api/v1/accounts/1/{path}"), ADMIN, body), error("unknown_enum"), "{path}");
    }
}

#[test]
fn the_application_checks_by_hand() {
    let sandbox = Asked::new();
    let post = |path: &str, body| sandbox.ask("POST", &format!("/api/v1/accounts/1/{path}"), ADMIN, body);
    let cards = json!({ "content": "x", "content_type": "cards", "content_attributes": {} });
    assert_eq!(post("conversations/1/messages", cards), error("application_custom_error"));
    assert_eq!(post("teams", json!({})), error("application_missing_param"));
    sandbox.ask("PATCH", "/platform/api/v1/accounts/1", PLATFORM, json!({ "limits": { "agents": 2 } }));
    assert_eq!(post("agents", json!({ "name": "A", "email": "a@example.com", "role": "agent" })), error("application_licence"));
    let rule = json!({ "name": "X", "conditions": [{ "attribute_key": "moon" }], "actions": [] });
    assert!(post("automation_rules", rule).1["error"]["conditions"].is_array());
    // Incoming messages come through API inboxes alone: inbox 1 is a website's.
    let place = json!({ "inbox_id": 1, "source_id": "", "contact_id": 1 });
    let (_, conversation) = post("conversations", place);
    let messages = format!("conversations/{}/messages", conversation["id"]);
    assert_eq!(post(&messages, json!({ "content": "x", "message_type": "incoming" })).0, 422);
}

#[test]
fn a_survey_closes_after_two_weeks() {
    let mut seed: Value = serde_json::from_str(konverte_sandbox::Sandbox::seed_json()).unwrap();
    seed["clock"] = json!(1_767_268_800 + 20 * 24 * 60 * 60);
    let sandbox = Asked::with(konverte_sandbox::Options { seed: Some(seed.to_string()), ..Default::default() });
    let path = "/public/api/v1/inboxes/sandbox-inbox/contacts/sandbox-contact-3/conversations/3/messages/6";
    assert_eq!(sandbox.ask("PATCH", path, None, json!({ "submitted_values": {} })), error("public_csat_locked"));
}

#[test]
fn bots_do_what_bots_may() {
    let sandbox = Asked::new();
    let path = "/api/v1/accounts/1/conversations/1";
    assert_eq!(sandbox.get(path, BOT).0, 200);
    let (_, message) = sandbox.ask("POST", &format!("{path}/messages"), BOT, json!({ "content": "Beep" }));
    assert_eq!(message["sender"], json!({ "id": 2, "name": "Stock Checker", "avatar_url": "", "type": "agent_bot" }));
    assert_eq!(sandbox.get("/api/v1/profile", BOT), error("application_bot_denied"));
    // The role of an agent is enough by default: the document does not know roles.
    assert_eq!(sandbox.ask("POST", "/api/v1/accounts/1/teams", AGENT, json!({ "name": "x" })).0, 200);
}

#[test]
fn the_server_shows_secrets_to_administrators_alone() {
    let sandbox = Asked::as_server();
    let channel = json!({ "type": "email", "email": "a@b.example", "imap_password": "mail-secret", "provider_config": { "api_key": "key-secret" } });
    sandbox.ask("POST", "/api/v1/accounts/1/inboxes", ADMIN, json!({ "name": "Mail", "channel": channel }));
    let answers = |token| {
        let get = |path: &str| sandbox.get(&format!("/api/v1/accounts/1/{path}"), token).1.to_string();
        ["agent_bots", "agent_bots/2", "inboxes", "inboxes/1", "inboxes/2", "inboxes/3", "inboxes/1/agent_bot", "integrations/apps", "webhooks"]
            .map(get)
            .concat()
    };
    let (admin, agent) = (answers(ADMIN), answers(AGENT));
    for secret in ["sandbox-bot", "bot-secret-2", "hmac-2", "inbox-secret-2", "mail-secret", "key-secret", "webhook-secret-1"] {
        assert!(admin.contains(secret), "{secret}");
        assert!(!agent.contains(secret), "{secret}");
    }
    // What stands in a website's pages is no secret.
    assert!(agent.contains("website-token-1") && agent.contains("sandbox-inbox"));
}
