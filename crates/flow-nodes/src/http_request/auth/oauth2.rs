//! OAuth 2: a token that the credential holds, or one that the client credentials grant gives. Nobody is sent to a browser.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::lock::Mutex;
use node_sdk::error::codes;
use node_sdk::json::{to_js_string, truthy};
use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, HttpBody, HttpOptions, HttpRequest};
use node_sdk::{NodeError, RunContext};
use request::query::{self, Lists};
use serde_json::{Map, Value};

use super::super::json;

/// Tokens that were fetched in this run of the node, by credential type.
#[derive(Default)]
pub(in super::super) struct Tokens(Mutex<HashMap<String, String>>);

/// A credential with its token.
pub(in super::super) struct OAuth2 {
    credential: Credential,
    defaults: Map<String, Value>,
    token: String,
    /// The status that says the token is no longer good.
    pub(in super::super) expired_status: u16,
}

/// The credential with a token. `defaults`: what its type says where the credential says nothing.
pub(super) async fn load(cx: &RunContext, credential: Credential, defaults: Map<String, Value>, tokens: &Tokens) -> Result<OAuth2, NodeError> {
    let expired = credential.fields.get("tokenExpiredStatusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let mut oauth2 = OAuth2 { credential, defaults, token: String::new(), expired_status: expired.unwrap_or(401) };
    oauth2.token = match oauth2.given() {
        Some(token) => token,
        None if oauth2.renewable() => tokens.get(cx, &oauth2).await?,
        None => {
            let message = format!("The credential of type \"{}\" holds no access token", oauth2.credential.type_name);
            return Err(NodeError::coded(codes::CREDENTIAL_INVALID, message)
                .help("Put a token in its field accessToken (or oauthTokenData.access_token), or use the grant type clientCredentials: konverte opens no browser."));
        }
    };
    Ok(oauth2)
}

impl OAuth2 {
    fn field(&self, name: &str) -> String {
        let given = self.credential.text(name);
        if given.is_empty() { self.defaults.get(name).map(to_js_string).unwrap_or_default() } else { given }
    }

    fn given(&self) -> Option<String> {
        let places = ["oauthTokenData.access_token", "accessToken", "access_token"];
        places.iter().find_map(|path| raw_at(&self.credential.fields, path)?.as_str()).filter(|token| !token.is_empty()).map(str::to_owned)
    }

    /// Whether a new token can be had without a person.
    pub(in super::super) fn renewable(&self) -> bool {
        self.field("grantType") == "clientCredentials"
    }

    /// The value of `Authorization`.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// The same request with another token.
    pub(in super::super) fn with_token(&self, mut request: HttpRequest, token: &str) -> HttpRequest {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        request.headers.push(("Authorization".into(), format!("Bearer {token}")));
        request
    }

    /// The request for a token by the client credentials grant.
    fn token_request(&self) -> HttpRequest {
        let mut form = Map::new();
        form.insert("grant_type".into(), "client_credentials".into());
        let scope = self.field("scope");
        if !scope.is_empty() {
            form.insert("scope".into(), scope.into());
        }
        let (id, secret) = (self.field("clientId"), self.field("clientSecret"));
        let mut headers =
            vec![("Accept".to_owned(), "application/json".to_owned()), ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        if self.field("authentication") == "body" {
            form.insert("client_id".into(), id.into());
            form.insert("client_secret".into(), secret.into());
            if self.credential.fields.get("sendAdditionalBodyProperties").is_some_and(truthy) {
                let more = json::parse(&self.field("additionalBodyProperties")).ok();
                form.extend(more.and_then(|value| value.as_object().cloned()).unwrap_or_default());
            }
        } else {
            let pair = format!("{}:{}", query::escape(&id), query::escape(&secret));
            headers.push(("Authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(pair))));
        }
        let options =
            HttpOptions { accept_invalid_certificates: self.credential.fields.get("ignoreSSLIssues").is_some_and(truthy), ..HttpOptions::default() };
        let body = HttpBody::Bytes(query::encode(&form, Lists::Indices).into());
        HttpRequest { method: "POST".into(), url: self.field("accessTokenUrl"), headers, body, options }
    }
}

impl Tokens {
    async fn get(&self, cx: &RunContext, oauth2: &OAuth2) -> Result<String, NodeError> {
        let mut tokens = self.0.lock().await;
        if let Some(token) = tokens.get(&oauth2.credential.type_name) {
            return Ok(token.clone());
        }
        let token = fetch(cx, oauth2).await?;
        tokens.insert(oauth2.credential.type_name.clone(), token.clone());
        Ok(token)
    }

    /// A token in the place of one that is no longer good; fetched once, however many items ask.
    pub(in super::super) async fn renew(&self, cx: &RunContext, oauth2: &OAuth2) -> Result<String, NodeError> {
        let mut tokens = self.0.lock().await;
        if let Some(token) = tokens.get(&oauth2.credential.type_name).filter(|token| **token != oauth2.token) {
            return Ok(token.clone());
        }
        let token = fetch(cx, oauth2).await?;
        tokens.insert(oauth2.credential.type_name.clone(), token.clone());
        Ok(token)
    }
}

async fn fetch(cx: &RunContext, oauth2: &OAuth2) -> Result<String, NodeError> {
    let failed = |why: String| NodeError::coded(codes::CREDENTIAL_INVALID, format!("No OAuth 2 token could be had: {why}")).named("NodeApiError");
    let answer = cx.ports.http.send(oauth2.token_request()).await.map_err(|error| failed(error.message))?;
    let text = String::from_utf8_lossy(&answer.body);
    let body = json::parse(&text).unwrap_or_default();
    if !(200..300).contains(&answer.status) {
        let said = ["error_description", "error", "message"].iter().find_map(|key| body.get(*key)?.as_str());
        return Err(failed(said.map_or_else(|| format!("the server answers {}", answer.status), str::to_owned)));
    }
    let token = body.get("access_token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| failed("the server's answer holds no access_token".into()))
}
