//! What a service says when it does not do what a node asks for: its words, our code for its status, and what to do about it.

use serde_json::Value;

use crate::apart;
use crate::context::NodeInfo;
use crate::error::{ErrorCode, HttpFailure, NodeError, codes};
use crate::json::{to_js_string, truthy};
use crate::property::{Property, PropertyKind};
use crate::refusal;
use crate::registry::Registry;

/// Keys under which servers say what is wrong, the most telling first.
const TELLING: [&str; 25] = [
    "cause",
    "error",
    "message",
    "Message",
    "msg",
    "messages",
    "description",
    "reason",
    "detail",
    "details",
    "errors",
    "errorMessage",
    "errorMessages",
    "ErrorMessage",
    "error_message",
    "_error_message",
    "errorDescription",
    "error_description",
    "error_summary",
    "error_info",
    "title",
    "text",
    "field",
    "err",
    "type",
];

/// What a server's error body says, in one text, as n8n finds it. The search ends at the first list, whether it says anything or not.
pub fn said(body: &Value) -> Option<String> {
    match body {
        Value::Object(map) => {
            let told = TELLING.iter().filter_map(|key| map.get(*key)).filter(|value| truthy(value) && !value.is_boolean());
            told.map(|value| (value.is_array(), said(value))).find(|(list, text)| *list || text.is_some())?.1
        }
        Value::Array(list) => {
            let parts: Vec<String> = list
                .iter()
                .filter_map(|entry| match entry {
                    Value::String(_) | Value::Number(_) => Some(to_js_string(entry)),
                    entry => entry.as_object().and_then(|_| said(entry)),
                })
                .collect();
            (!parts.is_empty()).then(|| parts.join(" | "))
        }
        Value::String(_) | Value::Number(_) if truthy(body) => Some(to_js_string(body)),
        _ => None,
    }
}

/// Whether a text is a web page: what a gateway answers, or a site in the place of a service.
pub fn is_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(200).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html")
}

/// The title of a web page.
///
/// ```
/// use node_sdk::service::page_title;
/// assert_eq!(page_title("<html><head><title>502 Bad Gateway</title>").as_deref(), Some("502 Bad Gateway"));
/// assert_eq!(page_title("<html><body>Hi</body></html>"), None);
/// ```
pub fn page_title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let from = lower.find("<title>")? + "<title>".len();
    let to = from + lower[from..].find("</title>")?;
    let title = text.get(from..to)?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then_some(title)
}

/// Our code for an answer that is no success.
pub fn status_code(status: u16) -> ErrorCode {
    match status {
        401 | 403 => codes::HTTP_UNAUTHORIZED,
        404 => codes::HTTP_NOT_FOUND,
        400 | 422 => codes::HTTP_INVALID,
        429 => codes::HTTP_THROTTLED,
        _ => codes::HTTP_STATUS,
    }
}

/// What to do about an answer of a status between the two; the first row that fits counts. `{item}` is where the item is named,
/// `{pause}` how long the answer asked to wait, `{batching}` the option of a node that has it. What refuses a credential is
/// said by [`refusal`].
const ADVICE: &[(u16, u16, &str)] = &[
    (402, 402, "The service wants to be paid first: look at the account's plan there."),
    (
        404,
        404,
        "The service has nothing under what the node names, or hides it from this credential: look at the ids that the node's parameters give{item}.",
    ),
    (405, 405, "The service does not do this here: choose another operation, or look at the address of the service in the credential."),
    (408, 408, "The service did not get the whole request in time: send it again, or turn on the node's setting \"Retry On Fail\"."),
    (409, 409, "What is asked for{item} is at odds with what the service has by now: read it again, then decide."),
    (410, 410, "It was there and is gone: look at the ids that the node's parameters give{item}."),
    (413, 413, "The service takes less at once: send a smaller file, or fewer records."),
    (423, 423, "Somebody else holds what is to be changed: send the request again later."),
    (425, 425, "The service does not take the request as early in the connection: send it again."),
    (
        429,
        429,
        "Turn on the node's setting \"Retry On Fail\" with a wait{pause}, or send fewer at a time: {batching}by Loop Over Items with a Wait in it. A \
         quota that is used up is another matter: it takes another plan, or its next period.",
    ),
    (400, 499, "The service does not take what the node's parameters give{item}: change what it names. Sending it again as it is does not help."),
    (
        500,
        599,
        "The trouble is the service's: try again later, or let the node do so by its setting \"Retry On Fail\". Where it fails in the same way each time, look at \
         what is sent{item}.",
    ),
];

