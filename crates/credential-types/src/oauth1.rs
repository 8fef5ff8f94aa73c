//! OAuth 1 (RFC 5849): each request is signed, with the keys of the application and of the user, which a person consents to ([`consent`]).

mod consent;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::json::to_js_string;
use node_sdk::params::raw_at;
use node_sdk::ports::{HttpBody, HttpRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{digest, hmac};
use url::Url;

pub(crate) use consent::{ask, consented};

use crate::request::{FORM, invalid};
use crate::text::{hex, sign_in_help};

/// Who signs, how and when.
struct Signer {
    consumer: [String; 2],
    /// Empty where there is none yet.
    token: [String; 2],
    /// What is said and signed beside the usual words.
    more: Vec<(&'static str, String)>,
    method: String,
    timestamp: String,
    seed: [u8; 32],
    /// Requests that were signed: no two have the same nonce.
    signed: AtomicU64,
}

/// What keeps a credential from signing, as phrases.
pub(crate) fn missing(fields: &serde_json::Map<String, serde_json::Value>) -> Vec<String> {
    let needed = ["consumerKey", "consumerSecret", "oauthTokenData.oauth_token", "oauthTokenData.oauth_token_secret"];
    let is_set = |name: &&str| raw_at(fields, name).is_some_and(|value| value != "");
    needed.iter().filter(|name| !is_set(name)).map(|name| format!("the field `{name}` is missing")).collect()
}

/// Signs each request.
pub(crate) fn grant(kind: &str, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
    if let Some(why) = missing(call.fields).first() {
        return Err(invalid(format!("The credential cannot sign: {why}")).help(sign_in_help(kind)));
    }
    let signer = Signer::new(call, ["oauthTokenData.oauth_token", "oauthTokenData.oauth_token_secret"].map(|path| field(call, path)), Vec::new());
    // n8n puts the signature in the place of all headers.
    Ok(Grant { replaces_headers: true, sign: Some(Arc::new(move |request| signer.signed(request))), ..Grant::default() })
}

fn field(call: &CredentialCall<'_>, path: &str) -> String {
    raw_at(call.fields, path).map(to_js_string).unwrap_or_default()
}

impl Signer {
    fn new(call: &CredentialCall<'_>, token: [String; 2], more: Vec<(&'static str, String)>) -> Self {
        let mut seed = [0; 32];
        call.random.fill(&mut seed);
        let method = Some(field(call, "signatureMethod")).filter(|method| !method.is_empty()).unwrap_or_else(|| "HMAC-SHA1".to_owned());
        let consumer = [field(call, "consumerKey"), field(call, "consumerSecret")];
        let timestamp = call.clock.now_millis().div_euclid(1000).to_string();
        Self { consumer, token, more, method, timestamp, seed, signed: AtomicU64::new(0) }
    }

    fn signed(&self, mut request: HttpRequest) -> Result<HttpRequest, NodeError> {
        let url = Url::parse(&request.url).map_err(|_| invalid("The address cannot be signed: it is no URL"))?;
        let nonce = self.nonce();
        let mut words = vec![
            ("oauth_consumer_key", self.consumer[0].as_str()),
            ("oauth_nonce", &nonce),
            ("oauth_signature_method", &self.method),
            ("oauth_timestamp", &self.timestamp),
            ("oauth_token", &self.token[0]),
            ("oauth_version", "1.0"),
        ];
        words.retain(|(name, value)| *name != "oauth_token" || !value.is_empty());
        words.extend(self.more.iter().map(|(name, value)| (*name, value.as_str())));
        let mut pairs: Vec<(String, String)> = words.iter().map(|(name, value)| (escape(name), escape(value))).collect();
        pairs.extend(url.query_pairs().map(|(name, value)| (escape(&name), escape(&value))));
        pairs.extend(form(&request).iter().map(|(name, value)| (escape(name), escape(value))));
        pairs.sort();
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut address = url.clone();
        address.set_query(None);
        address.set_fragment(None);
        let base = format!("{}&{}&{}", request.method, escape(address.as_str()), escape(&pairs.join("&")));
        let signature = self.signature(&base)?;
        words.insert(2, ("oauth_signature", &signature));
        let words: Vec<String> = words.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        request.headers.push(("Authorization".to_owned(), format!("OAuth {}", words.join(", "))));
        Ok(request)
    }

    fn signature(&self, base: &str) -> Result<String, NodeError> {
        let key = format!("{}&{}", escape(&self.consumer[1]), escape(&self.token[1]));
        let algorithm = match self.method.as_str() {
            "HMAC-SHA1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "HMAC-SHA256" => hmac::HMAC_SHA256,
            "HMAC-SHA512" => hmac::HMAC_SHA512,
            "PLAINTEXT" => return Ok(key),
            other => return Err(invalid(format!("The credential's signature method \"{other}\" is not known"))),
        };
        Ok(BASE64_STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), base.as_bytes())))
    }

    /// A word that no other request has.
    fn nonce(&self) -> String {
        let count = self.signed.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        hex(&digest::digest(&digest::SHA256, &[&self.seed[..], &count].concat()).as_ref()[..16])
    }
}

/// Escapes all but letters, digits and `-._~`, as the signature wants it.
fn escape(text: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The fields of a form, which are signed too.
fn form(request: &HttpRequest) -> Vec<(String, String)> {
    let is_form = request.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.starts_with(FORM));
    match &request.body {
        HttpBody::Bytes(bytes) if is_form => url::form_urlencoded::parse(bytes).into_owned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use node_sdk::ports::HttpOptions;

    fn signer(method: &str) -> Signer {
        let pair = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        Signer {
            consumer: pair("dpf43f3p2l4k3l03", "kd94hf93k423kf44"),
            token: pair("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"),
            more: Vec::new(),
            method: method.to_owned(),
            timestamp: "1191242096".to_owned(),
            seed: [7; 32],
            signed: AtomicU64::new(0),
        }
    }

    #[test]
    fn signatures_of_the_three_hashes_and_of_none() {
        // The base string and its HMAC-SHA1 are those of the OAuth Core 1.0 specification, appendix A.5.
        let base = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3Dkllo9940pd9333jh\
            %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";
        assert_eq!(signer("HMAC-SHA1").signature(base).ok().as_deref(), Some("tR3+Ty81lMeYAr/Fid0kMTYa/WM="));
        assert_eq!(signer("PLAINTEXT").signature(base).ok().as_deref(), Some("kd94hf93k423kf44&pfkkdhi9sl3r4s00"));
        assert!(signer("HMAC-SHA256").signature(base).is_ok_and(|text| text.len() == 44));
        assert!(signer("HMAC-SHA512").signature(base).is_ok_and(|text| text.len() == 88));
        assert!(signer("RSA-SHA1").signature(base).is_err());
    }

    #[test]
    fn each_request_has_a_nonce_of_its_own_and_one_header() {
        let signer = signer("HMAC-SHA1");
        let request = HttpRequest {
            method: "POST".into(),
            url: "http://photos.example.net/photos?size=original".into(),
            headers: vec![("content-type".into(), FORM.into()), ("authorization".into(), "old".into())],
            body: HttpBody::Bytes("a=1&b=x%20y".into()),
            options: HttpOptions::default(),
        };
        let sign = || signer.signed(request.clone()).map(|request| request.headers).unwrap_or_default();
        let (first, second) = (sign(), sign());
        assert_eq!(first.len(), 2);
        assert!(first[1].1.starts_with("OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_nonce=\""));
        assert_ne!(first[1], second[1]);
    }
}
