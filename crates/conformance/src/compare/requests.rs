//! The requests that were sent, and those that were recorded.

use serde_json::{Map, Value, json};

use super::Apart;
use super::values::{MASK, difference, short};

/// Headers of the transport alone.
const IGNORED: [&str; 10] = [
    "host",
    "connection",
    "content-length",
    "accept-encoding",
    "user-agent",
    "transfer-encoding",
    "expect",
    "keep-alive",
    "accept-language",
    "sec-fetch-mode",
];

/// How a body may be written.
const BODY: [&str; 5] = ["json", "form", "text", "multipart", "base64"];

/// The first difference: as many, in their order or in any, each with the same method, address, headers and body.
pub(crate) fn requests_differ(recorded: &[Value], sent: &[Value], any_order: bool, apart: &mut Apart) -> Option<String> {
    let mut left: Vec<&Value> = sent.iter().collect();
    for (index, want) in recorded.iter().enumerate() {
        let at = format!("request {} of {}", index + 1, recorded.len());
        if left.is_empty() {
            return Some(format!("{at} was not sent: {}", short(want)));
        }
        let same = |got: &&Value| request_differs(want, got, &at).is_none();
        let place = if any_order { left.iter().position(same).unwrap_or(0) } else { 0 };
        if let Some(why) = request_differs(want, left[place], &at) {
            return Some(why);
        }
        let got = left.remove(place);
        if let Some(text) = want["body"].get("text").filter(|_| want["body"].as_object().is_some_and(|body| body.len() > 1)) {
            apart.note("texts of bodies", difference(text, &got["text"], "").is_none());
        }
    }
    left.first().map(|more| format!("{} requests too many: {}", left.len(), short(more)))
}

fn request_differs(want: &Value, got: &Value, at: &str) -> Option<String> {
    if want == MASK {
        return None;
    }
    let line = |request: &Value| json!([request["method"], request["url"]]);
    let bodies_differ = || if want["body"] == MASK { None } else { difference(&body(&want["body"]), &body(got), &format!("{at} body")) };
    difference(&line(want), &line(got), at)
        .or_else(|| difference(&headers(&want["headers"]), &headers(&got["headers"]), &format!("{at} headers")))
        .or_else(bodies_differ)
}

fn headers(headers: &Value) -> Value {
    let Value::Object(all) = headers else { return if headers.is_null() { json!({}) } else { headers.clone() } };
    let all = all.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    Value::Object(all.filter(|(name, _)| !IGNORED.contains(&name.as_str())).collect())
}

/// What is compared of a body: its text only where it says nothing that stands beside it in another form.
fn body(of: &Value) -> Value {
    let said = |key: &&str| !of[*key].is_null() && (*key == "json" || of[*key] != "");
    let mut body: Map<String, Value> = BODY.iter().filter(|key| said(key)).map(|key| ((*key).to_owned(), of[*key].clone())).collect();
    if body.len() > 1 {
        body.shift_remove("text");
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(recorded: &Value, sent: &Value, any_order: bool) -> Option<String> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        requests_differ(&list(recorded), &list(sent), any_order, &mut Apart::default())
    }

    #[test]
    fn each_counts_in_its_order_or_in_any() {
        let (a, b) = (json!({"method": "GET", "url": "https://a/"}), json!({"method": "GET", "url": "https://b/"}));
        assert_eq!(differ(&json!([a, b]), &json!([a, b]), false), None);
        assert!(differ(&json!([a, b]), &json!([b, a]), false).is_some());
        assert_eq!(differ(&json!([a, b]), &json!([b, a]), true), None);
        assert!(differ(&json!([a, b]), &json!([a]), true).is_some_and(|why| why.contains("was not sent")));
        assert!(differ(&json!([a]), &json!([a, a]), true).is_some_and(|why| why.contains("too many")));
    }

    #[test]
    fn headers_of_the_transport_and_the_text_beside_a_form_do_not_count() {
        let want = json!({"method": "POST", "url": "https://a/", "headers": {"x-a": "1"}, "body": {"form": [["a", "b"]], "text": "a=b"}});
        let got = |changed: &str, value: Value| {
            let mut got = json!({"method": "POST", "url": "https://a/", "headers": {"X-A": "1", "Host": "a"}, "form": [["a", "b"]], "text": "a=%62"});
            got[changed] = value;
            json!([got])
        };
        assert_eq!(differ(&json!([want]), &got("text", json!("a=%62")), false), None);
        for (changed, value) in [
            ("method", json!("PUT")),
            ("url", json!("https://a")),
            ("form", json!([])),
            ("headers", json!({"x-a": "1", "x-b": "2"})),
            ("json", json!(1)),
        ] {
            assert!(differ(&json!([want]), &got(changed, value), false).is_some(), "{changed}");
        }
    }
}
