//! What to do about an error of this API: the server's words, and our sentence.
//!
//! Source of the words: error bodies of the server, read in its source (versions 3.3 to 4.15).

use node_sdk::action::{ActionSpec, Api, Counted, Method, Place, RateLimit, Role, Shape, TokenKind};
use node_sdk::error::codes;
use node_sdk::ports::{HttpBody, HttpResponse};
use node_sdk::{ErrorCode, NodeError, service};
use request::throttle::{FRUITLESS, LONGEST};

use crate::place::Mode;
use crate::raised;
use crate::words::words;

/// How an answer that is no success was come by.
pub(crate) struct Asked<'a> {
    /// Whose words the error is in; native mode has sent again and waited where that could help.
    pub mode: Mode,
    /// The action; `None` where n8n finds none.
    pub action: Option<&'a ActionSpec>,
    /// How often the server takes it.
    pub limit: Option<&'a RateLimit>,
    /// The address that was asked.
    pub url: &'a str,
    /// What was sent.
    pub body: &'a HttpBody,
    /// How often it was sent.
    pub attempts: u32,
    /// How often it may be sent.
    pub most_attempts: u32,
}

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

const OPERATORS: &str = "Not every key takes every filter_operator: use one of those that the server names.";

const KEYS: &str = "A key is a field of the server's own, or the key of a custom attribute that the account has.";

const VALUES: &str = "values is a list, such as [\"a\"]; what stands in it has the type of the field.";

const JOINED: &str = "query_operator joins a condition to the next one: AND or OR, and null on the last.";

const PASSWORD: &str = "A password needs 6 characters or more, with an upper case letter, a lower case letter, a digit and a symbol.";

/// A gateway's words for a service that it does not reach.
const BEHIND: &str = "What stands before the service does not reach it, or it is about to start: try again later.";

/// The first row that fits counts; what depends on the action, or on what was tried, is told by [`special`] before them.
const TABLE: &[Advice] = &[
    on(401, "invalid access_token", "The platform API takes the token of a platform app (Super Admin, Platform Apps), not a user's."),
    on(401, "non permissible resource", "A platform app reaches only what it created itself, or what it was granted."),
    on(401, "not authorized to access this account", "The token's owner is no member of this account: check account_id."),
    on(401, "account is suspended", "An administrator of the installation can activate it."),
    on(401, "invalid user ids", "Somebody whom user_ids names does not belong to the account: the action Get Account Agents lists those who do."),
    on(402, "", "The licence does not allow more: remove an agent, or buy another seat."),
    on(403, "in an api inbox", "The conversation is in an inbox of another kind: its own channel says what became of a message."),
    on(403, "", "This API answers 401 to a token that may not do something. A 403 mostly comes from a proxy or a firewall before it."),
    on(405, "", "No address of this API answers so: check the credential's URL, and what a proxy before the service allows."),
    on(406, "", "The server has no JSON for this address."),
    on(408, "", "The server did not get the whole request in time: the way to it is slow, or what is sent is large."),
    on(409, "", "What is asked for is at odds with what the server has by now: read it again, then decide."),
    on(413, "", "It is larger than the server, or a proxy before it, takes: send smaller files, or fewer."),
    on(423, "", "Somebody else holds what is to be changed: send the request again later."),
    on(425, "", "The server does not take the request as early in the connection: send it again later."),
    on(422, "password is too short", PASSWORD),
    on(422, "password must contain", PASSWORD),
    on(422, "has already been taken", "There is a record with this value already: look it up and update it, or give another value."),
    on(422, "param is missing", "The server needs what it names: set it, or where it names the whole record, at least one of its fields."),
    on(422, "no phone number", "Give the contact a phone number with Contact Update, or set source_id."),
    on(422, "no e-mail address", "Give the contact an e-mail address with Contact Update, or set source_id."),
    on(422, "needs a source_id", "Set source_id: how the channel names the contact."),
    on(422, "only allowed in api inboxes", "Send it with the message_type outgoing, or in an inbox of the type api."),
    on(422, "has reached the limit", "Delete what is not needed any more, and send it again."),
    on(422, "e164", "Phone numbers are in E.164 form, with the plus: +5511912345678."),
    on(422, "at least one item", "Give content_attributes its items, or set content_type to text."),
    on(422, "after 14 days", "Answers are taken for 14 days and no longer."),
    on(422, "query_operator", JOINED),
    on(422, "query operator", JOINED),
    on(422, "attribute_key", KEYS),
    on(422, "attribute key", KEYS),
    on(422, "the values for", VALUES),
    on(422, "the values provided", VALUES),
    on(422, "filter_operator", OPERATORS),
    on(422, "allowed operators", OPERATORS),
    on(502, "", BEHIND),
    on(503, "", BEHIND),
    on(504, "", "The service did not answer in the time that what stands before it waits: ask for less at once, or try again later."),
];

