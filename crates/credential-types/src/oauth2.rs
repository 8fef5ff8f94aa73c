//! OAuth 2: a token that the credential holds, one for its refresh token, one that the client credentials grant gives, or one that a person
//! consents to ([`consent`]).

mod asking;
mod consent;

use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant, Session};
use node_sdk::json::{to_js_string, to_number};
use node_sdk::params::raw_at;
use serde_json::{Map, Value};

pub(crate) use consent::{ask, consented};

use crate::advice::Step;
use crate::request::invalid;
use crate::text::sign_in_help;

/// Where the token of a credential is put for the type's rule.
pub(crate) const TOKEN: &str = "accessToken";
/// The field that holds what the server gave.
pub(crate) const DATA: &str = "oauthTokenData";
/// Fields that may hold a token, beside that one.
pub(crate) const GIVEN: [&str; 2] = [TOKEN, "access_token"];

/// What to do about a token that is no longer good and cannot be renewed.
pub(crate) const EXPIRED: &str = "The token in the credentials file is no longer good, and the file holds no refresh token beside it.";

const NO_TOKEN: &str = "holds no access token";

/// Whether a token must be fetched, or could be.
pub(crate) fn session(fields: &Map<String, Value>) -> Session {
    match (given(fields), by_client(fields), refresh_token(fields)) {
        (Some(_), false, None) | (None, false, None) => Session::None,
        (Some(_), ..) => Session::Held,
        (None, ..) => Session::Missing,
    }
}

/// Whether fetching a token tells whether the credential holds, and uses nothing up: a refresh token may be taken once only.
pub(crate) fn may_fetch(fields: &Map<String, Value>) -> bool {
    by_client(fields) || session(fields) == Session::Missing
}

fn by_client(fields: &Map<String, Value>) -> bool {
    field(fields, "grantType") == "clientCredentials"
}

fn refresh_token(fields: &Map<String, Value>) -> Option<String> {
    raw_at(fields, "oauthTokenData.refresh_token")?.as_str().filter(|token| !token.is_empty()).map(str::to_owned)
}

/// The status that says that the token is no longer good.
pub(crate) fn expired_status(fields: &Map<String, Value>) -> u16 {
    fields.get("tokenExpiredStatusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(401)
}

/// The token that the credential holds.
pub(crate) fn given(fields: &Map<String, Value>) -> Option<String> {
    let places = ["oauthTokenData.access_token"].into_iter().chain(GIVEN);
    places.into_iter().find_map(|path| raw_at(fields, path)?.as_str().filter(|token| !token.is_empty())).map(str::to_owned)
}

/// The token that a request carries: where the caller says, or the credential's.
///
/// # Errors
/// Where there is none.
pub(crate) fn token(kind: &str, call: &CredentialCall<'_>) -> Result<String, NodeError> {
    let at = call.token.property.as_deref().and_then(|path| Some(to_js_string(raw_at(call.fields.get(DATA)?.as_object()?, path)?)));
    at.or_else(|| given(call.fields)).ok_or_else(|| {
        invalid(format!("The credential of type \"{kind}\" {NO_TOKEN}"))
            .help(format!("{} It may also stand in its field oauthTokenData.access_token (or accessToken), as n8n exports it.", sign_in_help(kind)))
    })
}

/// The headers that carry a token, where the type has no rule of its own.
pub(crate) fn carried(call: &CredentialCall<'_>, token: &str) -> Grant {
    let mut grant = Grant::default();
    let word = match (&call.token.token_type, call.token.keep_bearer) {
        (_, Some(false)) => None,
        (Some(word), _) => Some(word.as_str()),
        (None, _) => Some("Bearer"),
    };
    grant.header("Authorization", word.map_or_else(|| token.to_owned(), |word| format!("{word} {token}")));
    if let Some(name) = &call.token.key_to_include_in_access_token_header {
        grant.header(name, token);
    }
    grant
}

/// What keeps a credential from giving a token, as phrases.
pub(crate) fn missing(fields: &Map<String, Value>) -> Vec<String> {
    match (given(fields), session(fields)) {
        (Some(_), _) => Vec::new(),
        (None, Session::None) => vec![format!("it {NO_TOKEN}")],
        (None, _) => {
            let needed = ["accessTokenUrl", "clientId", "clientSecret"].into_iter().filter(|name| field(fields, name).is_empty());
            needed.map(|name| format!("the field `{name}` is missing")).collect()
        }
    }
}

/// Fetches a token: by the client credentials grant, or for the refresh token. Gives the field that holds it, as n8n keeps it: what the server
/// said before stays where it says nothing new, beside the time when the token ends.
pub(crate) async fn sign_in(kind: &str, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let (step, none_given) = if renews(call.fields).is_some() { (Step::Renewal, NOT_RENEWED) } else { (Step::Client, asking::NONE_GIVEN) };
    let given = asking::token(kind, call, (step, renewal(call.fields), none_given)).await?;
    let before = call.fields.get(DATA).and_then(Value::as_object).cloned().unwrap_or_default();
    Ok(kept(call, before, given))
}

const NOT_RENEWED: &str = "The OAuth 2 token could not be renewed";

/// When the token ends, in milliseconds since 1970, as n8n writes it.
const ENDS_AT: &str = "n8n_expires_at";

/// The field that holds what the server gave, before and now, and when the token ends.
fn kept(call: &CredentialCall<'_>, before: Map<String, Value>, given: Map<String, Value>) -> Map<String, Value> {
    let mut data = before;
    // How long a token holds is said of that token alone.
    if !given.contains_key("expires_in") {
        data.shift_remove("expires_in");
    }
    data.extend(given);
    // A service may say any number.
    let seconds = data.get("expires_in").and_then(to_number).filter(|seconds| seconds.is_finite());
    match seconds.map(|seconds| call.clock.now_millis().saturating_add((seconds * 1000.0) as i64)) {
        Some(end) => data.insert(ENDS_AT.to_owned(), end.to_string().into()),
        None => data.shift_remove(ENDS_AT),
    };
    Map::from_iter([(DATA.to_owned(), Value::Object(data))])
}

/// The refresh token, where it is the way to another token.
fn renews(fields: &Map<String, Value>) -> Option<String> {
    refresh_token(fields).filter(|_| !by_client(fields))
}

fn field(fields: &Map<String, Value>, name: &str) -> String {
    fields.get(name).filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default()
}

/// What is sent for another token, without the client.
fn renewal(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut form = Map::new();
    let mut add = |name: &str, value: String| form.insert(name.to_owned(), value.into());
    let Some(token) = renews(fields) else {
        add("grant_type", "client_credentials".to_owned());
        if !field(fields, "scope").is_empty() {
            add("scope", field(fields, "scope"));
        }
        return form;
    };
    add("refresh_token", token);
    add("grant_type", "refresh_token".to_owned());
    form.extend(resource(fields));
    form
}

/// What a token is for, where the service is asked with it: Azure's older servers want it in each request.
fn resource(fields: &Map<String, Value>) -> Option<(String, Value)> {
    let more = field(fields, "authQueryParameters");
    let found = url::form_urlencoded::parse(more.as_bytes()).find(|(name, _)| name == "resource")?;
    Some((found.0.into_owned(), found.1.into_owned().into()))
}
