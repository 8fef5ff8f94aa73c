//! Requests of the types' own: for tokens, sessions and tests.

use std::time::Duration;

use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::error::codes;
use node_sdk::json::{parse_answer, stringify, to_js_string, truthy};
use node_sdk::ports::{HttpBody, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse};
use node_sdk::{NodeError, apart};
use request::failure::kind_code;
use request::query::{self, Lists};
use serde_json::{Map, Value};

use crate::formula::{self, Scope};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// What `Accept` says of a request that does not ask for JSON alone.
const ACCEPT: &str = "application/json, text/plain, */*";

/// What a dry run has in the place of a token: nobody gives one, and the request that would carry it is listed all the same.
pub(crate) const DRY: &str = "token-of-a-dry-run";

/// How long a service may take for a token or a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// A credential that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> NodeError {
    NodeError::coded(codes::CREDENTIAL_INVALID, message)
}

/// A description that is not understood: one of ours never is, a test sees to it.
pub(crate) fn unclear(why: String) -> NodeError {
    invalid(format!("The description of the credential type cannot be used: {why}"))
}

/// What a description tells of a request, worked out.
pub(crate) fn told(described: &Map<String, Value>, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    formula::object(described, scope(call)).map_err(unclear)
}

/// The request that a description tells: `baseURL`, `url`, `method`, `headers`, `qs`, `body`, `form`, `json`, with what the grant adds.
pub(crate) fn build(described: &Map<String, Value>, grant: &Grant) -> Result<HttpRequest, NodeError> {
    let part = |name: &str| described.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut headers: Vec<(String, String)> = part("headers").into_iter().map(|(name, value)| (name, to_js_string(&value))).collect();
    if grant.replaces_headers {
        headers.clear();
    }
    for (name, value) in &grant.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.clone(), value.clone()));
    }
    for (name, value) in &grant.default_headers {
        if !has(&headers, name) {
            headers.push((name.clone(), value.clone()));
        }
    }
    let mut query = part("qs");
    query.extend(grant.query.iter().cloned());
    let fields: Map<String, Value> = part("body").into_iter().chain(grant.body.clone()).collect();
    let (body, content_type) = match (described.get("form"), described.get("body")) {
        (Some(Value::Object(form)), _) => (bytes(plus_form(form)), Some(FORM)),
        (_, Some(Value::String(text))) => (bytes(text.clone()), Some(FORM)),
        _ if fields.is_empty() => (HttpBody::Empty, None),
        _ => (bytes(stringify(&Value::Object(fields))), Some("application/json")),
    };
    if let Some(content_type) = content_type.filter(|_| !has(&headers, "content-type")) {
        headers.insert(0, ("Content-Type".to_owned(), content_type.to_owned()));
    }
    let url = joined(&text(described, "baseURL"), &text(described, "url"));
    let url = query::add_to_url(&url, &query::encode(&query, Lists::Indices));
    let secret_headers = grant.headers.iter().map(|(name, _)| name.clone()).collect();
    let accept_invalid_certificates = described.get("skipSslCertificateValidation").is_some_and(truthy);
    let options = HttpOptions { secret_headers, accept_invalid_certificates, ..HttpOptions::default() };
    // What is signed is what the type says; the rest stands beside it.
    let mut request = grant.signed(HttpRequest { method: method(described), url, headers, body, options })?;
    if !has(&request.headers, "accept") {
        let accept = if described.get("json").is_some_and(truthy) { "application/json" } else { ACCEPT };
        request.headers.insert(0, ("Accept".to_owned(), accept.to_owned()));
    }
    Ok(request)
}

/// The method that a description tells.
pub(crate) fn method(described: &Map<String, Value>) -> String {
    Some(text(described, "method")).filter(|method| !method.is_empty()).unwrap_or_else(|| "GET".to_owned())
}

pub(crate) fn scope<'a>(call: &'a CredentialCall<'_>) -> Scope<'a> {
    Scope { fields: call.fields, method: call.method, now: call.clock.now_millis() }
}

fn text(map: &Map<String, Value>, name: &str) -> String {
    map.get(name).filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default()
}

