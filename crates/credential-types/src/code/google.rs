//! Service accounts of Google: a signed token for an access token (RFC 7523).

use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::json::{to_js_string, truthy};
use serde_json::{Value, json};

use super::now;
use crate::advice::{Step, advice};
use crate::jwt;
use crate::request::{form_post, token};

const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
pub(super) const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What n8n's test asks for.
const SCOPES_OF_TEST: &str =
    "https://www.googleapis.com/auth/drive.file https://www.googleapis.com/auth/spreadsheets https://www.googleapis.com/auth/drive.metadata";

/// HTTP Request may use it only where the credential says so (`httpNode`), with the scopes that it names.
pub(super) async fn grant(call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
    let mut grant = Grant::default();
    if call.fields.get("httpNode").is_some_and(truthy) {
        let scopes = call.text("scopes");
        let scopes: Vec<&str> = scopes.split([',', ' ', '\n', '\t', '\r']).filter(|scope| !scope.is_empty()).collect();
        grant.header("Authorization", format!("Bearer {}", access_token(call, &scopes.join(" ")).await?));
    }
    Ok(grant)
}

pub(super) async fn test(call: &CredentialCall<'_>) -> Result<String, NodeError> {
    access_token(call, SCOPES_OF_TEST).await.map(|_| "Google gives a token for it.".to_owned())
}

async fn access_token(call: &CredentialCall<'_>, scope: &str) -> Result<String, NodeError> {
    let email = call.text("email").trim().to_owned();
    let delegated = call.text("delegatedEmail");
    let acts_for = call.fields.get("inpersonate").is_some_and(truthy) && !delegated.is_empty();
    let subject = if acts_for { delegated } else { email.clone() };
    let issued = now(call);
    let claims = json!({"iss": email, "sub": subject, "scope": scope, "aud": TOKEN_URL, "iat": issued, "exp": issued + 3600});
    let assertion = jwt::rs256(&claims, ("privateKey", &call.text("privateKey")))?;
    let request = form_post(TOKEN_URL, vec![("grant_type", BEARER.to_owned()), ("assertion", assertion)], Vec::new());
    let given = token(call, request, |_, body| body.get("access_token").map_or_else(String::new, |token: &Value| to_js_string(token))).await;
    given.map_err(|error| {
        let said = error.http.as_ref().map(|http| (http.status.unwrap_or_default(), http.body.clone()));
        match said.and_then(|(status, body)| advice(call, "googleApi", Step::Assertion, (status, &body))) {
            Some(help) => error.help(help),
            None => error,
        }
    })
}
