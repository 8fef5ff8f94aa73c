//! What `run` says before it begins.

use std::sync::Arc;

use engine::codes::{NO_SUBWORKFLOW, UNKNOWN_TYPE};
use engine::{Blocking, CheckOptions, Found, Given};
use host::adapters::credentials::FileCredentials;
use host::adapters::workflows::FolderWorkflows;
use node_sdk::node::{Allowance, Level as FindingLevel};
use node_sdk::{NodeInfo, Registry};
use workflow::Workflow;

use super::out::{Counts, exit_of, message};
use crate::console::Console;
use crate::exit::Exit;

/// What is said before a run of `workflow`; an exit code where it does not start. Sub-workflows named by a literal are checked with it.
pub(crate) struct BeforeRun<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) registry: &'a Registry,
    pub(crate) destination: Option<&'a str>,
    pub(crate) use_pins: bool,
    /// Whether there is `--input`.
    pub(crate) given: bool,
    pub(crate) strict: bool,
    pub(crate) workflows: Arc<FolderWorkflows>,
    /// Those that the run takes as they are.
    pub(crate) credentials: FileCredentials,
    /// What of the machine it may reach.
    pub(crate) allowed: Vec<Allowance>,
}

impl BeforeRun<'_> {
    fn found(&self, start: Option<&str>) -> Vec<Found> {
        let workflows = self.workflows.clone();
        let find = move |reference: &str| workflows.find_now(reference);
        let start = start.map(str::to_owned);
        let destination = self.destination.map(str::to_owned);
        let credentials = self.credentials.clone();
        // A node whose credential is not there says so when it runs; one whose credential lacks a field sends without it.
        let has_credential = move |node: &NodeInfo, type_name: &str| match credentials.known(node, type_name) {
            Ok(fields @ Given::Fields(_)) => Ok(fields),
            _ => Ok(Given::Name),
        };
        let options = CheckOptions {
            start,
            destination,
            use_pins: self.use_pins,
            given: self.given,
            has_credential: Some(&has_credential),
            subworkflow: Some(&find),
            compile: self.strict,
            allowed: &self.allowed,
        };
        engine::check(self.workflow, self.registry, &options)
    }

    /// What is said where no start node was found: types that are not supported, for one of them may be the trigger that is missed.
    /// `certain`: only those that block wherever they stand.
    pub(crate) fn say_unsupported(&self, certain: bool, console: &Console) -> Option<Exit> {
        let mut found = self.found(None);
        found.retain(|finding| finding.blocking == Some(Blocking::Unsupported) && (!certain || finding.diagnostic.code == UNKNOWN_TYPE.as_str()));
        for finding in &found {
            console.message(&message(self.workflow, finding));
        }
        (!found.is_empty()).then_some(Exit::Unsupported)
    }

    pub(crate) fn say(&self, start: &str, console: &Console) -> Option<Exit> {
        let found = self.found(Some(start));
        let exit = exit_of(&found, if self.strict { Counts::Errors } else { Counts::Blocking });
        // A run that does not start names what keeps it from starting; one that starts says everything but notes, and but what
        // the node itself will say when it runs.
        let stops = exit != Exit::Done;
        let said = |Found { diagnostic, .. }: &&Found| match stops {
            true => diagnostic.level == FindingLevel::Error,
            false => diagnostic.level > FindingLevel::Note && diagnostic.code != NO_SUBWORKFLOW.as_str(),
        };
        for finding in found.iter().filter(said) {
            console.message(&message(self.workflow, finding));
        }
        stops.then_some(exit)
    }
}
