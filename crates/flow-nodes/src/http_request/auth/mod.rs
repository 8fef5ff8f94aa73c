//! Credentials: which one an item uses, and what it adds to the request. What a type does stands in the registry; here it is applied.

pub(super) mod digest;
mod session;

use node_sdk::credential::Grant;
use node_sdk::error::codes;
use node_sdk::params::raw_at;
use node_sdk::ports::TlsChoice;
use node_sdk::{NodeError, PrepareContext, RunContext};
use serde_json::{Map, Value};
use url::Url;

pub(super) use session::{Holder, Sessions};

use super::draft::{Body, Draft};
use super::failure::{Failure, Told};
use super::settings::{Authentication, Settings};

/// What an item may do with its credential.
#[derive(Default)]
pub(super) struct Access {
    /// What the credential adds.
    pub(super) grant: Grant,
    /// Who signs in again.
    pub(super) holder: Option<Holder>,
    tls: Option<TlsChoice>,
    domains: Domains,
    cross_origin: bool,
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
pub(super) async fn load(cx: &RunContext, index: usize, settings: &Settings, sessions: &Sessions) -> Result<Access, NodeError> {
    let mut access = match &settings.authentication {
        Authentication::None => Access::default(),
        Authentication::Generic(kind) => of_type(cx, index, (kind, &settings.method), sessions).await?,
        Authentication::Predefined(kind) => Access { predefined: true, ..of_type(cx, index, (kind, &settings.method), sessions).await? },
    };
    access.cross_origin = settings.credentials_cross_origin;
    if settings.certificates {
        let credential = cx.credential("httpSslAuth").await?;
        let pem = |field| Some(credential.text(field)).filter(|text| !text.trim().is_empty()).map(|text| pem_lines(&text));
        let passphrase = Some(credential.text("passphrase")).filter(|text| !text.is_empty());
        access.tls = Some(TlsChoice { ca: pem("ca"), certificate: pem("cert"), key: pem("key"), passphrase });
    }
    Ok(access)
}

async fn of_type(cx: &RunContext, index: usize, (name, method): (&str, &str), sessions: &Sessions) -> Result<Access, NodeError> {
    let kind = cx.registry.credential(name).ok_or_else(|| unsupported(name, "konverte does not know it"))?;
    if let Some(why) = kind.refusal() {
        return Err(unsupported(name, &why));
    }
    let credential = cx.credential(name).await?;
    let domains = session::domains(&credential);
    let holder = Holder::new((cx, index), kind, credential, sessions).await?;
    Ok(Access { grant: holder.grant(cx, method).await?, holder: Some(holder), domains, ..Access::default() })
}

impl Access {
    /// Adds it to a request.
    pub(super) fn apply(&self, draft: &mut Draft) {
        add(&self.grant, draft);
        let authorizes = self.grant.headers.iter().any(|(name, _)| name == "Authorization");
        draft.options.keep_headers_across_origins = authorizes && self.cross_origin;
        draft.options.tls.clone_from(&self.tls);
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

/// Adds what a credential grants. Headers win over the node's own; a query name that is there already keeps its place.
pub(super) fn add(grant: &Grant, draft: &mut Draft) {
    if grant.replaces_headers {
        draft.headers.0.clear();
        draft.accept = "*/*";
    }
    for (name, value) in &grant.headers {
        draft.headers.set(name, value.clone());
    }
    for (name, value) in &grant.query {
        draft.query.insert(name.clone(), value.clone());
    }
    add_body(&grant.body, draft);
}

/// Written over a JSON body, and under a form, which becomes JSON; parts stay as they are.
fn add_body(fields: &Map<String, Value>, draft: &mut Draft) {
    if fields.is_empty() || matches!(draft.body, Body::Multipart(_)) {
        return;
    }
    let (under, over) = match std::mem::replace(&mut draft.body, Body::None) {
        Body::Json(Value::Object(map)) => (map, fields.clone()),
        Body::Form(map) => (fields.clone(), map),
        _ => (Map::new(), fields.clone()),
    };
    draft.headers.remove("content-type");
    draft.body = Body::Json(Value::Object(under.into_iter().chain(over).collect()));
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

/// The types that the node's parameters name.
pub(super) fn types(cx: &PrepareContext<'_>) -> Vec<String> {
    let word = |name: &str| raw_at(cx.parameters, name).and_then(Value::as_str).unwrap_or_default();
    let kind = match word("authentication") {
        "genericCredentialType" => word("genericAuthType"),
        "predefinedCredentialType" => word("nodeCredentialType"),
        _ => "",
    };
    Some(kind.to_owned()).filter(|kind| !kind.is_empty()).into_iter().collect()
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
        let access = |list: &str| Access { domains: Domains::Listed(list.into()), ..Access::default() };
        for (list, url, allowed) in [
            ("a.test, b.test", "http://B.test:81/x", true),
            ("*.a.test", "http://x.a.test/", true),
            ("*.a.test", "http://a.test/", false),
            ("*.a.test", "http://xa.test/", false),
            ("", "http://a.test/", false),
        ] {
            assert_eq!(access(list).allows(url).is_ok(), allowed, "{list} {url}");
        }
    }
}
