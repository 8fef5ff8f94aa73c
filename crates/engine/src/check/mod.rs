//! Everything that can be known before running.

mod connections;
mod document;
mod expressions;
mod names;
mod parameters;
mod pins;
mod served;
mod subworkflows;
mod types;
mod unmarked;
mod unreached;
mod values;

pub use self::types::{brings, package_of};

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use expression::Compiler;
use node_sdk::context::OnError;
use node_sdk::credential::fields_in_words;
use node_sdk::error::codes as node_codes;
use node_sdk::node::{Allowance, Finding, Level};
use node_sdk::{ErrorCode, Node as NodeType, NodeError, NodeInfo, Parameters, PrepareContext, Registry, VersionGroup, schema};
use serde::Serialize;
use serde_json::{Map, Value};
use workflow::names::Unknown;
use workflow::{Diagnostic, Graph, Node, Workflow};

use self::connections::Ports;
use self::names::Names;
use self::served::Served;
use crate::codes;
use crate::plan::info;

/// How to check.
#[derive(Clone, Default)]
pub struct CheckOptions<'a> {
    /// Where the run begins; what blocks depends on what can be reached from there. `None`: every node counts as reached.
    pub start: Option<String>,
    /// Where it ends: nothing is reached that this node does not need.
    pub destination: Option<String>,
    /// Whether the file's pinned data counts, as in a run by hand.
    pub use_pins: bool,
    /// Whether the run is given items: a trigger that it begins with puts them out and does not run itself, as one that is pinned.
    pub given: bool,
    /// Whether a credential is there: called with the node and the type. `None`: nothing is said of credentials.
    pub has_credential: Option<&'a HasCredential>,
    /// The sub-workflow of this id, name or path. `None`: those named by a literal are not looked up.
    pub subworkflow: Option<&'a FindWorkflow>,
    /// Whether expressions are compiled too: the engine that this takes is not started before every run.
    pub compile: bool,
    /// What of the machine the run is allowed.
    pub allowed: &'a [Allowance],
}

/// Gives a node's credential of a type; `Err`: it has one that cannot be used.
pub type HasCredential = dyn Fn(&NodeInfo, &str) -> Result<Given, NodeError> + Sync;

/// What is known of a credential before a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// There is none.
    Nothing,
    /// The node names one; its fields are not at hand.
    Name,
    /// Its fields.
    Fields(Map<String, Value>),
}

/// Looks up a workflow; `Ok(None)`: there is none, `Err`: it is ambiguous or cannot be read.
pub type FindWorkflow = dyn Fn(&str) -> Result<Option<Arc<Workflow>>, NodeError> + Sync;

/// One thing that `check` found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// What it is and where.
    #[serde(flatten)]
    pub diagnostic: Diagnostic,
    /// Whether it keeps a run from starting, and with which exit code.
    #[serde(skip)]
    pub blocking: Option<Blocking>,
    /// The node type that is not there, where that is what keeps a run from starting.
    #[serde(skip)]
    pub lacks: Option<Lack>,
    /// n8n's own words for it, where it has any.
    #[serde(skip)]
    pub(crate) n8n: Option<String>,
}

/// What a workflow needs and does not find.
#[derive(Debug, Clone, PartialEq)]
pub struct Lack {
    /// The type of the node.
    pub type_name: String,
    /// Its version, where the type is there and this version of it is not.
    pub version: Option<f64>,
}

impl Found {
    /// A finding that does not block.
    pub fn reported(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, blocking: None, lacks: None, n8n: None }
    }

    /// Whether it is of connections that lead nowhere: then it is no news that nothing leads to nodes.
    fn is_of_connections(&self) -> bool {
        [codes::CONNECTION, codes::PORT].iter().any(|code| code.as_str() == self.diagnostic.code)
    }

    /// n8n's words, else ours.
    pub(crate) fn reason(&self) -> &str {
        self.n8n.as_deref().unwrap_or(&self.diagnostic.message)
    }
}

/// Why a run does not start. Unsupported wins where both are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocking {
    /// The file does not check (exit code 3).
    Invalid,
    /// A node is not supported (exit code 4).
    Unsupported,
}

/// A node that is looked at, with its type where we have it.
pub(crate) struct Subject<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) node: &'a Node,
    pub(crate) found: Option<(&'a dyn NodeType, &'a VersionGroup)>,
    pub(crate) info: Arc<NodeInfo>,
    /// Defaults filled in.
    pub(crate) parameters: Parameters,
    /// Enabled, neither pinned nor given its items, and reached from the start: what is wrong with it counts.
    pub(crate) counts: bool,
}

/// Says everything that can be known before running, in the order of the file's nodes.
pub fn check(workflow: &Workflow, registry: &Registry, options: &CheckOptions<'_>) -> Vec<Found> {
    check_below(workflow, registry, options, &HashSet::new())
}

