//! Asks the services whether the credentials of a workflow hold.

use std::fs::File;
use std::sync::{Arc, Mutex};

use engine::{Given, Workflow};
use node_sdk::credential::{CredentialPlace, Proof, Session, Verdict};
use node_sdk::ports::{Credentials as _, HttpClient};
use node_sdk::sync::lock;
use node_sdk::{CredentialType, NodeError, NodeInfo, refusal};
use serde_json::{Map, Value};

use crate::adapters::answers::Answers;
use crate::adapters::credentials::{FileCredentials, Listed};
use crate::at_work::{SentFor, call};
use crate::outside::Outside;
use crate::process::Process;
use crate::secrets::Secrets;
use crate::service_proof;

/// Of a type without a test.
const NOT_TESTED: &str = "not tested: only a request of the workflow itself shows whether it holds.";
/// Of a type of servers that are not asked over HTTP, where nothing leaves.
const NOT_OFFLINE: &str = "not tested: nothing leaves (--answers), and a file answers in the place of HTTP servers alone.";

/// Tests of credentials: one for all workflows that are looked at, so that what is asked is counted and written down once.
pub struct CredentialTests {
    process: Process,
    credentials: FileCredentials,
    http: Arc<dyn HttpClient>,
    /// Whether a file answers in the place of the world.
    offline: bool,
    secrets: Arc<Secrets>,
}

/// A credential that nodes of a workflow use.
pub struct Used<'a> {
    /// As the first of them names it.
    pub type_name: String,
    kind: Arc<dyn CredentialType>,
    fields: Map<String, Value>,
    /// The first of them.
    info: NodeInfo,
    /// At least one.
    places: Vec<CredentialPlace<'a>>,
}

impl Used<'_> {
    /// As the first of the nodes calls it; else it goes by its type.
    fn name(&self) -> &str {
        let named = self.info.credentials.get(&self.type_name).and_then(|entry| entry.get("name")?.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(&self.type_name)
    }
}

/// What a test says of a node's credential.
pub struct Tested<'a> {
    /// The node.
    pub node: &'a str,
    /// What proves the credential, or why it does not hold; without secrets.
    pub result: Result<Proof, NodeError>,
    /// Whether its type has a test at all; else the result says that it has none.
    pub asked: bool,
}

impl CredentialTests {
    /// Asks over the network, or `answers`; each request is written to `requests`. `secrets` is told what is learned.
    pub fn new(
        process: Process,
        credentials: FileCredentials,
        (answers, requests): (Option<&Arc<Answers>>, Option<File>),
        secrets: Arc<Secrets>,
    ) -> Self {
        let http = Outside::new(&process.network, answers, requests, &secrets).http;
        // No token that a file of answers gives opens anything.
        let credentials = if answers.is_some() { credentials.apart() } else { credentials };
        Self { process, credentials, http, offline: answers.is_some(), secrets }
    }

    /// The credentials that the workflow uses and the file has, each with the nodes that use it.
    pub fn used<'w>(&self, workflow: &'w Workflow) -> Vec<Used<'w>> {
        let registry = self.process.plans.registry();
        let mut found: Vec<Used<'w>> = Vec::new();
        for (node, needed) in workflow.nodes.iter().zip(engine::needed_credentials(workflow, registry)) {
            let info = NodeInfo { name: node.name.clone(), credentials: node.credentials.clone(), ..NodeInfo::default() };
            let place = CredentialPlace { node: &node.name, parameters: &node.parameters };
            for type_name in needed {
                // One that is missing or cannot be filled in is a finding of the check; of a type that nobody has nothing is known.
                let Ok(Given::Fields(fields)) = self.credentials.known(&info, &type_name) else { continue };
                let Some(kind) = registry.credential_for(&node.type_name, &type_name) else { continue };
                match found.iter_mut().find(|used| (used.kind.name(), used.kind.package()) == (kind.name(), kind.package()) && used.fields == fields)
                {
                    Some(used) => used.places.push(place),
                    None => found.push(Used { type_name, kind, fields, info: info.clone(), places: vec![place] }),
                }
            }
        }
        found
    }

    /// A credential of the file as one that is used, though no node need use it: as one of this type, where it is known. `parameters`: none.
    ///
    /// # Errors
    /// It cannot be filled in, or another one could be meant.
    pub fn of_file<'w>(&self, listed: &'w Listed, type_name: &str, parameters: &'w Map<String, Value>) -> Result<Option<Used<'w>>, NodeError> {
        let Some(kind) = self.process.plans.registry().credential(type_name) else { return Ok(None) };
        let info = listed.node(type_name);
        let Given::Fields(fields) = self.credentials.known(&info, type_name)? else { return Ok(None) };
        let places = vec![CredentialPlace { node: &listed.name, parameters }];
        Ok(Some(Used { type_name: type_name.to_owned(), kind, fields, info, places }))
    }

    /// Asks the service of a credential, once for all nodes that use it. What a sign-in gives is kept, as in a run.
    pub async fn test<'w>(&self, used: &Used<'w>) -> Vec<Tested<'w>> {
        let mut change = match used.kind.session(&used.kind.complete(&used.fields)) {
            Session::None => None,
            Session::Held | Session::Missing => self.credentials.change(&used.info, &used.type_name).await.ok(),
        };
        let fields = used.kind.complete(change.as_ref().map_or(&used.fields, |change| &change.credential().fields));
        let http = SentFor::new(self.http.clone(), used.places[0].node);
        let learned = |secret: &str| self.secrets.add(&[secret.to_owned()]);
        let session = Mutex::new(Map::new());
        let signed_in = |fields: &Map<String, Value>| lock(&session).extend(fields.clone());
        let call = call(&self.process, &fields, &http, (&learned, &signed_in));
        let verdicts = match service_proof::is_for(&used.type_name) {
            true if self.offline => Err(NOT_OFFLINE),
            true => Ok(vec![Verdict::first(service_proof::of(self.process.policy, &used.type_name, &fields, &used.places).await)]),
            false => Some(used.kind.test(&call, &used.places).await).filter(|verdicts| !verdicts.is_empty()).ok_or(NOT_TESTED),
        };
        let asked = verdicts.is_ok();
        let mut verdicts = verdicts.unwrap_or_else(|why| vec![Verdict::first(Ok(why.to_owned()))]);
        let session = session.into_inner().unwrap_or_default();
        if let (Some(change), false) = (&mut change, session.is_empty())
            && let Err(why) = change.store(&session, &fields).await
            && let Some(Verdict { result: Ok(proof), .. }) = verdicts.first_mut()
        {
            *proof = Proof { message: format!("{} {why}", proof.message), warning: true };
        }
        let tested = |Verdict { place, result }| {
            let node = used.places.get(place)?.node;
            let result = result.map_err(|error| {
                let mut error = refusal::in_test(http.explained(error), (&used.type_name, used.name()));
                self.secrets.hide_in_error(&mut error);
                error
            });
            Some(Tested { node, result, asked })
        };
        verdicts.into_iter().filter_map(tested).collect()
    }
}
