//! The emulator: one function from a request to its outcome.

use std::sync::{LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use node_sdk::ErrorCode;
use node_sdk::action::ActionSpec;
use node_sdk::sync::lock;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::{Call, identify};
use crate::failure::Failure;
use crate::fault::{Fault, FaultKind, SLOW, Strikes};
use crate::http::{Outcome, Request, Response};
use crate::input::{Body, Query};
use crate::limits::Limits;
use crate::router::{Router, Served};
use crate::stand_in::{self, StandIn};
use crate::state::State;
use crate::tokens::Tokens;
use crate::views::FILES;

/// What the sandbox starts with unless `--seed` says otherwise.
const SEED: &str = include_str!("seed.json");

/// Where the sandbox is, for a client in the same process.
pub const ORIGIN: &str = "http://konverte.sandbox";

/// Where the sandbox's own pages are; its state has tokens in it.
const OWN: &str = "/_sandbox/";

static ROUTER: LazyLock<Router> = LazyLock::new(Router::new);

/// The action that a request asks for: its method, and its path with or without a query.
pub fn action_at(method: &str, target: &str) -> Option<&'static ActionSpec> {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    ROUTER.find(method, path).and_then(|(route, _)| route.served).map(|served| served.action)
}

/// How the sandbox behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Answer as the real server where it differs from its documentation.
    pub as_server: bool,
    /// Stand in for a real server: it holds no records but those that requests name, of which it takes each for one of that server, and those
    /// that it makes itself, whose ids no server has. It has no `seed` then.
    pub stand_in: bool,
    /// Enforce the real server's rate limits.
    pub limits: bool,
    /// What fails on purpose; of several that concern a request the first that strikes counts.
    pub faults: Vec<Fault>,
    /// Other numbers let other requests of a fault's share fail.
    pub fault_seed: u64,
    /// JSON to start with instead of [`Sandbox::seed_json`], of the same form.
    pub seed: Option<String>,
}

