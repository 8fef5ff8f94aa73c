//! OAuth 2: a token that the credential holds, or one that the client credentials grant gives. Nobody is sent to a browser, and a
//! token that is no longer good is not renewed.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Session};
use node_sdk::json::{to_js_string, to_number, truthy};
use node_sdk::params::raw_at;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, HttpResponse};
use request::query::{self, Lists};
use serde_json::{Map, Value};

use crate::formula::{self, Scope};
use crate::request::{DRY, body, invalid, refused, send};

/// Where the token of a credential is put for the type's rule.
pub(crate) const TOKEN: &str = "accessToken";

/// What to do about a token that is no longer good.
pub(crate) const EXPIRED: &str = "The token in the credentials file is no longer good, and konverte does not renew it: put a new one in its \
    oauthTokenData.access_token, as n8n exports it, or use the grant type clientCredentials where the service has it.";

const NO_TOKEN: &str = "holds no access token";

/// Whether a token must be fetched, or could be.
pub(crate) fn session(fields: &Map<String, Value>) -> Session {
    match (given(fields), field(fields, "grantType") == "clientCredentials") {
        (Some(_), true) => Session::Held,
        (None, true) => Session::Missing,
        (_, false) => Session::None,
    }
}

/// The status that says that the token is no longer good.
pub(crate) fn expired_status(fields: &Map<String, Value>) -> u16 {
    fields.get("tokenExpiredStatusCode").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()).unwrap_or(401)
}

/// The token that the credential holds.
pub(crate) fn given(fields: &Map<String, Value>) -> Option<String> {
    let places = ["oauthTokenData.access_token", TOKEN, "access_token"];
    places.iter().find_map(|path| raw_at(fields, path)?.as_str()).filter(|token| !token.is_empty()).map(str::to_owned)
}

/// The token that the credential holds.
///
/// # Errors
/// Where there is none.
pub(crate) fn token(kind: &str, fields: &Map<String, Value>) -> Result<String, NodeError> {
    given(fields).ok_or_else(|| {
        invalid(format!("The credential of type \"{kind}\" {NO_TOKEN}")).help(
            "Put a token in its field oauthTokenData.access_token (or accessToken), or use the grant type clientCredentials: konverte opens no browser.",
        )
    })
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

/// Fetches a token by the client credentials grant; gives the field that holds it, as n8n keeps it: with the time of its end.
pub(crate) async fn sign_in(call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let no_token = |error: NodeError| NodeError { message: format!("{NONE_GIVEN}: {}", error.message), ..error };
    let mut data = match send(call, token_request(call.fields)).await.map_err(no_token)? {
        Some(answer) => token_in(&answer)?,
        None => Map::from_iter([("access_token".to_owned(), DRY.into())]),
    };
    data.get("access_token").and_then(Value::as_str).inspect(|token| (call.learned)(token));
    if let Some(seconds) = data.get("expires_in").and_then(to_number).filter(|seconds| seconds.is_finite()) {
        let end = call.clock.now_millis() + (seconds * 1000.0) as i64;
        data.insert("n8n_expires_at".to_owned(), end.to_string().into());
    }
    Ok(Map::from_iter([("oauthTokenData".to_owned(), Value::Object(data))]))
}

const NONE_GIVEN: &str = "No OAuth 2 token could be had";

fn token_in(answer: &HttpResponse) -> Result<Map<String, Value>, NodeError> {
    if !(200..300).contains(&answer.status) {
        return Err(refused(NONE_GIVEN, answer));
    }
    match body(answer) {
        Value::Object(data) if data.get("access_token").is_some_and(Value::is_string) => Ok(data),
        _ => Err(invalid(format!("{NONE_GIVEN}: the server's answer holds no access_token")).named("NodeApiError")),
    }
}

/// A field, which may be a default that is worked out from others.
fn field(fields: &Map<String, Value>, name: &str) -> String {
    let Some(given) = fields.get(name).filter(|value| !value.is_null()) else { return String::new() };
    let found = formula::value(given, Scope { fields, method: "POST" }).ok().flatten();
    to_js_string(&found.unwrap_or_else(|| given.clone()))
}

/// The request for a token by the client credentials grant.
fn token_request(fields: &Map<String, Value>) -> HttpRequest {
    let field = |name: &str| field(fields, name);
    let mut form = Map::new();
    form.insert("grant_type".into(), "client_credentials".into());
    let scope = field("scope");
    if !scope.is_empty() {
        form.insert("scope".into(), scope.into());
    }
    let (id, secret) = (field("clientId"), field("clientSecret"));
    let mut headers =
        vec![("Accept".to_owned(), "application/json".to_owned()), ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    if field("authentication") == "body" {
        form.insert("client_id".into(), id.into());
        form.insert("client_secret".into(), secret.into());
        if fields.get("sendAdditionalBodyProperties").is_some_and(truthy) {
            let more = node_sdk::json::parse_answer(&field("additionalBodyProperties")).ok();
            form.extend(more.and_then(|value| value.as_object().cloned()).unwrap_or_default());
        }
    } else {
        let pair = format!("{}:{}", query::escape(&id), query::escape(&secret));
        headers.push(("Authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(pair))));
    }
    let accept_invalid_certificates = fields.get("ignoreSSLIssues").is_some_and(truthy);
    let options = HttpOptions { accept_invalid_certificates, ..HttpOptions::default() };
    let body = HttpBody::Bytes(query::encode(&form, Lists::Indices).into());
    HttpRequest { method: "POST".into(), url: field("accessTokenUrl"), headers, body, options }
}
