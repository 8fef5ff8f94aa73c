//! What n8n adds to a description when it loads a node. Recorded: Poll Times of n8n's pollers, request options of the Chatwoot node.

use node_sdk::action::properties::{Form, request_options};
use node_sdk::description::write_properties;
use serde_json::{Map, Value};

/// Adds to a description what is not there: Poll Times to one that polls, request options to one whose requests are declared.
pub(super) fn add(description: &mut Map<String, Value>) {
    let polls = description.get("polling") == Some(&Value::Bool(true));
    let declares = declares_requests(description);
    let Some(Value::Array(properties)) = description.get_mut("properties") else { return };
    let has = |properties: &[Value], name: &str| properties.iter().any(|property| property["name"] == name);
    if polls && !has(properties, "pollTimes") {
        properties.insert(0, poll_times());
    }
    if declares && !has(properties, "requestOptions") {
        let options = write_properties(&[request_options(Form::N8n)]);
        properties.extend(options.as_array().into_iter().flatten().cloned());
    }
}

/// Whether the description says which requests are sent (`routing`), so that the node has no code for it.
pub(super) fn declares_requests(description: &Map<String, Value>) -> bool {
    description.get("properties").is_some_and(has_routing)
}

/// Whether a property has a routing, or a choice or field of one. `typeOptions` may have others, for the choices that a service offers.
fn has_routing(properties: &Value) -> bool {
    let below = |property: &Value| ["options", "values"].iter().any(|key| property.get(key).is_some_and(has_routing));
    properties.as_array().into_iter().flatten().any(|property| property.get("routing").is_some() || below(property))
}

fn poll_times() -> Value {
    let read = serde_json::from_str(include_str!("poll_times.json"));
    debug_assert!(read.is_ok(), "it is part of the program");
    read.unwrap_or_default()
}