/// Of any other answer between 400 and 499 that has no page of its own.
const REFUSED: &str =
    "The server refuses the request as it is, so that sending it again does not help: change what it says, or ask who runs the server.";

/// Of a 500 of which the request shows no cause.
const BROKE: &str = "The server's log says why; where it fails like this each time, look at what is sent.";

/// Of an answer that is neither a success nor a failure.
const NOWHERE: &str = "The server sends the request on, and does not say where to: check the credential's URL, mostly https:// in place of http://.";

/// Where a web page came in the place of the API's answer.
pub(crate) const NO_API: &str =
    "The API is not at this address: check the credential's URL, which is that of the service itself, without a page's path.";

/// Adds what to do, where it is known. An error that has help already keeps it.
pub(crate) fn attach(error: NodeError, answer: &HttpResponse, asked: &Asked<'_>) -> NodeError {
    let Some(http) = error.http.as_ref().filter(|_| error.help.is_none()) else { return error };
    let said = words(&http.body).unwrap_or_default();
    let text = moved(answer, asked).or_else(|| advice(&error, answer, asked, &said.to_lowercase()));
    // n8n's sentence hides what the server says, unless it says it in a `message`.
    let is_shown = error.message.contains(&said) || error.description.as_deref().is_some_and(|text| text.contains(&said));
    let said = (!is_shown).then(|| format!("The server said: {}.", said.trim_end_matches('.')));
    // What is known of this API alone would not fit another's; what holds for all services is added by who shows it.
    let again = (asked.attempts > 1 && text.is_some()).then(|| format!("It was sent {} times.", asked.attempts));
    let help: Vec<String> = said.into_iter().chain(again).chain(text).collect();
    if help.is_empty() { error } else { error.help(help.join(" ")) }
}

fn advice(error: &NodeError, answer: &HttpResponse, asked: &Asked<'_>, words: &str) -> Option<String> {
    if asked.action.is_some_and(|action| action.api == Api::Other) {
        return None;
    }
    let status = answer.status;
    if let Some(text) = special(answer, asked, words) {
        return Some(text);
    }
    let row = TABLE.iter().find(|row| row.status == status && words.contains(row.words));
    match row {
        Some(row) => Some(row.text.to_owned()),
        None if error.code == codes::HTTP_STATUS && (400..500).contains(&status) => Some(REFUSED.to_owned()),
        None => asked.action.and_then(|action| token_kind(status, action)),
    }
}

/// What depends on the action, or on what was tried.
fn special(answer: &HttpResponse, asked: &Asked<'_>, words: &str) -> Option<String> {
    let action = asked.action;
    match answer.status {
        300..=399 => Some(NOWHERE.to_owned()),
        401 if words.contains("sign in") && action.is_none_or(ActionSpec::takes_token) => {
            Some("No token arrived: check the credential's accessToken, and that no proxy drops the header Api-Access-Token.".to_owned())
        }
        401 if words.contains("not authorized for bots") => Some(match action.is_some_and(|action| action.tokens.contains(&TokenKind::AgentBot)) {
            true => "This action takes the token of a user or of an agent bot. The credential's is of a platform app.".to_owned(),
            false => "This action takes a user's token. The credential's is of an agent bot or of a platform app.".to_owned(),
        }),
        401 if words.contains("not authorized to do this action") => {
            let least = action.and_then(|action| action.min_role).filter(|role| *role == Role::Administrator);
            let wanted = least.map_or("", |_| ": it takes an administrator of the account");
            Some(format!("The role of the token's owner is too low for this action{wanted}."))
        }
        401 if words.contains("invalid access token") && action.is_none_or(ActionSpec::takes_token) => {
            let kind = action.and_then(|action| token_kind(401, action)).map(|kind| format!(" {kind}")).unwrap_or_default();
            Some(format!("The server does not know the credential's token: it is mistyped, or was replaced.{kind}"))
        }
        404 if service::is_page(&String::from_utf8_lossy(&answer.body)) => Some(NO_API.to_owned()),
        404 => Some(not_found(action)),
        429 => Some(throttled(answer, asked)),
        422 if asked.limit.is_some_and(|limit| !limit.words.is_empty() && words.contains(&limit.words.to_lowercase())) => {
            Some(throttled(answer, asked))
        }
        422 if !TABLE.iter().any(|row| row.status == 422 && words.contains(row.words)) => {
            let show = action.map(|action| format!(" The parameters with their types: konverte nodes show \"{}\".", action.operation));
            Some(format!("The server does not take what is sent, and sending it again does not help.{}", show.unwrap_or_default()))
        }
        500 => Some(action.and_then(|action| raised::cause(action, asked.body)).unwrap_or_else(|| BROKE.to_owned())),
        _ => None,
    }
}

