//! Addresses in the fields of a credential.

use node_sdk::NodeError;
use node_sdk::credential::CredentialCall;
use url::Url;

use crate::request::invalid;

/// The address in a field.
///
/// # Errors
/// It is none of HTTP.
pub(crate) fn address(call: &CredentialCall<'_>, field: &str) -> Result<Url, NodeError> {
    let url = Url::parse(&call.text(field)).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| {
        invalid(format!("Nobody can sign in with the credential: its `{field}` is no address")).help("An address begins with https:// (or http://).")
    })
}

/// The address in a field with these pairs in its query, in the place of those that it has of their names: a server that finds a name twice takes
/// either, or none (RFC 6749, 3.1).
///
/// # Errors
/// It is none of HTTP.
pub(crate) fn with_query(call: &CredentialCall<'_>, field: &str, pairs: &[(String, String)]) -> Result<String, NodeError> {
    let mut url = address(call, field)?;
    let own: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| !pairs.iter().any(|(other, _)| other == name)).collect();
    url.query_pairs_mut().clear().extend_pairs(own).extend_pairs(pairs);
    Ok(url.into())
}
