//! What expires: a token that the items of a run of a node share.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::lock::Mutex;
use node_sdk::credential::{CredentialCall, CredentialType, Grant, Session};
use node_sdk::ports::{Credential, KnownBy, Sender};
use node_sdk::{NodeError, RunContext};
use serde_json::{Map, Value};

/// What signing in gave in a run of a node, by credential type. One for all items of the run.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Map<String, Value>>>);

/// A credential at work for one item.
pub(super) struct Holder {
    kind: Arc<dyn CredentialType>,
    /// As the credentials file has it.
    given: Credential,
    /// With defaults.
    fields: Map<String, Value>,
    /// What signing in gave.
    session: Map<String, Value>,
    sender: Sender,
}

impl Holder {
    /// The credential, signed in where that is needed.
    pub(super) async fn new(
        (cx, item): (&RunContext, usize),
        kind: Arc<dyn CredentialType>,
        given: Credential,
        sessions: &Sessions,
    ) -> Result<Self, NodeError> {
        let fields = node_sdk::credential::filled(&*kind, &given.fields);
        let sender = cx.sender(item);
        let mut holder = Self { kind, given, fields, session: Map::new(), sender };
        if holder.kind.session(&holder.fields) == Session::Missing {
            holder.session = sessions.of(cx, &holder, |_| true).await?;
        }
        Ok(holder)
    }

    /// What it adds to a request of this method.
    pub(super) async fn grant(&self, cx: &RunContext, method: &str) -> Result<Grant, NodeError> {
        self.grant_with(cx, method, &self.session).await
    }

    /// What it adds after the service answered with this status that the session is over; `None`: nobody can sign in again, or it says
    /// something else.
    pub(super) async fn renewed(&self, cx: &RunContext, (status, method): (u16, &str), sessions: &Sessions) -> Result<Option<Grant>, NodeError> {
        if status != self.kind.expired_status(&self.fields) || self.kind.session(&self.fields) == Session::None {
            return Ok(None);
        }
        let session = sessions.of(cx, self, |known| *known != self.session).await?;
        self.grant_with(cx, method, &session).await.map(Some)
    }

    /// Whether [`Holder::renewed`] may have something to say.
    pub(super) fn can_renew(&self) -> bool {
        self.kind.session(&self.fields) != Session::None
    }

    /// What to do about an answer with this status, where nobody can sign in again.
    pub(super) fn help(&self, status: u16) -> Option<String> {
        self.kind.expired_help().filter(|_| status == self.kind.expired_status(&self.fields))
    }

    async fn grant_with(&self, cx: &RunContext, method: &str, session: &Map<String, Value>) -> Result<Grant, NodeError> {
        let mut fields = self.fields.clone();
        fields.extend(session.clone());
        self.kind.grant(&self.call(cx, &fields, method, KnownBy::Place, &|secret| cx.ports.credentials.learned(secret))).await
    }

    async fn sign_in(&self, cx: &RunContext) -> Result<Map<String, Value>, NodeError> {
        let learned = |secret: &str| cx.ports.credentials.learned(secret);
        let session = self.kind.sign_in(&self.call(cx, &self.fields, "POST", KnownBy::SharedRequest, &learned)).await?;
        if !cx.dry_run {
            let mut credential = self.given.clone();
            credential.fields.extend(session.clone());
            cx.ports.credentials.stored(&credential);
        }
        Ok(session)
    }

    fn call<'a>(
        &self,
        cx: &'a RunContext,
        fields: &'a Map<String, Value>,
        method: &'a str,
        known_by: KnownBy,
        learned: &'a (dyn Fn(&str) + Send + Sync),
    ) -> CredentialCall<'a> {
        let (http, clock, random) = (&*cx.ports.http, &*cx.ports.clock, &*cx.ports.random);
        CredentialCall { fields, method, http, clock, random, sender: Some(self.sender.clone()), known_by, learned, dry_run: cx.dry_run }
    }
}

impl Sessions {
    /// The session that is known and `good`, or a new one: fetched once, however many items ask.
    async fn of(&self, cx: &RunContext, holder: &Holder, good: impl Fn(&Map<String, Value>) -> bool) -> Result<Map<String, Value>, NodeError> {
        let mut sessions = self.0.lock().await;
        if let Some(session) = sessions.get(&holder.given.type_name).filter(|session| good(session)) {
            return Ok(session.clone());
        }
        let session = holder.sign_in(cx).await?;
        sessions.insert(holder.given.type_name.clone(), session.clone());
        Ok(session)
    }
}
