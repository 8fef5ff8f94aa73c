//! Credentials of services: 251 types by their rule or by OAuth 2; types that need code of their own are refused by name.
//!
//! `predefined.json` says for each type where its fields go: `headers`, `qs`, `body`, `auth` (basic), with `{field}` in the texts.

use std::sync::LazyLock;

use node_sdk::ports::Credential;
use node_sdk::{NodeError, RunContext};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Grant, Tokens, domains, oauth2, unsupported};

static RULES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the JSON is compiled in; a test reads every rule")]
    serde_json::from_str(include_str!("predefined.json")).expect("predefined.json is an object")
});

/// What a type does to a request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    headers: Map<String, Value>,
    qs: Map<String, Value>,
    body: Map<String, Value>,
    auth: Map<String, Value>,
    defaults: Map<String, Value>,
    #[serde(rename = "oAuth2")]
    oauth2: Option<Map<String, Value>>,
    #[serde(rename = "byCode")]
    by_code: bool,
}

fn rule(kind: &str) -> Option<Rule> {
    serde_json::from_value(RULES.get(kind)?.clone()).ok()
}

/// Why the type cannot be used; `None`: it can.
pub(super) fn refusal(kind: &str) -> Option<&'static str> {
    match rule(kind) {
        _ if kind.is_empty() => None,
        None => Some("konverte knows no rule for it"),
        Some(rule) if rule.by_code => Some("it needs code of its own, which konverte does not have"),
        Some(_) => None,
    }
}

/// What the type says of OAuth 2; `None`: it has nothing to do with that.
pub(super) fn oauth2(kind: &str) -> Option<Map<String, Value>> {
    rule(kind)?.oauth2
}

/// The secrets that the type always sends: fields without which it proves nothing.
pub(super) fn secrets(kind: &str) -> Vec<String> {
    let Some(rule) = rule(kind) else { return Vec::new() };
    let texts = [&rule.headers, &rule.qs, &rule.body, &rule.auth].into_iter().flat_map(Map::values).filter_map(Value::as_str);
    let names = texts.flat_map(|text| text.split('{').skip(1)).filter_map(|rest| Some(rest.split_once('}')?.0));
    let is_secret = |name: &&str| ["token", "key", "secret"].iter().any(|word| name.to_ascii_lowercase().contains(word));
    let mut found: Vec<String> = names.filter(is_secret).filter(|name| !rule.defaults.contains_key(*name)).map(str::to_owned).collect();
    found.dedup();
    found
}

pub(super) async fn load(cx: &RunContext, index: usize, kind: &str, tokens: &Tokens) -> Result<Grant, NodeError> {
    let rule = match (refusal(kind), rule(kind)) {
        (None, Some(rule)) => rule,
        (why, _) => return Err(unsupported(kind, why.unwrap_or("it has no name"))),
    };
    let credential = cx.credential(kind).await?;
    let mut grant = Grant { predefined: true, domains: domains(&credential), ..Grant::default() };
    let fill = |text: &Value| fill(text, &credential, &rule.defaults);
    let filled = |map: &Map<String, Value>| -> Vec<(String, String)> {
        map.iter().map(|(name, text)| (fill(&Value::String(name.clone())), fill(text))).filter(|(name, _)| !name.is_empty()).collect()
    };
    grant.headers = filled(&rule.headers);
    grant.query = filled(&rule.qs).into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    grant.body = filled(&rule.body).into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    if !rule.auth.is_empty() {
        let part = |name: &str| rule.auth.get(name).map(fill).unwrap_or_default();
        grant.basic(&part("username"), &part("password"));
    }
    if let Some(defaults) = rule.oauth2 {
        grant.token(oauth2::load((cx, index), credential, defaults, tokens).await?);
    }
    Ok(grant)
}

/// A text with its `{field}`s filled in; `{"if": field, "is": value, "then": text, "else": text}` chooses one.
fn fill(text: &Value, credential: &Credential, defaults: &Map<String, Value>) -> String {
    let field = |name: &str| match credential.fields.get(name) {
        None | Some(Value::Null) => defaults.get(name).map(node_sdk::json::to_js_string).unwrap_or_default(),
        Some(value) => node_sdk::json::to_js_string(value),
    };
    if let Value::Object(choice) = text {
        let word = |key: &str| choice.get(key).and_then(Value::as_str).unwrap_or_default();
        let branch = if field(word("if")) == word("is") { "then" } else { "else" };
        return fill(&choice[branch], credential, defaults);
    }
    let mut out = String::new();
    let mut rest = text.as_str().unwrap_or_default();
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?))) {
        out.push_str(before);
        out.push_str(&field(name));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_rule_reads() {
        assert_eq!(RULES.len(), 290);
        for (kind, value) in RULES.iter() {
            let rule: Rule = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{kind}: {error}"));
            let ways =
                [!rule.headers.is_empty(), !rule.qs.is_empty(), !rule.body.is_empty(), !rule.auth.is_empty(), rule.oauth2.is_some(), rule.by_code];
            assert!(ways.contains(&true), "{kind} does nothing");
        }
        assert!(refusal("githubApi").is_none() && refusal("aws").is_some() && refusal("nope").is_some());
    }

    #[test]
    fn fields_are_filled_in() {
        let Value::Object(fields) = json!({"authType": "apiKey", "apiKeySid": "SK1", "accountSid": "AC1", "apiKey": "k"}) else { unreachable!() };
        let credential = Credential { type_name: "x".into(), fields };
        let of = |kind: &str, place: &str, name: &str| fill(&RULES[kind][place][name], &credential, &Map::new());
        assert_eq!(of("twilioApi", "auth", "username"), "SK1");
        assert_eq!(of("deepLApi", "headers", "Authorization"), "DeepL-Auth-Key k");
        assert_eq!(of("freshdeskApi", "auth", "password"), "X");
    }
}
