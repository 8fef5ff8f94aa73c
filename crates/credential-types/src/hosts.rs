//! Which hosts a credential itself names: requests of its package may go there.

use node_sdk::CredentialType;
use serde_json::{Map, Value};
use url::Url;

/// What the name of a field says that holds an address without a scheme.
const ADDRESS_WORDS: [&str; 8] = ["host", "domain", "server", "url", "uri", "endpoint", "site", "instance"];

/// The hosts in the address fields of a credential, without ports, in lower case: those of addresses in its fields and in what a service gave with
/// its token (`instance_url`), and of fields that are named for a host. Of passwords only whole addresses count, such as a
/// webhook's. `fields` are complete, expressions in them evaluated.
///
/// Of a type of a package only fields count that people see and fill in: what the package chose itself, as a default or by its code when it signed in, would let it
/// go wherever it likes. What konverte and n8n chose counts.
///
/// ```
/// use node_sdk::Provider;
/// let types = serde_json::json!({"acmeApi": {"properties": [{"name": "url", "type": "string"}, {"name": "serverName", "type": "string"},
///     {"name": "hookUri", "typeOptions": {"password": true}}, {"name": "siteKey", "typeOptions": {"password": true}}]}});
/// let acme = credential_types::from_json(types.as_object().unwrap()).unwrap().credential("acmeApi").unwrap();
/// let fields = serde_json::json!({"url": "https://Acme.test:8443/api", "serverName": "db.acme.test", "note": "a.b",
///     "hookUri": "https://hooks.test/x", "siteKey": "a.b"});
/// assert_eq!(credential_types::hosts_of(&*acme, fields.as_object().unwrap()), ["acme.test", "db.acme.test", "hooks.test"]);
/// ```
pub fn hosts_of(kind: &dyn CredentialType, fields: &Map<String, Value>) -> Vec<String> {
    let properties = kind.properties();
    let property = |name: &str| properties.iter().find(|property| property.get("name").and_then(Value::as_str) == Some(name));
    let is = |property: &Value, option: &str| property.pointer(&format!("/typeOptions/{option}")) == Some(&Value::Bool(true));
    let is_secret = |name: &str| property(name).is_some_and(|property| is(property, "password"));
    let of_package = kind.package().is_some_and(|package| package != crate::names::N8N);
    let is_chosen = |name: &str, value: &Value| {
        property(name).is_some_and(|property| {
            let default = property.get("default");
            let computed = default.and_then(Value::as_str).is_some_and(|text| text.starts_with('='));
            property.get("type").and_then(Value::as_str) != Some("hidden") && !is(property, "expirable") && !computed && default != Some(value)
        })
    };
    let mut hosts = Vec::new();
    for (name, value) in kind.complete(fields).iter().filter(|(name, value)| !of_package || is_chosen(name, value)) {
        match value {
            // Named for nothing, it is a host as a whole address alone.
            Value::String(text) => hosts.extend(host(if is_secret(name) { "" } else { name }, text)),
            Value::Object(given) => hosts.extend(given.iter().filter_map(|(name, value)| host(name, value.as_str()?))),
            _ => {}
        }
    }
    hosts.sort();
    hosts.dedup();
    hosts
}

fn host(name: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    let name = name.to_ascii_lowercase();
    let url = match is_address {
        true => Url::parse(text).ok()?,
        false if ADDRESS_WORDS.iter().any(|word| name.contains(word)) && is_host(text) => Url::parse(&format!("https://{text}")).ok()?,
        false => return None,
    };
    url.host_str().map(str::to_owned)
}

/// Whether a text may be a host with its port.
fn is_host(text: &str) -> bool {
    let name = text.split(['/', ':']).next().unwrap_or_default();
    (name.contains('.') || name == "localhost") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
}
