//! Isolates of user code go from execution to execution.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use javascript::{PoolOptions, never};
use node_sdk::async_trait;
use node_sdk::ports::Clock;
use serde_json::{Value, json};

use crate::code::{CodeRun, CodeValue, HelperFuture, Surroundings, run};
use crate::scenario::{Defaults, scope};
use crate::{Isolates, Limits, Session};

/// A clock that stands still.
struct Still;

#[async_trait]
impl Clock for Still {
    fn now_millis(&self) -> i64 {
        0
    }

    async fn sleep(&self, _: Duration) {}

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// With one thread: what is put back is there when the next code begins.
fn isolates() -> Arc<Isolates> {
    Arc::new(Isolates::new(Limits::default(), PoolOptions { threads: 1, ..PoolOptions::default() }))
}

fn session(isolates: &Arc<Isolates>) -> Arc<Session> {
    Arc::new(Session::of(isolates.clone(), never(), isolates.admitted()))
}

fn value(session: &Arc<Session>, source: &str, item: Option<usize>) -> Value {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let code = CodeRun {
        surroundings: Surroundings::Code,
        given: Default::default(),
        source: source.into(),
        item,
        scope: scope(&json!({"input": [{}, {}]}), &defaults),
        helpers: Arc::new(|_, _| -> HelperFuture { Box::pin(async { Ok(Value::Null) }) }),
        console: Arc::new(|_, _| ()),
        time: Duration::from_secs(60),
        clock: Arc::new(Still),
    };
    let mut ran = pin!(run(session, code));
    let ran = loop {
        match ran.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ran) => break ran,
            Poll::Pending => std::thread::yield_now(),
        }
    };
    match ran.map(|ran| ran.value) {
        Ok(CodeValue::Json(value)) => value,
        other => panic!("{source}: {other:?}"),
    }
}

/// Whether the node run ends or the whole execution.
#[test]
fn code_for_each_item_leaves_its_isolate_to_the_next_execution() {
    let isolates = isolates();
    value(&session(&isolates), "return 1", None);
    for node_run_ends in [true, true, false, false] {
        let session = session(&isolates);
        let count = "this.constructor.count = (this.constructor.count ?? 0) + 1; return this.constructor.count";
        assert_eq!([0, 1].map(|item| value(&session, count, Some(item))), [1, 2]);
        assert_eq!(isolates.spare().len(), 0);
        if node_run_ends {
            session.end_code();
        } else {
            drop(session);
        }
        isolates.pool().lease(&Arc::default(), |(): &mut (), _| ()).wait().unwrap();
        assert_eq!(isolates.spare().len(), 1);
    }
}

#[test]
fn what_code_finds_by_a_computed_name_does_not_depend_on_what_ran_before() {
    let isolates = isolates();
    let computed = "return (1234.5)['toLocale' + 'String']('de')";
    let written = "return (1234.5).toLocaleString('de')";
    let alone = value(&session(&isolates), computed, None);
    for source in [computed, written, computed, computed] {
        let expected = if source == computed { alone.clone() } else { json!("1.234,5") };
        assert_eq!(value(&session(&isolates), source, None), expected, "{source}");
    }
    assert_ne!(alone, "1.234,5");
}
