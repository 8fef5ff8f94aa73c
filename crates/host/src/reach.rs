//! Who answers the requests of an execution.

use std::sync::Arc;

use konverte_http::Policy;
use konverte_mail::Smtp;
use konverte_postgres::Postgres;
use konverte_sandbox::{Options, Sandbox, SandboxClient};
use node_sdk::EventSink;
use node_sdk::ports::{Adapters, Clock, Credentials, Files, HttpClient, Mail, Process, Sql};

use crate::adapters::answers::Answers;
use crate::adapters::clock::BesideEmulator;
use crate::adapters::commands::{Commands, DryCommands};
use crate::adapters::credentials::{DryRunCredentials, FileCredentials, SandboxCredentials};
use crate::adapters::dry_run::{Bases, DryRun, Reads};
use crate::adapters::files::{AllowedFolders, DryFiles};
use crate::adapters::http::{Limited, Seeded};
use crate::adapters::requests::LoggedHere;
use crate::adapters::services::{Planned, Unanswered};
use crate::emulator::emulator;
use crate::error::Error;
use crate::outside::Outside;

/// Who answers the requests of an execution.
#[derive(Clone, Default)]
pub enum Reach {
    /// The network.
    #[default]
    Network,
    /// A file, and none leaves.
    Answers(Arc<Answers>),
    /// The emulator what is sent to Konverte, the network all else.
    Sandbox(Arc<Sandbox>),
    /// None leaves: the emulator answers what is sent to Konverte, all else ends its branch.
    DryRun {
        /// This emulator and its credentials, as in [`Reach::Sandbox`]; else an emulator that begins anew, with the credentials given.
        sandbox: Option<Arc<Sandbox>>,
    },
    /// As in a dry run, but requests that only read, and those for tokens, leave with the credentials that are given.
    ReadOnly,
}

/// Who sends requests, and with which credentials.
type Network = (Arc<dyn HttpClient>, Arc<dyn Credentials>);

impl Reach {
    /// The file that answers.
    pub(crate) fn answers(&self) -> Option<&Arc<Answers>> {
        match self {
            Self::Answers(answers) => Some(answers),
            Self::Network | Self::Sandbox(_) | Self::DryRun { .. } | Self::ReadOnly => None,
        }
    }

    /// Mail servers and databases, or what stands in their place.
    pub(crate) fn services(&self, policy: Policy, max_response: u64, events: &Arc<dyn EventSink>) -> Adapters {
        match self {
            Self::Network | Self::Sandbox(_) => adapters(Arc::new(Smtp { policy }), Arc::new(Postgres::new(policy, max_response))),
            Self::Answers(_) => adapters(Arc::new(Unanswered), Arc::new(Unanswered)),
            Self::DryRun { .. } | Self::ReadOnly => {
                let planned = Arc::new(Planned { events: events.clone() });
                adapters(planned.clone(), planned)
            }
        }
    }

    /// The clock of the execution.
    pub(crate) fn clock(&self, clock: Arc<dyn Clock>) -> Arc<dyn Clock> {
        match self {
            Self::Sandbox(emulator) if clock.stands_still() => Arc::new(BesideEmulator { clock, emulator: emulator.clone() }),
            _ => clock,
        }
    }

    /// `services`, and files and commands as far as they are allowed. A dry run writes nothing and runs nothing.
    pub(crate) fn machine(
        &self,
        services: Adapters,
        files: Option<AllowedFolders>,
        commands: Option<Commands>,
        events: &Arc<dyn EventSink>,
    ) -> Adapters {
        let dry = matches!(self, Self::DryRun { .. } | Self::ReadOnly);
        let files = files.map(|inner| -> Arc<dyn Files> {
            if dry { Arc::new(DryFiles { inner, events: events.clone() }) } else { Arc::new(inner) }
        });
        let process = commands.map(|allowed| -> Arc<dyn Process> {
            if dry { Arc::new(DryCommands { events: events.clone() }) } else { Arc::new(allowed) }
        });
        Adapters { files, process, ..services }
    }

    /// What answers from outside, with the emulator in front of it, or none at all.
    pub(crate) fn network(
        &self,
        Outside { http, log }: Outside,
        given: FileCredentials,
        max_response: u64,
        events: &Arc<dyn EventSink>,
    ) -> Result<Network, Error> {
        let limited = |inner: Arc<dyn HttpClient>| -> Arc<dyn HttpClient> { Arc::new(Limited { inner, max_response }) };
        let outside = limited(http);
        let seeded = |sandbox: &Arc<Sandbox>, outside| Seeded(SandboxClient::new(sandbox.clone(), outside));
        match self {
            Self::Network => Ok((outside, Arc::new(given))),
            // No token that comes in opens anything.
            Self::Answers(_) => Ok((outside, Arc::new(given.apart()))),
            Self::Sandbox(sandbox) => {
                let http = LoggedHere { inner: seeded(sandbox, outside), log };
                Ok((limited(Arc::new(http)), Arc::new(SandboxCredentials { given, sandbox: sandbox.clone() })))
            }
            Self::DryRun { sandbox } => {
                let bases = Arc::new(Bases::default());
                let given = given.apart();
                let (emulator, credentials): (_, Arc<dyn Credentials>) = match sandbox {
                    Some(sandbox) => (sandbox.clone(), Arc::new(SandboxCredentials { given, sandbox: sandbox.clone() })),
                    None => {
                        let bases = bases.clone();
                        (Arc::new(emulator(Options::default(), None)?), Arc::new(DryRunCredentials { inner: given, bases, emulator_else: true }))
                    }
                };
                let http = DryRun { emulator: seeded(&emulator, outside), bases, events: events.clone(), log, reads: None };
                Ok((Arc::new(http), credentials))
            }
            Self::ReadOnly => {
                let bases = Arc::new(Bases::default());
                let stand_in = Arc::new(emulator(Options { stand_in: true, as_server: true, ..Options::default() }, None)?);
                let reads = Some(Reads { outside: outside.clone(), stand_in: stand_in.clone() });
                let http = DryRun { emulator: seeded(&stand_in, outside), bases: bases.clone(), events: events.clone(), log, reads };
                // A token that comes in is kept: the service may take back the one before.
                Ok((Arc::new(http), Arc::new(DryRunCredentials { inner: given, bases, emulator_else: false })))
            }
        }
    }
}

fn adapters(mail: Arc<dyn Mail>, sql: Arc<dyn Sql>) -> Adapters {
    Adapters { mail: Some(mail), sql: Some(sql), ..Adapters::default() }
}