/// [`check`] of a workflow to which these others led.
fn check_below(workflow: &Workflow, registry: &Registry, options: &CheckOptions<'_>, above: &HashSet<String>) -> Vec<Found> {
    let whole = Whole::new(workflow);
    let graph = &whole.graph;
    let find = |name: &Option<String>| name.as_deref().and_then(|name| graph.find(name));
    let destination = find(&options.destination);
    let is_needed = |node: &usize| destination.is_none_or(|destination| *node == destination || graph.leads_to(*node, destination));
    let reached: Option<HashSet<usize>> = find(&options.start).map(|start| graph.reachable(start).into_iter().filter(is_needed).collect());
    let start = find(&options.start);
    let compiler = options.compile.then(Compiler::default);
    let mut found = document::check(workflow);
    let mut ports = Vec::with_capacity(workflow.nodes.len());
    for (index, node) in workflow.nodes.iter().enumerate() {
        let is_reached = reached.as_ref().is_none_or(|reached| reached.contains(&index));
        let is_given = options.given && start == Some(index) && registry.is_trigger(&node.type_name, node.type_version);
        let counts = is_reached && !(node.disabled || is_given || options.use_pins && workflow.is_pinned(&node.name));
        let node_type = registry.find_version(&node.type_name, node.type_version);
        let subject = Subject::new(workflow, node, node_type.as_deref(), counts);
        ports.push(subject.ports());
        found.extend(types::check(&subject, node_type.as_deref().map(NodeType::descriptor), registry, &whole));
        if !node.disabled {
            let own = subject.own_findings();
            let said = own.iter().filter_map(|found| found.diagnostic.parameter.clone()).collect();
            found.extend(parameters::check(&subject, &said));
            found.extend(own);
            found.extend(subject.not_allowed(options.allowed));
            found.extend(values::check(&subject));
            found.extend(unmarked::check(&subject));
            found.extend(expressions::check_code(&subject, &whole));
            found.extend(expressions::check(&subject, &whole, compiler.as_ref()));
            found.extend(subject.credentials(registry, options));
            found.extend(subworkflows::check(&subject, registry, options, above));
        }
    }
    if options.use_pins {
        found.extend(pins::check(workflow));
    }
    let connections = connections::check(workflow, &whole, &ports);
    if !document::has_misspelt_connections(workflow) && !connections.iter().any(Found::is_of_connections) {
        found.extend(unreached::check(workflow, &whole, registry, start));
    }
    found.extend(connections);
    found
}

/// What the checks of single nodes ask about the whole workflow.
pub(crate) struct Whole<'a> {
    graph: Graph,
    names: Names<'a>,
    served: Served,
    /// What is known of types that we do not have.
    unknown: RefCell<HashMap<String, Unknown>>,
}

impl<'a> Whole<'a> {
    fn new(workflow: &'a Workflow) -> Self {
        let graph = workflow.graph();
        Self { names: Names::new(workflow), served: Served::new(workflow, &graph), unknown: RefCell::default(), graph }
    }
}

impl<'a> Subject<'a> {
    fn new(workflow: &'a Workflow, node: &'a Node, node_type: Option<&'a dyn NodeType>, counts: bool) -> Self {
        let found = node_type.and_then(|node_type| Some((node_type, node_type.descriptor().version(node.type_version)?)));
        let parameters = match found {
            Some((_, group)) => Parameters::filled(group, &node.parameters, node.type_version),
            None => Parameters::new(node.parameters.clone()),
        };
        Self { workflow, node, found, info: Arc::new(info(node)), parameters, counts }
    }

