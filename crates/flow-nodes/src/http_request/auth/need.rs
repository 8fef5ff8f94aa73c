//! What is known of credentials before anything is sent: which one a node needs, what is wrong with it, whether a token can be had.

use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, HttpClient};
use node_sdk::{NodeError, PrepareContext};
use serde_json::{Map, Value};

use super::{oauth2, predefined};

/// Fields that a generic type must have, and those that it may have.
const GENERIC: [(&str, &[&str], &[&str]); 9] = [
    ("httpBasicAuth", &["user", "password"], &[]),
    ("httpBearerAuth", &["token"], &[]),
    ("httpDigestAuth", &["user", "password"], &[]),
    ("httpHeaderAuth", &["name", "value"], &[]),
    ("httpQueryAuth", &["name", "value"], &[]),
    ("httpMultipleHeadersAuth", &["headers"], &[]),
    ("httpCustomAuth", &["json"], &[]),
    ("httpSslAuth", &[], &["ca", "cert", "key", "passphrase"]),
    (
        OAUTH2,
        &[],
        &[
            "useDynamicClientRegistration",
            "grantType",
            "serverUrl",
            "authUrl",
            "accessTokenUrl",
            "clientId",
            "clientCredentialType",
            "clientSecret",
            "privateKey",
            "certificate",
            "scope",
            "authQueryParameters",
            "authentication",
            "sendAdditionalBodyProperties",
            "additionalBodyProperties",
            "ignoreSSLIssues",
            "tokenExpiredStatusCode",
            "jweEnabled",
            "jwksUri",
            "inlineJwks",
            "oauthTokenData",
            "accessToken",
            "access_token",
        ],
    ),
];

const OAUTH2: &str = "oAuth2Api";

/// Where a credential may be used; every type may say it.
const EVERYWHERE: [&str; 2] = ["allowedHttpRequestDomains", "allowedDomains"];

/// The types that the node's parameters name, as far as konverte has them.
pub(in super::super) fn types(cx: &PrepareContext<'_>) -> Vec<String> {
    let word = |name: &str| raw_at(cx.parameters, name).and_then(Value::as_str).unwrap_or_default();
    let kind = match word("authentication") {
        "genericCredentialType" => Some(word("genericAuthType")).filter(|kind| GENERIC.iter().any(|(known, ..)| known == kind)),
        "predefinedCredentialType" => Some(word("nodeCredentialType")).filter(|kind| !kind.is_empty() && predefined::refusal(kind).is_none()),
        _ => None,
    };
    kind.map(str::to_owned).into_iter().collect()
}

/// What is missing in a credential, or not known of its type, as phrases.
pub(in super::super) fn faults(kind: &str, fields: &Map<String, Value>) -> Vec<String> {
    let needed = match GENERIC.iter().find(|(known, ..)| *known == kind) {
        Some((_, needed, _)) => needed.iter().map(|name| (*name).to_owned()).collect(),
        None => predefined::secrets(kind),
    };
    let is_set = |name: &String| match fields.get(name) {
        None | Some(Value::Null) => false,
        // Services that want a key alone take it as the user of an empty password.
        Some(value) => name == "password" || value != "",
    };
    let mut faults: Vec<String> = needed.iter().filter(|name| !is_set(name)).map(|name| format!("the field `{name}` is missing")).collect();
    if let Some(defaults) = oauth2_defaults(kind) {
        faults.extend(oauth2::missing(kind, fields, defaults));
    }
    if let Some((_, needed, others)) = GENERIC.iter().find(|(known, ..)| *known == kind) {
        let known = |name: &str| needed.iter().chain(*others).chain(&EVERYWHERE).any(|known| *known == name);
        faults.extend(fields.keys().filter(|name| !known(name)).map(|name| format!("`{name}` is no field of this type")));
    }
    faults
}

fn oauth2_defaults(kind: &str) -> Option<Map<String, Value>> {
    if kind == OAUTH2 { Some(Map::new()) } else { predefined::oauth2(kind) }
}

/// Fetches a token, where one can be had without a person; `None`: nothing of this credential can be tested.
pub async fn test(http: &dyn HttpClient, credential: &Credential) -> Option<Result<String, NodeError>> {
    let defaults = oauth2_defaults(&credential.type_name)?;
    let fetched = oauth2::fetch_once(http, credential.clone(), defaults).await?;
    Some(fetched.map(|()| "The server gives a token for it.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let said = |kind: &str, fields: Value| faults(kind, fields.as_object().expect("an object")).join(", ");
        assert_eq!(said("httpBasicAuth", json!({"user": "u", "password": ""})), "");
        assert_eq!(said("httpHeaderAuth", json!({"name": "X", "wert": 1})), "the field `value` is missing, `wert` is no field of this type");
        assert_eq!(said("githubApi", json!({"server": "x"})), "the field `accessToken` is missing");
        assert_eq!(said(OAUTH2, json!({"accessToken": "t"})), "");
        assert_eq!(
            said(OAUTH2, json!({"grantType": "clientCredentials", "clientId": "c", "accessTokenUrl": "u"})),
            "the field `clientSecret` is missing"
        );
        assert!(said(OAUTH2, json!({"clientId": "c"})).contains("holds no access token"));
    }
}
