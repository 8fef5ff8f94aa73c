//! Native mode: what was set is sent and nothing else; retries, paging, files, errors.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Place, World, answer, body, header, jsons, ok};
use node_sdk::context::OnError;
use node_sdk::node::Level;
use node_sdk::ports::{HttpBody, HttpError, HttpErrorKind, HttpRequest, TlsFault};
use node_sdk::{Binary, Blobs, Item, NodeError};
use serde_json::{Value, json};

fn place(resource: &str, operation: &str, parameters: Value) -> Place {
    Place::new("konverte", with(json!({"resource": resource, "operation": operation}), &parameters))
}

fn with(mut object: Value, more: &Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

async fn sent(resource: &str, operation: &str, parameters: Value) -> HttpRequest {
    let world = World::new(|_| ok(json!({})));
    place(resource, operation, parameters).run(&world, vec![Item::empty()]).await.unwrap();
    world.requests().remove(0)
}

async fn refused(resource: &str, operation: &str, parameters: Value) -> NodeError {
    let world = World::new(|_| ok(json!({})));
    let error = place(resource, operation, parameters).run(&world, vec![Item::empty()]).await.unwrap_err();
    assert!(world.requests().is_empty());
    error
}

#[tokio::test]
async fn only_what_was_set_is_sent() {
    let request = sent("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 3, "name": "Ana", "custom_attributes": {"a": [1]}})).await;
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "http://server.test/api/v1/accounts/1/contacts"));
    assert_eq!(body(&request), r#"{"inbox_id":3,"name":"Ana","custom_attributes":{"a":[1]}}"#);
    assert_eq!(header(&request, "api-access-token"), Some("tok-123"));
    assert_eq!(request.options.secret_headers, ["Api-Access-Token"], "a redirect to another origin must not carry the token");

    let request = sent("Conversations", "Conversation List", json!({"account_id": 1, "labels": ["a b", "c"]})).await;
    assert_eq!(request.url, "http://server.test/api/v1/accounts/1/conversations?labels%5B%5D=a%20b&labels%5B%5D=c");
    assert_eq!((header(&request, "content-type"), body(&request).as_str()), (None, ""));

    let request = sent("Conversation Assignment", "Assign A Conversation", json!({"account_id": 1, "conversation_id": 2, "team_id": 5})).await;
    assert_eq!(body(&request), r#"{"team_id":5}"#);
}

#[tokio::test]
async fn null_is_sent_where_it_is_a_value_whether_it_is_written_or_computed() {
    let account = json!({"account_id": 1, "id": 1, "conversation_id": 1, "team_id": 1});
    let cases = [
        (
            "Contacts",
            "Contact Update",
            &["phone_number", "email", "custom_attributes"][..],
            r#"{"email":null,"phone_number":null,"custom_attributes":null}"#,
        ),
        ("Teams", "Update A Team", &["allow_auto_assign", "description"], r#"{"description":null,"allow_auto_assign":null}"#),
        ("Conversation Assignment", "Assign A Conversation", &["assignee_id"], r#"{"assignee_id":null,"team_id":1}"#),
        ("Inboxes", "Update Agent Bot", &["agent_bot"], r#"{"agent_bot":null}"#),
        ("Conversations", "Toggle Priority Of A Conversation", &["priority"], r#"{"priority":null}"#),
        ("Contacts", "Contact List", &["page", "sort"], ""),
    ];
    for (resource, operation, names, want) in cases {
        for null in [Value::Null, json!("={{ $json.none }}")] {
            let fields = names.iter().map(|name| ((*name).to_owned(), null.clone())).collect();
            let place = place(resource, operation, with(account.clone(), &Value::Object(fields)));
            assert!(place.check().iter().all(|finding| finding.level != Level::Error), "{operation}");
            let world = World::new(|_| ok(json!({})));
            place.run(&world, vec![Item::new(json!({"none": null}))]).await.unwrap();
            let request = &world.requests()[0];
            assert_eq!((body(request).as_str(), request.url.contains('?')), (want, false), "{operation}");
        }
    }
}

#[tokio::test]
async fn null_is_missing_where_it_is_no_value() {
    let account = json!({"account_id": 1, "team_id": 1, "inbox_id": 1});
    for (resource, operation, name) in [
        ("Teams", "Update A Team", "team_id"),
        ("Teams", "Add New Agent To Team", "user_ids"),
        ("Contact", "Contact Inbox Creation", "id"),
        ("Help Center", "Update New Portal To Account", "slug"),
    ] {
        for value in [Value::Null, json!("={{ $json.none }}")] {
            let place = place(resource, operation, with(account.clone(), &json!({name: value.clone()})));
            let found: Vec<String> = place.check().iter().map(|finding| finding.code.to_string()).collect();
            assert_eq!(found, if value.is_null() { vec!["KV0502"] } else { vec![] }, "{operation}");
            let world = World::new(|_| ok(json!({})));
            let error = place.run(&world, vec![Item::new(json!({"none": null}))]).await.unwrap_err();
            assert_eq!((error.code.as_str(), error.parameter.as_deref(), error.help.is_some()), ("KV0502", Some(name), true), "{operation}");
        }
    }
}

#[tokio::test]
async fn what_the_server_does_without_may_be_left_out() {
    let account = json!({"account_id": 1, "id": 2, "conversation_id": 4});
    for (resource, operation, parameters, want) in [
        ("Contacts", "Contact Create", json!({"name": "Ana"}), r#"{"name":"Ana"}"#),
        ("Conversations", "New Conversation", json!({"contact_id": "3", "inbox_id": 2}), r#"{"inbox_id":"2","contact_id":"3"}"#),
        ("Conversations", "New Conversation", json!({"source_id": "s-1"}), r#"{"source_id":"s-1"}"#),
        ("Inboxes", "Update Inbox", json!({"name": "Desk"}), r#"{"name":"Desk"}"#),
    ] {
        let request = sent(resource, operation, with(account.clone(), &parameters)).await;
        assert_eq!(body(&request), want, "{operation}");
    }
    let request = sent("Custom Attributes", "Get Account Custom Attribute", json!({"account_id": 1})).await;
    assert_eq!(request.url, "http://server.test/api/v1/accounts/1/custom_attribute_definitions");

    for (resource, operation, parameters, first, message) in [
        (
            "Conversations",
            "New Conversation",
            json!({"contact_id": "={{ $json.a }}", "inbox_id": "={{ $json.none }}", "source_id": "={{ $json.none }}"}),
            "source_id",
            "\"New Conversation\" needs source_id, or contact_id and inbox_id",
        ),
        (
            "Messages",
            "Create A New Message In A Conversation",
            json!({"content": "={{ $json.none }}"}),
            "content",
            "\"Create A New Message In A Conversation\" needs content, or attachments",
        ),
    ] {
        let error = refused(resource, operation, with(account.clone(), &parameters)).await;
        assert_eq!((error.code.as_str(), error.parameter.as_deref(), error.message.as_str()), ("KV0502", Some(first), message));
        assert!(error.help.unwrap().contains(&format!("{first}: ")), "the help says what goes into it");
    }
    for (parameters, code, help) in [
        (json!({"status": "={{ $json.none }}"}), "KV0502", "null turns it"),
        (json!({"status": "snoozed", "snoozed_until": 1_796_138_656.108}), "KV0503", ".toUnixInteger()"),
    ] {
        let error = refused("Conversations", "Toggle Status Of A Conversation", with(account.clone(), &parameters)).await;
        assert_eq!(error.code.as_str(), code);
        assert!(error.help.as_ref().unwrap().contains(help), "{:?}", error.help);
    }
}

#[tokio::test]
async fn what_the_server_takes_besides_is_sent_in_its_type() {
    let account = json!({"account_id": 1, "conversation_id": 2});
    for (resource, operation, parameters, want) in [
        (
            "Reports",
            "List All Conversation Statistics",
            json!({"metric": "conversations_count", "type": "account", "group_by": "week", "business_hours": "true", "timezone_offset": "-3"}),
            "?metric=conversations_count&type=account&group_by=week&business_hours=true&timezone_offset=-3",
        ),
        (
            "Conversations",
            "Conversation List",
            json!({"status": "all", "sort_by": "created_at_asc", "updated_within": "60"}),
            "?status=all&sort_by=created_at_asc&updated_within=60",
        ),
        ("Contacts", "Contact List", json!({"labels": ["vip"], "include_contact_inboxes": false}), "?labels%5B%5D=vip&include_contact_inboxes=false"),
        ("Messages", "List All Messages", json!({"after": 7}), "?after=7"),
        ("Users", "Create A User", json!({"name": "Ana", "display_name": 5}), r#"{"name":"Ana","display_name":"5"}"#),
        (
            "Conversations",
            "Toggle Status Of A Conversation",
            json!({"status": "snoozed", "snoozed_until": "1790000000"}),
            r#"{"status":"snoozed","snoozed_until":1790000000}"#,
        ),
    ] {
        let parameters = with(account.clone(), &parameters);
        let request = sent(resource, operation, parameters.clone()).await;
        let sent = if want.starts_with('?') { request.url[request.url.find('?').unwrap()..].to_owned() } else { body(&request) };
        assert_eq!(sent, want, "{operation}");
        assert_eq!(place(resource, operation, parameters).check(), [], "{operation}");
    }
}

#[tokio::test]
async fn the_native_part_of_a_row_is_followed() {
    let request = sent("Help Center", "Update New Portal To Account", json!({"account_id": 1, "slug": "hand book", "name": "x"})).await;
    assert_eq!(request.url, "http://server.test/api/v1/accounts/1/portals/hand%20book");
    assert_eq!(body(&request), r#"{"name":"x"}"#);

    let request = sent("Help Center", "Add New Category To Account", json!({"account_id": 1, "portal_id": "handbook", "name": "x"})).await;
    assert_eq!(
        (request.url.as_str(), body(&request).as_str()),
        ("http://server.test/api/v1/accounts/1/portals/handbook/categories", r#"{"name":"x"}"#)
    );

    let filter = json!({"account_id": 1, "filter_type": "contact", "type": "contact", "name": "x", "query": "{\"payload\": []}"});
    let request = sent("Custom Filters", "Create A Custom Filter", filter).await;
    assert_eq!(body(&request), r#"{"name":"x","filter_type":"contact","query":{"payload":[]}}"#);

    let request = sent("CSAT Survey Page", "Get Csat Survey Page", json!({"conversation_uuid": "a-b"})).await;
    assert_eq!((header(&request, "accept"), header(&request, "api-access-token")), (Some("text/html"), None));
}

#[tokio::test]
async fn integers_are_exact_and_path_values_are_escaped() {
    let request = sent("Contacts", "Contact Create", json!({"account_id": 9_223_372_036_854_775_807_i64, "inbox_id": "18446744073709551615"})).await;
    assert_eq!(request.url, "http://server.test/api/v1/accounts/9223372036854775807/contacts");
    assert_eq!(body(&request), r#"{"inbox_id":18446744073709551615}"#);
    let request = sent("Inbox API", "Get Details Of A Inbox", json!({"inbox_identifier": "a/b c?d#ü"})).await;
    assert_eq!(request.url, "http://server.test/public/api/v1/inboxes/a%2Fb%20c%3Fd%23%C3%BC");
}

#[tokio::test]
async fn values_that_do_not_fit_are_refused_before_anything_is_sent() {
    let error = refused("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 1, "custom_attributes": "{bad"})).await;
    assert_eq!((error.code.as_str(), error.parameter.as_deref(), error.item), ("KV0504", Some("custom_attributes"), Some(0)));
    let error = refused("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": "many"})).await;
    assert_eq!((error.code.as_str(), error.parameter.as_deref()), ("KV0503", Some("inbox_id")));
    let error = refused("Contacts", "Contact Details", json!({"account_id": 1})).await;
    assert_eq!((error.code.as_str(), error.parameter.as_deref()), ("KV0502", Some("id")));
    for dots in ["", ".", ".."] {
        let error = refused("Inbox API", "Get Details Of A Inbox", json!({"inbox_identifier": dots})).await;
        assert_eq!(error.parameter.as_deref(), Some("inbox_identifier"), "{dots}");
    }
    let error = refused("Contact", "Contact Create", json!({})).await;
    assert_eq!(error.code.as_str(), "KV0501");
    let error = refused("Convrsations", "Contact Create", json!({})).await;
    assert_eq!((error.code.as_str(), error.help.as_deref()), ("KV0500", Some("Did you mean \"Conversations\"?")));
}

#[tokio::test]
async fn options_that_do_not_fit_are_refused_also_where_an_expression_gives_them() {
    let with = |options| json!({"account_id": 1, "requestOptions": options});
    let error = refused("Contacts", "Contact List", with(json!({"retunAll": true}))).await;
    assert_eq!((error.code.as_str(), error.help.as_deref()), ("KV0509", Some("Did you mean \"returnAll\"?")));
    assert_eq!(refused("Contacts", "Contact List", with(json!({"batching": {}}))).await.code.as_str(), "KV0502");
    // Of each item: the second one's time-out is no number.
    let world = World::new(|_| ok(json!([])));
    let items = vec![Item::new(json!({"t": 5})), Item::new(json!({"t": "soon"}))];
    let place = place("Contacts", "Contact List", with(json!({"timeout": "={{ $json.t }}", "concurrency": 1})));
    let error = place.run(&world, items).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.parameter.as_deref(), error.item), ("KV0503", Some("requestOptions.timeout"), Some(1)));
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test]
async fn answers_become_items() {
    let of = |status, text: &'static str, options: Value, action: (&'static str, &'static str)| async move {
        let world = World::new(move |_| Ok(answer(status, &[("content-type", "text/html")], text)));
        let place = place(
            action.0,
            action.1,
            json!({"account_id": 1, "id": 1, "team_id": 1, "user_ids": [1], "conversation_uuid": "u", "requestOptions": options}),
        );
        place.run(&world, vec![Item::empty()]).await
    };
    let list = ("Teams", "List All Teams");
    let contacts = ("Contacts", "Contact List");
    assert_eq!(jsons(&of(200, "", json!({}), list).await.unwrap()), [json!({})]);
    assert_eq!(jsons(&of(200, "[{\"id\":1},{\"id\":2}]", json!({}), list).await.unwrap()), [json!({"id": 1}), json!({"id": 2})]);
    let envelope = "{\"meta\":{},\"payload\":[{\"id\":12345678901234567890}]}";
    assert_eq!(jsons(&of(200, envelope, json!({}), contacts).await.unwrap()).len(), 1);
    assert_eq!(jsons(&of(200, envelope, json!({"unwrap": true}), contacts).await.unwrap()), [json!({"id": 12_345_678_901_234_567_890_u64})]);
    // Null is no item; a change with nothing to show is done all the same, a list may be empty.
    assert_eq!(jsons(&of(200, "[null, {\"id\":1}]", json!({}), list).await.unwrap()), [json!({}), json!({"id": 1})]);
    assert_eq!(jsons(&of(200, "{\"payload\":[null]}", json!({"returnAll": true}), contacts).await.unwrap()), [json!({})]);
    assert_eq!(jsons(&of(200, "[]", json!({}), list).await.unwrap()), Vec::<Value>::new());
    assert_eq!(jsons(&of(200, "[]", json!({}), ("Teams", "Add New Agent To Team")).await.unwrap()), [json!({})]);
    let found = of(200, "{\"payload\":[]}", json!({"unwrap": true}), ("Contacts", "Contact Filter")).await.unwrap();
    assert_eq!(jsons(&found), Vec::<Value>::new());
    assert_eq!(jsons(&of(200, "<p>Hi</p>", json!({}), ("CSAT Survey Page", "Get Csat Survey Page")).await.unwrap()), [json!({"html": "<p>Hi</p>"})]);
    let error = of(200, "<html>", json!({}), list).await.unwrap_err();
    assert_eq!(error.code.as_str(), "KV0406");
}

#[tokio::test]
async fn a_refusal_carries_the_servers_words_and_what_to_do() {
    let world = World::new(|_| Ok(answer(422, &[], r#"{"message":"Email has already been taken","attributes":["email"]}"#)));
    let mut place = place("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 1, "email": "={{ $json.email }}"}));
    let items = vec![Item::new(json!({"email": "a@b.c"}))];
    let error = place.run(&world, items.clone()).await.unwrap_err();
    assert_eq!((error.message.as_str(), error.parameter.as_deref(), error.item), ("Email has already been taken (422)", Some("email"), Some(0)));
    assert!(error.help.unwrap().contains("look it up"));
    place.on_error = OnError::ContinueRegularOutput;
    let outputs = place.run(&world, items).await.unwrap();
    let item = &outputs.lists.as_ref().unwrap()[0][0];
    assert_eq!(item.error.as_ref().unwrap()["message"], "Email has already been taken (422)");
}

/// What is said of a failure speaks of what these nodes have, in both modes.
#[tokio::test]
async fn failures_below_http_name_what_is_to_be_changed() {
    let of = |fault: fn() -> common::Answer, type_name: &'static str, options: Value| async move {
        let parameters = json!({"resource": "Teams", "operation": "List All Teams", "account_id": 1, "requestOptions": options});
        Place::new(type_name, parameters).run(&World::new(move |_| fault()), vec![Item::empty()]).await
    };
    fn fault(kind: HttpErrorKind, message: &str) -> common::Answer {
        Err(HttpError { kind, message: message.into(), maybe_sent: false })
    }
    let dns = || fault(HttpErrorKind::Dns, "getaddrinfo ENOTFOUND nonsense");
    let expired = || fault(HttpErrorKind::Tls(TlsFault::Expired), "certificate has expired");
    let no_tls = || fault(HttpErrorKind::Tls(TlsFault::Protocol), "write EPROTO");
    let deep = || Ok(answer(200, &[], format!("{}{}", "[".repeat(200), "]".repeat(200))));
    for type_name in ["konverte", common::N8N] {
        let error_of = |outcome: Result<_, NodeError>| match outcome {
            Err(error) => error,
            Ok(_) => panic!("{type_name}: no error"),
        };
        let options = json!({"proxy": "nonsense", "retry": {"maxAttempts": 1}});
        let options = if type_name == "konverte" { options } else { json!({"proxy": "nonsense"}) };
        let error = error_of(of(dns, type_name, options).await);
        assert!(error.help.unwrap().contains("requestOptions.proxy"), "{type_name}");
        assert_eq!(error.message.starts_with("The proxy cannot be reached"), type_name == "konverte", "{}", error.message);
        let help = error_of(of(expired, type_name, json!({})).await).help.unwrap();
        assert!(help.contains("requestOptions.allowUnauthorizedCerts"), "{help}");
        let help = error_of(of(no_tls, type_name, json!({})).await).help.unwrap();
        assert!(help.contains("URL probably should begin with http://"), "{help}");
        let error = error_of(of(deep, type_name, json!({})).await);
        assert_eq!((error.code.as_str(), error.message.contains("128"), error.help.is_some()), ("KV0406", true, true));
    }
}

/// A server that fails a few times and then answers.
fn flaky(times: usize, failure: impl Fn() -> common::Answer + Send + Sync + 'static) -> Arc<World> {
    let asked = AtomicUsize::new(0);
    World::new(move |_| if asked.fetch_add(1, Ordering::SeqCst) < times { failure() } else { ok(json!({"id": 1})) })
}

#[tokio::test]
async fn only_what_is_repeatable_is_sent_again() {
    let bad_gateway = || Ok(answer(502, &[], ""));
    let list = place("Teams", "List All Teams", json!({"account_id": 1}));
    let create = place("Teams", "Create A Team", json!({"account_id": 1, "name": "x"}));
    let world = flaky(2, bad_gateway);
    list.run(&world, vec![Item::empty()]).await.unwrap();
    assert_eq!(world.requests().len(), 3);
    let world = flaky(1, bad_gateway);
    assert!(create.run(&world, vec![Item::empty()]).await.is_err());
    assert_eq!(world.requests().len(), 1);
    // A plain-text 429 without Retry-After was not done, whatever it was.
    let world = flaky(3, || Ok(answer(429, &[("content-type", "text/plain")], "Retry later\n")));
    create.run(&world, vec![Item::empty()]).await.unwrap();
    assert_eq!(world.requests().len(), 4);
    let world = flaky(3, || Ok(answer(503, &[("retry-after", "120")], "")));
    create.run(&world, vec![Item::empty()]).await.unwrap();
    assert_eq!(world.slept.lock().unwrap().iter().map(std::time::Duration::as_secs).collect::<Vec<_>>(), [30, 30, 30]);
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_counts_as_done() {
    let asked = AtomicUsize::new(0);
    let world = World::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Err(HttpError { kind: HttpErrorKind::Reset, message: "reset".into(), maybe_sent: true }),
        _ => Ok(answer(404, &[], r#"{"error":"Resource could not be found"}"#)),
    });
    let place = place("Contacts", "Contact Delete", json!({"account_id": 1, "id": 4}));
    assert_eq!(jsons(&place.run(&world, vec![Item::empty()]).await.unwrap()), [json!({})]);
    // After these nothing was done: whoever deletes what is not there must hear it.
    let nothing_done: [fn() -> common::Answer; 4] = [
        || Ok(answer(404, &[], "")),
        || Ok(answer(429, &[], "Retry later")),
        || Ok(answer(503, &[("retry-after", "1")], "")),
        || Err(HttpError { kind: HttpErrorKind::Refused, message: "refused".into(), maybe_sent: false }),
    ];
    for first in nothing_done {
        let asked = AtomicUsize::new(0);
        let world = World::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => first(),
            _ => Ok(answer(404, &[], r#"{"error":"Resource could not be found"}"#)),
        });
        let error = place.run(&world, vec![Item::empty()]).await.unwrap_err();
        assert_eq!(error.code.as_str(), "KV0411", "{error:?}");
    }
}

#[tokio::test]
async fn some_actions_are_repeatable_on_a_condition() {
    let reset = || Err(HttpError { kind: HttpErrorKind::Reset, message: "reset".into(), maybe_sent: true });
    let contact = |fields: Value| place("Contacts API", "Create A Contact", with(json!({"inbox_identifier": "i", "name": "x"}), &fields));
    let toggle =
        |fields: Value| place("Conversations", "Toggle Status Of A Conversation", with(json!({"account_id": 1, "conversation_id": 2}), &fields));
    for (place, attempts) in [
        (contact(json!({})), 1),
        (contact(json!({"email": "a@b.c"})), 2),
        (contact(json!({"email": "", "phone_number": "  ", "identifier": null})), 1),
        (contact(json!({"email": "={{ $json.none }}"})), 1),
        (contact(json!({"email": "={{ $json.none }}", "identifier": 7})), 2),
        (toggle(json!({"status": "open"})), 2),
        (toggle(json!({"status": null})), 1),
        (toggle(json!({"status": "={{ $json.empty }}"})), 1),
    ] {
        let world = flaky(1, reset);
        let outcome = place.run(&world, vec![Item::new(json!({"none": null, "empty": ""}))]).await;
        assert_eq!((outcome.is_ok(), world.requests().len()), (attempts == 2, attempts), "{}", place.parameters);
    }
}

#[tokio::test]
async fn lists_are_walked_to_their_end() {
    let page = |request: &HttpRequest| {
        let url = url::Url::parse(&request.url).unwrap();
        url.query_pairs().find(|(key, _)| key == "page" || key == "before").map(|(_, value)| value.parse::<u64>().unwrap())
    };
    let contacts = move |request: &HttpRequest| {
        let first = (page(request).unwrap() - 1) * 15;
        let ids: Vec<Value> = (first..(first + 15).min(40)).map(|id| json!({"id": id})).collect();
        ok(json!({"meta": {}, "payload": ids}))
    };
    let world = World::new(contacts);
    let all = json!({"account_id": 1, "requestOptions": {"returnAll": true}});
    let outputs = place("Contacts", "Contact List", all).run(&world, vec![Item::empty()]).await.unwrap();
    let ids: Vec<u64> = jsons(&outputs).iter().map(|item| item["id"].as_u64().unwrap()).collect();
    assert_eq!((ids, world.requests().len()), ((0..40).collect(), 3));

    let world = World::new(contacts);
    let some = json!({"account_id": 1, "requestOptions": {"returnAll": true, "limit": 20}});
    let outputs = place("Contacts", "Contact List", some).run(&world, vec![Item::empty()]).await.unwrap();
    assert_eq!((jsons(&outputs).len(), world.requests().len()), (20, 2));

    // Messages come newest last, page by page into the past.
    let world = World::new(move |request| {
        let before = page(request).unwrap_or(46);
        let ids: Vec<Value> = (before.saturating_sub(20).max(1)..before).map(|id| json!({"id": id})).collect();
        ok(json!({"meta": {}, "payload": ids}))
    });
    let all = json!({"account_id": 1, "conversation_id": 2, "requestOptions": {"returnAll": true}});
    let outputs = place("Messages", "List All Messages", all).run(&world, vec![Item::empty()]).await.unwrap();
    let ids: Vec<u64> = jsons(&outputs).iter().map(|item| item["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..46).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_does_not_heed_the_page_ends_the_walk() {
    let page: Vec<Value> = (1..=20).map(|id| json!({"id": id})).collect();
    let all = json!({"account_id": 1, "conversation_id": 2, "requestOptions": {"returnAll": true}});
    for (resource, operation) in [("Contacts", "Contact List"), ("Messages", "List All Messages")] {
        let payload = page.clone();
        let world = World::new(move |_| ok(json!({"payload": payload})));
        let error = place(resource, operation, all.clone()).run(&world, vec![Item::empty()]).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.item, world.requests().len()), ("KV0415", Some(0), 2));
    }
}

#[tokio::test]
async fn concurrency_is_bounded_and_keeps_the_order() {
    let world = World::new(|request| ok(serde_json::from_str(&body(request)).unwrap()));
    let mut place = place("Teams", "Create A Team", json!({"account_id": 1, "name": "={{ $json.name }}"}));
    let items: Vec<Item> = (0..50).map(|n| Item::new(json!({"name": format!("t{n}")}))).collect();
    let outputs = place.run(&world, items.clone()).await.unwrap();
    assert_eq!(jsons(&outputs), items.iter().map(|item| item.json().cloned().unwrap()).collect::<Vec<_>>());
    assert_eq!(world.server.in_flight.lock().unwrap().1, 8);
    place.parameters["requestOptions"] = json!({"concurrency": 1});
    let world = World::new(|_| Ok(answer(422, &[], "{}")));
    assert!(place.run(&world, items).await.is_err());
    assert_eq!((world.server.in_flight.lock().unwrap().1, world.requests().len()), (1, 1));
}

#[tokio::test]
async fn files_go_out_as_multipart() {
    let world = World::new(|_| ok(json!({"id": 1})));
    let blob = world.put("hello".into()).await.unwrap();
    let text = Binary { mime_type: "text/plain".into(), file_name: Some("a.txt".into()), blob: Some(blob), ..Binary::default() };
    let item = Item::empty().with_binary("data", text.clone()).with_binary("more", Binary { file_name: None, ..text });
    let message = json!({"account_id": 1, "conversation_id": 2, "content": "Hi", "private": false, "content_attributes": {"a": {"b": 1}}, "attachments": "data, more"});
    place("Messages", "Create A New Message In A Conversation", message).run(&world, vec![item.clone()]).await.unwrap();
    let request = &world.requests()[0];
    let HttpBody::Multipart(parts) = &request.body else { panic!("multipart") };
    let seen: Vec<(&str, &str, Option<&str>)> =
        parts.iter().map(|part| (part.name.as_str(), std::str::from_utf8(&part.content).unwrap(), part.file_name.as_deref())).collect();
    let fields = [("content", "Hi", None), ("private", "false", None), ("content_attributes[a][b]", "1", None)];
    assert_eq!(seen, [&fields[..], &[("attachments[]", "hello", Some("a.txt")), ("attachments[]", "hello", Some("more"))]].concat());
    assert_eq!(header(request, "content-type"), None);

    let contact = |avatar| place("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 1, "avatar": avatar}));
    let error = contact("data").run(&world, vec![item.clone()]).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.parameter.as_deref()), ("KV0506", Some("avatar")));
    let error = contact("face").run(&world, vec![item]).await.unwrap_err();
    assert_eq!(error.help.as_deref(), Some("The item has: data, more."));
}

#[tokio::test]
async fn a_token_with_a_line_break_is_refused() {
    let credential = json!({"url": "http://server.test", "accessToken": "tok\r\nX-Other: 1"});
    let world = World::with(|_| ok(json!({})), Some(credential));
    let error = place("Teams", "List All Teams", json!({"account_id": 1})).run(&world, vec![Item::empty()]).await.unwrap_err();
    assert_eq!(error.code.as_str(), "KV0311");
    assert!(error.message.contains("accessToken") && !error.message.contains("tok\r"), "{}", error.message);
    assert!(world.requests().is_empty());
}
