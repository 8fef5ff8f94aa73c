//! Requests with a credential: what its type adds to them, where it may be used, and what happens where a service asks for more.
//!
//! [`credential_type`] finds the type, [`Access::of`] gets the credential ready for an item, [`Access::apply`] adds it to a [`Draft`], and
//! [`Access::send`] sends, answers a challenge (Digest), and signs in again where the session is over. What a type does stands in the registry.

mod digest;
mod domains;
mod session;
mod tls;

use std::sync::Arc;

use node_sdk::credential::Grant;
use node_sdk::error::codes;
use node_sdk::ports::{HttpError, HttpRequest, HttpResponse, TlsChoice};
use node_sdk::{CredentialType, NodeError, RunContext};
use serde_json::{Map, Value};

pub use session::Sessions;

use crate::draft::{Body, Draft, Unsendable};
use domains::Domains;
use session::Holder;

/// What an item may do with its credential; the default has none.
#[derive(Default)]
pub struct Access {
    grant: Grant,
    /// Who signs in again.
    holder: Option<Holder>,
    tls: Option<TlsChoice>,
    domains: Domains,
    /// Whether `Authorization` goes along when a redirect leaves the origin.
    pub cross_origin: bool,
}

/// Why there is no answer.
#[expect(clippy::large_enum_variant, reason = "errors are rare, and NodeError is wide everywhere")]
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The credential may not be used for this address; the words are n8n's.
    #[error("{0}")]
    NotAllowed(String),
    /// The body cannot be sent.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// The credential cannot be used, or nobody can sign in with it.
    #[error(transparent)]
    Credential(#[from] NodeError),
    /// The request left, or was not let, and no answer came.
    #[error("{}", .0.message)]
    Network(HttpError),
}

/// The type of this name, where requests can be sent with it.
///
/// # Errors
/// It is not known, or refused.
pub fn credential_type(cx: &RunContext, name: &str) -> Result<Arc<dyn CredentialType>, NodeError> {
    let unusable = |why: &str| NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{name}\" cannot be used: {why}"));
    let kind = cx.registry.credential(name).ok_or_else(|| unusable("konverte does not know it"))?;
    match kind.refusal() {
        Some(why) => Err(unusable(&why)),
        None => Ok(kind),
    }
}

impl Access {
    /// The node's credential of a type, by the name that the node has for it, for item `index`: signed in where that is needed, for a request of this method.
    ///
    /// # Errors
    /// The node has no such credential, it cannot be used, or signing in fails.
    pub async fn of(
        cx: &RunContext,
        index: usize,
        (name, kind): (&str, Arc<dyn CredentialType>),
        method: &str,
        sessions: &Sessions,
    ) -> Result<Self, NodeError> {
        let credential = cx.credential(name).await?;
        let domains = Domains::of(&credential);
        let holder = Holder::new((cx, index), kind, credential, sessions).await?;
        Ok(Self { grant: holder.grant(cx, method).await?, holder: Some(holder), domains, ..Self::default() })
    }

    /// Takes whom to trust and who we are from the node's credential of type `httpSslAuth`.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub async fn add_certificates(&mut self, cx: &RunContext) -> Result<(), NodeError> {
        self.tls = Some(tls::choice(&cx.credential("httpSslAuth").await?));
        Ok(())
    }

    /// Adds it to a request.
    pub fn apply(&self, draft: &mut Draft) {
        add(&self.grant, draft);
        let authorizes = self.grant.headers.iter().any(|(name, _)| name == "Authorization");
        draft.options.keep_headers_across_origins = authorizes && self.cross_origin;
        draft.options.tls.clone_from(&self.tls);
    }

    /// What to do about an answer with this status, where nobody can sign in again.
    pub fn help(&self, status: u16) -> Option<String> {
        self.holder.as_ref().and_then(|holder| holder.help(status))
    }

    /// Sends a request that it was added to; any status is an answer. `sessions` are those that it was made with.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, cx: &RunContext, draft: Draft, sessions: &Sessions) -> Result<HttpResponse, SendError> {
        self.domains.allow(&draft.url).map_err(SendError::NotAllowed)?;
        let exchange = async |request: HttpRequest| cx.ports.http.send(request).await.map_err(SendError::Network);
        if let Some((user, password)) = &self.grant.digest {
            let request = draft.build()?;
            let answer = exchange(request.clone()).await?;
            let challenge = if answer.status == 401 { digest::challenge(&answer) } else { None };
            return match challenge {
                Some(challenge) => exchange(digest::answer(request, (user, password), &challenge, &*cx.ports.random)).await,
                None => Ok(answer),
            };
        }
        let Some(holder) = self.holder.as_ref().filter(|holder| holder.can_renew()) else {
            return exchange(self.grant.signed(draft.build()?)?).await;
        };
        let mut again = draft.clone();
        let method = draft.method.clone();
        let answer = exchange(self.grant.signed(draft.build()?)?).await?;
        match holder.renewed(cx, (answer.status, &method), sessions).await? {
            Some(grant) => {
                add(&grant, &mut again);
                exchange(grant.signed(again.build()?)?).await
            }
            None => Ok(answer),
        }
    }
}

/// Adds what a credential grants. Headers win over the node's own; a query name that is there already keeps its place.
fn add(grant: &Grant, draft: &mut Draft) {
    if grant.replaces_headers {
        draft.headers.0.clear();
        draft.accept = "*/*";
    }
    for (name, value) in &grant.headers {
        draft.headers.set(name, value.clone());
    }
    for (name, value) in &grant.query {
        draft.query.insert(name.clone(), value.clone());
    }
    add_body(&grant.body, draft);
}

/// Written over a JSON body, and under a form, which becomes JSON; parts stay as they are.
fn add_body(fields: &Map<String, Value>, draft: &mut Draft) {
    if fields.is_empty() || matches!(draft.body, Body::Multipart(_)) {
        return;
    }
    let (under, over) = match std::mem::replace(&mut draft.body, Body::None) {
        Body::Json(Value::Object(map)) => (map, fields.clone()),
        Body::Form(map) => (fields.clone(), map),
        _ => (Map::new(), fields.clone()),
    };
    draft.headers.remove("content-type");
    draft.body = Body::Json(Value::Object(under.into_iter().chain(over).collect()));
}
