//! A signed token as the answer.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use node_sdk::error::codes;
use node_sdk::ports::Credential;
use node_sdk::{ItemParams, NodeError, RunContext, json};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha384, Sha512};

/// `{"token": …}`: the payload, signed with the node's credential. It says when it was made, unless the payload does.
pub(super) async fn signed(cx: &RunContext) -> Result<Value, NodeError> {
    let mut payload = cx.params.read(0, payload).await?;
    if !payload.get("iat").is_some_and(json::truthy) {
        payload.insert("iat".to_owned(), (cx.ports.clock.now_millis() / 1000).into());
    }
    let credential = cx.credential("jwtAuth").await?;
    let algorithm = credential.text("algorithm");
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(json::stringify(value));
    let claim = format!("{}.{}", part(&json!({"alg": algorithm, "typ": "JWT"})), part(&Value::Object(payload)));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(&credential, &algorithm, &claim)?);
    Ok(json!({"token": format!("{claim}.{signature}")}))
}

fn payload(params: &ItemParams<'_>) -> Result<Map<String, Value>, NodeError> {
    let given = match params.value("payload")? {
        Some(Value::String(text)) => json::parse_answer(&text).ok(),
        given => given,
    };
    let refused = || NodeError::coded(codes::PARAMETER, "The payload of the token must be a JSON object").parameter("payload");
    match given {
        Some(Value::Object(payload)) => Ok(payload),
        _ => Err(refused()),
    }
}

fn sign(credential: &Credential, algorithm: &str, claim: &str) -> Result<Vec<u8>, NodeError> {
    let secret = credential.text("secret");
    if secret.is_empty() && credential.text("keyType") != "pemKey" {
        return Err(NodeError::coded(codes::CREDENTIAL_INVALID, "The credential of type jwtAuth has no secret to sign with"));
    }
    match algorithm {
        "HS256" => Ok(mac::<Hmac<Sha256>>(&secret, claim)),
        "HS384" => Ok(mac::<Hmac<Sha384>>(&secret, claim)),
        "HS512" => Ok(mac::<Hmac<Sha512>>(&secret, claim)),
        other => {
            let message = format!("Tokens cannot be signed with {other} yet");
            Err(NodeError::coded(codes::UNAVAILABLE, message).help("Use a credential with a passphrase, and one of HS256, HS384, HS512."))
        }
    }
}

fn mac<M: Mac + KeyInit>(secret: &str, claim: &str) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("any length fits");
    mac.update(claim.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
