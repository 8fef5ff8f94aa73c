//! What a process has once, for all of its executions.

use std::sync::Arc;

use engine::{EnginePorts, InMemory, Isolates, Limits, Plans, PoolOptions};
use konverte_http::{Exchange, Network, Policy};
use node_sdk::ports::{Clock, Ports, Random, Subworkflow, SubworkflowCall};
use node_sdk::{EventSink, ItemList, NodeError, Registry, async_trait};

use crate::adapters::blobs::{BlobStore, MemoryStore};
use crate::adapters::clock::SystemClock;
use crate::adapters::credentials::Guarded;
use crate::adapters::events::Masked;
use crate::adapters::random::SystemRandom;
use crate::adapters::requests::logged;
use crate::execution::Execution;
use crate::outside::Outside;

/// The node types and credential types of this workspace.
pub fn registry() -> Registry {
    Registry::new().with(flow_nodes::provider()).with(konverte_nodes::provider()).with(credential_types::provider())
}

/// What a process has once, for all of its executions.
pub struct Process {
    /// The node types and credential types, and the plans made with them.
    pub plans: Arc<Plans>,
    /// Where JavaScript runs.
    pub isolates: Arc<Isolates>,
    /// Which addresses mail servers and databases may have; the network's requests go by its own.
    pub policy: Policy,
    /// Sends requests and keeps the connections.
    pub network: Arc<dyn Exchange>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// Keeps the content of files, for each execution apart.
    pub blobs: Arc<dyn BlobStore>,
}

impl Process {
    /// With these node types; the network, the time and the chance are those of the system, files are kept in memory.
    pub fn new(registry: Registry) -> Self {
        let policy = Policy { allow_private: true };
        Self {
            policy,
            plans: Arc::new(Plans::new(registry)),
            isolates: Arc::new(Isolates::new(Limits::default(), PoolOptions::default())),
            network: Arc::new(Network::new(policy)),
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
            blobs: Arc::new(MemoryStore),
        }
    }

    /// The ports of an execution: its own and those of the process. What the execution stores as files goes with them.
    ///
    /// # Errors
    /// [`crate::codes::SANDBOX`]: the emulator cannot be started.
    pub fn ports(&self, execution: Execution) -> Result<EnginePorts, crate::Error> {
        let Execution { credentials, secrets, stored, variables, reach, requests, max_response, static_data, files, commands, workflows, events } =
            execution;
        secrets.add(&credentials.secrets());
        let events: Arc<dyn EventSink> = Arc::new(Masked { inner: events, secrets: secrets.clone() });
        let outside = Outside::new(&self.network, reach.answers(), requests, &secrets);
        let services = logged(reach.services(self.policy, max_response, &events), outside.log.clone());
        let (http, credentials) = reach.network(outside, credentials, max_response, &events)?;
        let adapters = reach.machine(services, files, commands, &events);
        let (clock, random) = (reach.clock(self.clock.clone()), self.random.clone());
        let ports = Ports {
            http,
            credentials: Arc::new(Guarded { inner: credentials, secrets, stored }),
            variables: Arc::new(variables),
            clock: clock.clone(),
            random: random.clone(),
            blobs: self.blobs.of_execution(),
            static_state: static_data,
            subworkflows: Arc::new(NoSubworkflows),
            adapters,
        };
        Ok(EnginePorts {
            plans: self.plans.clone(),
            isolates: self.isolates.clone(),
            ports: Arc::new(ports),
            workflows,
            events,
            durable: Arc::new(InMemory::new(clock, random)),
        })
    }
}

/// The engine puts its own in this place.
struct NoSubworkflows;

#[async_trait]
impl Subworkflow for NoSubworkflows {
    async fn run(&self, _call: SubworkflowCall) -> Result<Vec<ItemList>, NodeError> {
        Err(NodeError::coded(node_sdk::error::codes::UNAVAILABLE, "Sub-workflows cannot run here"))
    }
}