/// A seed that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("The sandbox cannot start from this seed: {0}")]
pub struct SeedError(#[from] serde_json::Error);

impl SeedError {
    /// Its code.
    pub const CODE: ErrorCode = ErrorCode::new("KV0601");
}

/// The emulator. The same requests in the same order get the same answers, to the byte.
pub struct Sandbox {
    options: Options,
    seed: State,
    tokens: Tokens,
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    stand_in: Option<StandIn>,
    limits: Option<Limits>,
    /// API requests so far; decides which of them fail.
    requests: u64,
    /// Of each fault.
    strikes: Vec<Strikes>,
}

impl Sandbox {
    /// A sandbox with its seed.
    pub fn new(options: Options) -> Result<Self, SeedError> {
        let seed = if options.stand_in { stand_in::seed() } else { State::from_json(options.seed.as_deref().unwrap_or(SEED))? };
        let inner = Mutex::new(Inner::new(&seed, &options));
        let tokens = Tokens::of(&seed);
        Ok(Self { options, seed, tokens, inner })
    }

    /// The seed, as JSON that `--seed` takes.
    pub fn seed_json() -> &'static str {
        SEED
    }

    /// The tokens of what it starts with.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// What the sandbox holds.
    pub fn state(&self) -> Value {
        serde_json::to_value(&self.lock().state).unwrap_or_default()
    }

    /// So much time passes at once for the rate limits: whoever asks has waited on a clock that stands still.
    pub fn pass(&self, time: Duration) {
        if let Some(limits) = &mut self.lock().limits {
            limits.pass(time);
        }
    }

    /// Starts afresh from the seed.
    pub fn reset(&self) {
        *self.lock() = Inner::new(&self.seed, &self.options);
    }

    /// Answers a request.
    pub fn handle(&self, request: &Request) -> Outcome {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        if path.starts_with(OWN) && !request.is_local() {
            return Outcome::Answer(Response::json_of(403, &json!({ "error": "Only a program on this machine is answered here" })));
        }
        if let Some(response) = self.own_route(request, path) {
            return Outcome::Answer(response);
        }
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.requests += 1;
        inner.state.clock += 1;
        let struck = self.strike(inner, path);
        if let Some(outcome) = struck.and_then(FaultKind::outcome) {
            return outcome;
        }
        let throttled = inner.limits.as_mut().and_then(|limits| limits.check(request, path));
        let response = throttled.unwrap_or_else(|| self.answer(inner, request, path, query).unwrap_or_else(|Failure(response)| response));
        match struck {
            Some(FaultKind::Slow) => Outcome::Late(response, SLOW),
            Some(FaultKind::Lost) => Outcome::Reset,
            _ => Outcome::Answer(response),
        }
    }

    /// What lets this request fail, if anything does: the first fault that strikes.
    fn strike(&self, inner: &mut Inner, path: &str) -> Option<FaultKind> {
        let mut kind = None;
        let concerned = self.options.faults.iter().zip(&mut inner.strikes).filter(|(fault, _)| fault.concerns(path));
        for (fault, strikes) in concerned {
            strikes.requests += 1;
            if kind.is_none() && fault.strikes(self.options.fault_seed, inner.requests) {
                strikes.struck += 1;
                kind = Some(fault.kind);
            }
        }
        kind
    }

    /// Each fault, and how often it came to pass since the start.
    pub fn strikes(&self) -> Vec<(Fault, Strikes)> {
        self.options.faults.iter().cloned().zip(self.lock().strikes.iter().copied()).collect()
    }

    fn answer(&self, Inner { state, stand_in, .. }: &mut Inner, request: &Request, path: &str, query: &str) -> Answer {
        let (route, values) = ROUTER.find(&request.method, path).ok_or_else(Failure::no_page)?;
        let Served { action, handler } = route.served.ok_or_else(|| Failure::elsewhere(&request.method, path))?;
        let caller = identify(state, action, request)?;
        let host = request.header("host").map(|host| format!("http://{host}"));
        let mut call = Call {
            now: state.clock,
            state,
            action,
            path: values,
            query: Query::parse(query),
            body: Body::default(),
            caller,
            account: 0,
            as_server: self.options.as_server,
            accept: request.header("accept"),
            origin: host.unwrap_or_else(|| ORIGIN.to_owned()),
        };
        if let Some(stand_in) = stand_in.as_mut() {
            stand_in.admit_path(&mut call);
        }
        call.enter_account()?;
        if !call.as_server {
            call.query.check(action)?;
        }
        call.body = Body::parse(request, call.as_server)?;
        if request.method != "GET" {
            call.body.join(&mut call.query)?;
        }
        call.body.check(action, call.as_server)?;
        if !call.as_server {
            call.body.complete(action)?;
        }
        if let Some(stand_in) = stand_in {
            stand_in.admit_body(&mut call);
        }
        handler(&mut call)
    }

    /// Whether a stand-in has itself made what this request asks for: the real server does not know it.
    pub fn has_made(&self, method: &str, target: &str) -> bool {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let inner = self.lock();
        let (Some(stand_in), Some((_, values))) = (&inner.stand_in, ROUTER.find(method, path)) else { return false };
        stand_in::has_made(&inner.state, stand_in, &values, query)
    }

    /// Tells a stand-in what the real server answered, so that it knows the records that later requests name.
    pub fn learn(&self, method: &str, target: &str, answer: &[u8]) {
        let path = target.split(['?', '#']).next().unwrap_or(target);
        let mut inner = self.lock();
        let Inner { state, stand_in: Some(stand_in), .. } = &mut *inner else { return };
        let Some((Some(served), values)) = ROUTER.find(method, path).map(|(route, values)| (route.served, values)) else { return };
        if let Ok(answer) = serde_json::from_slice(answer) {
            stand_in.learn(state, served.action, &values, &answer);
        }
    }

    /// What the sandbox itself answers, beside the API.
    fn own_route(&self, request: &Request, path: &str) -> Option<Response> {
        match (request.method.as_str(), path) {
            ("GET", "/_sandbox/state") => Some(Response::json_of(200, &self.state())),
            ("POST", "/_sandbox/reset") => {
                self.reset();
                Some(Response::json_of(200, &self.state()))
            }
            ("GET", "/api") => Some(Response::json_of(
                200,
                &json!({
                    "version": "4.15.0", "timestamp": "2026-01-01 00:00:00", "queue_services": "ok", "data_services": "ok",
                }),
            )),
            ("GET", path) => {
                let number = path.strip_prefix(FILES)?.parse().ok()?;
                let inner = self.lock();
                let file = inner.state.file_contents.get(&number)?;
                Some(Response::new(200, &file.content_type, file.content.clone()))
            }
            _ => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Inner {
    fn new(seed: &State, options: &Options) -> Self {
        Self {
            state: seed.clone(),
            stand_in: options.stand_in.then(StandIn::default),
            limits: options.limits.then(Limits::new),
            requests: 0,
            strikes: vec![Strikes::default(); options.faults.len()],
        }
    }
}
