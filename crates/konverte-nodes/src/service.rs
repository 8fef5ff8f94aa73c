//! What a table of actions talks to.

use std::borrow::Cow;

use node_sdk::action::{ActionSpec, Counted, List, RateLimit, Resource, Text, find};
use node_sdk::error::codes;
use node_sdk::{NodeError, RunContext};
use serde_json::{Map, Value};

use crate::resources::RESOURCES;

/// A service: its actions, and how a request finds and proves itself.
#[derive(Debug, Clone)]
pub struct Service {
    /// The node type's name.
    pub node: Text,
    /// The node's name for people.
    pub display_name: Text,
    /// One sentence.
    pub summary: Text,
    /// Base URL where no credential names one.
    pub url: Option<Text>,
    /// How requests are authorized.
    pub auth: Auth,
    /// The actions.
    pub resources: List<Resource>,
    /// How many requests it takes, whichever they are.
    pub limit: Option<RateLimit>,
}

/// Which credential, and how it goes into a request.
#[derive(Debug, Clone)]
pub struct Auth {
    /// Credential type.
    pub credential: Text,
    /// The credential's field with the base URL.
    pub url_field: Text,
    /// The credential's field with the token.
    pub token_field: Text,
    /// The header that carries the token.
    pub header: Text,
    /// What stands before the token, for example `Bearer `.
    pub prefix: Text,
}

/// What the server takes in all, unless whoever runs it has set something else.
const LIMIT: RateLimit = RateLimit::a_minute(3000, Counted::Address);

/// Konverte, as node type `konverte`.
pub static KONVERTE: Service = Service {
    node: Cow::Borrowed("konverte"),
    display_name: Cow::Borrowed("Konverte"),
    summary: Cow::Borrowed("Sends one of the 115 actions of the Konverte API for each item."),
    url: None,
    auth: Auth::token("konverteApi"),
    resources: Cow::Borrowed(RESOURCES),
    limit: Some(LIMIT),
};

/// Konverte, as n8n's community node has it.
pub static CHATWOOT: Service = Service {
    node: Cow::Borrowed("@devlikeapro/n8n-nodes-chatwoot.chatWoot"),
    display_name: Cow::Borrowed("ChatWoot"),
    summary: Cow::Borrowed("n8n's community node for this API, as n8n runs it."),
    url: None,
    auth: Auth::token("chatwootApi"),
    resources: Cow::Borrowed(RESOURCES),
    limit: Some(LIMIT),
};

impl Auth {
    /// A credential of the Konverte API.
    const fn token(credential: &'static str) -> Self {
        Self {
            credential: Cow::Borrowed(credential),
            url_field: Cow::Borrowed("url"),
            token_field: Cow::Borrowed("accessToken"),
            header: Cow::Borrowed("Api-Access-Token"),
            prefix: Cow::Borrowed(""),
        }
    }
}

impl Service {
    /// The action that `resource` and `operation` name.
    pub fn action(&self, resource: &str, operation: &str) -> Option<&ActionSpec> {
        find(&self.resources, resource, operation)
    }

    /// The limit that an action meets first.
    pub(crate) fn limit_of<'s>(&'s self, action: &'s ActionSpec) -> Option<&'s RateLimit> {
        action.limits.first().or(self.limit.as_ref())
    }

    /// Whether a credential of this type serves: Konverte's and Chatwoot's stand for each other.
    fn takes(&self, credential_type: &str) -> bool {
        credential_type == self.auth.credential || (is_family(&self.auth.credential) && is_family(credential_type))
    }

    /// What is wrong with the fields of a credential, as phrases without their values; `token`: one is needed.
    pub(crate) fn faults(&self, fields: &Map<String, Value>, token: bool) -> Vec<String> {
        let Auth { url_field, token_field, .. } = &self.auth;
        let address = match fields.get(url_field.as_ref()) {
            None | Some(Value::Null) => self.url.is_none().then(|| format!("the field `{url_field}` is missing")),
            Some(Value::String(text)) if is_address(text) || (text.is_empty() && self.url.is_some()) => None,
            Some(_) => Some(format!("the field `{url_field}` is not an address like https://app.example.com")),
        };
        let secret = match fields.get(token_field.as_ref()) {
            _ if !token => None,
            None | Some(Value::Null) => Some(format!("the field `{token_field}` is missing")),
            Some(Value::String(text)) if text.trim().is_empty() => Some(format!("the field `{token_field}` is empty")),
            // n8n takes the line breaks out without a word.
            Some(Value::String(text)) if text.contains(['\r', '\n']) => Some(format!("the field `{token_field}` holds a line break")),
            Some(Value::String(_)) => None,
            Some(_) => Some(format!("the field `{token_field}` is not text")),
        };
        address.into_iter().chain(secret).collect()
    }

    /// Base URL and the token's header, from the node's credential. Without a token a credential is asked for its URL alone,
    /// and none is needed where the service has one.
    pub(crate) async fn access(&self, cx: &RunContext, token: bool) -> Result<Access, NodeError> {
        let named = cx.node.credentials.keys().find(|name| self.takes(name));
        let credential = match (cx.credential(named.map_or(&self.auth.credential, String::as_str)).await, &self.url) {
            (Ok(credential), _) => credential,
            (Err(error), Some(url)) if !token && error.code == codes::CREDENTIAL_MISSING => {
                return Ok(Access { base: base(url), header: None, fault: None });
            }
            (Err(error), _) => return Err(error),
        };
        let own = credential.text(&self.auth.url_field);
        let fault = self.faults(&credential.fields, token).into_iter().next();
        let value = || format!("{}{}", self.auth.prefix, credential.text(&self.auth.token_field));
        Ok(Access {
            base: base(if own.is_empty() { self.url.as_deref().unwrap_or_default() } else { &own }),
            header: token.then(|| (self.auth.header.to_string(), value())),
            fault: fault.map(|fault| format!("The credential of type \"{}\": {fault}", credential.type_name)),
        })
    }
}

fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn base(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// Whether a node's or a credential's name begins with `konverte` or `chatwoot`, whatever the case.
pub fn is_family(name: &str) -> bool {
    ["konverte", "chatwoot"].iter().any(|family| name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)))
}

impl Access {
    /// Refuses a credential that cannot be used, before anything is sent with it.
    ///
    /// # Errors
    /// Names the field, never its value.
    pub(crate) fn check(&self) -> Result<(), NodeError> {
        let Some(fault) = &self.fault else { return Ok(()) };
        Err(NodeError::coded(codes::CREDENTIAL_INVALID, fault)
            .help("Correct the field in the credentials file; a token stands on one line, with nothing behind it."))
    }
}

/// Where a request goes and how it proves itself.
pub(crate) struct Access {
    /// Without slashes at its end.
    pub base: String,
    /// Name and value; `None`: no token is sent.
    pub header: Option<(String, String)>,
    /// What is wrong with the credential: native mode sends nothing with it.
    fault: Option<String>,
}
