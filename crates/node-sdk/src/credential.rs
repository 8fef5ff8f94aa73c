//! What a credential type is: its fields, what it adds to a request, how it is tested.
//!
//! ```
//! use node_sdk::credential::{CredentialCall, CredentialType, Grant};
//! use node_sdk::{NodeError, Provider, Registry, async_trait};
//! use serde_json::{Value, json};
//! use std::sync::Arc;
//!
//! /// Opens a service by a key in a header.
//! struct Acme;
//!
//! #[async_trait]
//! impl CredentialType for Acme {
//!     fn name(&self) -> &str {
//!         "acmeApi"
//!     }
//!
//!     fn properties(&self) -> Vec<Value> {
//!         vec![json!({"name": "key", "type": "string"})]
//!     }
//!
//!     async fn grant(&self, call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
//!         let mut grant = Grant::default();
//!         grant.header("X-Acme-Key", call.text("key"));
//!         Ok(grant)
//!     }
//! }
//!
//! // A list of types is a provider, like a list of nodes.
//! let types: Vec<Arc<dyn CredentialType>> = vec![Arc::new(Acme)];
//! let registry = Registry::new().with(types);
//! assert!(registry.credential("acmeApi").is_some_and(|acme| acme.refusal().is_none()));
//! ```

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::consent::{Consent, Redirect};
use crate::error::NodeError;
use crate::json::to_js_string;
use crate::ports::{Clock, HttpClient, HttpRequest, KnownBy, Random, Sender};

/// A credential type. What a request needs is asked in this order: [`CredentialType::session`], where it says so
/// [`CredentialType::sign_in`], then [`CredentialType::grant`]. Each gets the fields with their defaults ([`CredentialType::complete`]).
#[async_trait]
pub trait CredentialType: Send + Sync {
    /// Its name, as a node's `credentials` has it: `githubApi`.
    fn name(&self) -> &str;

    /// The installed package that it is of; `None`: it came with the program.
    fn package(&self) -> Option<&str> {
        None
    }

    /// Its fields, each as n8n's description JSON writes a property: `{"name", "type", "default", "options", …}`.
    fn properties(&self) -> Vec<Value>;

    /// The address of a page that says where its fields come from: n8n's `documentationUrl`. `None`: nobody says.
    fn documentation(&self) -> Option<String> {
        None
    }

    /// Why no request can be sent with it, as the end of a sentence; `None`: one can.
    fn refusal(&self) -> Option<String> {
        None
    }

    /// What is missing in a credential, so that nothing is sent with it: phrases for people, without values.
    fn missing(&self, fields: &Map<String, Value>) -> Vec<String> {
        let _ = fields;
        Vec::new()
    }

    /// What is missing in a credential, or not known of its type: phrases for people, without values. The fields are those of the
    /// file, without defaults.
    fn faults(&self, fields: &Map<String, Value>) -> Vec<String> {
        let _ = fields;
        Vec::new()
    }

    /// Whether something that expires, such as a token, must be fetched before the first request.
    fn session(&self, fields: &Map<String, Value>) -> Session {
        let _ = fields;
        Session::None
    }

    /// Whether somebody signs in with it: a person, or the program for its session. With others a request is all there is.
    fn signs_in(&self, fields: &Map<String, Value>) -> bool {
        self.session(fields) != Session::None
    }

    /// The status of an answer which says that the session is over.
    fn expired_status(&self, fields: &Map<String, Value>) -> u16 {
        let _ = fields;
        401
    }

    /// The fields with the defaults of the type; a default that is worked out from other fields is.
    fn complete(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        filled(self, fields)
    }

    /// Fetches what expires, by what the fields hold where it is over; gives the fields that hold it. Not asked unless
    /// [`CredentialType::session`] says so.
    async fn sign_in(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        let _ = call;
        Ok(Map::new())
    }

    /// The fields that are still empty, and without which nobody can sign in with the credential.
    fn to_fill_in(&self, fields: &Map<String, Value>) -> Vec<String> {
        let _ = fields;
        Vec::new()
    }

    /// The consent that a person gives in a browser, where the type wants one; `None`: nobody has to be asked.
    async fn ask_consent(&self, call: &CredentialCall<'_>, redirect: Redirect<'_>) -> Result<Option<Consent>, NodeError> {
        let _ = (call, redirect);
        Ok(None)
    }

