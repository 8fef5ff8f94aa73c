//! Many executions in one process: what one does to JavaScript's own objects, no other sees.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use expression::scenario::{Defaults, scope};
use expression::{Evaluator, Isolates, Limits, PoolOptions, Session};
use serde_json::json;

#[test]
fn none_sees_what_another_does() {
    let limits = Limits::default();
    let isolates = Arc::new(Isolates::new(limits, PoolOptions { threads: 2, ..PoolOptions::default() }));
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits };
    let execution = |i: usize| {
        let session = Session::of(isolates.clone(), Arc::new(|| false), isolates.admitted());
        Evaluator::new(Arc::new(session), scope(&json!({"input": [{"a": i, "list": [i, 1, 2]}]}), &defaults))
    };
    let value = |evaluator: &Evaluator, source: &str| evaluator.evaluate(&source.into(), 0, None).unwrap().value;
    // All are under way at once, and take turns.
    let executions: Vec<Evaluator> = (0..40).map(execution).collect();
    for (i, evaluator) in executions.iter().enumerate() {
        assert_eq!(value(evaluator, "={{ Math.cbrt($json.a ** 3) }}"), json!(i), "{i}");
        if i % 3 == 0 {
            assert_eq!(value(evaluator, "={{ (Math.cbrt = () => -1, $now.zone.leak = $json.a, 'done') }}"), json!("done"), "{i}");
        }
    }
    for (i, evaluator) in executions.iter().enumerate() {
        let disturbed = i % 3 == 0;
        assert_eq!(value(evaluator, "={{ Math.cbrt($json.a ** 3) }}"), if disturbed { json!(-1) } else { json!(i) }, "{i}");
        assert_eq!(value(evaluator, "={{ $now.zone.leak }}"), if disturbed { json!(i) } else { json!(null) }, "{i}");
        let sentence = "={{ [$json.list.toSorted((a, b) => b - a).join(), $today.toFormat('yyyy LLLL'), ['b', 'a'].first()].join(' ') }}";
        let mut list = [i, 1, 2];
        list.sort_by(|a, b| b.cmp(a));
        let list = list.map(|n| n.to_string()).join(",");
        assert_eq!(value(evaluator, sentence), json!(format!("{list} 1970 January b")), "{i}");
    }
}
