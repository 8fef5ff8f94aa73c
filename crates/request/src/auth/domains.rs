//! Where a credential may be used.

use node_sdk::json::to_js_string;
use serde_json::{Map, Value};
use url::Url;

/// The hosts that a credential is for.
#[derive(Default)]
pub(super) enum Domains {
    #[default]
    All,
    None,
    /// As the credential has them, comma separated; `*.` in front takes every sub-domain.
    Listed(String),
}

impl Domains {
    /// What the credential says.
    pub(super) fn of(fields: &Map<String, Value>) -> Self {
        let text = |field: &str| fields.get(field).map(to_js_string).unwrap_or_default();
        match text("allowedHttpRequestDomains").as_str() {
            "none" => Self::None,
            "domains" => Self::Listed(text("allowedDomains")),
            _ => Self::All,
        }
    }

    /// Refuses a URL that the credential is not for, in n8n's words.
    pub(super) fn allow(&self, url: &str) -> Result<(), String> {
        let list = match self {
            Self::All => return Ok(()),
            Self::None => return Err("This credential is configured to prevent use within an HTTP Request or GraphQL node".to_owned()),
            Self::Listed(list) => list,
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
        Err(format!("Domain not allowed: This credential is restricted from accessing {host}{port}. Only the following domains are allowed: {list}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Domains;

    #[test]
    fn domains_that_a_credential_is_for() {
        for (list, url, allowed) in [
            ("a.test, b.test", "http://B.test:81/x", true),
            ("*.a.test", "http://x.a.test/", true),
            ("*.a.test", "http://a.test/", false),
            ("*.a.test", "http://xa.test/", false),
            ("", "http://a.test/", false),
        ] {
            assert_eq!(Domains::Listed(list.into()).allow(url).is_ok(), allowed, "{list} {url}");
        }
    }
}
