//! A role of Amazon's cloud: keys for an hour from the security token service, and requests that are signed with them (signature
//! version 4).

use std::sync::Arc;

use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::json::truthy;
use node_sdk::ports::{HttpBody, HttpRequest};
use request::query::escape;
use ring::{digest, hmac};
use serde_json::Value;
use url::Url;

use crate::request::{DRY, between, form_post, invalid, refused, send};
use crate::text::hex;

/// Keys that sign.
#[derive(Clone)]
struct Keys {
    id: String,
    secret: String,
    /// Of keys that end by themselves.
    session: Option<String>,
}

/// Where and when a request is signed.
struct Moment<'a> {
    /// `20260314T092653Z`.
    time: &'a str,
    region: &'a str,
    service: &'a str,
}

pub(super) async fn assumed_role(call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
    if call.fields.get("useSystemCredentialsForRole").is_some_and(truthy) {
        return Err(invalid("The credential wants the machine's own AWS keys (useSystemCredentialsForRole), which konverte does not look for")
            .help("Put keys that may assume the role in its fields stsAccessKeyId and stsSecretAccessKey."));
    }
    let time = timestamp(call);
    let region = call.text("region");
    let keys = role_keys(call, &region, &time).await?;
    let sign = move |request: HttpRequest| {
        let (service, named) = service_of(&request.url);
        let moment = Moment { time: &time, region: named.as_deref().unwrap_or(&region), service: &service };
        signed(request, &keys, &moment)
    };
    Ok(Grant { sign: Some(Arc::new(sign)), ..Grant::default() })
}

/// Keys of the role.
async fn role_keys(call: &CredentialCall<'_>, region: &str, time: &str) -> Result<Keys, NodeError> {
    let own = Keys {
        id: call.text("stsAccessKeyId").trim().to_owned(),
        secret: call.text("stsSecretAccessKey").trim().to_owned(),
        session: Some(call.text("stsSessionToken").trim().to_owned()).filter(|token| !token.is_empty()),
    };
    let mut form =
        vec![("RoleArn", call.text("roleArn")), ("RoleSessionName", call.text("roleSessionName")), ("ExternalId", call.text("externalId"))];
    form.retain(|(_, value)| !value.is_empty());
    form.extend([("Action", "AssumeRole".to_owned()), ("Version", "2011-06-15".to_owned())]);
    let mut id = [0; 16];
    call.random.fill(&mut id);
    let more = vec![
        ("X-Amz-User-Agent", "aws-sdk-js/3.808.0".to_owned()),
        ("Amz-Sdk-Invocation-Id", hex(&id)),
        ("Amz-Sdk-Request", "attempt=1; max=1".to_owned()),
    ];
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let mut request = form_post(&format!("https://sts.{region}.{domain}/"), form, more);
    request.headers.retain(|(name, _)| name != "Accept");
    request.headers.push(("X-Amz-Content-Sha256".to_owned(), hash(content(&request)?)));
    let request = signed(request, &own, &Moment { time, region, service: "sts" })?;
    let Some(answer) = send(call, request).await? else {
        return Ok(Keys { id: DRY.to_owned(), secret: DRY.to_owned(), session: None });
    };
    if !(200..300).contains(&answer.status) {
        return Err(refused("The role cannot be assumed", &answer));
    }
    let text = String::from_utf8_lossy(&answer.body);
    let part = |name: &str| between(&text, &format!("<{name}>"), &format!("</{name}>")).map(str::to_owned);
    let (Some(id), Some(secret)) = (part("AccessKeyId"), part("SecretAccessKey")) else {
        return Err(invalid("The role cannot be assumed: the answer holds no keys").http(answer.status, Value::String(text.into_owned())));
    };
    let session = part("SessionToken");
    [Some(&secret), session.as_ref()].into_iter().flatten().for_each(|secret| (call.learned)(secret));
    Ok(Keys { id, secret, session })
}

/// The service and the region that an address of Amazon's names: `dynamodb.eu-west-1.amazonaws.com`.
fn service_of(url: &str) -> (String, Option<String>) {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let labels: Vec<&str> = host.split(".amazonaws.com").next().unwrap_or_default().split('.').collect();
    let is_region = |label: &&&str| label.matches('-').count() >= 2 && label.ends_with(|c: char| c.is_ascii_digit());
    let region = labels.iter().rfind(is_region).map(|region| (*region).to_owned());
    let service = labels.iter().rfind(|label| Some(**label) != region.as_deref()).copied().unwrap_or_default();
    (service.to_owned(), region)
}

/// The request with its signature: over all of its headers but those of the transport.
fn signed(mut request: HttpRequest, keys: &Keys, moment: &Moment<'_>) -> Result<HttpRequest, NodeError> {
    const UNSIGNED: [&str; 4] = ["user-agent", "accept-encoding", "authorization", "connection"];
    let url = Url::parse(&request.url).map_err(|_| invalid("The address cannot be signed: it is no URL"))?;
    request.headers.push(("X-Amz-Date".to_owned(), moment.time.to_owned()));
    if let Some(session) = &keys.session {
        request.headers.push(("X-Amz-Security-Token".to_owned(), session.clone()));
    }
    let content = content(&request)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let mut headers = vec![("host".to_owned(), format!("{}{port}", url.host_str().unwrap_or_default()))];
    if !content.is_empty() {
        headers.push(("content-length".to_owned(), content.len().to_string()));
    }
    let own = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    headers.extend(own.filter(|(name, _)| !UNSIGNED.contains(&name.as_str())));
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let path: Vec<String> = url.path().split('/').map(|part| if moment.service == "s3" { part.to_owned() } else { escape(part) }).collect();
    let canonical = format!("{}\n{}\n{}\n{lines}\n{names}\n{}", request.method, path.join("/"), query(&url), hash(content));
    let day = &moment.time[..8];
    let scope = format!("{day}/{}/{}/aws4_request", moment.region, moment.service);
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", moment.time, hash(canonical.as_bytes()));
    let first = format!("AWS4{}", keys.secret).into_bytes();
    let key = [day, moment.region, moment.service, "aws4_request"].iter().fold(first, |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &text));
    let value = format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", keys.id);
    request.headers.push(("Authorization".to_owned(), value));
    Ok(request)
}

/// The query in the order of its names, escaped anew.
fn query(url: &Url) -> String {
    let mut pairs: Vec<String> = url.query_pairs().map(|(name, value)| format!("{}={}", escape(&name), escape(&value))).collect();
    pairs.sort();
    pairs.join("&")
}

fn content(request: &HttpRequest) -> Result<&[u8], NodeError> {
    match &request.body {
        HttpBody::Empty => Ok(&[]),
        HttpBody::Bytes(bytes) => Ok(bytes),
        HttpBody::Multipart(_) => Err(invalid("A request of several parts cannot be signed: send it as one body")),
    }
}

/// The clock's time, without separators.
fn timestamp(call: &CredentialCall<'_>) -> String {
    let time = jiff::Timestamp::from_millisecond(call.clock.now_millis()).unwrap_or_default();
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hash(bytes: impl AsRef<[u8]>) -> String {
    hex(digest::digest(&digest::SHA256, bytes.as_ref()).as_ref())
}
