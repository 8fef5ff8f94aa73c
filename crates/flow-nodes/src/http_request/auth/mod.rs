//! Credentials: what each type adds to a request, and where it may be used.

pub(super) mod digest;
pub(super) mod need;
mod oauth2;
mod predefined;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::error::codes;
use node_sdk::json::to_js_string;
use node_sdk::node::{Finding, Level};
use node_sdk::params::raw_at;
use node_sdk::ports::{Credential, TlsChoice};
use node_sdk::{NodeError, PrepareContext, RunContext};
use serde_json::{Map, Value};
use url::Url;

pub(super) use oauth2::Tokens;

use super::draft::{Body, Draft};
use super::failure::{Failure, Told};
use super::json;
use super::settings::{Authentication, Settings};

/// What a credential adds.
#[derive(Default)]
pub(super) struct Grant {
    headers: Vec<(String, String)>,
    query: Vec<(String, Value)>,
    body: Map<String, Value>,
    tls: Option<TlsChoice>,
    domains: Domains,
    cross_origin: bool,
    /// User and password to answer a challenge with.
    pub(super) digest: Option<digest::Login>,
    /// A token that may have to be renewed.
    pub(super) oauth2: Option<oauth2::OAuth2>,
    /// The credential of a service: errors have n8n's form for those.
    pub(super) predefined: bool,
}

/// Where a credential may be used.
#[derive(Default)]
enum Domains {
    #[default]
    All,
    None,
    /// As the credential has them, comma separated; `*.` in front takes every sub-domain.
    Listed(String),
}

/// The credential that the node names, for one of its items.
pub(super) async fn load(cx: &RunContext, index: usize, settings: &Settings, tokens: &Tokens) -> Result<Grant, NodeError> {
    let mut grant = match &settings.authentication {
        Authentication::None => Grant::default(),
        Authentication::Generic(kind) => generic(cx, index, kind, tokens).await?,
        Authentication::Predefined(kind) => predefined::load(cx, index, kind, tokens).await?,
    };
    grant.cross_origin = settings.credentials_cross_origin;
    if settings.certificates {
        let credential = cx.credential("httpSslAuth").await?;
        let pem = |field| Some(credential.text(field)).filter(|text| !text.trim().is_empty()).map(|text| pem_lines(&text));
        let passphrase = Some(credential.text("passphrase")).filter(|text| !text.is_empty());
        grant.tls = Some(TlsChoice { ca: pem("ca"), certificate: pem("cert"), key: pem("key"), passphrase });
    }
    Ok(grant)
}

async fn generic(cx: &RunContext, index: usize, kind: &str, tokens: &Tokens) -> Result<Grant, NodeError> {
    if kind == "oAuth1Api" {
        return Err(unsupported(kind, "it signs each request, which konverte does not do yet"));
    }
    let credential = cx.credential(kind).await?;
    let mut grant = Grant { domains: domains(&credential), ..Grant::default() };
    match kind {
        "httpBasicAuth" => grant.basic(&credential.text("user"), &credential.text("password")),
        "httpBearerAuth" => grant.header("Authorization", format!("Bearer {}", credential.text("token"))),
        "httpHeaderAuth" => grant.header(credential.text("name"), credential.text("value")),
        "httpMultipleHeadersAuth" => {
            let list = raw_at(&credential.fields, "headers.values").and_then(Value::as_array);
            let text = |entry: &Value, name: &str| entry.get(name).map(to_js_string).unwrap_or_default();
            grant.headers =
                list.into_iter().flatten().map(|entry| (text(entry, "name"), text(entry, "value"))).filter(|(name, _)| !name.is_empty()).collect();
        }
        "httpQueryAuth" => grant.query.push((credential.text("name"), Value::String(credential.text("value")))),
        "httpDigestAuth" => grant.digest = Some(digest::Login { user: credential.text("user"), password: credential.text("password") }),
        "httpCustomAuth" => custom(&mut grant, &credential)?,
        "oAuth2Api" => grant.token(oauth2::load((cx, index), credential, Map::new(), tokens).await?),
        _ => return Err(unsupported(kind, "HTTP Request knows no such generic credential")),
    }
    Ok(grant)
}

/// `{"headers": …, "qs": …, "body": …}`.
fn custom(grant: &mut Grant, credential: &Credential) -> Result<(), NodeError> {
    let invalid = || NodeError::coded(codes::CREDENTIAL_INVALID, "Invalid Custom Auth JSON");
    let given = match credential.fields.get("json") {
        None => Value::Null,
        Some(Value::String(text)) if text.is_empty() => Value::Null,
        Some(Value::String(text)) => json::parse(text).map_err(|_| invalid())?,
        Some(value @ Value::Object(_)) => value.clone(),
        Some(_) => return Err(invalid()),
    };
    let part = |name: &str| given.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    grant.headers = part("headers").into_iter().map(|(name, value)| (name, to_js_string(&value))).collect();
    grant.query = part("qs").into_iter().collect();
    grant.body = part("body");
    Ok(())
}

