//! What the emulator, a dry run and the masks make of credentials.

use std::sync::{Arc, Mutex};

use konverte_sandbox::{ORIGIN, Sandbox};
use node_sdk::async_trait;
use node_sdk::context::NodeInfo;
use node_sdk::error::NodeError;
use node_sdk::ports::{Credential, CredentialChange, Credentials};
use node_sdk::sync::lock;
use serde_json::{Map, Value, json};

use super::{FileCredentials, of_family};
use crate::adapters::dry_run::Bases;
use crate::secrets::Secrets;

/// Sends Konverte nodes to the emulator: a seeded token of the credential given is kept, everything else of it is not.
pub(crate) struct SandboxCredentials {
    pub(crate) given: FileCredentials,
    pub(crate) sandbox: Arc<Sandbox>,
}

#[async_trait]
impl Credentials for SandboxCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        if !of_family(type_name) {
            return self.given.get(node, type_name).await;
        }
        let given = self.given.find(node, type_name)?.map(|entry| entry.fields).unwrap_or_default();
        let token = given.get("accessToken").and_then(Value::as_str).filter(|token| self.sandbox.tokens().contains(token));
        Ok(sandbox_credential(type_name, token.unwrap_or(ANY_TOKEN)))
    }

    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        self.given.change(node, type_name).await
    }
}

/// Remembers where Konverte credentials point at, so that the emulator answers there.
pub(crate) struct DryRunCredentials {
    pub(crate) inner: FileCredentials,
    pub(crate) bases: Arc<Bases>,
    /// Without a credential it is the emulator itself that is asked; else that is an error, as where everything is sent.
    pub(crate) emulator_else: bool,
}

#[async_trait]
impl Credentials for DryRunCredentials {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        if !of_family(type_name) {
            return self.inner.get(node, type_name).await;
        }
        let Some(fields) = self.inner.given(node, type_name)? else {
            return if self.emulator_else { Ok(sandbox_credential(type_name, ANY_TOKEN)) } else { self.inner.get(node, type_name).await };
        };
        let credential = Credential { type_name: type_name.to_owned(), fields };
        self.bases.add(&credential.text("url"));
        Ok(credential)
    }

    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        self.inner.change(node, type_name).await
    }
}

/// Credentials that an execution has changed: each time that a token was stored.
#[derive(Default)]
pub struct Stored(Mutex<Vec<Credential>>);

impl Stored {
    /// What `savedCredentials` lists.
    pub fn list(&self) -> Value {
        let stored = lock(&self.0);
        stored.iter().map(|credential| json!({"type": credential.type_name, "data": credential.fields})).collect()
    }
}

/// Adds the secrets that a run learns to those that it does not show, and remembers what it stores.
pub(crate) struct Guarded {
    pub(crate) inner: Arc<dyn Credentials>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) stored: Arc<Stored>,
}

#[async_trait]
impl Credentials for Guarded {
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        self.inner.get(node, type_name).await
    }

    fn learned(&self, secret: &str) {
        self.secrets.add(&[secret.to_owned()]);
    }

    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        Ok(Box::new(Watched { inner: self.inner.change(node, type_name).await?, stored: self.stored.clone() }))
    }
}

/// Remembers what a change stores.
struct Watched {
    inner: Box<dyn CredentialChange>,
    stored: Arc<Stored>,
}

#[async_trait]
impl CredentialChange for Watched {
    fn credential(&self) -> &Credential {
        self.inner.credential()
    }

    async fn store(&mut self, fields: &Map<String, Value>, whole: &Map<String, Value>) -> Result<(), String> {
        lock(&self.stored.0).push(Credential { type_name: self.credential().type_name.clone(), fields: whole.clone() });
        self.inner.store(fields, whole).await
    }
}

/// Stands for the token that the emulator wants.
const ANY_TOKEN: &str = "any";

fn sandbox_credential(type_name: &str, token: &str) -> Credential {
    let fields = [("url", ORIGIN), ("accessToken", token)].into_iter().map(|(key, value)| (key.to_owned(), value.into()));
    Credential { type_name: type_name.to_owned(), fields: fields.collect() }
}