/// An error of a node with what to do about it, where it is of an answer that is no success or says that a service refuses the node's credential. What
/// the service said is shown where the error does not say it; `registry` knows what the node and its credentials can do. An error that has help of its own knows
/// better.
///
/// ```
/// use node_sdk::{NodeError, NodeInfo, Registry, service};
/// let error = NodeError::new("The request failed").item(2).http(404, serde_json::json!({"error": {"message": "No such customer"}}));
/// let help = service::explained(error, &NodeInfo::default(), &Registry::new()).help.unwrap();
/// assert!(help.starts_with("The service said: No such customer. ") && help.ends_with("look at the ids that the node's parameters give for item 2."));
/// ```
pub fn explained(error: NodeError, node: &NodeInfo, registry: &Registry) -> NodeError {
    if error.help.is_some() {
        return error;
    }
    if let Some(help) = apart_in(&error) {
        return NodeError { code: codes::HTTP_UNAUTHORIZED, ..error }.help(help);
    }
    let slows = error.http.as_deref().is_some_and(|http| http.status == Some(403) && slows_down(&http.body));
    let error = if slows { NodeError { code: codes::HTTP_THROTTLED, ..error } } else { refusal::explained(error, node, registry) };
    let Some(HttpFailure { status: Some(status), body, .. }) = error.http.as_deref() else { return error };
    let help: Vec<String> =
        unsaid(&error, *status, body).into_iter().chain(error.help.clone().or_else(|| advice(&error, *status, node, registry))).collect();
    if help.is_empty() { error } else { error.help(help.join(" ")) }
}

/// What to do where an error, or the answer behind it, speaks of time.
fn apart_in(error: &NodeError) -> Option<&'static str> {
    let body = error.http.as_ref().map(|http| http.body.to_string());
    [Some(error.message.as_str()), error.description.as_deref(), body.as_deref()].into_iter().flatten().find_map(apart::advice)
}

fn advice(error: &NodeError, status: u16, node: &NodeInfo, registry: &Registry) -> Option<String> {
    let status = if error.code == codes::HTTP_THROTTLED { 429 } else { status };
    if error.code == codes::HTTP_UNAUTHORIZED {
        return None;
    }
    let text = ADVICE.iter().find(|(from, to, _)| (*from..=*to).contains(&status)).map(|(.., text)| *text)?;
    let item = error.item.map(|item| format!(" for item {item}")).unwrap_or_default();
    let asked = error.http.as_deref().and_then(|http| http.retry_after.as_deref());
    let pause = asked.map(|asked| format!(" (the service asked to wait: `Retry-After: {asked}`)")).unwrap_or_default();
    let batching = if has_batching(node, registry) { "by the option \"Batching\", or " } else { "" };
    Some(text.replace("{item}", &item).replace("{pause}", &pause).replace("{batching}", batching))
}

/// Whether the node has the option *Batching*, which stands in a collection: `options` or `requestOptions`.
fn has_batching(node: &NodeInfo, registry: &Registry) -> bool {
    let has = |property: &Property| matches!(&property.kind, PropertyKind::Collection(fields) if fields.iter().any(|field| field.name == "batching"));
    let found = registry.find_version(&node.type_name, node.type_version);
    found.is_some_and(|found| found.descriptor().version(node.type_version).is_some_and(|group| group.properties.iter().any(has)))
}

/// Characters that are shown of what an answer lists.
const SHOWN: usize = 300;

