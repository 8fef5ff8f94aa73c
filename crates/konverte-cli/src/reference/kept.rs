//! What a credential type asks people for: the fields that a form would show, and where a service is named that gives them out.

use node_sdk::CredentialType;
use node_sdk::description::read_display;
use node_sdk::property::DisplayOptions;
use node_sdk::schema::{Scope, is_shown};
use serde_json::{Map, Value};

/// A field that people fill in.
pub(super) struct Field {
    /// As n8n describes a property.
    pub(super) property: Value,
    /// What must be chosen before it counts; `None`: it counts as long as nothing else is chosen.
    pub(super) when: Option<DisplayOptions>,
}

/// The fields that a form shows as it is opened, and those that a choice in it opens. What only a hidden field would open cannot be filled in.
pub(super) fn fields(kind: &dyn CredentialType) -> Vec<Field> {
    let properties = kind.properties();
    let values = kind.complete(&Map::new());
    let scope = Scope { siblings: &values, root: &values, version: 1.0 };
    let filled_in = |property: &Value| !matches!(property["type"].as_str(), Some("hidden" | "notice" | "button"));
    let can_choose = |name: &str| properties.iter().any(|property| property["name"] == name && filled_in(property));
    let field = |property: &Value| {
        let display = property.get("displayOptions").and_then(|display| read_display(display.clone()).ok());
        let closed = display.filter(|display| !is_shown(Some(display), scope));
        let opens = closed.as_ref().is_none_or(|closed| {
            let holds = |rule| is_shown(Some(&DisplayOptions { show: vec![rule].into(), hide: Vec::new().into(), extra: None }), scope);
            closed.show.iter().all(|rule| can_choose(&rule.path) || holds(rule.clone())) && closed.hide.iter().all(|rule| can_choose(&rule.path))
        });
        opens.then(|| Field { property: property.clone(), when: closed })
    };
    properties.iter().filter(|property| filled_in(property)).filter_map(field).collect()
}

/// Addresses that the descriptions of its fields and its notices name, other than n8n's own, each once.
pub(super) fn addresses(kind: &dyn CredentialType) -> Vec<String> {
    let properties = kind.properties();
    let told = properties.iter().flat_map(|property| ["description", "hint", "displayName"].map(|key| property[key].as_str().unwrap_or_default()));
    let mut found: Vec<String> = Vec::new();
    for address in told.flat_map(addresses_in).filter(|address| !is_of_n8n(address)) {
        if !found.iter().any(|known| known == address) {
            found.push(address.to_owned());
        }
    }
    found
}

/// Whether a page is n8n's, and no page of the service.
pub(super) fn is_of_n8n(address: &str) -> bool {
    let host = address.split('/').nth(2).unwrap_or_default();
    host == "n8n.io" || host.ends_with(".n8n.io")
}

/// The addresses that stand in a text, in links or bare. One with a gap in it, such as `https://{tenant}.example`, is an example and no page.
fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("https://").filter_map(|(at, _)| {
        let end = |c: char| c.is_whitespace() || "\"'<>()`,".contains(c);
        let address = text[at..].split(end).next()?.trim_end_matches(['.', ';', ':']);
        let host = address.split('/').nth(2)?;
        (host.contains('.') && !address.contains(['{', '[', '*', '…'])).then_some(address)
    })
}