/// The request went on to another address, and that is what is wrong.
fn moved(answer: &HttpResponse, asked: &Asked<'_>) -> Option<String> {
    let origin = |text: &str| url::Url::parse(text).map(|url| url.origin().ascii_serialization()).ok();
    if !answer.redirected {
        return None;
    }
    let (from, to) = (origin(asked.url)?, origin(&answer.url)?);
    let lost_token = from != to && answer.status == 401 && asked.mode == Mode::Native;
    if lost_token {
        return Some(format!(
            "The server redirected the request to {to}, and a token stays with the server that it is for: put {to} into the credential's URL."
        ));
    }
    Some(redirected(&shown(&answer.url), asked.action))
}

/// What a redirect may have done to a request.
fn redirected(to: &str, action: Option<&ActionSpec>) -> String {
    let posts = action.is_some_and(|action| action.method == Method::Post);
    let method = if posts { ", which makes a GET of a POST unless its status is 307 or 308" } else { "" };
    format!(
        "The server redirected the request to {to}{method}: put the address that it leads to into the credential's URL, mostly https:// in place of http://."
    )
}

/// An address without its query: that may hold more than an address.
pub(crate) fn shown(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).to_owned()
}

fn not_found(action: Option<&ActionSpec>) -> String {
    let names = |name: &str| action.is_some_and(|action| action.params_in(Place::Path).any(|param| param.name == name));
    match action.map(|action| action.api) {
        Some(Api::Public | Api::Survey) if names("conversation_id") => {
            "Check the inbox identifier, the contact's source id and the conversation's number (display id).".to_owned()
        }
        Some(Api::Public | Api::Survey) => "Check the inbox identifier and the contact's source id.".to_owned(),
        Some(Api::Platform) => "There is no such record: check the ids.".to_owned(),
        _ if names("conversation_id") => {
            "Check the ids and the account: a conversation is named by its number within the account (display id), as its address in the browser shows it."
                .to_owned()
        }
        _ => "Check the ids and the account.".to_owned(),
    }
}

/// The server wants fewer requests at a time.
fn throttled(answer: &HttpResponse, asked: &Asked<'_>) -> String {
    let takes = asked.limit.map_or("fewer requests at a time".to_owned(), RateLimit::to_string);
    let longest = LONGEST.as_secs();
    let seconds = answer.header("retry-after").and_then(|text| text.trim().parse::<f64>().ok());
    let late = seconds.filter(|seconds| *seconds > longest as f64);
    match (late, asked.mode) {
        (Some(seconds), Mode::N8n) => return format!("It asks to come again in {seconds} s: run what is left then."),
        (Some(seconds), Mode::Native) => {
            return format!("It asks to come again in {seconds} s, and the node waits for {longest} s at most: run what is left then.");
        }
        (None, Mode::N8n) => {
            return format!(
                "The server takes {takes}: set pauses with requestOptions.batching, or use the node type konverte, which waits and goes on."
            );
        }
        (None, Mode::Native) => {}
    }
    if asked.most_attempts <= 1 {
        return format!("The server takes {takes}, and requestOptions.retry.maxAttempts is 1: with more the node waits and goes on.");
    }
    if asked.attempts <= FRUITLESS {
        return format!("The server takes {takes}. What is left can be run later.");
    }
    // A server that blocks somebody blocks a machine.
    let blocked = match asked.limit.map(|limit| &limit.per) {
        Some(Counted::Each(_) | Counted::Token) => "",
        Some(Counted::Address) | None => ", or it has blocked this machine",
    };
    format!(
        "The server takes {takes}, and let nothing through in {FRUITLESS} windows one after the other: something else uses the limit up{blocked}."
    )
}

/// Which token an action takes.
fn token_kind(status: u16, action: &ActionSpec) -> Option<String> {
    if status != 401 {
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

/// What n8n's node passes over in a success: the address moved and a POST became a GET, or a web page came in place of the API's answer.
pub(crate) fn odd_success(answer: &HttpResponse, action: Option<&ActionSpec>) -> Option<(Option<ErrorCode>, String)> {
    if answer.redirected && action.is_some_and(|action| action.method == Method::Post) {
        let to = url::Url::parse(&answer.url).map_or_else(|_| shown(&answer.url), |url| url.origin().ascii_serialization());
        let text =
            format!("it may not have been done: the server redirected the POST to {to}, which makes a GET of it unless the status is 307 or 308");
        return Some((Some(codes::HTTP_REDIRECTS), text));
    }
    let page = service::is_page(&String::from_utf8_lossy(&answer.body)) && action.is_some_and(|action| action.success.shape != Shape::Html);
    page.then(|| (None, format!("a web page came in place of an answer, and is put out as text, as n8n does it. {NO_API}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole() {
        assert!(TABLE.iter().all(|row| row.words == row.words.to_lowercase() && row.text.ends_with('.')));
    }
}
