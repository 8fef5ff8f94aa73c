//! Every request that was captured from n8n: method, path, query, the three headers and the body's bytes.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{N8N, Place, World, body, data, header, ok};
use node_sdk::params::{Evaluated, NonFinite};
use node_sdk::{Item, Kind};
use serde_json::{Value, json};

#[tokio::test]
async fn all_captured_requests_are_equal() {
    let captures = data("n8n/wire.json");
    let mut equal = 0;
    for capture in captures.as_array().unwrap() {
        let world = World::new(|_| ok(json!({"ok": true})));
        let name = format!("{} / {} ({})", capture["resource"], capture["operation"], capture["variation"]);
        let outputs = Place::new(N8N, capture["parameters"].clone()).run(&world, vec![Item::empty()]).await;
        assert_eq!(common::jsons(&outputs.unwrap()), [json!({"ok": true})], "{name}");
        let requests = world.requests();
        let [request] = requests.as_slice() else { panic!("{name}: {} requests", requests.len()) };
        let want = &capture["request"];
        let text = |key: &str| want[key].as_str().unwrap();
        let url = request.url.strip_prefix("http://server.test").unwrap();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        assert_eq!((request.method.as_str(), path, query), (text("method"), text("path"), text("query").trim_start_matches('?')), "{name}");
        for wanted in ["accept", "content-type", "api-access-token"] {
            assert_eq!(header(request, wanted), want["headers"][wanted].as_str(), "{name}: {wanted}");
        }
        assert_eq!(body(request), want["rawBody"].as_str().unwrap_or_default(), "{name}");
        equal += 1;
    }
    assert_eq!(equal, 230);
}

/// What the rules of n8n's node say of values that no capture holds: each as a path, a query, a text, a number and a JSON parameter.
#[tokio::test]
async fn values_of_any_kind_go_where_n8n_puts_them() {
    let finite = |value: Value| json!({ "value": value });
    let (nan, undefined) = (json!("NaN"), json!("undefined"));
    for (value, segment, query, plain, parsed) in [
        (finite(json!(0)), "0", "&q=0", Some("0"), Some("0")),
        (finite(json!(false)), "false", "&q=false", Some("false"), Some("false")),
        (finite(json!(null)), "", "&q=", Some("null"), Some("null")),
        (undefined, "", "", None, None),
        (nan, "NaN", "&q=NaN", Some("null"), None),
        (finite(json!("")), "", "&q=", Some("\"\""), None),
        (finite(json!("007")), "007", "&q=007", Some("\"007\""), None),
        (finite(json!(" [1.0] ")), " [1.0] ", "&q=%20%5B1.0%5D%20", Some("\" [1.0] \""), Some("[1]")),
        (finite(json!([5])), "5", "&q%5B0%5D=5", Some("[5]"), Some("5")),
        (finite(json!([1, "a", null])), "1,a,", "&q%5B0%5D=1&q%5B1%5D=a&q%5B2%5D=", Some("[1,\"a\",null]"), None),
        (finite(json!({"a": {"b": ["é"]}})), "[object Object]", "&q%5Ba%5D%5Bb%5D%5B0%5D=%C3%A9", Some("{\"a\":{\"b\":[\"é\"]}}"), None),
        (finite(json!([])), "", "", Some("[]"), None),
        (finite(json!("a+b&c%d/e (f)!*'~")), "a+b&c%d/e (f)!*'~", "&q=a%2Bb%26c%25d%2Fe%20%28f%29%21%2A%27~", Some("\"a+b&c%d/e (f)!*'~\""), None),
    ] {
        let got = sent("Conversations", "Conversation List", json!({"account_id": 1, "labels": "[1]", "q": "=x"}), &value).await;
        let rest = "&inbox_id=0&team_id=0&labels=%5B1%5D&page=1";
        let at = "/api/v1/accounts/1/conversations?assignee_type=all&status=open";
        assert_eq!(got.0, format!("{at}{query}{rest}"));
        let got = sent("Contacts", "Contact Details", json!({"account_id": 1, "id": "=x"}), &value).await;
        assert_eq!(got.0, format!("/api/v1/accounts/1/contacts/{segment}"));
        let field = |name: &str, value: Option<&str>| value.map_or_else(String::new, |value| format!("\"{name}\":{value}"));
        let got = sent("Teams", "Add New Agent To Team", json!({"account_id": 1, "team_id": 1, "user_ids": "=x"}), &value).await;
        let body = field("user_ids", parsed);
        assert_eq!(got.1, if body.is_empty() { body } else { format!("{{{body}}}") });
        let got =
            sent("Canned Responses", "Add New Canned Response To Account", json!({"account_id": 1, "content": "c", "short_code": "=x"}), &value)
                .await;
        let fields = [field("content", Some("\"c\"")), field("short_code", plain)];
        assert_eq!(got.1, format!("{{{}}}", fields.join(",").trim_end_matches(',')));
    }
}

/// Address below the server and body of the one request, with the expression `=x` giving `value`.
async fn sent(resource: &str, operation: &str, mut parameters: Value, value: &Value) -> (String, String) {
    parameters["resource"] = resource.into();
    parameters["operation"] = operation.into();
    let world = World::new(|_| ok(json!({})));
    let place = Place { expressions: named, ..Place::new(N8N, parameters) };
    place.run(&world, vec![Item::new(value.clone())]).await.unwrap();
    let requests = world.requests();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    (request.url.replace("http://server.test", ""), body(request))
}

/// The item says what the expression gives.
fn named(_: &str, item: &Value) -> Evaluated {
    let nothing = |kind| Evaluated { value: Value::Null, kind };
    match item.as_str() {
        Some("NaN") => nothing(Kind::NonFinite(NonFinite::NaN)),
        Some(_) => nothing(Kind::Undefined),
        None => Evaluated { value: item["value"].clone(), kind: Kind::Json },
    }
}
