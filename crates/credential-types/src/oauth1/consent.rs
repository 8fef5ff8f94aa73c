//! A user's keys in three steps (RFC 5849, 2): a request token, the consent of the user to it, and the keys for both.

use node_sdk::NodeError;
use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::CredentialCall;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use serde_json::{Map, Value, json};

use super::{Signer, field};
use crate::address::{address, with_query};
use crate::advice::{Step, advice, no_answer};
use crate::request::{data, invalid, refused, send};

/// The field that holds a user's keys.
const DATA: &str = "oauthTokenData";
/// What the answer names the request token by; a user who says no sends some services' answer back under the other name.
const MARKS: &[&str] = &["oauth_token", "denied"];

/// Gets a request token, and asks the user to consent to it.
pub(crate) async fn ask(kind: &str, call: &CredentialCall<'_>, redirect: Redirect<'_>) -> Result<Option<Consent>, NodeError> {
    let needed = ["requestTokenUrl", "authUrl", "accessTokenUrl", "consumerKey", "consumerSecret"];
    if let Some(name) = needed.into_iter().find(|name| field(call, name).is_empty()) {
        return Err(invalid(format!("Nobody can sign in with the credential: the field `{name}` is missing")));
    }
    needed[..3].iter().try_for_each(|name| address(call, name).map(drop))?;
    let signer = Signer::new(call, Default::default(), vec![("oauth_callback", redirect.address.to_owned())]);
    let given = keys(call, kind, (Step::RequestToken, &signer)).await?;
    let [token, secret] = pair(&given);
    let url = with_query(call, "authUrl", &[("oauth_token".to_owned(), token.clone())])?;
    Ok(Some(Consent { url, mark: (MARKS, token), kept: Some(secret) }))
}

/// The user's keys for an answer.
pub(crate) async fn consented(
    kind: &str,
    call: &CredentialCall<'_>,
    asked: &Consent,
    answer: &[(String, String)],
) -> Result<Map<String, Value>, NodeError> {
    let find = |wanted: &str| answer.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    if let Some(why) = ["denied", "oauth_problem"].into_iter().find(|name| find(name).is_some()) {
        let said = find(why).filter(|_| why != "denied").unwrap_or_else(|| "access denied".to_owned());
        let help = advice(call, kind, Step::Consent, (0, &json!({"error": "access_denied"})));
        return Err(NodeError { help, ..invalid(format!("The service says no: {said}")) });
    }
    let verifier = find("oauth_verifier").ok_or_else(|| invalid("The answer of the service holds no oauth_verifier"))?;
    (call.learned)(&verifier);
    let token = [asked.mark.1.clone(), asked.kept.clone().unwrap_or_default()];
    let signer = Signer::new(call, token, vec![("oauth_verifier", verifier)]);
    let given = keys(call, kind, (Step::Keys, &signer)).await?;
    Ok(Map::from_iter([(DATA.to_owned(), given.into())]))
}

fn pair(given: &Map<String, Value>) -> [String; 2] {
    ["oauth_token", "oauth_token_secret"].map(|name| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// The token and its secret, with what else the service says, for a signed POST to the address of this step.
async fn keys(call: &CredentialCall<'_>, kind: &str, (step, signer): (Step, &Signer)) -> Result<Map<String, Value>, NodeError> {
    let (url, none_given) = match step {
        Step::RequestToken => ("requestTokenUrl", "No request token could be had"),
        _ => ("accessTokenUrl", "No OAuth 1 token could be had"),
    };
    let headers = vec![("Accept".to_owned(), "*/*".to_owned())];
    let request = HttpRequest { method: "POST".to_owned(), url: field(call, url), headers, body: HttpBody::Empty, options: HttpOptions::default() };
    let no_token = |error: NodeError| NodeError { message: format!("{none_given}: {}", error.message), ..error }.help(no_answer(step));
    // A dry run does not sign in.
    let Some(answer) = send(call, signer.signed(request)?).await.map_err(no_token)? else { return Ok(Map::new()) };
    let data = data(&answer);
    let advised = |error: NodeError| match advice(call, kind, step, (answer.status, &data)) {
        Some(help) => error.help(help),
        None => error,
    };
    if !(200..300).contains(&answer.status) {
        return Err(advised(refused(none_given, &answer)));
    }
    let given = data.as_object().cloned().unwrap_or_default();
    let [token, secret] = pair(&given);
    if token.is_empty() || secret.is_empty() {
        return Err(advised(invalid(format!("{none_given}: the answer holds no oauth_token and oauth_token_secret"))));
    }
    [token, secret].iter().for_each(|secret| (call.learned)(secret));
    Ok(given)
}
