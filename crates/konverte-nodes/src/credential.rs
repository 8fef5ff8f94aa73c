//! The test of a credential: a call that proves the token, and says what kind it is.

use node_sdk::NodeError;
use node_sdk::action::TokenKind;
use node_sdk::error::codes;
use node_sdk::json::parse_answer;
use node_sdk::ports::{Credential, HttpBody, HttpClient, HttpOptions, HttpRequest};
use serde_json::Value;

use crate::send::words;
use crate::service::{KONVERTE, is_family};

/// What a token turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its kind.
    pub kind: TokenKind,
    /// Whose it is, and the accounts that it reaches, as one sentence for people.
    pub message: String,
}

/// Whether this crate can test credentials of a type: Konverte's and Chatwoot's.
pub fn can_test(type_name: &str) -> bool {
    is_family(type_name)
}

/// Proves a credential `{url, accessToken}` with the least call that each kind of token can make.
///
/// A user's token reads its profile. A bot's is told that it may not, and that tells it. Whatever else is refused there is
/// tried on the platform API. n8n's own test (`GET {url}/api`) sends no token and proves nothing but the address.
///
/// # Errors
/// Where the server cannot be reached or takes the token nowhere.
pub async fn test(http: &dyn HttpClient, credential: &Credential) -> Result<Proof, NodeError> {
    let (status, profile) = ask(http, credential, "/api/v1/profile").await?;
    if status == 200 && profile.get("id").is_some() {
        return Ok(Proof { kind: TokenKind::User, message: user(&profile) });
    }
    let said = words(&profile).unwrap_or_default();
    if status == 401 && said.contains("not authorized for bots") {
        return Ok(Proof { kind: TokenKind::AgentBot, message: "The token of an agent bot.".to_owned() });
    }
    let (platform_status, bots) = ask(http, credential, "/platform/api/v1/agent_bots").await?;
    if platform_status == 200 && bots.is_array() {
        return Ok(Proof { kind: TokenKind::PlatformApp, message: "The token of a platform app.".to_owned() });
    }
    let message = match status {
        401 | 403 => format!("The server does not know this token: {said}"),
        200 => "This is not the address of a Konverte server: it answers, but not with a profile".to_owned(),
        _ => format!("The server answered {status} to the test of the token: {said}"),
    };
    let help = "The URL is the server's address alone, for example https://app.example.com; the token is in the profile settings.";
    Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help(help).http(status, profile))
}

async fn ask(http: &dyn HttpClient, credential: &Credential, path: &str) -> Result<(u16, Value), NodeError> {
    let auth = KONVERTE.auth;
    let request = HttpRequest {
        method: "GET".to_owned(),
        url: format!("{}{path}", credential.text(auth.url_field).trim_end_matches('/')),
        headers: vec![("Accept".to_owned(), "application/json".to_owned()), (auth.header.to_owned(), credential.text(auth.token_field))],
        body: HttpBody::Empty,
        options: HttpOptions::default(),
    };
    let answer = http.send(request).await.map_err(|error| {
        NodeError::coded(codes::CREDENTIAL_INVALID, format!("The server cannot be reached: {error}")).help("Check the credential's url.")
    })?;
    let text = String::from_utf8_lossy(&answer.body);
    Ok((answer.status, parse_answer(&text).unwrap_or_else(|_| Value::String(text.into_owned()))))
}

fn user(profile: &Value) -> String {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or("?").to_owned();
    let accounts: Vec<String> = profile["accounts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|account| format!("{} ({}, {})", account["id"], text(account, "name"), text(account, "role")))
        .collect();
    format!("The token of user {} <{}>, accounts: {}.", text(profile, "name"), text(profile, "email"), accounts.join(", "))
}
