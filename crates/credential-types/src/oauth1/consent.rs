//! A user's keys in three steps (RFC 5849, 2): a request token, the consent of the user to it, and the keys for both.

use node_sdk::NodeError;
use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::CredentialCall;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use serde_json::{Map, Value};
use url::Url;

use super::{Signer, field};
use crate::request::{invalid, refused, send};

/// The field that holds a user's keys.
const DATA: &str = "oauthTokenData";
/// What the answer names the request token by; a user who says no sends some services' answer back under the other name.
const MARKS: &[&str] = &["oauth_token", "denied"];

/// Gets a request token, and asks the user to consent to it.
pub(crate) async fn ask(call: &CredentialCall<'_>, redirect: Redirect<'_>) -> Result<Option<Consent>, NodeError> {
    let needed = ["requestTokenUrl", "authUrl", "accessTokenUrl", "consumerKey", "consumerSecret"];
    if let Some(name) = needed.into_iter().find(|name| field(call, name).is_empty()) {
        return Err(invalid(format!("Nobody can sign in with the credential: the field `{name}` is missing")));
    }
    let signer = Signer::new(call, Default::default(), vec![("oauth_callback", redirect.address.to_owned())]);
    let given = keys(call, &signer, ("requestTokenUrl", "No request token could be had")).await?;
    let [token, secret] = pair(&given);
    let mut url = Url::parse(&field(call, "authUrl")).map_err(|_| invalid("Nobody can sign in with the credential: its `authUrl` is no address"))?;
    url.query_pairs_mut().append_pair("oauth_token", &token);
    Ok(Some(Consent { url: url.into(), mark: (MARKS, token), kept: Some(secret) }))
}

/// The user's keys for an answer.
pub(crate) async fn consented(call: &CredentialCall<'_>, asked: &Consent, answer: &[(String, String)]) -> Result<Map<String, Value>, NodeError> {
    let find = |wanted: &str| answer.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let Some(verifier) = find("oauth_verifier") else {
        return Err(invalid("The service says no: its answer holds no oauth_verifier"));
    };
    (call.learned)(&verifier);
    let token = [asked.mark.1.clone(), asked.kept.clone().unwrap_or_default()];
    let signer = Signer::new(call, token, vec![("oauth_verifier", verifier)]);
    let given = keys(call, &signer, ("accessTokenUrl", "No OAuth 1 token could be had")).await?;
    Ok(Map::from_iter([(DATA.to_owned(), given.into())]))
}

fn pair(given: &Map<String, Value>) -> [String; 2] {
    ["oauth_token", "oauth_token_secret"].map(|name| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// The token and its secret, with what else the service says, for a signed POST to the address in a field.
async fn keys(call: &CredentialCall<'_>, signer: &Signer, (url, none_given): (&str, &str)) -> Result<Map<String, Value>, NodeError> {
    let headers = vec![("Accept".to_owned(), "*/*".to_owned())];
    let request = HttpRequest { method: "POST".to_owned(), url: field(call, url), headers, body: HttpBody::Empty, options: HttpOptions::default() };
    let answer =
        send(call, signer.signed(request)?).await.map_err(|error| NodeError { message: format!("{none_given}: {}", error.message), ..error })?;
    // A dry run does not sign in.
    let Some(answer) = answer else { return Ok(Map::new()) };
    if !(200..300).contains(&answer.status) {
        return Err(refused(none_given, &answer).help(
            "Look at `consumerKey` and `consumerSecret` in the credentials file, at the redirect address that the service has, and at this machine's clock: \
             services refuse a signature that is minutes old.",
        ));
    }
    let form = url::form_urlencoded::parse(&answer.body).into_owned();
    let given: Map<String, Value> = form.map(|(name, value)| (name, value.into())).collect();
    let [token, secret] = pair(&given);
    if token.is_empty() || secret.is_empty() {
        return Err(invalid(format!("{none_given}: the answer holds no oauth_token and oauth_token_secret")));
    }
    [token, secret].iter().for_each(|secret| (call.learned)(secret));
    Ok(given)
}
