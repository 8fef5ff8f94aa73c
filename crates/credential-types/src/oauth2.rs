//! OAuth 2: a token that the credential holds, one for its refresh token, or one that the client credentials grant gives. Nobody is sent to
//! a browser.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant, Session};
use node_sdk::json::{parse_answer, to_js_string, to_number, truthy};
use node_sdk::params::raw_at;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, HttpResponse};
use request::query::{self, Lists};
use serde_json::{Map, Value};

use crate::request::{DRY, FORM, body, invalid, refused, send};

/// Where the token of a credential is put for the type's rule.
pub(crate) const TOKEN: &str = "accessToken";
/// The field that holds what the server gave.
pub(crate) const DATA: &str = "oauthTokenData";
/// Fields that may hold a token, beside that one.
pub(crate) const GIVEN: [&str; 2] = [TOKEN, "access_token"];
/// What `Accept` says of a request for a token.
const ACCEPT: &str = "application/json, application/x-www-form-urlencoded";

/// What to do about a token that is no longer good and cannot be renewed.
pub(crate) const EXPIRED: &str = "The token in the credentials file is no longer good, and the file holds no refresh token beside it: put in a new \
    oauthTokenData (access_token, and refresh_token where the service gives one), as n8n exports it, or use the grant type clientCredentials \
    where the service has it.";

const NO_TOKEN: &str = "holds no access token";

/// Whether a token must be fetched, or could be.
pub(crate) fn session(fields: &Map<String, Value>) -> Session {
    match (given(fields), by_client(fields), refresh_token(fields)) {
        (Some(_), false, None) | (None, false, None) => Session::None,
        (Some(_), ..) => Session::Held,
        (None, ..) => Session::Missing,
    }
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
    places.into_iter().find_map(|path| raw_at(fields, path)?.as_str()).filter(|token| !token.is_empty()).map(str::to_owned)
}

/// The token that a request carries: where the caller says, or the credential's.
///
/// # Errors
/// Where there is none.
pub(crate) fn token(kind: &str, call: &CredentialCall<'_>) -> Result<String, NodeError> {
    let at = call.token.property.as_deref().and_then(|path| Some(to_js_string(raw_at(call.fields.get(DATA)?.as_object()?, path)?)));
    at.or_else(|| given(call.fields)).ok_or_else(|| {
        invalid(format!("The credential of type \"{kind}\" {NO_TOKEN}")).help(
            "Put a token in its field oauthTokenData.access_token (or accessToken), or use the grant type clientCredentials: konverte opens no browser.",
        )
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
pub(crate) async fn sign_in(call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let none_given = if renews(call.fields).is_some() { NOT_RENEWED } else { NONE_GIVEN };
    let no_token = |error: NodeError| NodeError { message: format!("{none_given}: {}", error.message), ..error };
    let mut data = call.fields.get(DATA).and_then(Value::as_object).cloned().unwrap_or_default();
    data.extend(match send(call, token_request(call)).await.map_err(no_token)? {
        Some(answer) => token_in(&answer, none_given)?,
        None => Map::from_iter([("access_token".to_owned(), DRY.into())]),
    });
    ["access_token", "refresh_token"].into_iter().filter_map(|name| data.get(name)?.as_str()).for_each(|token| (call.learned)(token));
    if let Some(seconds) = data.get("expires_in").and_then(to_number).filter(|seconds| seconds.is_finite()) {
        let end = call.clock.now_millis() + (seconds * 1000.0) as i64;
        data.insert("n8n_expires_at".to_owned(), end.to_string().into());
    }
    Ok(Map::from_iter([(DATA.to_owned(), Value::Object(data))]))
}

const NONE_GIVEN: &str = "No OAuth 2 token could be had";
const NOT_RENEWED: &str = "The OAuth 2 token could not be renewed";

/// The refresh token, where it is the way to another token.
fn renews(fields: &Map<String, Value>) -> Option<String> {
    refresh_token(fields).filter(|_| !by_client(fields))
}

/// The token in an answer: JSON, or a form where the server answers so.
fn token_in(answer: &HttpResponse, none_given: &str) -> Result<Map<String, Value>, NodeError> {
    if !(200..300).contains(&answer.status) {
        let error = refused(none_given, answer);
        return Err(
            error.help("Where the service no longer takes the refresh token, sign in anew: put a new oauthTokenData in the credentials file.")
        );
    }
    let data = match body(answer) {
        Value::String(form) if form.contains('=') => {
            url::form_urlencoded::parse(form.as_bytes()).into_owned().map(|(name, value)| (name, Value::String(value))).collect()
        }
        other => other,
    };
    match data {
        Value::Object(data) if data.get("access_token").is_some_and(Value::is_string) => Ok(data),
        _ => Err(invalid(format!("{none_given}: the server's answer holds no access_token")).named("NodeApiError")),
    }
}

fn field(fields: &Map<String, Value>, name: &str) -> String {
    fields.get(name).filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default()
}

/// The request for a token.
fn token_request(call: &CredentialCall<'_>) -> HttpRequest {
    let field = |name: &str| field(call.fields, name);
    let mut form = Map::new();
    let mut add = |name: &str, value: String| form.insert(name.to_owned(), value.into());
    let refresh = renews(call.fields);
    match &refresh {
        Some(token) => {
            add("refresh_token", token.clone());
            add("grant_type", "refresh_token".to_owned());
            // Azure names with it what a token is for.
            let more = field("authQueryParameters");
            url::form_urlencoded::parse(more.as_bytes()).filter(|(name, _)| name == "resource").for_each(|(name, value)| {
                add(&name, value.into_owned());
            });
        }
        None => {
            add("grant_type", "client_credentials".to_owned());
            if !field("scope").is_empty() {
                add("scope", field("scope"));
            }
        }
    }
    let (id, secret) = (field("clientId"), field("clientSecret"));
    let mut headers = vec![("Accept".to_owned(), ACCEPT.to_owned()), ("Content-Type".to_owned(), FORM.to_owned())];
    let in_body = field("authentication") == "body" || call.token.include_credentials_on_refresh_on_body;
    if secret.is_empty() {
        // A client without a secret says who it is in the form (RFC 6749, 3.2.1).
        add("client_id", id);
    } else if in_body {
        add("client_id", id);
        add("client_secret", secret);
    } else {
        headers.push(("Authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))));
    }
    if refresh.is_none() && in_body && call.fields.get("sendAdditionalBodyProperties").is_some_and(truthy) {
        let more = parse_answer(&field("additionalBodyProperties")).ok();
        form.extend(more.and_then(|value| value.as_object().cloned()).unwrap_or_default());
    }
    let accept_invalid_certificates = call.fields.get("ignoreSSLIssues").is_some_and(truthy);
    let options = HttpOptions { accept_invalid_certificates, ..HttpOptions::default() };
    let body = HttpBody::Bytes(query::encode(&form, Lists::Indices).into());
    HttpRequest { method: "POST".into(), url: field("accessTokenUrl"), headers, body, options }
}
