//! The credential of a service: a token in a header. Its test is a call that proves the token, and says what kind it is.

use std::sync::Arc;

use node_sdk::action::{ActionSpec, Place, Role, TokenKind};
use node_sdk::credential::{CredentialCall, CredentialPlace, CredentialType, Grant, Proof, Verdict};
use node_sdk::error::codes;
use node_sdk::json::parse_answer;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use node_sdk::{NodeError, async_trait};
use serde_json::{Map, Value, json};

use crate::service::{Service, is_family};
use crate::words::words;

/// The credential type of a service.
pub struct ServiceCredential(pub(crate) Arc<Service>);

#[async_trait]
impl CredentialType for ServiceCredential {
    fn name(&self) -> &str {
        &self.0.auth.credential
    }

    fn properties(&self) -> Vec<Value> {
        [&self.0.auth.url_field, &self.0.auth.token_field].map(|name| json!({"name": name, "type": "string"})).into()
    }

    fn faults(&self, fields: &Map<String, Value>) -> Vec<String> {
        let known = [self.0.auth.url_field.as_ref(), self.0.auth.token_field.as_ref()];
        let unknown = fields.keys().filter(|name| !known.contains(&name.as_str())).map(|name| format!("`{name}` is not a field of this type"));
        self.0.faults(fields, true).into_iter().chain(unknown).collect()
    }

    async fn grant(&self, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
        let auth = &self.0.auth;
        let mut grant = Grant::default();
        grant.header(&*auth.header, format!("{}{}", auth.prefix, call.text(&auth.token_field)));
        Ok(grant)
    }

    /// A service is asked about a token once, but each place's action may take another kind, role or account.
    fn has_test(&self) -> bool {
        true
    }

    async fn test(&self, call: &CredentialCall<'_>, places: &[CredentialPlace<'_>]) -> Vec<Verdict> {
        if !is_family(self.name()) {
            return Vec::new();
        }
        let action = |place: &CredentialPlace<'_>| action_of(&self.0, place.parameters);
        let wanted = places.first().and_then(action).map_or(&[][..], |action| &action.tokens[..]);
        let token = match prove(&self.0, call, wanted).await {
            Ok(token) => token,
            Err(error) => return vec![Verdict { place: 0, result: Err(error) }],
        };
        let verdicts = places.iter().enumerate().map(|(index, place)| {
            let result = token.clone().for_action(action(place), account_of(place.parameters));
            Verdict { place: index, result }
        });
        verdicts.filter(|verdict| verdict.place == 0 || verdict.result.as_ref().map_or(true, |proof| proof.warning)).collect()
    }
}

/// The action of a node, where no expression names it.
fn action_of<'a>(service: &'a Service, parameters: &Map<String, Value>) -> Option<&'a ActionSpec> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    service.action(text("resource")?, text("operation")?)
}

/// The account that a node works in, where no expression names it.
fn account_of(parameters: &Map<String, Value>) -> Option<u64> {
    match parameters.get("account_id")? {
        Value::String(text) => text.trim().parse().ok(),
        id => id.as_u64(),
    }
}

/// What a token turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    /// Its kind.
    kind: TokenKind,
    /// Whose it is, and the accounts that it reaches, as one sentence for people.
    message: String,
    /// The accounts of a user and its role in each; empty for the other kinds.
    roles: Vec<(u64, String)>,
}

impl Token {
    /// What this token is, and whether the action of a node takes it; `account`: the one that the node works in, where it is known.
    ///
    /// # Errors
    /// Where the action takes other kinds of tokens.
    fn for_action(self, action: Option<&ActionSpec>, account: Option<u64>) -> Result<Proof, NodeError> {
        let Some(action) = action.filter(|action| !action.tokens.is_empty()) else { return Ok(Proof { message: self.message, warning: false }) };
        if action.tokens.contains(&self.kind) {
            let obstacle = self.obstacle(action, account);
            let verdict = obstacle.as_ref().map_or_else(|| "takes it".to_owned(), |obstacle| format!("will refuse it: {obstacle}"));
            return Ok(Proof { message: format!("{} \"{}\" {verdict}.", self.message, action.operation), warning: obstacle.is_some() });
        }
        let taken: Vec<&str> = action.tokens.iter().map(|kind| owner(*kind)).collect();
        let message = format!("{} \"{}\" does not take it: it wants the token of {}", self.message, action.operation, taken.join(" or "));
        Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help("Give the node a credential with a token of the kind that its action takes."))
    }

    /// What keeps a user from the action, as the end of a sentence.
    fn obstacle(&self, action: &ActionSpec, account: Option<u64>) -> Option<String> {
        if self.kind != TokenKind::User || action.param("account_id").is_none_or(|param| param.place != Place::Path) {
            return None;
        }
        let place = account.map_or_else(|| "the account".to_owned(), |account| format!("account {account}"));
        let here: Vec<&str> = self.roles.iter().filter(|(id, _)| account.is_none_or(|own| own == *id)).map(|(_, role)| role.as_str()).collect();
        if here.is_empty() {
            return Some(format!("the user does not belong to {place}"));
        }
        let is_enough = action.min_role != Some(Role::Administrator) || here.contains(&"administrator");
        (!is_enough).then(|| format!("it is for administrators of {place}"))
    }
}