    /// A finding about the node that does not block.
    fn reported(&self, code: ErrorCode, level: Level, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, level, message).at(self.workflow, &self.node.name, None)
    }

    /// Whether this is our own type, for which every error blocks.
    fn is_native(&self) -> bool {
        self.node.type_name == "konverte"
    }

    /// The finding with what it blocks: where the node counts, and then a way to use it that is not supported, or any error of our own
    /// type.
    fn judged(&self, diagnostic: Diagnostic) -> Found {
        if [node_codes::UNAVAILABLE, node_codes::WAITS_OUTSIDE, node_codes::NO_WALL].iter().any(|code| code.as_str() == diagnostic.code) {
            let level = if self.counts { diagnostic.level } else { Level::Note };
            return self.unsupported(Diagnostic { level, ..diagnostic }, self.counts);
        }
        let blocks = self.counts && self.is_native() && diagnostic.level == Level::Error;
        Found { blocking: blocks.then_some(Blocking::Invalid), ..Found::reported(diagnostic) }
    }

    /// The finding that the node's type is not there, or not in this version or not for this use; whether that `blocks`.
    fn unsupported(&self, diagnostic: Diagnostic, blocks: bool) -> Found {
        let lack = || Lack { type_name: self.node.type_name.clone(), version: None };
        Found { blocking: blocks.then_some(Blocking::Unsupported), lacks: blocks.then(lack), ..Found::reported(diagnostic) }
    }

    /// What the node's own code is asked with.
    fn context(&self) -> PrepareContext<'_> {
        PrepareContext { node: &self.info, parameters: &self.parameters }
    }

    fn ports(&self) -> Option<Ports> {
        let (node_type, _) = self.found?;
        let context = self.context();
        let for_errors = usize::from(self.node.settings.on_error == OnError::ContinueErrorOutput);
        Some(Ports { inputs: node_type.inputs(&context), outputs: node_type.outputs(&context) + for_errors })
    }

    fn own_findings(&self) -> Vec<Found> {
        let Some((node_type, _)) = self.found else { return Vec::new() };
        let beyond = crate::defaults::beyond(&self.parameters).map(|error| Finding {
            message: format!("\"{}\": {}", self.node.name, error.message),
            code: error.code,
            level: Level::Error,
            help: error.help,
            parameter: error.parameter,
            offset: None,
        });
        let findings = beyond.into_iter().chain(node_type.check(&self.context()));
        findings.map(|finding| self.judged(Diagnostic::from_finding(self.workflow, &self.node.name, finding))).collect()
    }

    /// That it needs what the run is not allowed. The run goes on to it all the same, for the file may say what comes after an error.
    fn not_allowed(&self, allowed: &[Allowance]) -> Option<Found> {
        let needed = self.found?.0.allowance().filter(|needed| self.counts && !allowed.contains(needed))?;
        let message = format!("\"{}\" needs {}; without it the run fails at this node", self.node.name, needed.option());
        Some(Found::reported(self.reported(codes::NOT_ALLOWED, Level::Warning, message)))
    }

    fn credentials(&self, registry: &Registry, options: &CheckOptions<'_>) -> Vec<Found> {
        let (types, refused) = credential_types(self, registry);
        let refused = refused.into_iter().map(|(kind, why)| {
            let message = format!("\"{}\": the credential type {kind} cannot be used: {why}", self.node.name);
            self.reported(node_codes::CREDENTIAL_INVALID, Level::Warning, message)
        });
        let given = options.has_credential.map(|given| self.given_credentials(registry, types, given)).unwrap_or_default();
        refused.chain(given).map(Found::reported).collect()
    }

    fn given_credentials(&self, registry: &Registry, types: Vec<String>, given: &HasCredential) -> Vec<Diagnostic> {
        let name = &self.node.name;
        let known = |kind: &str| registry.credential_for(&self.node.type_name, kind);
        let fields = |kind: &str| known(kind).map(|kind| fields_in_words(&*kind)).unwrap_or_default();
        let say = |kind: String| match given(&self.info, &kind) {
            Ok(Given::Name) => None,
            Ok(Given::Nothing) => {
                let message = format!("\"{name}\" has no credential of type {kind}; it will fail when it runs");
                let help = format!("Give it with --credentials FILE: a JSON object with an entry \"{kind}\". {}", fields(&kind));
                Some(self.reported(codes::CREDENTIAL, Level::Warning, message).help(help.trim_end()))
            }
            Ok(Given::Fields(given)) => {
                let faults = known(&kind).map(|kind| kind.faults(&given)).unwrap_or_default();
                let message = format!("\"{name}\": the credential of type {kind}: {}", faults.join("; "));
                let help = format!("Mend its entry in the credentials file. {}", fields(&kind));
                let told = || self.reported(node_codes::CREDENTIAL_INVALID, Level::Warning, message).help(help.trim_end());
                (!faults.is_empty()).then(told)
            }
            Err(NodeError { code, message, help, .. }) => {
                Some(Diagnostic { help, ..self.reported(code, Level::Warning, format!("\"{name}\": {message}")) })
            }
        };
        types.into_iter().filter_map(say).collect()
    }
}

/// The types of the credentials that each node needs with its parameters, by the node's place in the workflow; none of nodes that are
/// switched off.
pub fn needed_credentials(workflow: &Workflow, registry: &Registry) -> Vec<Vec<String>> {
    let of = |node: &Node| {
        let node_type = registry.find_version(&node.type_name, node.type_version).filter(|_| !node.disabled);
        credential_types(&Subject::new(workflow, node, node_type.as_deref(), true), registry).0
    };
    workflow.nodes.iter().map(of).collect()
}

/// The types of the credentials that a node needs, and those that it names but cannot use, each with the reason.
fn credential_types(subject: &Subject<'_>, registry: &Registry) -> (Vec<String>, Vec<(String, String)>) {
    let Some((node_type, group)) = subject.found else { return Default::default() };
    let scope = schema::Scope { siblings: &subject.parameters, root: &subject.parameters, version: subject.node.type_version };
    let declared = group.credentials.iter().filter(|wanted| wanted.required && schema::is_shown(wanted.display.as_ref(), scope));
    let mut types: Vec<String> = declared.map(|wanted| wanted.name.to_string()).collect();
    let mut refused = Vec::new();
    for kind in node_type.credentials(&subject.context()) {
        match registry.credential_for(&subject.node.type_name, &kind).map_or_else(|| Some(UNKNOWN_CREDENTIAL.to_owned()), |known| known.refusal()) {
            Some(why) => refused.push((kind, why)),
            None => types.push(kind),
        }
    }
    (types, refused)
}

/// Why a type that no provider has cannot be used.
const UNKNOWN_CREDENTIAL: &str = "konverte does not know it";
