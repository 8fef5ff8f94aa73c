//! Requests with a credential: what its type adds to them, where it may be used, and what happens where a service asks for more.
//!
//! [`credential_type`] finds the type, [`Access::of`] gets the credential ready for an item, [`Access::apply`] adds it to a request, and
//! [`Access::send`] sends, answers a challenge (Digest), and signs in again where the session is over. What a type does stands in the registry.
//! A request is a [`Draft`] of a node of ours or the options of node code ([`Options`]): both are [`Signable`]. [`send_as`] is all of it in one:
//! what `requestWithAuthentication` and its kin do between a node's options and the wire.

mod digest;
mod domains;
mod options;
mod session;
mod signable;
mod tls;

use std::sync::Arc;

use node_sdk::credential::{Grant, Session, TokenOptions};
use node_sdk::error::codes;
use node_sdk::ports::{Credential, HttpError, HttpRequest, HttpResponse, TlsChoice};
use node_sdk::{CredentialType, NodeError, RunContext};
use serde_json::{Map, Value};

pub use options::Options;
pub use signable::Signable;

use crate::draft::{Draft, Unsendable};
use crate::helper::Family;
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

/// The type of this name as the node sees it, where requests can be sent with it.
///
/// # Errors
/// It is not known, or refused.
pub fn credential_type(cx: &RunContext, name: &str) -> Result<Arc<dyn CredentialType>, NodeError> {
    let unusable = |why: &str| NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{name}\" cannot be used: {why}"));
    let kind = cx.registry.credential_for(&cx.node.type_name, name).ok_or_else(|| unusable("konverte does not know it"))?;
    match kind.refusal() {
        Some(why) => Err(unusable(&why)),
        None => Ok(kind),
    }
}

/// The fields of a node's credential, for node code that reads them (`getCredentials`): with the defaults of its type, expressions evaluated
/// for the item. That the node may have them is for the caller to see to.
///
/// # Errors
/// The node has no such credential, a field that its type needs is missing, or an expression in it fails.
pub async fn fields(cx: &RunContext, item: usize, (name, kind): (&str, &dyn CredentialType)) -> Result<Map<String, Value>, NodeError> {
    session::whole((cx, item), (name, kind), &cx.credential(name).await?).await
}

/// Sends a request of node code with the node's credential of a type, signed in where that is needed, once more where the session was over.
/// Any status is an answer.
///
/// # Errors
/// See [`SendError`].
pub async fn send_as(
    (cx, item): (&RunContext, usize),
    (name, kind): (&str, &Arc<dyn CredentialType>),
    token: &TokenOptions,
    request: &Options,
) -> Result<HttpResponse, SendError> {
    let send = async || {
        let mut request = request.clone();
        let access = Access::of((cx, item), (name, kind.clone()), &request.method(), token).await?;
        access.apply(&mut request);
        access.send(cx, request).await
    };
    let session = async || fields(cx, item, (name, &**kind)).await.map(|fields| kind.session(&fields));
    match send().await {
        // Where nobody could sign in to begin with, n8n tries all of it once more; in the newer family where the service says that it is that.
        Err(SendError::Credential(error))
            if error.http.as_ref().is_some_and(|http| request.family == Family::Request || http.status == Some(401))
                && session().await? == Session::Missing =>
        {
            send().await
        }
        // Where nobody signs in, the newer family asks once more, unless the status is no error to who asks.
        Ok(answer)
            if answer.status == 401 && request.family == Family::HttpRequest && request.refuses(&answer) && session().await? == Session::None =>
        {
            send().await
        }
        answer => answer,
    }
}

impl Access {
    /// The node's credential of a type, by the name that the node has for it, for an item: signed in where that is needed, for a request of this method.
    ///
    /// # Errors
    /// The node has no such credential, it cannot be used, or signing in fails.
    pub async fn of(
        (cx, item): (&RunContext, usize),
        (name, kind): (&str, Arc<dyn CredentialType>),
        method: &str,
        token: &TokenOptions,
    ) -> Result<Self, NodeError> {
        Self::begun((cx, item), (name, kind), &cx.credential(name).await?, (method, token)).await
    }

