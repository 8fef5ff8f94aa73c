//! Code that leaves something behind wherever it can, and says what it finds of others.

use std::sync::Arc;
use std::time::Duration;

use expression::{Isolates, Limits, PoolOptions, Session};

use crate::support::{run, run_in};

const LEAVING: &[&str] = &[
    "const before = [typeof leak, Math.max(1, 2), [].leak, typeof $now?.leak]; globalThis.leak = $input.all(); Math.max = () => 9; return [{ before }]",
    "const before = [typeof leak, [2, 1].sort().join(), $input.last().json.i]; Array.prototype.leak = 1; Array.prototype.sort = 1; return [{ before }]",
    "const before = [DateTime.leak, `${$now.zone.leak}`, Object.keys({}).length]; DateTime.leak = 1; $now.zone.leak = 1; Object.keys = () => [1]; return [{ before }]",
    "const before = $input.all().map((item) => Object.keys(item.json).join()); setTimeout(() => { globalThis.leak = 1 }, 1e6); $input.first().json.leak = 1; return [{ before }]",
    "const before = [`${Buffer.from('a')}`, JSON.stringify({ a: [1] }), new Map([[1, 2]]).size]; Map.prototype.has = Map.prototype.set = WeakMap = 1; JSON.stringify = 1; return [{ before }]",
    "Promise.prototype.then = 1; throw new Error(typeof leak)",
];

/// The isolates that serve them serve one after the other, and each finds its own as a new one.
#[test]
fn code_leaves_nothing_behind() {
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions { threads: 1, ..PoolOptions::default() }));
    for round in 0..3 {
        for source in LEAVING {
            for item in [None, Some(1)] {
                let session = Arc::new(Session::of(isolates.clone(), Arc::new(|| false), isolates.admitted()));
                let (done, _) = run_in(&session, source, item, Duration::from_secs(5));
                assert_eq!(done, run(source, item), "{round} {source}");
            }
        }
    }
}
