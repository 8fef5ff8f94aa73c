//! A service that refuses a credential: which one it was, and what to do.

use crate::context::NodeInfo;
use crate::error::{NodeError, codes};
use crate::registry::Registry;

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

/// An error of a node with what to do about it where it says that a service refuses the node's credential; `registry` knows which types have a test. An error that
/// has help of its own knows better.
///
/// ```
/// use node_sdk::{NodeError, NodeInfo, Registry, refusal};
/// let credentials = serde_json::json!({"slackOAuth2Api": {"id": "1", "name": "Team"}});
/// let node = NodeInfo { credentials: credentials.as_object().unwrap().clone(), ..NodeInfo::default() };
/// let registry = Registry::new();
/// let error = refusal::explained(NodeError::new("Slack error response: \"invalid_auth\""), &node, &registry);
/// assert!(error.help.unwrap().contains("konverte credentials authorize slackOAuth2Api --credentials FILE --name \"Team\""));
/// assert_eq!(error.code, node_sdk::error::codes::HTTP_UNAUTHORIZED);
/// assert!(refusal::explained(NodeError::new("channel_not_found"), &node, &registry).help.is_none());
/// ```
pub fn explained(error: NodeError, node: &NodeInfo, registry: &Registry) -> NodeError {
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
    let authorize = authorize(kind, name);
    if lacks {
        let anew = authorize.map(|authorize| format!(" (a new scope takes signing in anew: {authorize})")).unwrap_or_default();
        let what = "it may lack a right there, such as a scope or a role, or be shut out from just what the node names";
        return error.help(format!("The service does not allow this with {one_of}{names}: {what}. Give it the right{anew}, or take another."));
    }
    let has_test = registry.credential_for(&node.type_name, kind).is_some_and(|kind| kind.has_test());
    let anew = match (authorize, has_test) {
        (Some(authorize), _) => format!("{authorize} signs in anew"),
        (None, true) => format!("where it does not, {PUT_ANEW}"),
        (None, false) => "Put what the service gives out now into its entry".to_owned(),
    };
    let test = if has_test { format!("`konverte credentials test \"{name}\" --credentials FILE` asks whether it holds; ") } else { String::new() };
    error.help(format!("The service refuses {one_of}{names}. {test}{anew}."))
}

/// The error of a credential's test with what to do about it, where it says what a service answered; `name`: of a credential of the type `kind`. One that has help of its
/// own knows better.
pub fn in_test(error: NodeError, (kind, name): (&str, &str)) -> NodeError {
    if error.help.is_some() {
        return error;
    }
    let status = error.http.as_ref().and_then(|http| http.status);
    let anew = authorize(kind, name).map_or_else(|| PUT_ANEW.to_owned(), |authorize| format!("sign in anew: {authorize}"));
    let help = match (word_in(&error), status) {
        (Some(word), _) if OF_RIGHTS.contains(&word) => {
            format!("The service knows it, and it lacks a right: give it the scope or the role there, then {anew}.")
        }
        (Some(_), _) | (None, Some(401 | 403)) => format!("The service refuses it: {anew}."),
        (None, Some(429 | 500..)) => "The service does not say whether it holds: ask again later.".to_owned(),
        (None, Some(_)) => format!("See that the addresses in its entry are those of the service; if they are, {anew}."),
        (None, None) if words_of(&error).any(|word| UNREACHED.contains(&word)) => UNKNOWN.to_owned(),
        (None, None) => return error,
    };
    error.help(help)
}

/// Node.js's words for a service that is not reached.
const UNREACHED: [&str; 7] = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET"];
const UNKNOWN: &str = "The service was not reached, so nothing is known of the credential: see that the addresses in its entry are right, and that the network leads there.";
const PUT_ANEW: &str = "put what the service gives out now into its entry";

/// The command by which a person signs in for a credential, where that is how its type comes by its token.
fn authorize(kind: &str, name: &str) -> Option<String> {
    let signs_in = kind.to_ascii_lowercase().contains("oauth");
    signs_in.then(|| format!("`konverte credentials authorize {kind} --credentials FILE --name \"{name}\"`"))
}

/// The word of [`WORDS`] that an error or the answer behind it has.
fn word_in(error: &NodeError) -> Option<&'static str> {
    let known = |word: &str| WORDS.iter().find(|known| **known == word).copied();
    let body = error.http.as_ref().map(|http| http.body.to_string());
    words_of(error).find_map(known).or_else(|| words(body.as_deref()?).find_map(known))
}

fn words_of(error: &NodeError) -> impl Iterator<Item = &str> {
    [Some(error.message.as_str()), error.description.as_deref()].into_iter().flatten().flat_map(words)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_of_a_test_fits_the_answer() {
        let help = |kind, status, said| {
            in_test(NodeError::coded(codes::CREDENTIAL_INVALID, "no").http(status, json!({"error": said})), (kind, "Team")).help.unwrap()
        };
        let told = |said: &str| in_test(NodeError::new(said), ("slackApi", "Team")).help;
        assert!(told("Couldn't connect: invalid_auth").is_some_and(|help| help.contains("refuses it")) && told("no").is_none());
        assert!(told("getaddrinfo ENOTFOUND api.exmaple.com").is_some_and(|help| help.contains("nothing is known")));
        assert_eq!(help("slackApi", 200, "invalid_auth"), "The service refuses it: put what the service gives out now into its entry.");
        assert!(
            help("slackOAuth2Api", 200, "token_revoked")
                .ends_with("sign in anew: `konverte credentials authorize slackOAuth2Api --credentials FILE --name \"Team\"`.")
        );
        for (status, said, part) in
            [(200, "missing_scope", "lacks a right"), (401, "x", "refuses it"), (503, "x", "ask again later"), (404, "x", "addresses in its entry")]
        {
            assert!(help("slackApi", status, said).contains(part), "{status} {said}");
        }
    }
}