    /// The same with the credential as it was when the node began with it.
    ///
    /// # Errors
    /// It cannot be used, or signing in fails.
    pub async fn begun(
        (cx, item): (&RunContext, usize),
        (name, kind): (&str, Arc<dyn CredentialType>),
        credential: &Credential,
        (method, token): (&str, &TokenOptions),
    ) -> Result<Self, NodeError> {
        let holder = Holder::new((cx, item), (name, kind), credential, token).await?;
        Ok(Self { grant: holder.grant(cx, method).await?, holder: Some(holder), ..Self::default() })
    }

    /// Keeps to the domains that the credential is for, as HTTP Request and GraphQL do.
    pub fn within_domains(mut self) -> Self {
        self.domains = self.holder.as_ref().map(|holder| Domains::of(holder.fields())).unwrap_or_default();
        self
    }

    /// Takes whom to trust and who we are from the node's credential of type `httpSslAuth`.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub async fn add_certificates(&mut self, cx: &RunContext) -> Result<(), NodeError> {
        self.tls = Some(tls::choice(&cx.credential("httpSslAuth").await?));
        Ok(())
    }

    /// Adds it to a request, but for what depends on all of the request: that is done when it is sent.
    pub fn apply(&self, request: &mut impl Signable) {
        request.add(&self.grant);
    }

    /// Says how a draft that it was added to is sent.
    pub fn guard(&self, draft: &mut Draft) {
        let rewrites = self.holder.as_ref().is_some_and(Holder::rewrites);
        let authorizes = rewrites || self.grant.headers.iter().any(|(name, _)| name == "Authorization");
        draft.options.keep_headers_across_origins = authorizes && self.cross_origin;
        draft.options.tls.clone_from(&self.tls);
    }

    /// What to do about an answer with this status, to a request that was sent as often as it may be.
    pub fn help(&self, status: u16) -> Option<String> {
        self.holder.as_ref().and_then(|holder| holder.help(status))
    }

    /// Sends a request that it was added to; any status is an answer.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, cx: &RunContext, request: impl Signable) -> Result<HttpResponse, SendError> {
        let exchange = async |request: HttpRequest| cx.ports.http.send(request).await.map_err(SendError::Network);
        let allowed = |request: HttpRequest| self.domains.allow(&request.url).map(|()| request).map_err(SendError::NotAllowed);
        let Some(holder) = &self.holder else { return exchange(request.build()?).await };
        if let Some((user, password)) = &self.grant.digest {
            let request = allowed(request.build()?)?;
            let answer = exchange(request.clone()).await?;
            let challenge = if answer.status == 401 { digest::challenge(&answer) } else { None };
            return match challenge {
                Some(challenge) => exchange(digest::answer(request, (user, password), &challenge, &*cx.ports.random)).await,
                None => Ok(answer),
            };
        }
        let again = holder.can_renew().then(|| request.clone());
        let answer = exchange(allowed(signed(cx, holder, &self.grant, request).await?)?).await?;
        let Some(mut again) = again.filter(|_| holder.is_over(answer.status)) else { return Ok(answer) };
        let holder = holder.renewed(cx).await?;
        let grant = holder.grant(cx, &again.method()).await?;
        again.add(&grant);
        exchange(allowed(signed(cx, &holder, &grant, again).await?)?).await
    }
}

/// The request as it is sent.
async fn signed(cx: &RunContext, holder: &Holder, grant: &Grant, mut request: impl Signable) -> Result<HttpRequest, SendError> {
    if holder.rewrites() {
        request.replace(holder.rewritten(cx, &request.method(), request.options()).await?);
    }
    Ok(grant.signed(request.build()?)?)
}
