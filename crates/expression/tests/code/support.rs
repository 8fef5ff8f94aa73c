//! What runs user code in these tests.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use expression::code::{self, CodeError, CodeRun, CodeValue, Helper, HelperFuture, Surroundings};
use expression::scenario::{Defaults, scope};
use expression::{Limits, Session};
use node_sdk::async_trait;
use node_sdk::ports::Clock;
use serde_json::{Value, json};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Real time, without a runtime: a thread wakes who sleeps.
pub(crate) struct RealClock(pub(crate) Instant);

#[async_trait]
impl Clock for RealClock {
    fn now_millis(&self) -> i64 {
        0
    }

    async fn sleep(&self, duration: Duration) {
        let end = Instant::now() + duration;
        std::future::poll_fn(|cx| {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Poll::Ready(());
            }
            let waker = cx.waker().clone();
            thread::spawn(move || {
                thread::sleep(left);
                waker.wake();
            });
            Poll::Pending
        })
        .await;
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Helpers: `httpRequest` echoes or fails; everything else is refused.
pub(crate) fn helpers() -> Helper {
    Arc::new(|name: &str, args: Value| -> HelperFuture {
        let name = name.to_owned();
        Box::pin(async move {
            match (name.as_str(), args[0]["url"].as_str()) {
                ("httpRequest", Some("fail")) => Err(json!({"message": "Request failed with status code 404", "name": "AxiosError", "status": 404})),
                ("httpRequest", Some("bytes")) => Ok(json!({"$buffer": "aGVsbG8="})),
                ("httpRequest", _) => Ok(json!({"sent": args[0]})),
                _ => Err(json!({"message": format!("{name} is not supported")})),
            }
        })
    })
}

pub(crate) fn run_in(session: &Arc<Session>, source: &str, item: Option<usize>, time: Duration) -> (Result<CodeValue, CodeError>, Vec<String>) {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = lines.clone();
    let run = CodeRun {
        surroundings: Surroundings::Code,
        given: Default::default(),
        source: source.into(),
        item,
        scope: scope(&json!({"input": [{"i": 0}, {"i": 1}, {"i": 2}]}), &defaults),
        helpers: helpers(),
        console: Arc::new(move |_: &str, text: &str| log.lock().unwrap().push(text.into())),
        time,
        clock: Arc::new(RealClock(Instant::now())),
    };
    let result = block_on(code::run(session, run)).map(|ran| ran.value);
    let lines = lines.lock().unwrap().clone();
    (result, lines)
}

pub(crate) fn run(source: &str, item: Option<usize>) -> Result<CodeValue, CodeError> {
    run_in(&Arc::new(Session::new(Limits::default())), source, item, Duration::from_secs(5)).0
}

pub(crate) fn json_of(source: &str, item: Option<usize>) -> Value {
    match run(source, item) {
        Ok(CodeValue::Json(value)) => value,
        other => panic!("{source}: {other:?}"),
    }
}

/// A helper that answers after a while, and says how many were at work at once.
pub(crate) fn slow_helpers(pause: Duration) -> (Helper, Arc<Mutex<(usize, usize)>>) {
    let counts: Arc<Mutex<(usize, usize)>> = Arc::default();
    let shared = counts.clone();
    let helper: Helper = Arc::new(move |_: &str, args: Value| -> HelperFuture {
        let counts = shared.clone();
        {
            let mut counts = counts.lock().unwrap();
            counts.0 += 1;
            counts.1 = counts.1.max(counts.0);
        }
        let (end, mut asleep) = (Instant::now() + pause, false);
        Box::pin(std::future::poll_fn(move |cx| {
            if Instant::now() < end {
                let waker = cx.waker().clone();
                if !std::mem::replace(&mut asleep, true) {
                    thread::spawn(move || {
                        thread::sleep(pause);
                        waker.wake();
                    });
                }
                return Poll::Pending;
            }
            counts.lock().unwrap().0 -= 1;
            Poll::Ready(Ok(args[0].clone()))
        }))
    });
    (helper, counts)
}

pub(crate) fn run_with(input: Value, helpers: Helper, limits: Limits, source: &str) -> Result<CodeValue, CodeError> {
    run_for(&Arc::new(Session::new(limits)), input, helpers, source)
}

pub(crate) fn run_for(session: &Arc<Session>, input: Value, helpers: Helper, source: &str) -> Result<CodeValue, CodeError> {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: *session.limits() };
    let run = CodeRun {
        surroundings: Surroundings::Code,
        given: Default::default(),
        source: source.into(),
        item: None,
        scope: scope(&json!({ "input": input }), &defaults),
        helpers,
        console: Arc::new(|_: &str, _: &str| ()),
        time: Duration::from_secs(60),
        clock: Arc::new(RealClock(Instant::now())),
    };
    block_on(code::run(session, run)).map(|ran| ran.value)
}
