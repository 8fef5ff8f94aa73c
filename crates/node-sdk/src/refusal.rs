//! A service that refuses a credential: which one it was, and what to do.

use crate::context::NodeInfo;
use crate::error::{NodeError, codes};

/// Words by which services say in an answer of any status that they refuse a credential: those of OAuth (RFC 6749, 5.2) and Slack's.
const WORDS: [&str; 13] = [
    "invalid_grant",
    "invalid_client",
    "unauthorized_client",
    "invalid_token",
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_expired",
    "token_revoked",
    "no_permission",
    "missing_scope",
    "not_allowed_token_type",
    "UNAUTHENTICATED",
];
/// Of these the ones of a credential that is known, and lacks a right.
const OF_RIGHTS: [&str; 3] = ["no_permission", "missing_scope", "not_allowed_token_type"];

/// An error of a node with what to do about it where it says that a service refuses the node's credential. An error that has help of its own knows better.
///
/// ```
/// use node_sdk::{NodeError, NodeInfo, refusal};
/// let credentials = serde_json::json!({"slackOAuth2Api": {"id": "1", "name": "Team"}});
/// let node = NodeInfo { credentials: credentials.as_object().unwrap().clone(), ..NodeInfo::default() };
/// let error = refusal::explained(NodeError::new("Slack error response: \"invalid_auth\""), &node);
/// assert!(error.help.unwrap().contains("konverte credentials authorize slackOAuth2Api --credentials FILE --name \"Team\""));
/// assert_eq!(error.code, node_sdk::error::codes::HTTP_UNAUTHORIZED);
/// assert!(refusal::explained(NodeError::new("channel_not_found"), &node).help.is_none());
/// ```
pub fn explained(error: NodeError, node: &NodeInfo) -> NodeError {
    let word = word_in(&error);
    if error.help.is_some() || (word.is_none() && error.code != codes::HTTP_UNAUTHORIZED) {
        return error;
    }
    let named: Vec<(&str, &str)> = node
        .credentials
        .iter()
        .filter_map(|(kind, entry)| Some((kind.as_str(), entry.get("name")?.as_str().filter(|name| !name.is_empty())?)))
        .collect();
    let error = NodeError { code: codes::HTTP_UNAUTHORIZED, ..error };
    if named.is_empty() {
        return error;
    }
    let status = error.http.as_ref().and_then(|http| http.status);
    let lacks = status == Some(403) || word.is_some_and(|word| OF_RIGHTS.contains(&word));
    let one_of = if named.len() > 1 { "one of its credentials: " } else { "the credential " };
    let names: Vec<String> = named.iter().map(|(kind, name)| format!("\"{name}\" ({kind})")).collect();
    let (names, (kind, name)) = (names.join(", "), named[0]);
    let signs_in = kind.to_ascii_lowercase().contains("oauth");
    let authorize = format!("`konverte credentials authorize {kind} --credentials FILE --name \"{name}\"`");
    if lacks {
        let anew = if signs_in { format!(" (a new scope takes signing in anew: {authorize})") } else { String::new() };
        let what = "it may lack a right there, such as a scope or a role, or be shut out from just what the node names";
        return error.help(format!("The service does not allow this with {one_of}{names}: {what}. Give it the right{anew}, or take another."));
    }
    let test = format!("`konverte credentials test \"{name}\" --credentials FILE` asks whether it holds");
    let anew = if signs_in {
        format!("{authorize} signs in anew")
    } else {
        "where it does not, put what the service gives out now into its entry".to_owned()
    };
    error.help(format!("The service refuses {one_of}{names}. {test}; {anew}."))
}

/// The word of [`WORDS`] that an error or the answer behind it has.
fn word_in(error: &NodeError) -> Option<&'static str> {
    let body = error.http.as_ref().map(|http| http.body.to_string());
    let texts = [Some(error.message.as_str()), error.description.as_deref(), body.as_deref()];
    let words = texts.into_iter().flatten().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter_map(|word| WORDS.iter().find(|known| **known == word)).copied().next()
}
