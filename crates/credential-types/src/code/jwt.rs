//! Tokens that are signed with a private key (RFC 7519, RS256).

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use node_sdk::NodeError;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::Value;

use crate::request::invalid;

/// The claims as a token that is signed with the key of a field.
///
/// # Errors
/// Where the field holds no RSA key in PEM of at least 2048 bits. Nothing of it is in the message.
pub(super) fn rs256(claims: &Value, (field, pem): (&str, &str)) -> Result<String, NodeError> {
    let wrong = |why: &str| {
        invalid(format!("The field `{field}` of the credential {why}"))
            .help("Give the key as the service hands it out: -----BEGIN PRIVATE KEY----- and what follows.")
    };
    let key = key(pem).ok_or_else(|| wrong("holds no RSA key in PEM"))?;
    let head = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let text = format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).map_err(|_| wrong("cannot sign"))?;
    Ok(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// The key in a PEM text, whose line breaks may be lost or written as `\n`.
fn key(pem: &str) -> Option<KeyPair> {
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (content, _) = rest.split_once("-----END ")?;
    let content: String = content.chars().filter(|c| !c.is_whitespace()).collect();
    let der = BASE64_STANDARD.decode(content).ok()?;
    match kind {
        "RSA PRIVATE KEY" => KeyPair::from_der(&der).ok(),
        _ => KeyPair::from_pkcs8(&der).ok(),
    }
}