fn has(headers: &[(String, String)], name: &str) -> bool {
    headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn joined(base: &str, url: &str) -> String {
    if base.is_empty() || url.starts_with("http://") || url.starts_with("https://") {
        return url.to_owned();
    }
    match url {
        "" => base.to_owned(),
        url => format!("{}/{}", base.trim_end_matches('/'), url.trim_start_matches('/')),
    }
}

fn bytes(text: String) -> HttpBody {
    HttpBody::Bytes(text.into())
}

/// A form by the web's own rules: `+` for a space.
pub(crate) fn plus_form(form: &Map<String, Value>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.iter().map(|(name, value)| (name, to_js_string(value)))).finish()
}

/// A POST of a form that asks for JSON.
pub(crate) fn form_post(url: &str, form: Vec<(&str, String)>, more: Vec<(&str, String)>) -> HttpRequest {
    let form = form.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    let mut headers = vec![("Accept".to_owned(), "application/json".to_owned()), ("Content-Type".to_owned(), FORM.to_owned())];
    headers.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    HttpRequest { method: "POST".to_owned(), url: url.to_owned(), headers, body: bytes(plus_form(&form)), options: HttpOptions::default() }
}

/// Sends it. `Ok(None)`: a dry run, which holds it back.
///
/// # Errors
/// Where there is no answer.
pub(crate) async fn send(call: &CredentialCall<'_>, mut request: HttpRequest) -> Result<Option<HttpResponse>, NodeError> {
    (request.options.sender, request.options.known_by) = (call.sender.clone(), call.known_by);
    // Whoever else needs the credential waits as long.
    request.options.timeout = Some(PATIENCE);
    request.options.secret_body = true;
    request.options.for_session = true;
    match call.http.send(request).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == HttpErrorKind::HeldBack => Ok(None),
        Err(error) => {
            // Where nothing came back, nothing is known of the credential.
            let code = Some(kind_code(error.kind)).filter(|code| *code != codes::NODE_FAILED).unwrap_or(codes::CREDENTIAL_INVALID);
            Err(NodeError::coded(code, error.message).named("NodeApiError"))
        }
    }
}

/// What a service says, as JSON where it is JSON.
pub(crate) fn body(answer: &HttpResponse) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    parse_answer(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
}

/// The same, where a form is data too, as many services answer for tokens.
pub(crate) fn data(answer: &HttpResponse) -> Value {
    match body(answer) {
        Value::String(form) if form.contains('=') && !form.trim_start().starts_with('<') => {
            Value::Object(url::form_urlencoded::parse(form.as_bytes()).into_owned().map(|(name, value)| (name, Value::String(value))).collect())
        }
        other => other,
    }
}

/// Where services say what is wrong, the clearest first.
const WORDS: [&str; 7] =
    ["/error_description", "/error/message", "/error", "/message", "/errors/0/message", "/oauth_problem_advice", "/oauth_problem"];

/// An answer that is no success, as an error.
pub(crate) fn refused(what: &str, answer: &HttpResponse) -> NodeError {
    let body = data(answer);
    let said = WORDS.iter().find_map(|place| body.pointer(place)?.as_str().filter(|text| !text.is_empty()));
    // Amazon's services answer with XML.
    let said = said.or_else(|| Some(between(body.as_str()?, "<Message>", "</Message>")?.trim()).filter(|text| !text.is_empty()));
    let said = said.map_or_else(|| format!("the server answers {}", answer.status), str::to_owned);
    let help = apart::advice(&body.to_string());
    let error = invalid(format!("{what}: {said}")).named("NodeApiError").http(answer.status, body);
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// Sends a request for a token; `read` takes it out of the answer.
///
/// # Errors
/// Where the server gives none.
pub(crate) async fn token(
    call: &CredentialCall<'_>,
    request: HttpRequest,
    read: impl FnOnce(&HttpResponse, &Value) -> String,
) -> Result<String, NodeError> {
    let Some(answer) = send(call, request).await.map_err(|error| NodeError { message: format!("{NOT_SIGNED_IN}: {}", error.message), ..error })?
    else {
        return Ok(DRY.to_owned());
    };
    if !(200..300).contains(&answer.status) {
        return Err(refused(NOT_SIGNED_IN, &answer));
    }
    let token = read(&answer, &body(&answer));
    if !token.is_empty() {
        (call.learned)(&token);
    }
    Ok(token)
}

const NOT_SIGNED_IN: &str = "The service gives no session for the credential";
