//! A person lets us act for them: what is asked for is put into the credentials file, a service is asked for a token, and the token is kept there.

mod listener;

use std::path::PathBuf;
use std::sync::Arc;

use node_sdk::consent::{Consent, Redirect};
use node_sdk::credential::{Session, fields_in_words};
use node_sdk::ports::{CredentialChange, Credentials as _, HttpClient};
use node_sdk::{CredentialType, NodeError};
use serde_json::{Map, Value};

pub use listener::Listener;

use crate::adapters::Environment;
use crate::adapters::answers::Answers;
use crate::adapters::credentials::{FileCredentials, Listed};
use crate::at_work::{SentFor, call};
use crate::error::Error;
use crate::outside::Outside;
use crate::process::Process;
use crate::secrets::{Secrets, is_secret_field};

/// Which entry of which file is signed in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The credentials file; it may be absent.
    pub file: PathBuf,
    /// The name of the entry; it may be absent.
    pub name: String,
    /// Its type.
    pub type_name: String,
}

/// Who answers the requests for tokens.
pub struct Answering {
    /// In the place of the network; then nothing is written into the file.
    pub answers: Option<Arc<Answers>>,
    /// Each request is written there.
    pub requests: Option<std::fs::File>,
}

/// Signs one credential in.
pub struct SignIn {
    process: Process,
    entry: Entry,
    kind: Arc<dyn CredentialType>,
    credentials: FileCredentials,
    http: Arc<dyn HttpClient>,
    secrets: Arc<Secrets>,
    /// Whether what comes in is kept in the file.
    keeps: bool,
}

/// A field that is to be filled in.
pub struct ToFillIn {
    /// Its name.
    pub name: String,
    /// Whether it is typed unseen.
    pub secret: bool,
}

/// What became of the first question.
pub enum Begun {
    /// A person is to be asked.
    Ask(Consent),
    /// Nobody is: a token was fetched and kept.
    Fetched(Kept),
}

/// A token is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Seconds until it ends, where the service says so.
    pub ends_in: Option<i64>,
    /// Whether it can be renewed without asking anybody.
    pub renews: bool,
    /// Whether it is in the file.
    pub in_file: bool,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The service, or the credential; without secrets.
    #[error("{}", .0.message)]
    Service(Box<NodeError>),
    /// The token is there, and cannot be kept.
    #[error("{0}")]
    NotKept(String),
}

impl SignIn {
    /// Reads the file, where there is one.
    ///
    /// # Errors
    /// The file cannot be used, or has several entries of that name and type. Each code is of this crate or of `node_sdk`.
    pub fn new(
        process: Process,
        (entry, kind): (Entry, Arc<dyn CredentialType>),
        Answering { answers, requests }: Answering,
        (environment, secrets): (&Environment<'_>, Arc<Secrets>),
    ) -> Result<Self, Error> {
        let credentials = match entry.file.exists() {
            true => FileCredentials::read(&entry.file, environment)?,
            false => FileCredentials::default(),
        };
        let http = Outside::new(&process.network, answers.as_ref(), requests, &secrets).http;
        let keeps = answers.is_none();
        let credentials = if keeps { credentials } else { credentials.apart() };
        secrets.add(&credentials.secrets());
        let sign_in = Self { process, entry, kind, credentials, http, secrets, keeps };
        sign_in.listed()?;
        Ok(sign_in)
    }

    fn listed(&self) -> Result<Option<Listed>, Error> {
        let found = self.credentials.named(&self.entry.name, Some(&self.entry.type_name));
        found.map_err(|NodeError { code, message, .. }| {
            Error::new(code, format!("{message}."))
                .help("Give the id of the one that is meant in the place of the name, or give one of them another name in the file.")
        })
    }

    /// Whether anybody signs in with the type: with others the fields are all that there is.
    ///
    /// # Errors
    /// A field of the entry cannot be filled in.
    pub fn signs_in(&self) -> Result<bool, Error> {
        Ok(self.kind.signs_in(&self.kind.complete(&self.fields()?)))
    }

    /// What the type needs, as sentences.
    pub fn needs(&self) -> String {
        fields_in_words(&*self.kind)
    }

    /// The fields of the entry; none where it is absent.
    fn fields(&self) -> Result<Map<String, Value>, Error> {
        self.listed()?.map_or_else(|| Ok(Map::new()), |listed| self.known(&listed))
    }

    /// The fields that are empty, and without which nobody can sign in.
    ///
    /// # Errors
    /// A field of the entry cannot be filled in.
    pub fn to_fill_in(&self) -> Result<Vec<ToFillIn>, Error> {
        let fields = self.fields()?;
        let is_password = |name: &str| {
            let properties = self.kind.properties();
            properties.iter().any(|property| property["name"] == name && property.pointer("/typeOptions/password") == Some(&Value::Bool(true)))
        };
        let field = |name: String| ToFillIn { secret: is_secret_field(&name) || is_password(&name), name };
        Ok(self.kind.to_fill_in(&fields).into_iter().map(field).collect())
    }

    fn known(&self, listed: &Listed) -> Result<Map<String, Value>, Error> {
        match self.credentials.known(&listed.node(&self.entry.type_name), &self.entry.type_name) {
            Ok(engine::Given::Fields(fields)) => Ok(fields),
            Ok(_) => Ok(Map::new()),
            Err(NodeError { code, message, help, .. }) => Err(Error { help, ..Error::new(code, format!("{message}.")) }),
        }
    }

    /// Puts fields into the entry, in the file too: it is made where it is absent. So it is known that the file can be written before anybody is asked.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn fill_in(&mut self, fields: &Map<String, Value>, environment: &Environment<'_>) -> Result<(), Error> {
        let key = (self.entry.type_name.as_str(), self.entry.name.as_str());
        // What is left empty would stand in the way of a default.
        let fields = &fields.iter().filter(|(_, value)| *value != "").map(|(name, value)| (name.clone(), value.clone())).collect();
        if self.keeps {
            FileCredentials::make(&self.entry.file, key, fields)?;
            self.credentials = FileCredentials::read(&self.entry.file, environment)?;
        } else {
            self.credentials = self.credentials.with(key, fields).map_err(|error| Error::new(error.code, error.message))?;
        }
        self.secrets.add(&self.credentials.secrets());
        Ok(())
    }