/// What the service said and the error does not say: n8n's sentence has the place of it, or a list says more than the sentence above it.
fn unsaid(error: &NodeError, status: u16, body: &Value) -> Option<String> {
    let shown = |said: &str| [Some(error.message.as_str()), error.description.as_deref()].into_iter().flatten().any(|text| text.contains(said));
    let told = said(body).filter(|said| !shown(said)).and_then(|said| match is_page(&said) {
        true => page_title(&said).filter(|title| !shown(title)).map(|title| format!("A web page came back: \"{}\".", cut(&title))),
        false => Some(format!("The service said: {}.", cut(said.trim().trim_end_matches('.')))),
    });
    let lists = body.as_object().filter(|_| matches!(status, 400 | 422)).into_iter().flatten();
    let says_more = |value: &Value| {
        let listed = value.as_array().is_some_and(|list| !list.is_empty()) || value.as_object().is_some_and(|map| !map.is_empty());
        listed && !shown(&value.to_string()) && said(value).is_none_or(|said| !shown(&said))
    };
    let more = lists.filter(|(_, value)| says_more(value)).map(|(key, value)| format!("In `{key}` it says {}.", cut(&value.to_string())));
    let all: Vec<String> = if told.is_some() { told.into_iter().collect() } else { more.collect() };
    (!all.is_empty()).then(|| all.join(" "))
}

fn cut(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("{shown} …") } else { shown }
}

/// Whether a service that says 403 wants fewer requests: so say GitHub's `API rate limit exceeded` and Google's `rateLimitExceeded`.
fn slows_down(body: &Value) -> bool {
    let text = body.to_string().to_lowercase();
    text.contains("rate limit") || text.contains("ratelimit")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_servers_say() {
        for (body, expected) in [
            (json!({"code": 7, "message": "m", "error": {"x": 1}}), Some("m")),
            (json!({"error": true, "errors": [{"field": "a", "message": "bad"}, "b", 0]}), Some("bad | b | 0")),
            (json!({"error": [], "message": "m"}), None),
            (json!({"error": 0, "title": 5}), Some("5")),
            (json!({"code": "E7"}), None),
            (json!(""), None),
        ] {
            assert_eq!(said(&body).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn each_status_has_its_advice() {
        let credentials = json!({"starApi": {"id": "1", "name": "Team"}});
        let node = NodeInfo { credentials: credentials.as_object().unwrap().clone(), ..NodeInfo::default() };
        let registry = Registry::new();
        let help = |status| explained(NodeError::coded(status_code(status), "no").http(status, json!({})), &node, &registry).help.unwrap();
        for (status, part) in [
            (400, "change what it names"),
            (401, "refuses the credential \"Team\" (starApi)"),
            (402, "to be paid"),
            (403, "not allow this with the credential \"Team\" (starApi)"),
            (404, "the ids"),
            (409, "at odds"),
            (418, "does not help"),
            (422, "change what it names"),
            (429, "\"Retry On Fail\" with a wait"),
            (500, "service's"),
            (503, "service's"),
        ] {
            assert!(help(status).contains(part), "{status}: {}", help(status));
        }
        assert!(!help(429).contains("Batching") && !help(401).contains("credentials test"), "nothing is named that is not known to be there");
        let slow = NodeError::coded(status_code(429), "no").http(429, json!({})).retry_after(Some("30".to_owned()));
        assert!(explained(slow, &node, &registry).help.unwrap().contains("`Retry-After: 30`"));
        let limited = NodeError::coded(status_code(403), "no").http(403, json!({"message": "API rate limit exceeded for 192.0.2.1"}));
        let limited = explained(limited, &node, &registry);
        assert!(limited.code == codes::HTTP_THROTTLED && limited.help.unwrap().contains("with a wait"));
        let own = NodeError::coded(status_code(500), "no").http(500, json!({})).help("Look behind you.");
        assert_eq!(explained(own, &node, &registry).help.unwrap(), "Look behind you.");
        let listed = json!({"message": "Validation Failed", "errors": [{"field": "title", "code": "missing_field"}]});
        let listed = explained(NodeError::coded(status_code(422), "no").description("Validation Failed").http(422, listed), &node, &registry);
        assert!(listed.help.unwrap().starts_with(r#"In `errors` it says [{"field":"title","code":"missing_field"}]. The service does not take"#));
        for said in ["Invalid JWT: … Check your iat and exp values in the JWT claim.", "Signature expired: 1 is now earlier than 2"] {
            let late =
                explained(NodeError::coded(status_code(403), "no").http(403, json!({"error": "invalid_grant", "said": said})), &node, &registry);
            assert!(late.help.unwrap().contains("set the clock"), "{said}");
        }
        let told = NodeError::coded(status_code(401), "no").description("said it").http(401, json!({"message": "said it"}));
        assert!(explained(told, &node, &registry).help.unwrap().starts_with("The service refuses"), "what is shown is not said twice");
    }
}
