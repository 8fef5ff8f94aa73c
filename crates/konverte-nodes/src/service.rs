//! What a table of actions talks to.

use node_sdk::action::{ActionSpec, Resource, find};
use node_sdk::error::codes;
use node_sdk::{NodeError, RunContext};

use crate::resources::RESOURCES;

/// A service: its actions, and how a request finds and proves itself.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// The node type's name.
    pub node: &'static str,
    /// The node's name for people.
    pub display_name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Base URL where no credential names one.
    pub url: Option<&'static str>,
    /// How requests are authorized.
    pub auth: Auth,
    /// The actions.
    pub resources: &'static [Resource],
}

/// Which credential, and how it goes into a request.
#[derive(Debug, Clone, Copy)]
pub struct Auth {
    /// Credential type.
    pub credential: &'static str,
    /// The credential's field with the base URL.
    pub url_field: &'static str,
    /// The credential's field with the token.
    pub token_field: &'static str,
    /// The header that carries the token.
    pub header: &'static str,
    /// What stands before the token, for example `Bearer `.
    pub prefix: &'static str,
}

/// Konverte, as node type `konverte`.
pub static KONVERTE: Service = Service {
    node: "konverte",
    display_name: "Konverte",
    summary: "Sends one of the 115 actions of the Konverte API for each item.",
    url: None,
    auth: Auth { credential: "konverteApi", url_field: "url", token_field: "accessToken", header: "Api-Access-Token", prefix: "" },
    resources: RESOURCES,
};

/// Konverte, as n8n's community node has it.
pub static CHATWOOT: Service = Service {
    node: "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
    display_name: "ChatWoot",
    summary: "n8n's community node for this API, as n8n runs it.",
    url: None,
    auth: Auth { credential: "chatwootApi", ..KONVERTE.auth },
    resources: RESOURCES,
};

impl Service {
    /// The action that `resource` and `operation` name.
    pub fn action(&self, resource: &str, operation: &str) -> Option<&'static ActionSpec> {
        find(self.resources, resource, operation)
    }

    /// Whether a credential of this type serves: Konverte's and Chatwoot's stand for each other.
    fn takes(&self, credential_type: &str) -> bool {
        credential_type == self.auth.credential || (is_family(self.auth.credential) && is_family(credential_type))
    }

    /// Base URL and the token's header, from the node's credential. Without a token a credential is asked for its URL alone,
    /// and none is needed where the service has one.
    pub(crate) async fn access(&self, cx: &RunContext, token: bool) -> Result<Access, NodeError> {
        let named = cx.node.credentials.keys().find(|name| self.takes(name));
        let credential = match (cx.credential(named.map_or(self.auth.credential, String::as_str)).await, self.url) {
            (Ok(credential), _) => credential,
            (Err(error), Some(url)) if !token && error.code == codes::CREDENTIAL_MISSING => return Ok(Access { base: base(url), header: None }),
            (Err(error), _) => return Err(error),
        };
        let own = credential.text(self.auth.url_field);
        let value = || format!("{}{}", self.auth.prefix, credential.text(self.auth.token_field));
        Ok(Access {
            base: base(if own.is_empty() { self.url.unwrap_or_default() } else { &own }),
            header: token.then(|| (self.auth.header.to_owned(), value())),
        })
    }
}

fn base(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// Whether a node's or a credential's name begins with `konverte` or `chatwoot`, whatever the case.
pub fn is_family(name: &str) -> bool {
    ["konverte", "chatwoot"].iter().any(|family| name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)))
}

impl Access {
    /// Refuses a token that no header can carry. n8n takes the line breaks out without a word.
    ///
    /// # Errors
    /// Names the field, never its value.
    pub(crate) fn check(&self, service: &Service) -> Result<(), NodeError> {
        if !self.header.as_ref().is_some_and(|(_, value)| value.contains(['\r', '\n'])) {
            return Ok(());
        }
        let message = format!("The field `{}` of the credential holds a line break", service.auth.token_field);
        Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help("Write the token on one line, with nothing behind it."))
    }
}

/// Where a request goes and how it proves itself.
pub(crate) struct Access {
    /// Without slashes at its end.
    pub base: String,
    /// Name and value; `None`: no token is sent.
    pub header: Option<(String, String)>,
}
