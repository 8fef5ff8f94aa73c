//! Asking a server for a token: who asks, and what the answer holds.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::NodeError;
use node_sdk::credential::CredentialCall;
use node_sdk::json::{parse_answer, truthy};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, HttpResponse};
use request::query::{self, Lists};
use serde_json::{Map, Value, json};

use super::field;
use crate::advice::{Step, advice, is_page, no_answer};
use crate::jwt;
use crate::request::{DRY, FORM, data, invalid, refused, send};

/// What `Accept` says of a request for a token.
const ACCEPT: &str = "application/json, application/x-www-form-urlencoded";
/// What is signed with a key is a client's word for itself (RFC 7523, 2.2).
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long such a word holds, in seconds.
const ASSERTED: i64 = 600;

/// What a server gives that is secret.
const TOKENS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

pub(super) const NONE_GIVEN: &str = "No OAuth 2 token could be had";

/// What the server gives for a form, in this step; `none_given` begins the sentence that says that it gives nothing.
pub(super) async fn token(
    kind: &str,
    call: &CredentialCall<'_>,
    (step, form, none_given): (Step, Map<String, Value>, &str),
) -> Result<Map<String, Value>, NodeError> {
    let no_token = |error: NodeError| NodeError { message: format!("{none_given}: {}", error.message), ..error }.help(no_answer(step));
    let given = match send(call, request(call, form)?).await.map_err(no_token)? {
        Some(answer) => read(&answer, none_given).map_err(|error| match advice(call, kind, step, (answer.status, &data(&answer))) {
            Some(help) => error.help(help),
            None => error,
        })?,
        None => Map::from_iter([("access_token".to_owned(), DRY.into())]),
    };
    for name in TOKENS {
        tokens(&given, name).for_each(|token| (call.learned)(token));
    }
    Ok(given)
}

/// What a server gives, without what is no token: nothing must not take the place of a token that is there.
fn given(mut data: Map<String, Value>) -> Map<String, Value> {
    data.retain(|name, value| !TOKENS.contains(&name.as_str()) || value.as_str().is_some_and(|token| !token.is_empty()));
    data
}

/// What stands under this name in what a server gives, where it is not empty: also what Slack gives for the user in the place of its app.
fn tokens<'a>(given: &'a Map<String, Value>, name: &'a str) -> impl Iterator<Item = &'a str> {
    let inner = given.values().filter_map(Value::as_object);
    std::iter::once(given).chain(inner).filter_map(move |map| map.get(name)?.as_str()).filter(|token| !token.is_empty())
}

/// The token in an answer: JSON, or a form where the server answers so.
fn read(answer: &HttpResponse, none_given: &str) -> Result<Map<String, Value>, NodeError> {
    let data = data(answer);
    let success = (200..300).contains(&answer.status);
    // Some say with the status of a success that they give nothing.
    let refuses = !success || data.get("error").is_some_and(truthy);
    match data {
        // A token is one whatever else is said of it.
        Value::Object(data) if success && tokens(&data, "access_token").next().is_some() => Ok(given(data)),
        _ if refuses => Err(refused(none_given, answer)),
        page if is_page(&page) => {
            Err(invalid(format!("{none_given}: the server answers with a page, which holds no access_token")).named("NodeApiError"))
        }
        _ => Err(invalid(format!("{none_given}: the server's answer holds no access_token")).named("NodeApiError")),
    }
}

/// The request for a token.
fn request(call: &CredentialCall<'_>, mut form: Map<String, Value>) -> Result<HttpRequest, NodeError> {
    let field = |name: &str| field(call.fields, name);
    let by_client = form.get("grant_type").and_then(Value::as_str) == Some("client_credentials");
    let mut add = |name: &str, value: String| form.insert(name.to_owned(), value.into());
    let (id, secret) = (field("clientId"), field("clientSecret"));
    let mut headers = vec![("Accept".to_owned(), ACCEPT.to_owned()), ("Content-Type".to_owned(), FORM.to_owned())];
    let in_body = field("authentication") == "body" || call.token.include_credentials_on_refresh_on_body;
    if field("clientCredentialType") == "certificate" {
        add("client_assertion", assertion(call)?);
        add("client_id", id);
        add("client_assertion_type", ASSERTION.to_owned());
    } else if secret.is_empty() {
        // A client without a secret says who it is in the form (RFC 6749, 3.2.1).
        add("client_id", id);
    } else if in_body {
        add("client_id", id);
        add("client_secret", secret);
    } else {
        headers.push(("Authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))));
    }
    if by_client && in_body && call.fields.get("sendAdditionalBodyProperties").is_some_and(truthy) {
        let more = parse_answer(&field("additionalBodyProperties")).ok();
        form.extend(more.and_then(|value| value.as_object().cloned()).unwrap_or_default());
    }
    let accept_invalid_certificates = call.fields.get("ignoreSSLIssues").is_some_and(truthy);
    let options = HttpOptions { accept_invalid_certificates, ..HttpOptions::default() };
    let body = HttpBody::Bytes(query::encode(&form, Lists::Indices).into());
    Ok(HttpRequest { method: "POST".into(), url: field("accessTokenUrl"), headers, body, options })
}

/// A client's word for itself, signed with the key of its certificate, as Microsoft's servers take it.
fn assertion(call: &CredentialCall<'_>) -> Result<String, NodeError> {
    let field = |name: &str| field(call.fields, name);
    let id = field("clientId");
    let issued = call.clock.now_millis().div_euclid(1000);
    let mut word = [0; 16];
    call.random.fill(&mut word);
    let claims = json!({"aud": field("accessTokenUrl"), "iss": id, "sub": id, "jti": crate::text::hex(&word), "nbf": issued, "iat": issued, "exp": issued + ASSERTED});
    jwt::rs256_with_certificate(&claims, ("privateKey", &field("privateKey")), ("certificate", &field("certificate")))
}