fn owner(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::User => "a user",
        TokenKind::AgentBot => "an agent bot",
        TokenKind::PlatformApp => "a platform app",
    }
}

/// Proves a credential `{url, accessToken}` with the least call that each kind of token can make; the kind that is `wanted` first.
///
/// A user's token reads its profile. A bot's and a platform app's are told there that bots may not, so the platform API
/// tells them apart. n8n's own test (`GET {url}/api`) sends no token and proves nothing but the address.
///
/// # Errors
/// Where the server cannot be reached or takes the token nowhere.
async fn prove(service: &Service, call: &CredentialCall<'_>, wanted: &[TokenKind]) -> Result<Token, NodeError> {
    let platform_first = wanted == [TokenKind::PlatformApp];
    if platform_first && opens_platform(service, call).await? {
        return Ok(nameless(TokenKind::PlatformApp));
    }
    let (status, profile) = ask(service, call, "/api/v1/profile").await?;
    if status == 200 && profile.get("id").is_some() {
        return Ok(Token { kind: TokenKind::User, message: user(&profile), roles: roles(&profile) });
    }
    let said = words(&profile).unwrap_or_default();
    if !platform_first && opens_platform(service, call).await? {
        return Ok(nameless(TokenKind::PlatformApp));
    }
    if status == 401 && said.contains("not authorized for bots") {
        return Ok(nameless(TokenKind::AgentBot));
    }
    let message = match status {
        401 | 403 => format!("The server does not know this token: {said}"),
        200 => "This is not the address of a Konverte server: it answers, but not with a profile".to_owned(),
        _ => format!("The server answered {status} to the test of the token: {said}"),
    };
    let help = "The URL is the server's address alone, for example https://app.example.com; the token is in the profile settings.";
    Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help(help).http(status, profile))
}

fn nameless(kind: TokenKind) -> Token {
    Token { kind, message: format!("The token of {}.", owner(kind)), roles: Vec::new() }
}

async fn opens_platform(service: &Service, call: &CredentialCall<'_>) -> Result<bool, NodeError> {
    let (status, bots) = ask(service, call, "/platform/api/v1/agent_bots").await?;
    Ok(status == 200 && bots.is_array())
}

async fn ask(service: &Service, call: &CredentialCall<'_>, path: &str) -> Result<(u16, Value), NodeError> {
    let auth = &service.auth;
    let request = HttpRequest {
        method: "GET".to_owned(),
        url: format!("{}{path}", call.text(&auth.url_field).trim_end_matches('/')),
        headers: vec![("Accept".to_owned(), "application/json".to_owned()), (auth.header.to_string(), call.text(&auth.token_field))],
        body: HttpBody::Empty,
        options: HttpOptions { secret_headers: vec![auth.header.to_string()], ..HttpOptions::default() },
    };
    let answer = call.http.send(request).await.map_err(|error| {
        NodeError::coded(codes::CREDENTIAL_INVALID, format!("The server cannot be reached: {error}")).help("Check the credential's url.")
    })?;
    let text = String::from_utf8_lossy(&answer.body);
    Ok((answer.status, parse_answer(&text).unwrap_or_else(|_| Value::String(text.into_owned()))))
}

fn roles(profile: &Value) -> Vec<(u64, String)> {
    let accounts = profile["accounts"].as_array().into_iter().flatten();
    accounts.filter_map(|account| Some((account["id"].as_u64()?, account["role"].as_str().unwrap_or_default().to_owned()))).collect()
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
