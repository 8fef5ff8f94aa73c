//! Sessions of single services that need a signed token, or one token for another.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::json::to_js_string;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use serde_json::{Map, Value, json};

use super::google::BEARER;
use super::{access_token, now};
use crate::jwt;
use crate::request::{body, form_post, refused, send, token};

/// An installation of a GitHub app: a signed token that names the app, for a token of the installation.
pub(super) async fn github_app(call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let now = now(call);
    let claims = json!({"iat": now - 60, "exp": now + 540, "iss": call.text("appId")});
    let jwt = jwt::rs256(&claims, ("privateKey", &call.text("privateKey")))?;
    let server = call.text("server");
    let url = format!("{}/app/installations/{}/access_tokens", server.trim_end_matches('/'), call.text("installationId"));
    let headers = [
        ("Accept", "application/vnd.github+json".to_owned()),
        ("Authorization", format!("Bearer {jwt}")),
        ("X-GitHub-Api-Version", "2022-11-28".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let request = HttpRequest { method: "POST".to_owned(), url, headers, body: HttpBody::Empty, options: HttpOptions::default() };
    token(call, request, |_, body| word(body, "token")).await.map(access_token)
}

/// A user of Salesforce, by a token that is signed with the key of a connected app. The answer names the user's server too.
pub(super) async fn salesforce(call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let own = call.text("myDomainUrl");
    let own = own.trim_end_matches('/');
    let server = match (own, call.text("environment").as_str()) {
        ("", "sandbox") => "https://test.salesforce.com",
        ("", _) => "https://login.salesforce.com",
        (own, _) => own,
    };
    let now = now(call);
    let claims = json!({"iss": call.text("clientId"), "sub": call.text("username"), "aud": server, "exp": now + 180, "iat": now});
    let assertion = jwt::rs256(&claims, ("privateKey", &call.text("privateKey")))?;
    let url = format!("{server}/services/oauth2/token");
    let request = form_post(&url, vec![("grant_type", BEARER.to_owned()), ("assertion", assertion)], Vec::new());
    let mut instance = String::new();
    let token = token(call, request, |_, body| {
        instance = word(body, "instance_url");
        word(body, "access_token")
    });
    let mut fields = access_token(token.await?);
    fields.insert("instanceUrl".to_owned(), instance.into());
    Ok(fields)
}

/// Cisco: client and secret for a token, and that for one of the endpoints' API.
pub(super) async fn cisco_secure_endpoint(call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
    let region = call.text("region");
    let pair = BASE64_STANDARD.encode(format!("{}:{}", call.text("clientId"), call.text("clientSecret")));
    let form = || vec![("grant_type", "client_credentials".to_owned())];
    let first = format!("https://visibility.{region}.cisco.com/iroh/oauth2/token");
    let first =
        token(call, form_post(&first, form(), vec![("Authorization", format!("Basic {pair}"))]), |_, body| word(body, "access_token")).await?;
    let second = format!("https://api.{region}.cisco.com/v3/access_tokens");
    let answer = send(call, form_post(&second, form(), vec![("Authorization", format!("Bearer {first}"))])).await?;
    let second = match answer {
        Some(answer) if !(200..300).contains(&answer.status) => return Err(refused("The service gives no token for the credential", &answer)),
        // n8n sends the word where the answer holds no token.
        Some(answer) => body(&answer).get("access_token").map_or_else(|| "undefined".to_owned(), to_js_string),
        None => first,
    };
    (call.learned)(&second);
    let mut grant = Grant::default();
    grant.header("Authorization", format!("Bearer {second}"));
    Ok(grant)
}

fn word(body: &Value, name: &str) -> String {
    body.get(name).map(to_js_string).unwrap_or_default()
}