    /// Asks the service, or says what a person is to be asked. The entry must be there ([`SignIn::fill_in`]).
    ///
    /// # Errors
    /// The service gives nothing, or a token cannot be kept.
    pub async fn begin(&self, redirect: Redirect<'_>) -> Result<Begun, Failed> {
        let fields = self.kind.complete(&self.change().await?.credential().fields);
        let asked = self.at_work(&fields, async |call| self.kind.ask_consent(&call, redirect).await).await?;
        if let Some(asked) = asked {
            self.secrets.add(asked.kept.as_slice());
            return Ok(Begun::Ask(asked));
        }
        let change = self.change().await?;
        let fields = self.kind.complete(&change.credential().fields);
        let session = self.at_work(&fields, async |call| self.kind.sign_in(&call).await).await?;
        self.keep(change, &session).await.map(Begun::Fetched)
    }

    /// Gets the token for an answer, and keeps it.
    ///
    /// # Errors
    /// The service gives nothing, or the token cannot be kept.
    pub async fn finish(&self, (asked, redirect): (&Consent, Redirect<'_>), answer: &[(String, String)]) -> Result<Kept, Failed> {
        let change = self.change().await?;
        let fields = self.kind.complete(&change.credential().fields);
        let session = self.at_work(&fields, async |call| self.kind.consented(&call, (asked, redirect), answer).await).await?;
        self.keep(change, &session).await
    }

    /// The entry, which nobody else changes meanwhile.
    async fn change(&self) -> Result<Box<dyn CredentialChange>, Failed> {
        let listed = self.listed().map_err(|error| Failed::NotKept(error.message))?;
        let listed = listed.ok_or_else(|| Failed::NotKept(format!("the credential `{}` is no longer in the file", self.entry.name)))?;
        let change = self.credentials.change(&listed.node(&self.entry.type_name), &self.entry.type_name).await;
        change.map_err(|error| Failed::Service(Box::new(error)))
    }

    async fn at_work<T>(
        &self,
        fields: &Map<String, Value>,
        work: impl AsyncFnOnce(node_sdk::credential::CredentialCall<'_>) -> Result<T, NodeError>,
    ) -> Result<T, Failed> {
        let http = SentFor::new(self.http.clone(), &self.entry.name);
        let learned = |secret: &str| self.secrets.add(&[secret.to_owned()]);
        let done = work(call(&self.process, fields, &http, (&learned, &|_| {}))).await;
        done.map_err(|error| {
            let mut error = http.explained(error);
            self.secrets.hide_in_error(&mut error);
            Failed::Service(Box::new(error))
        })
    }

    async fn keep(&self, mut change: Box<dyn CredentialChange>, session: &Map<String, Value>) -> Result<Kept, Failed> {
        let mut fields = change.credential().fields.clone();
        fields.extend(session.clone());
        change.store(session, &fields).await.map_err(Failed::NotKept)?;
        let token = session.get("oauthTokenData");
        let ends_in = token.and_then(|token| node_sdk::json::to_number(token.get("expires_in")?)).map(|seconds| seconds as i64);
        // A token of OAuth 1 does not end; where there is none of OAuth, whoever needs it signs in.
        let renews =
            token.is_none_or(|token| token.get("oauth_token").is_some()) || matches!(self.kind.session(&self.kind.complete(&fields)), Session::Held);
        Ok(Kept { ends_in, renews, in_file: self.keeps })
    }
}
