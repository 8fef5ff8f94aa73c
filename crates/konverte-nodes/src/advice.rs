//! What to do about an error of this API: the server's words, and our sentence.
//!
//! Source of the words: error bodies of the server, read in its source (versions 3.3 to 4.15).

use node_sdk::NodeError;
use node_sdk::action::{ActionSpec, Api, Role};
use node_sdk::error::codes;

use crate::words::words;

/// One row: when it applies, and what it says.
struct Advice {
    status: u16,
    /// Part of the server's words, lower case; "" for any.
    words: &'static str,
    text: &'static str,
}

const fn on(status: u16, words: &'static str, text: &'static str) -> Advice {
    Advice { status, words, text }
}

/// The first row that fits counts.
const TABLE: &[Advice] = &[
    on(401, "invalid access_token", "The platform API takes the token of a platform app (Super Admin, Platform Apps), not a user's."),
    on(401, "non permissible resource", "A platform app reaches only what it created itself, or what it was granted."),
    on(401, "not authorized for bots", "This action takes a user's token. The credential's is of an agent bot or of a platform app."),
    on(401, "not authorized to access this account", "The token's owner is no member of this account: check account_id."),
    on(401, "account is suspended", "The account is suspended: an administrator of the installation can activate it."),
    on(401, "not authorized to do this action", "The role of the token's owner is too low for this action."),
    on(401, "sign in", "No token arrived: check the credential's accessToken, and that no proxy drops the header Api-Access-Token."),
    on(402, "", "The licence does not allow more: remove an agent, or buy another seat."),
    on(404, "", "Check the ids and the account; conversations are named by their number within the account (display id)."),
    on(409, "", "What is asked for is at odds with what the server has by now: read it again, then decide."),
    on(423, "", "Somebody else holds what is to be changed: send the request again later."),
    on(425, "", "The server does not take the request as early in the connection: send it again."),
    on(408, "", "The server did not get the whole request in time: send it again."),
    on(406, "", "The server has no JSON for this address."),
    on(422, "password", "A password needs 6 characters or more, with an upper case letter, a lower case letter, a digit and a symbol."),
    on(422, "has already been taken", "There is a record with this value already: look it up and update it, or give another value."),
    on(422, "param is missing", "Nothing of what the server needs was set: fill in at least one field."),
    on(422, "phone", "Phone numbers are in E.164 form, with the plus: +5511912345678."),
    on(
        422,
        "filter",
        "Operators are equal_to, not_equal_to, contains, does_not_contain, is_present, is_not_present, is_greater_than, is_less_than, days_before.",
    ),
    on(
        422,
        "operator",
        "Operators are equal_to, not_equal_to, contains, does_not_contain, is_present, is_not_present, is_greater_than, is_less_than, days_before.",
    ),
    on(422, "too many messages", "A conversation takes 200 messages a minute: send more slowly (requestOptions.batching)."),
    on(429, "", "The server limits requests a minute: send fewer at once (requestOptions.batching; the node type konverte also has concurrency)."),
    on(500, "", "The server fails like this on values that it does not store (status, priority, availability): check the choices."),
];

/// Of any other answer between 400 and 499 that has no page of its own.
const REFUSED: &str =
    "The server refuses the request as it is, so that sending it again does not help: change what it says, or ask who runs the server.";

/// Of an action that sends no values, in place of what the table says of 500.
const NOTHING_STORED: &str = "The server fails like this where it does not find what an id names: it may be gone already.";

/// Adds what to do, where it is known. An error that has help already keeps it.
pub(crate) fn attach(error: NodeError, action: Option<&ActionSpec>) -> NodeError {
    let Some(http) = error.http.as_ref().filter(|_| error.help.is_none()) else { return error };
    let Some(status) = http.status else { return error };
    let said = words(&http.body).unwrap_or_default();
    let words = said.to_lowercase();
    let row = TABLE.iter().find(|row| row.status == status && words.contains(row.words));
    let text = match row {
        Some(_) if status == 500 && action.is_some_and(names_record) => Some(NOTHING_STORED.to_owned()),
        Some(row) => Some(row.text.to_owned()),
        None if error.code == codes::HTTP_STATUS && (400..500).contains(&status) => Some(REFUSED.to_owned()),
        None => action.and_then(|action| token_kind(status, action)),
    };
    // n8n's sentence hides what the server says, unless it says it in a `message`.
    let is_shown = error.message.contains(&said) || error.description.as_deref().is_some_and(|text| text.contains(&said));
    let said = (!is_shown).then(|| format!("The server said: {said}."));
    let help: Vec<String> = said.into_iter().chain(text).collect();
    if help.is_empty() { error } else { error.help(help.join(" ")) }
}

/// Whether a request names a record in its path, and sends no values.
fn names_record(action: &ActionSpec) -> bool {
    let names = action.path.split('{').skip(1).any(|part| !part.starts_with("account_id}"));
    names && !action.has_body()
}

/// Which token an action takes.
fn token_kind(status: u16, action: &ActionSpec) -> Option<String> {
    if status != 401 && status != 403 {
        return None;
    }
    let role = if action.min_role == Some(Role::Administrator) { " who is an administrator of the account" } else { "" };
    Some(match action.api {
        Api::Platform => "The platform API takes the token of a platform app (Super Admin, Platform Apps).".to_owned(),
        Api::Application | Api::Reports => format!("This action takes the access token of a user{role} (Profile Settings)."),
        Api::Public | Api::Survey => "This address takes no token: check the inbox identifier and the contact's source id.".to_owned(),
        Api::Other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_servers_words_find_their_advice() {
        let help = |status, body| attach(NodeError::new("x").http(status, body), None).help;
        assert!(help(401, json!({"error": "Invalid access_token"})).unwrap().contains("platform app"));
        let bots = help(401, json!({"error": "Access to this endpoint is not authorized for bots"})).unwrap();
        assert!(bots.contains("user's token") && bots.contains("platform app"));
        assert!(help(422, json!({"message": "Password is too short"})).unwrap().contains("symbol"));
        assert!(help(422, json!({"message": "Email has already been taken"})).unwrap().contains("look it up"));
        assert_eq!(help(502, json!({})), None, "the page of the code says it");
        let of = |status| attach(NodeError::coded(codes::HTTP_STATUS, "x").http(status, json!({})), None).help.unwrap();
        assert!(of(418).contains("does not help") && of(408).contains("send it again"));
        assert!([409, 423, 425].iter().all(|status| !of(*status).contains("does not help")));
        let delete = crate::service::KONVERTE.action("Automation Rule", "Delete Automation Rule From Account");
        let gone = attach(NodeError::new("x").http(500, json!({"error": "Internal"})), delete).help.unwrap();
        assert!(gone.contains("gone already") && !gone.contains("priority"), "{gone}");
        assert!(TABLE.iter().all(|row| row.words == row.words.to_lowercase() && row.text.ends_with('.')));
    }

    #[test]
    fn a_bad_token_learns_which_kind_is_wanted() {
        let action = crate::service::KONVERTE.action("Teams", "Create A Team").unwrap();
        let error = NodeError::new("x").http(401, json!({"error": "Invalid Access Token"}));
        assert!(attach(error, Some(action)).help.unwrap().contains("access token of a user"));
    }
}
