//! Plays a case in this process: answers come from the case, the clock stands still, and what is sent is written down.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use engine::{Blocking, CheckOptions, Isolates, Limits, PlanOptions, Plans, PoolOptions, RunOptions, ShownItems, Workflow, WriteOptions};
use host::adapters::answers::Answers;
use host::adapters::clock::StandingClock;
use host::adapters::credentials::FileCredentials;
use host::packages::{self, Place};
use host::secrets::Secrets;
use host::{CredentialTests, Execution, Process, Reach};
use node_sdk::Registry;
use node_sdk::node::Level;
use node_sdk::ports::{MemoryState, StaticState};
use node_sdk::sync::lock;
use serde_json::{Map, Value};

use crate::cases::Case;
use crate::failure::Failure;

/// The word that makes this program the worker of a package.
pub(crate) const WORKER: &str = "worker";

/// Where packages are installed.
#[derive(Clone)]
pub(crate) struct Installed {
    /// The file of the lock.
    pub(crate) lock: PathBuf,
    /// The folder of their files.
    pub(crate) cache: PathBuf,
}

/// What cases that are played one after the other share: the types, and a worker for each package.
pub(crate) struct Stage {
    plans: Arc<Plans>,
    isolates: Arc<Isolates>,
}

/// What a play came to, and the requests that were sent.
pub(crate) type Played<T> = (Result<T, Failure>, Vec<Value>);

impl Stage {
    /// With these packages besides our own types.
    pub(crate) fn new(installed: &Installed) -> Result<Self, Failure> {
        let workers = packages::workers(std::env::current_exe()?, vec![WORKER.into()], false);
        let place = Place::Lock(installed.lock.clone());
        let registry = packages::add(host::registry(), packages::Installed::new(place, Ok(installed.cache.clone())), Some(workers), false);
        let isolates = Isolates::new(Limits::default(), PoolOptions::default());
        Ok(Self { plans: Arc::new(Plans::new(registry)), isolates: Arc::new(isolates) })
    }

    /// Runs the workflow of a case: the JSON of the run.
    pub(crate) async fn run(&self, case: &Case) -> Played<Value> {
        match Prepared::of(case) {
            Ok(prepared) => (self.run_prepared(case, &prepared).await, prepared.sent()),
            Err(error) => (Err(error), Vec::new()),
        }
    }

    async fn run_prepared(&self, case: &Case, prepared: &Prepared) -> Result<Value, Failure> {
        let Prepared { workflow, answers, credentials, requests, now } = prepared;
        let registry = self.plans.registry();
        let found = engine::check(workflow, registry, &CheckOptions { start: Some(case.start()), use_pins: true, ..CheckOptions::default() });
        if let Some(blocking) = found.iter().find(|found| found.blocking.is_some()) {
            let what = if blocking.blocking == Some(Blocking::Unsupported) { "not supported" } else { "refused" };
            return Err(format!("{what}: {}", blocking.diagnostic.message).into());
        }
        let static_data = Arc::new(MemoryState::default());
        let execution = Execution {
            static_data: static_data.clone(),
            credentials: credentials.clone(),
            reach: Reach::Answers(answers.clone()),
            requests: Some(requests.try_clone()?),
            ..Execution::default()
        };
        let (secrets, stored) = (execution.secrets.clone(), execution.stored.clone());
        let options = RunOptions { input: case.items().map(Into::into), use_pins: true, ..RunOptions::new(case.start()) };
        let ports = self.process(*now).ports(execution)?;
        let blobs = ports.ports.blobs.clone();
        let plan = self.plans.of(workflow, &PlanOptions { timezone: Some("UTC".into()) });
        let mut result = engine::run(plan, options, ports).await;
        secrets.hide_in_result(&mut result, workflow, registry);
        let kept = Value::Object(lock(&static_data.get(Some("N"))).clone());
        let extra: Map<String, Value> = [("savedCredentials".to_owned(), stored.list()), ("staticData".to_owned(), kept)].into_iter().collect();
        let mut text = Vec::new();
        engine::write(&result, &WriteOptions { items: ShownItems::All, locate: &|_| None, blobs: &*blobs, extra }, &mut text).await?;
        Ok(node_sdk::json::parse_text(std::str::from_utf8(&text)?)?)
    }

    /// Tests the credentials of the workflow of a case: whether they hold, else why not.
    pub(crate) async fn test(&self, case: &Case) -> Played<Result<(), String>> {
        match Prepared::of(case) {
            Ok(prepared) => (self.test_prepared(&prepared).await, prepared.sent()),
            Err(error) => (Err(error), Vec::new()),
        }
    }

    async fn test_prepared(&self, prepared: &Prepared) -> Result<Result<(), String>, Failure> {
        let Prepared { workflow, answers, credentials, requests, now } = prepared;
        let found = engine::check(workflow, self.plans.registry(), &CheckOptions { start: Some("Start".into()), ..CheckOptions::default() });
        if let Some(error) = found.iter().find(|found| found.diagnostic.level == Level::Error) {
            return Err(error.diagnostic.message.clone().into());
        }
        let outside = (Some(answers), Some(requests.try_clone()?));
        let tests = CredentialTests::new(self.process(*now), credentials.clone(), outside, Arc::new(Secrets::default()));
        let used = tests.used(workflow);
        if used.is_empty() {
            return Err("no credential is used that can be tested".into());
        }
        for used in used {
            for tested in tests.test(&used).await {
                if let Err(error) = tested.result {
                    return Ok(Err(error.message.to_string()));
                }
            }
        }
        Ok(Ok(()))
    }

    fn process(&self, now: i64) -> Process {
        let clock = Arc::new(StandingClock::new(now));
        Process { plans: self.plans.clone(), isolates: self.isolates.clone(), clock, ..Process::new(Registry::new()) }
    }
}

/// The parts of a case, ready to be played.
struct Prepared {
    workflow: Workflow,
    answers: Arc<Answers>,
    credentials: FileCredentials,
    requests: File,
    now: i64,
}

impl Prepared {
    fn of(case: &Case) -> Result<Self, Failure> {
        let credentials = case.0["credentials"].as_object().cloned().unwrap_or_default();
        Ok(Self {
            workflow: Workflow::parse(&case.workflow().to_string(), "case.json")?,
            answers: Arc::new(Answers::parse("answers.json", &case.0["answers"].to_string())?),
            credentials: FileCredentials::new(credentials),
            requests: tempfile::tempfile()?,
            now: case.0["now"].as_str().unwrap_or_default().parse::<jiff::Timestamp>()?.as_millisecond(),
        })
    }

    /// The requests that were sent.
    fn sent(&self) -> Vec<Value> {
        let mut file = &self.requests;
        if file.rewind().is_err() {
            return Vec::new();
        }
        BufReader::new(file).lines().map_while(Result::ok).filter_map(|line| node_sdk::json::parse_text(&line).ok()).collect()
    }
}
