//! The consent of a person (RFC 6749, 4.1), with a proof key where it is wanted (RFC 7636): the question, and what is made of its answer.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use node_sdk::NodeError;
use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::CredentialCall;
use ring::digest;
use serde_json::{Map, Value, json};

use super::{DATA, asking, field, kept, resource};
use crate::address::{address, with_query};
use crate::advice::{Step, advice};
use crate::request::invalid;

/// Fields of the query that answer, and are of no use afterwards.
const OF_ANSWER: [&str; 2] = ["code", "state"];

/// The question; `None` where the client itself is given a token.
pub(crate) fn ask(call: &CredentialCall<'_>, redirect: Redirect<'_>) -> Result<Option<Consent>, NodeError> {
    let field = |name: &str| field(call.fields, name);
    if super::by_client(call.fields) {
        return Ok(None);
    }
    let unset = ["authUrl", "accessTokenUrl", "clientId"].into_iter().find(|name| field(name).is_empty());
    if let Some(name) = unset {
        return Err(invalid(format!("Nobody can sign in with the credential: the field `{name}` is missing")));
    }
    // It is asked for a token only afterwards, when a person has been asked.
    address(call, "accessTokenUrl")?;
    let state = word(call);
    let verifier = (redirect.pkce || field("grantType") == "pkce").then(|| word(call));
    let mut query = vec![("client_id", field("clientId")), ("redirect_uri", redirect.address.to_owned()), ("response_type", "code".to_owned())];
    query.push(("state", state.clone()));
    if !field("scope").is_empty() {
        query.push(("scope", field("scope")));
    }
    if let Some(verifier) = &verifier {
        query.push(("code_challenge", BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))));
        query.push(("code_challenge_method", "S256".to_owned()));
    }
    let more = field("authQueryParameters");
    let more = url::form_urlencoded::parse(more.as_bytes()).into_owned().filter(|(name, _)| !query.iter().any(|(known, _)| known == name));
    let pairs: Vec<(String, String)> = query.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain(more).collect();
    Ok(Some(Consent { url: with_query(call, "authUrl", &pairs)?, mark: (&["state"], state), kept: verifier }))
}

/// The token for the code of an answer.
pub(crate) async fn consented(
    kind: &str,
    call: &CredentialCall<'_>,
    (asked, redirect): (&Consent, Redirect<'_>),
    answer: &[(String, String)],
) -> Result<Map<String, Value>, NodeError> {
    let find = |wanted: &str| answer.iter().find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value.clone());
    if let Some(error) = find("error") {
        let said = find("error_description").map(|text| format!(" ({text})")).unwrap_or_default();
        let no = invalid(format!("The service says no: {error}{said}"));
        return Err(match advice(call, kind, Step::Consent, (0, &json!({"error": error}))) {
            Some(help) => no.help(help),
            None => no,
        });
    }
    let code = find("code").ok_or_else(|| invalid("The answer of the service holds no code"))?;
    (call.learned)(&code);
    let mut form = Map::new();
    let mut add = |name: &str, value: String| form.insert(name.to_owned(), value.into());
    add("grant_type", "authorization_code".to_owned());
    add("code", code);
    add("redirect_uri", redirect.address.to_owned());
    if let Some(verifier) = &asked.kept {
        add("code_verifier", verifier.clone());
    }
    form.extend(resource(call.fields));
    let given = asking::token(kind, call, (Step::Code, form, asking::NONE_GIVEN)).await?;
    // What the file held before may be another person's.
    let mut fields = kept(call, Map::new(), given);
    // What else the service says there some nodes need, as QuickBooks' company.
    let more: Map<String, Value> =
        answer.iter().filter(|(name, _)| !OF_ANSWER.contains(&name.as_str())).map(|(name, value)| (name.clone(), value.clone().into())).collect();
    if let (Some(Value::Object(data)), false) = (fields.get_mut(DATA), more.is_empty()) {
        data.insert("callbackQueryString".to_owned(), more.into());
    }
    Ok(fields)
}

/// A word that nobody guesses, of 43 letters.
fn word(call: &CredentialCall<'_>) -> String {
    let mut bytes = [0; 32];
    call.random.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
