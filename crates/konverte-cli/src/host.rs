//! Puts the adapters behind the ports of a run.

use std::sync::Arc;

use engine::{EnginePorts, InMemory, Isolates, Limits, Plans, PoolOptions};
use konverte_sandbox::{Sandbox, SandboxClient};
use node_sdk::ports::{Adapters, Credentials, HttpClient, MemoryState, Random, Subworkflow, SubworkflowCall};
use node_sdk::{EventSink, Item, NodeError, Ports, Registry, async_trait};
use workflow::Workflow;

use crate::adapters::blobs::MemoryBlobs;
use crate::adapters::credentials::{DryRunCredentials, FileCredentials, Guarded, SandboxCredentials, Stored};
use crate::adapters::http::{Bases, DryRun, Limited, Seeded, anywhere, at_emulator};
use crate::adapters::random::SystemRandom;
use crate::adapters::requests::LoggedHere;
use crate::adapters::variables::FixedVariables;
use crate::adapters::workflows::FolderWorkflows;
use crate::commands::offline::{Offline, Outside};
use crate::commands::run::RunArgs;
use crate::error::{CliError, codes};
use crate::output::errors::Secrets;

/// A host, and the store that the output writer reads files from.
pub(crate) struct Built {
    pub(crate) ports: EnginePorts,
    pub(crate) blobs: Arc<MemoryBlobs>,
    /// The credentials that the run changes.
    pub(crate) stored: Arc<Stored>,
}

/// Everything that a run needs, as the command line says.
pub(crate) fn build(
    (args, offline): (&RunArgs, &Offline),
    workflow: &Workflow,
    registry: Registry,
    workflows: Arc<FolderWorkflows>,
    given: FileCredentials,
    secrets: Arc<Secrets>,
    events: &Arc<dyn EventSink>,
) -> Result<Built, CliError> {
    let clock = offline.clock();
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let blobs = Arc::new(MemoryBlobs::default());
    let stored = Arc::new(Stored::default());
    let (http, credentials) = network(args, offline.outside(&secrets)?, given, events)?;
    let ports = Ports {
        http,
        credentials: Arc::new(Guarded { inner: credentials, secrets, stored: stored.clone() }),
        variables: Arc::new(FixedVariables::read(args.vars.as_deref(), args.env_file.as_deref(), &args.allow_env)?),
        clock: clock.clone(),
        random: random.clone(),
        blobs: blobs.clone(),
        static_state: Arc::new(MemoryState::new(workflow.static_data())),
        subworkflows: Arc::new(NoSubworkflows),
        adapters: Adapters::default(),
    };
    let (ports, plans, durable) = (Arc::new(ports), Arc::new(Plans::new(registry)), Arc::new(InMemory::new(clock, random)));
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
    let ports = EnginePorts { plans, isolates, ports, workflows, events: events.clone(), durable };
    Ok(Built { ports, blobs, stored })
}

/// Who sends requests, and with which credentials.
type Network = (Arc<dyn HttpClient>, Arc<dyn Credentials>);

/// What answers from outside, with the emulator in front of it, or none at all.
fn network(args: &RunArgs, outside: Outside, given: FileCredentials, events: &Arc<dyn EventSink>) -> Result<Network, CliError> {
    let Outside { http, log } = outside;
    let outside: Arc<dyn HttpClient> = Arc::new(Limited { inner: http, max_response: args.max_response });
    if !args.sandbox && !args.dry_run {
        return Ok((outside, Arc::new(given)));
    }
    let sandbox = Sandbox::new(konverte_sandbox::Options::default());
    let sandbox = sandbox.map_err(|error| CliError::usage(codes::SANDBOX, error.to_string()))?;
    let emulator = Seeded(SandboxClient::new(Arc::new(sandbox), outside));
    if !args.dry_run {
        let emulator = LoggedHere { inner: emulator, log, is_here: at_emulator };
        return Ok((Arc::new(Limited { inner: Arc::new(emulator), max_response: args.max_response }), Arc::new(SandboxCredentials(given))));
    }
    let bases = Arc::new(Bases::default());
    let http = LoggedHere { inner: DryRun { emulator, bases: bases.clone(), events: events.clone() }, log, is_here: anywhere };
    let credentials: Arc<dyn Credentials> =
        if args.sandbox { Arc::new(SandboxCredentials(given)) } else { Arc::new(DryRunCredentials { inner: given, bases }) };
    Ok((Arc::new(http), credentials))
}

/// The engine puts its own in this place.
struct NoSubworkflows;

#[async_trait]
impl Subworkflow for NoSubworkflows {
    async fn run(&self, _call: SubworkflowCall) -> Result<Vec<Vec<Item>>, NodeError> {
        Err(NodeError::coded(node_sdk::error::codes::UNAVAILABLE, "Sub-workflows cannot run here"))
    }
}