    /// Makes of the answer to such a question, the pairs of its query, the fields that hold the person's token.
    async fn consented(
        &self,
        call: &CredentialCall<'_>,
        asked: (&Consent, Redirect<'_>),
        answer: &[(String, String)],
    ) -> Result<Map<String, Value>, NodeError> {
        let _ = (call, asked, answer);
        Ok(Map::new())
    }

    /// What it adds to a request.
    async fn grant(&self, call: &CredentialCall<'_>) -> Result<Grant, NodeError>;

    /// Whether it changes a request by a function of its own: then [`CredentialType::rewrite`] takes the place of [`CredentialType::grant`].
    fn rewrites(&self) -> bool {
        false
    }

    /// Changes a request, told as n8n's options of one (`method`, `url` or `uri`, `headers`, `qs`, `body`, …).
    async fn rewrite(&self, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
        let _ = call;
        Ok(options)
    }

    /// What to do where the service answers [`CredentialType::expired_status`] and nobody can sign in again.
    fn expired_help(&self) -> Option<String> {
        None
    }

    /// Whether [`CredentialType::test`] says anything of a credential.
    fn has_test(&self) -> bool {
        false
    }

    /// Proves a credential with requests of its own, for all places that use it (at least one). A verdict names its place; places
    /// without one are as good as the first. Nothing: only a request of the workflow itself shows whether it holds.
    async fn test(&self, call: &CredentialCall<'_>, places: &[CredentialPlace<'_>]) -> Vec<Verdict> {
        let _ = (call, places);
        Vec::new()
    }
}

/// Most names of fields that a sentence lists.
const MOST_NAMES: usize = 12;

/// The fields of a type that people fill in, as a sentence.
pub fn fields_in_words(kind: &dyn CredentialType) -> String {
    let properties = kind.properties();
    let filled_in = properties.iter().filter(|property| !matches!(property["type"].as_str(), Some("hidden" | "notice")));
    let mut names: Vec<String> = filled_in.filter_map(|property| Some(format!("`{}`", property["name"].as_str()?))).collect();
    if names.len() > MOST_NAMES {
        names.truncate(MOST_NAMES);
        names.push("…".into());
    }
    match names.as_slice() {
        [] => format!("{} has no fields.", kind.name()),
        [one] => format!("The field of {} is {one}.", kind.name()),
        names => format!("The fields of {} are {}.", kind.name(), names.join(", ")),
    }
}

/// Whether something that expires stands between a credential and its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Nothing that could be fetched anew.
    None,
    /// The fields hold it; it can be fetched anew.
    Held,
    /// It must be fetched first.
    Missing,
}

/// How a token of OAuth 2 goes along, where the one who sends wants it otherwise than the credential says: n8n's options of
/// `requestOAuth2`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenOptions {
    /// The word before the token.
    pub token_type: Option<String>,
    /// `Some(false)`: no word before a token that the credential held.
    pub keep_bearer: Option<bool>,
    /// Where in `oauthTokenData` the token stands, as a path.
    pub property: Option<String>,
    /// A header that has the token alone, beside `Authorization`.
    pub key_to_include_in_access_token_header: Option<String>,
    /// The status that says that the token is over.
    pub token_expired_status_code: Option<u16>,
    /// The client's id and secret go into the form that asks for a new token.
    pub include_credentials_on_refresh_on_body: bool,
}

/// A credential at work: its fields, and the world that its type may use.
pub struct CredentialCall<'a> {
    /// The fields, with defaults, and with what signing in gave.
    pub fields: &'a Map<String, Value>,
    /// The method of the request that it is for; upper case.
    pub method: &'a str,
    /// How its token goes along, where it has one of OAuth 2.
    pub token: &'a TokenOptions,
    /// Sends requests for tokens and tests.
    pub http: &'a dyn HttpClient,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Chance.
    pub random: &'a dyn Random,
    /// On whose behalf; `None`: a test.
    pub sender: Option<Sender>,
    /// What tells its requests from others of the node.
    pub known_by: KnownBy,
    /// Is told of secrets that were fetched: they may be shown no more than the credential's own.
    pub learned: &'a (dyn Fn(&str) + Send + Sync),
    /// Is told of the fields that hold what was fetched, where a test signs in.
    pub signed_in: &'a (dyn Fn(&Map<String, Value>) + Send + Sync),
}

