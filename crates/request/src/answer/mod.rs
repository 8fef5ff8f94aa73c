//! What a server answers, as n8n reads it: its headers, its text, its JSON.

mod charset;
mod json;

use node_sdk::ports::HttpResponse;
use serde_json::{Map, Value};

pub use charset::decode;
pub use json::parse as parse_json;

/// Headers as Node.js gives them: repeated ones joined, `set-cookie` a list, of some only the first; without the encoding that is
/// undone already.
pub fn header_object(answer: &HttpResponse) -> Map<String, Value> {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in answer.headers.iter().filter(|(name, _)| name != "content-encoding") {
        match (name.as_str(), map.get_mut(name)) {
            ("set-cookie", Some(Value::Array(list))) => list.push(value.clone().into()),
            ("set-cookie", _) => {
                map.insert(name.clone(), Value::Array(vec![value.clone().into()]));
            }
            (name, Some(_)) if FIRST_ONLY.contains(&name) => {}
            (_, Some(Value::String(before))) => {
                before.push_str(", ");
                before.push_str(value);
            }
            _ => {
                map.insert(name.clone(), value.clone().into());
            }
        }
    }
    map
}

/// Headers of which Node.js drops all but the first.
const FIRST_ONLY: [&str; 14] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "last-modified",
    "location",
    "max-forwards",
    "retry-after",
    "server",
    "user-agent",
];
