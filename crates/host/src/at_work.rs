//! A credential at work outside of a run: for a test, or to sign in.

use std::sync::{Arc, LazyLock, Mutex};

use node_sdk::credential::{CredentialCall, TokenOptions};
use node_sdk::error::codes::HTTP_UNANSWERED;
use node_sdk::ports::{HttpClient, HttpError, HttpRequest, HttpResponse, KnownBy, Sender};
use node_sdk::sync::lock;
use node_sdk::{NodeError, async_trait};
use serde_json::{Map, Value};

use crate::process::Process;

/// Is told of secrets.
type Learned<'a> = &'a (dyn Fn(&str) + Send + Sync);
/// Is told of fields that a test has fetched.
type SignedIn<'a> = &'a (dyn Fn(&Map<String, Value>) + Send + Sync);

/// A credential with these fields at work; see [`CredentialCall`] for the two who are told.
pub(crate) fn call<'a>(
    process: &'a Process,
    fields: &'a Map<String, Value>,
    http: &'a dyn HttpClient,
    (learned, signed_in): (Learned<'a>, SignedIn<'a>),
) -> CredentialCall<'a> {
    static AS_THE_TYPE_SAYS: LazyLock<TokenOptions> = LazyLock::new(TokenOptions::default);
    CredentialCall {
        fields,
        method: "GET",
        token: &AS_THE_TYPE_SAYS,
        http,
        clock: &*process.clock,
        random: &*process.random,
        sender: None,
        known_by: KnownBy::Place,
        learned,
        signed_in,
    }
}

/// Says on whose behalf requests are sent, and keeps those that no entry of an answers file fits.
pub(crate) struct SentFor<'a> {
    inner: Arc<dyn HttpClient>,
    node: &'a str,
    /// What is said of each, and the entry that would answer.
    unanswered: Mutex<Vec<(String, String)>>,
}

impl<'a> SentFor<'a> {
    /// `node`: a node's name, or a credential's.
    pub(crate) fn new(inner: Arc<dyn HttpClient>, node: &'a str) -> Self {
        Self { inner, node, unanswered: Mutex::default() }
    }

    /// The error of a test, or of signing in. For want of an answer from a file nothing is known of the credential: that is the error then, with the entry
    /// that would answer.
    pub(crate) fn explained(&self, error: NodeError) -> NodeError {
        let unanswered = lock(&self.unanswered);
        let Some((message, entry)) = unanswered.iter().find(|(message, _)| error.message.contains(message)) else { return error };
        NodeError::coded(HTTP_UNANSWERED, message.clone()).help(format!("This entry in the answers file would answer: {entry}"))
    }
}

#[async_trait]
impl HttpClient for SentFor<'_> {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        request.options.sender = Some(Sender { node: self.node.to_owned(), ..Sender::default() });
        self.inner.send(request).await.map_err(|mut error| {
            if let Some(entry) = error.take_entry() {
                lock(&self.unanswered).push((error.message.clone(), entry));
            }
            error
        })
    }
}
