//! Credential types: one page, a row for each.

use std::fmt::Write;

use node_sdk::{CredentialType, Registry};
use serde_json::Value;

use super::{Page, cell};

/// What every type has that extends it.
const OAUTH2: &str = "oAuth2Api";
/// Where a type of that kind holds its token.
const TOKEN: &str = "oauthTokenData";

/// The page.
pub fn page(registry: &Registry) -> Page {
    let shared: Vec<String> = registry.credential(OAUTH2).map(|kind| names(&*kind, &[])).unwrap_or_default();
    let mut text = String::from(
        "# Credential types\n\nFields of an entry in a [credentials file](../credentials.md); what stands behind `=` is used where the entry leaves the field out.\n\
         Types with `oauthTokenData` send the token in it, `{\"access_token\": \"…\"}`, and have the fields of `oAuth2Api` besides.\n\n| type | fields |\n|---|---|\n",
    );
    for kind in registry.credentials() {
        let name = kind.name();
        let of_base = if name == OAUTH2 { &[][..] } else { &shared };
        let fields = match kind.refusal() {
            Some(why) => format!("refused: {why}"),
            None => row(&*kind, of_base),
        };
        let _ = writeln!(text, "| `{name}` | {} |", cell(&fields));
    }
    Page { path: "docs/reference/credential-types.md".to_owned(), text }
}

fn row(kind: &dyn CredentialType, of_base: &[String]) -> String {
    let is_oauth2 = names(kind, &[]).iter().any(|name| name == TOKEN);
    let left_out = if is_oauth2 { of_base } else { &[] };
    let mut fields: Vec<String> = kind.properties().iter().filter(|property| shown(property, left_out)).map(field).collect();
    if is_oauth2 && !left_out.is_empty() {
        fields.push(format!("`{TOKEN}`"));
    }
    fields.join(", ")
}

fn names(kind: &dyn CredentialType, left_out: &[String]) -> Vec<String> {
    kind.properties().iter().filter(|property| shown(property, left_out)).map(name).collect()
}

fn shown(property: &Value, left_out: &[String]) -> bool {
    property["type"] != "hidden" && !left_out.contains(&name(property))
}

fn name(property: &Value) -> String {
    property["name"].as_str().unwrap_or_default().to_owned()
}

/// A field with its default, or with its choices where they are few.
fn field(property: &Value) -> String {
    const FEW: usize = 4;
    let default = match &property["default"] {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with('=') => String::new(),
        value => format!(" = `{}`", node_sdk::json::to_js_string(value)),
    };
    let choices = property["options"].as_array().filter(|list| list.len() <= FEW && list.iter().all(Value::is_string));
    let choices = choices.map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
    format!("`{}`{default}{}", name(property), choices.map(|choices| format!(" ({choices})")).unwrap_or_default())
}
