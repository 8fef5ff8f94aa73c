//! Tokens that are signed with a private key (RFC 7519, RS256).

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use node_sdk::NodeError;
use ring::digest;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use crate::request::invalid;

/// The claims as a token that is signed with the key of a field.
///
/// # Errors
/// Where the field holds no RSA key in PEM of at least 2048 bits. Nothing of it is in the message.
pub(crate) fn rs256(claims: &Value, key: (&str, &str)) -> Result<String, NodeError> {
    signed((&json!({"alg": "RS256", "typ": "JWT"}), claims), key)
}

/// The same with the thumbprint of the key's certificate, by which a server knows the key (RFC 7515, 4.1.7).
///
/// # Errors
/// Where one of the fields does not hold what it must.
pub(crate) fn rs256_with_certificate(claims: &Value, key: (&str, &str), (field, pem): (&str, &str)) -> Result<String, NodeError> {
    let (_, certificate) = der(pem).ok_or_else(|| invalid(format!("The field `{field}` of the credential holds no certificate in PEM")))?;
    let thumbprint = BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate));
    signed((&json!({"alg": "RS256", "typ": "JWT", "x5t": thumbprint}), claims), key)
}

fn signed((head, claims): (&Value, &Value), (field, pem): (&str, &str)) -> Result<String, NodeError> {
    let wrong = |why: &str| {
        invalid(format!("The field `{field}` of the credential {why}"))
            .help("Give the key as the service hands it out: -----BEGIN PRIVATE KEY----- and what follows.")
    };
    let key = key(pem).ok_or_else(|| wrong("holds no RSA key in PEM"))?;
    let head = BASE64_URL_SAFE_NO_PAD.encode(head.to_string());
    let text = format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).map_err(|_| wrong("cannot sign"))?;
    Ok(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// The key in a PEM text.
fn key(pem: &str) -> Option<KeyPair> {
    match der(pem)? {
        (kind, der) if kind == "RSA PRIVATE KEY" => KeyPair::from_der(&der).ok(),
        (_, der) => KeyPair::from_pkcs8(&der).ok(),
    }
}

/// What a PEM text holds, and as what; its line breaks may be lost or written as `\n`.
fn der(pem: &str) -> Option<(String, Vec<u8>)> {
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (content, _) = rest.split_once("-----END ")?;
    let content: String = content.chars().filter(|c| !c.is_whitespace()).collect();
    Some((kind.to_owned(), BASE64_STANDARD.decode(content).ok()?))
}