impl Grant {
    fn header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.headers.push((name.into(), value.into()));
    }

    fn basic(&mut self, user: &str, password: &str) {
        self.header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))));
    }

    fn token(&mut self, oauth2: oauth2::OAuth2) {
        self.header("Authorization", oauth2.header());
        self.oauth2 = Some(oauth2);
    }

    /// Adds it to a request. Headers win over the node's own; a query name that is there already keeps its place.
    pub(super) fn apply(&self, draft: &mut Draft) {
        for (name, value) in &self.headers {
            draft.headers.set(name, value.clone());
        }
        for (name, value) in &self.query {
            draft.query.insert(name.clone(), value.clone());
        }
        self.apply_body(draft);
        let authorizes = self.headers.iter().any(|(name, _)| name == "Authorization");
        draft.options.keep_headers_across_origins = authorizes && self.cross_origin;
        draft.options.tls.clone_from(&self.tls);
    }

    /// Written over a JSON body, and under a form, which becomes JSON; parts stay as they are.
    fn apply_body(&self, draft: &mut Draft) {
        if self.body.is_empty() || matches!(draft.body, Body::Multipart(_)) {
            return;
        }
        let (under, over) = match std::mem::replace(&mut draft.body, Body::None) {
            Body::Json(Value::Object(map)) => (map, self.body.clone()),
            Body::Form(map) => (self.body.clone(), map),
            _ => (Map::new(), self.body.clone()),
        };
        draft.headers.remove("content-type");
        draft.body = Body::Json(Value::Object(under.into_iter().chain(over).collect()));
    }

    /// Whether the credential may be used for this URL.
    pub(super) fn allows(&self, url: &str) -> Result<(), Failure> {
        let list = match &self.domains {
            Domains::All => return Ok(()),
            Domains::None => {
                return Err(Told::new("Error", "This credential is configured to prevent use within an HTTP Request or GraphQL node").into());
            }
            Domains::Listed(list) => list,
        };
        let url = Url::parse(url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_ascii_lowercase();
        let takes = |domain: &str| match domain.strip_prefix("*.") {
            Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
            None => host == domain,
        };
        if list.split(',').map(|domain| domain.trim().to_ascii_lowercase()).any(|domain| !domain.is_empty() && takes(&domain)) {
            return Ok(());
        }
        let port = url.as_ref().and_then(Url::port).map(|port| format!(":{port}")).unwrap_or_default();
        let message =
            format!("Domain not allowed: This credential is restricted from accessing {host}{port}. Only the following domains are allowed: {list}");
        Err(Told::new("Error", message).into())
    }
}

fn domains(credential: &Credential) -> Domains {
    match credential.text("allowedHttpRequestDomains").as_str() {
        "none" => Domains::None,
        "domains" => Domains::Listed(credential.text("allowedDomains")),
        _ => Domains::All,
    }
}

fn unsupported(kind: &str, why: &str) -> NodeError {
    NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{kind}\" cannot be used: {why}")).parameter("authentication").help(
        "Use a generic credential (header, bearer, basic, query, custom) with what the service documents, or an access token of type oAuth2Api.",
    )
}

/// A PEM text that lost its line breaks, as forms make it, gets them back.
fn pem_lines(text: &str) -> String {
    let text = text.trim().replace("\\n", "\n");
    if text.contains('\n') || !text.starts_with("-----BEGIN ") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    for (i, piece) in text.split("-----").filter(|piece| !piece.trim().is_empty()).enumerate() {
        match i % 2 == 0 || piece.starts_with("END ") {
            true => out.push_str(&format!("-----{piece}-----\n")),
            false => out.push_str(&format!("{}\n", piece.trim().replace(' ', "\n"))),
        }
    }
    out
}

/// Says before the run that a credential type cannot be used.
pub(super) fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    let word = |name: &str| raw_at(cx.parameters, name).and_then(Value::as_str).unwrap_or_default();
    let found = match word("authentication") {
        "predefinedCredentialType" => predefined::refusal(word("nodeCredentialType")),
        "genericCredentialType" if word("genericAuthType") == "oAuth1Api" => Some("it signs each request, which konverte does not do yet"),
        _ => None,
    };
    let kind = if word("authentication") == "genericCredentialType" { word("genericAuthType") } else { word("nodeCredentialType") };
    found
        .map(|why| {
            let error = unsupported(kind, why);
            Finding { code: error.code, level: Level::Warning, message: error.message, help: error.help, parameter: error.parameter, offset: None }
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pem_text_in_one_line() {
        let want = "-----BEGIN PRIVATE KEY-----\nAAA\nBBB\n-----END PRIVATE KEY-----\n";
        assert_eq!(pem_lines("-----BEGIN PRIVATE KEY----- AAA BBB -----END PRIVATE KEY-----"), want);
        assert_eq!(pem_lines(want), want.trim());
    }

    #[test]
    fn domains_that_a_credential_is_for() {
        let grant = |list: &str| Grant { domains: Domains::Listed(list.into()), ..Grant::default() };
        for (list, url, allowed) in [
            ("a.test, b.test", "http://B.test:81/x", true),
            ("*.a.test", "http://x.a.test/", true),
            ("*.a.test", "http://a.test/", false),
            ("*.a.test", "http://xa.test/", false),
            ("", "http://a.test/", false),
        ] {
            assert_eq!(grant(list).allows(url).is_ok(), allowed, "{list} {url}");
        }
    }
}