impl<'a> CredentialCall<'a> {
    /// The same with other fields, for a request of this method.
    pub fn with<'b>(&'b self, fields: &'b Map<String, Value>, method: &'b str) -> CredentialCall<'b>
    where
        'a: 'b,
    {
        CredentialCall { fields, method, sender: self.sender.clone(), ..*self }
    }

    /// The same with requests that go through another port.
    pub fn through<'b>(&'b self, http: &'b dyn HttpClient) -> CredentialCall<'b>
    where
        'a: 'b,
    {
        CredentialCall { http, sender: self.sender.clone(), ..*self }
    }

    /// A field as text; "" where it is absent.
    pub fn text(&self, field: &str) -> String {
        match self.fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(value) => to_js_string(value),
        }
    }
}

/// What a credential adds to a request.
#[derive(Clone, Default)]
pub struct Grant {
    /// Set over headers of the same name.
    pub headers: Vec<(String, String)>,
    /// Set where the request has no header of that name.
    pub default_headers: Vec<(String, String)>,
    /// Set over names of the query that are there already.
    pub query: Vec<(String, Value)>,
    /// Set over the fields of a JSON body.
    pub body: Map<String, Value>,
    /// The headers take the place of all others.
    pub replaces_headers: bool,
    /// User and password to answer a digest challenge with.
    pub digest: Option<(String, String)>,
    /// Changes the request when nothing else does any more.
    pub sign: Option<Sign>,
}

/// Signs a request.
pub type Sign = Arc<dyn Fn(HttpRequest) -> Result<HttpRequest, NodeError> + Send + Sync>;

impl Grant {
    /// Adds a header.
    pub fn header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.headers.push((name.into(), value.into()));
    }

    /// Adds basic authentication.
    pub fn basic(&mut self, user: &str, password: &str) {
        self.header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))));
    }

    /// Signs a request, where it is to be signed.
    ///
    /// # Errors
    /// Where it cannot be signed.
    pub fn signed(&self, request: HttpRequest) -> Result<HttpRequest, NodeError> {
        self.sign.as_ref().map_or(Ok(request.clone()), |sign| sign(request))
    }
}

/// A node that uses a credential.
#[derive(Debug, Clone, Copy)]
pub struct CredentialPlace<'a> {
    /// The node's name.
    pub node: &'a str,
    /// Its parameters, as the file has them.
    pub parameters: &'a Map<String, Value>,
}

/// What the test of a credential gave for one place.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Which of the places.
    pub place: usize,
    /// It holds; what there is to say, as sentences for people. Or why it does not.
    pub result: Result<Proof, NodeError>,
}

/// A credential holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// One or two sentences for people.
    pub message: String,
    /// The service will refuse what the place does all the same.
    pub warning: bool,
}

impl Verdict {
    /// The verdict for the first place.
    pub fn first(result: Result<String, NodeError>) -> Self {
        Self { place: 0, result: result.map(|message| Proof { message, warning: false }) }
    }
}

/// The fields of a credential with its type's defaults; a default that is an expression stays for the type to read. A field that is not shown
/// has no default.
pub fn filled<T: CredentialType + ?Sized>(kind: &T, fields: &Map<String, Value>) -> Map<String, Value> {
    let properties = kind.properties();
    let mut all = fields.clone();
    add_defaults(&mut all, &properties, |_| true);
    let scope = crate::schema::Scope { siblings: &all, root: &all, version: f64::NAN };
    let mut filled = fields.clone();
    add_defaults(&mut filled, &properties, |property| {
        let display = property.get("displayOptions").and_then(|options| crate::description::read_display(options.clone()).ok());
        crate::schema::is_shown(display.as_ref(), scope)
    });
    filled
}

fn add_defaults(fields: &mut Map<String, Value>, properties: &[Value], shown: impl Fn(&Value) -> bool) {
    let mut defaults = Map::new();
    for property in properties {
        let Some(name) = property.get("name").and_then(Value::as_str) else { continue };
        let given = match fields.get(name) {
            None | Some(Value::Null) => false,
            // Nobody fills in what nobody is shown.
            Some(value) => value != "" || property["type"] != "hidden",
        };
        if let (false, Some(default)) = (given, property.get("default"))
            && shown(property)
        {
            // A type may have several properties of one name: the last one counts, as in n8n.
            defaults.insert(name.to_owned(), default.clone());
        }
    }
    fields.extend(defaults);
}
