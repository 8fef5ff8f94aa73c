//! A credential at work for one item: its fields, and what expires in them, such as a token.
//!
//! A token is fetched once for all who share a credential: whoever needs a new one takes the credential in hand
//! ([`node_sdk::ports::Credentials::change`]), and those who come later find that it has one.

use std::sync::Arc;

use node_sdk::credential::{CredentialCall, CredentialType, Grant, Session, TokenOptions, fields_in_words};
use node_sdk::error::codes;
use node_sdk::names::similar;
use node_sdk::ports::{Credential, KnownBy, Sender};
use node_sdk::{Event, NodeError, Resolvable, RunContext};
use serde_json::{Map, Value};

/// What to do about a token that is new, and refused.
const REFUSED_ANEW: &str = "The token was renewed just now, and the service refuses it all the same: look at what it lets one do (its scope), whom it is for (its audience \
                            or resource, a tenant), and at the address that is asked.";

/// A credential at work for one item.
#[derive(Clone)]
pub(super) struct Holder {
    kind: Arc<dyn CredentialType>,
    /// As the node names the type.
    name: String,
    token: TokenOptions,
    /// With defaults, and what signing in gave.
    fields: Map<String, Value>,
    item: usize,
    sender: Sender,
}

impl Holder {
    /// The credential, signed in where that is needed.
    pub(super) async fn new(
        (cx, item): (&RunContext, usize),
        (name, kind): (&str, Arc<dyn CredentialType>),
        credential: &Credential,
        token: &TokenOptions,
    ) -> Result<Self, NodeError> {
        let fields = whole((cx, item), (name, &*kind), credential).await?;
        let mut holder = Self { kind, name: name.to_owned(), token: token.clone(), fields, item, sender: cx.sender(item) };
        if holder.kind.session(&holder.fields) == Session::Missing {
            holder.fields = holder.signed_in(cx, |_| true).await?;
        }
        Ok(holder)
    }

    /// What it adds to a request of this method.
    pub(super) async fn grant(&self, cx: &RunContext, method: &str) -> Result<Grant, NodeError> {
        let learned = |secret: &str| cx.ports.credentials.learned(secret);
        self.kind.grant(&self.call(cx, &self.fields, (method, KnownBy::Place), &learned)).await
    }

    /// All of its fields.
    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Whether the type changes requests by a function of its own.
    pub(super) fn rewrites(&self) -> bool {
        self.kind.rewrites()
    }

    /// The request as the type's function changes it.
    pub(super) async fn rewritten(&self, cx: &RunContext, method: &str, options: Value) -> Result<Value, NodeError> {
        let learned = |secret: &str| cx.ports.credentials.learned(secret);
        self.kind.rewrite(&self.call(cx, &self.fields, (method, KnownBy::Place), &learned), options).await
    }

    /// Whether an answer may say that the session is over, and another can be had.
    pub(super) fn can_renew(&self) -> bool {
        self.kind.session(&self.fields) != Session::None
    }

    /// Whether this status says that the session is over.
    pub(super) fn is_over(&self, status: u16) -> bool {
        status == self.token.token_expired_status_code.unwrap_or_else(|| self.kind.expired_status(&self.fields))
    }

    /// The same with another session.
    pub(super) async fn renewed(&self, cx: &RunContext) -> Result<Self, NodeError> {
        let fields = self.signed_in(cx, |now| *now != self.fields).await?;
        // n8n has a word before each token that it fetched.
        let token = TokenOptions { keep_bearer: None, ..self.token.clone() };
        Ok(Self { fields, token, ..self.clone() })
    }

    /// What to do about an answer with this status: one to a request that was sent again, where another session can be had.
    pub(super) fn help(&self, status: u16) -> Option<String> {
        let help = self.kind.expired_help().filter(|_| self.is_over(status))?;
        Some(if self.can_renew() { REFUSED_ANEW.to_owned() } else { help })
    }

    /// The fields with a session that is `good`: one that somebody else has begun meanwhile, or a new one.
    async fn signed_in(&self, cx: &RunContext, good: impl Fn(&Map<String, Value>) -> bool + Send) -> Result<Map<String, Value>, NodeError> {
        let mut change = cx.ports.credentials.change(&cx.node, &self.name).await?;
        let mut fields = complete(cx, self.item, &*self.kind, change.credential()).await?;
        if self.kind.session(&fields) == Session::Held && good(&fields) {
            return Ok(fields);
        }
        let learned = |secret: &str| cx.ports.credentials.learned(secret);
        let session = self.kind.sign_in(&self.call(cx, &fields, ("POST", KnownBy::SharedRequest), &learned)).await?;
        // n8n stores a token of OAuth 2 with the defaults of its type, and other sessions without.
        let mut whole = if session.contains_key("oauthTokenData") { fields.clone() } else { change.credential().fields.clone() };
        whole.extend(session.clone());
        if let Err(why) = change.store(&session, &whole).await {
            self.warn(cx, why);
        }
        fields.extend(session);
        Ok(fields)
    }

    fn warn(&self, cx: &RunContext, message: String) {
        let (node, item) = (cx.node.name.as_str().into(), Some(self.item));
        cx.emit(Event::Notice { code: Some(codes::CREDENTIAL_NOT_KEPT), node, parameter: None, item, message });
    }

    fn call<'a>(
        &'a self,
        cx: &'a RunContext,
        fields: &'a Map<String, Value>,
        (method, known_by): (&'a str, KnownBy),
        learned: &'a (dyn Fn(&str) + Send + Sync),
    ) -> CredentialCall<'a> {
        let (http, clock, random) = (&*cx.ports.http, &*cx.ports.clock, &*cx.ports.random);
        let sender = Some(self.sender.clone());
        CredentialCall { fields, method, token: &self.token, http, clock, random, sender, known_by, learned, signed_in: &|_| {} }
    }
}

/// The fields as [`complete`] gives them, where none is missing that the type needs.
pub(super) async fn whole(
    (cx, item): (&RunContext, usize),
    (name, kind): (&str, &dyn CredentialType),
    credential: &Credential,
) -> Result<Map<String, Value>, NodeError> {
    let fields = complete(cx, item, kind, credential).await?;
    let missing = kind.missing(&credential.fields);
    if missing.is_empty() {
        return Ok(fields);
    }
    let properties = kind.properties();
    let of_type: Vec<&str> = properties.iter().filter_map(|property| property["name"].as_str()).collect();
    let unknown = credential.fields.keys().find(|field| !of_type.contains(&field.as_str()) && !similar(field, of_type.iter().copied()).is_empty());
    let unknown = unknown.map(|field| format!("`{field}` is none of them. ")).unwrap_or_default();
    let message = format!("The credential of type \"{name}\" is not whole, so nothing is sent with it: {}", missing.join("; "));
    let help = format!("Mend its entry in the credentials file. {} {unknown}", fields_in_words(kind));
    Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help(help.trim_end()))
}

/// The fields with the defaults of the type; an expression in them is evaluated for the item.
pub(super) async fn complete(
    cx: &RunContext,
    item: usize,
    kind: &dyn CredentialType,
    credential: &Credential,
) -> Result<Map<String, Value>, NodeError> {
    let fields = Resolvable::from(&Value::Object(kind.complete(&credential.fields)));
    let fields = match fields {
        Resolvable::Literal(fields) => fields,
        fields => cx.params.read(item, move |params| Ok(params.resolve(&fields, "credentials")?.value)).await?,
    };
    match fields {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}
