//! OAuth 2: a token that the credential holds, or one that the client credentials grant gives. Nobody is sent to a browser.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::lock::Mutex;
use node_sdk::error::codes;
use node_sdk::json::{to_js_string, to_number, truthy};
use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, HttpBody, HttpClient, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, KnownBy, Sender};
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
    /// On whose behalf a token is asked for.
    sender: Option<Sender>,
    /// The status that says the token is no longer good.
    pub(in super::super) expired_status: u16,
}

/// The credential with a token, for an item of a node. `defaults`: what its type says where the credential says nothing.
pub(super) async fn load(
    (cx, item): (&RunContext, usize),
    credential: Credential,
    defaults: Map<String, Value>,
    tokens: &Tokens,
) -> Result<OAuth2, NodeError> {
    let mut oauth2 = OAuth2::new(credential, defaults, Some(Sender { node: cx.node.name.clone(), item }));
    oauth2.token = match oauth2.given() {
        Some(token) => token,
        None if oauth2.renewable() => tokens.get(cx, &oauth2).await?,
        None => {
            let message = format!("The credential of type \"{}\" {NO_TOKEN}", oauth2.credential.type_name);
            return Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help(
                "Put a token in its field accessToken (or oauthTokenData.access_token), or use the grant type clientCredentials: konverte opens no browser.",
            ));
        }
    };
    Ok(oauth2)
}

const NO_TOKEN: &str = "holds no access token";

/// What keeps a credential from giving a token, as phrases.
pub(super) fn missing(kind: &str, fields: &Map<String, Value>, defaults: Map<String, Value>) -> Vec<String> {
    let oauth2 = OAuth2::new(Credential { type_name: kind.to_owned(), fields: fields.clone() }, defaults, None);
    match oauth2.given() {
        Some(_) => Vec::new(),
        None if oauth2.renewable() => {
            let needed = ["accessTokenUrl", "clientId", "clientSecret"].into_iter().filter(|name| oauth2.field(name).is_empty());
            needed.map(|name| format!("the field `{name}` is missing")).collect()
        }
        None => vec![format!("it {NO_TOKEN}")],
    }
}

/// Fetches a token to see that one can be had; `None`: not without a person.
pub(super) async fn fetch_once(http: &dyn HttpClient, credential: Credential, defaults: Map<String, Value>) -> Option<Result<(), NodeError>> {
    let oauth2 = OAuth2::new(credential, defaults, None);
    if oauth2.given().is_some() || !oauth2.renewable() {
        return None;
    }
    let answer = http.send(oauth2.token_request()).await;
    Some(answer.map_err(|error| no_token(error.message)).and_then(|answer| token_in(&answer)).map(drop))
}

impl OAuth2 {
    fn new(credential: Credential, defaults: Map<String, Value>, sender: Option<Sender>) -> Self {
        let expired = credential.fields.get("tokenExpiredStatusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        Self { credential, defaults, token: String::new(), sender, expired_status: expired.unwrap_or(401) }
    }

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

    /// The credential as n8n stores it with what the server gave: all of its fields, and when the token is no longer good.
    fn renewed(&self, answer: &HttpResponse, now: i64) -> Credential {
        let mut given = json::parse(&String::from_utf8_lossy(&answer.body)).unwrap_or_default();
        let seconds = given.get("expires_in").and_then(to_number).filter(|seconds| seconds.is_finite());
        if let (Some(map), Some(seconds)) = (given.as_object_mut(), seconds) {
            map.insert("n8n_expires_at".into(), (now + (seconds * 1000.0) as i64).to_string().into());
        }
        let mut fields = self.defaults.clone();
        fields.extend(self.credential.fields.clone());
        fields.insert("oauthTokenData".into(), given);
        Credential { type_name: self.credential.type_name.clone(), fields }
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
        let accept_invalid_certificates = self.credential.fields.get("ignoreSSLIssues").is_some_and(truthy);
        let options =
            HttpOptions { accept_invalid_certificates, sender: self.sender.clone(), known_by: KnownBy::SharedRequest, ..HttpOptions::default() };
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

/// In a dry run nobody gives a token, and the request that would carry it is listed all the same.
const DRY: &str = "token-of-a-dry-run";

async fn fetch(cx: &RunContext, oauth2: &OAuth2) -> Result<String, NodeError> {
    match cx.ports.http.send(oauth2.token_request()).await {
        Ok(answer) => {
            let token = token_in(&answer)?;
            cx.ports.credentials.learned(&token);
            cx.ports.credentials.stored(&oauth2.renewed(&answer, cx.ports.clock.now_millis()));
            Ok(token)
        }
        Err(error) if cx.dry_run && error.kind == HttpErrorKind::Forbidden => Ok(DRY.to_owned()),
        Err(error) => Err(no_token(error.message)),
    }
}

fn no_token(why: String) -> NodeError {
    NodeError::coded(codes::CREDENTIAL_INVALID, format!("No OAuth 2 token could be had: {why}")).named("NodeApiError")
}

fn token_in(answer: &HttpResponse) -> Result<String, NodeError> {
    let text = String::from_utf8_lossy(&answer.body);
    let body = json::parse(&text).unwrap_or_default();
    if !(200..300).contains(&answer.status) {
        let said = ["error_description", "error", "message"].iter().find_map(|key| body.get(*key)?.as_str());
        return Err(no_token(said.map_or_else(|| format!("the server answers {}", answer.status), str::to_owned)));
    }
    let token = body.get("access_token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| no_token("the server's answer holds no access_token".into()))
}
