//! Expressions run when their item asks for them: what one does to another, and the time it sees, does not depend on how fast the machine is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use expression::scenario::{Defaults, scope};
use expression::{ErrorKind, Evaluator, ExecutionInfo, ExecutionView, Limits, NodeView, Scope, Session, SharedMap, SourceRef, WorkflowInfo};
use node_sdk::{Expression, ItemList};
use serde_json::{Map, Value, json};

/// An execution whose clock is one millisecond later whenever it is asked.
struct Ticking {
    inner: Arc<dyn ExecutionView>,
    clock: AtomicI64,
}

impl ExecutionView for Ticking {
    fn node(&self, name: &str) -> Option<NodeView> {
        self.inner.node(name)
    }
    fn run_count(&self, name: &str) -> usize {
        self.inner.run_count(name)
    }
    fn output(&self, name: &str, run: usize, branch: usize) -> Option<ItemList> {
        self.inner.output(name, run, branch)
    }
    fn outputs_len(&self, name: &str, run: usize) -> usize {
        self.inner.outputs_len(name, run)
    }
    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>> {
        self.inner.source(name, run)
    }
    fn pinned(&self, name: &str) -> bool {
        self.inner.pinned(name)
    }
    fn parents(&self, name: &str) -> Vec<String> {
        self.inner.parents(name)
    }
    fn connected_output(&self, from: &str, to: &str) -> Option<usize> {
        self.inner.connected_output(from, to)
    }
    fn context(&self, name: &str) -> SharedMap {
        self.inner.context(name)
    }
    fn workflow(&self) -> WorkflowInfo {
        self.inner.workflow()
    }
    fn execution(&self) -> ExecutionInfo {
        self.inner.execution()
    }
    fn vars(&self) -> Arc<Value> {
        self.inner.vars()
    }
    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        self.inner.env()
    }
    fn static_data(&self, node: Option<&str>) -> SharedMap {
        self.inner.static_data(node)
    }

    fn custom_data(&self) -> SharedMap {
        self.inner.custom_data()
    }
    fn now(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }
    fn timezone(&self) -> &str {
        self.inner.timezone()
    }
    fn random(&self) -> f64 {
        self.inner.random()
    }
    fn content(&self, key: &str) -> Option<String> {
        self.inner.content(key)
    }
}

fn limits() -> Limits {
    Limits { memory: 32 << 20, ..Limits::default() }
}

fn node_run(session: &Arc<Session>, items: usize) -> Evaluator {
    let input: Vec<Value> = (0..items).map(|i| json!({"i": i, "name": "a"})).collect();
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: limits() };
    let scope = scope(&json!({ "input": input }), &defaults);
    let view = Arc::new(Ticking { inner: scope.view.clone(), clock: AtomicI64::new(0) });
    Evaluator::new(session.clone(), Scope { view, ..scope })
}

/// Per item: the values of all fields, in their order.
fn fields(evaluator: &Evaluator, items: usize, sources: &[&str]) -> Vec<Vec<Value>> {
    let sources: Vec<Expression> = sources.iter().map(|source| Expression::new(*source)).collect();
    let value = |source: &Expression, item| evaluator.evaluate(source, item, None).unwrap().value;
    (0..items).map(|item| sources.iter().map(|source| value(source, item)).collect()).collect()
}

fn counted(sources: &[&str], items: usize) -> Vec<Vec<Value>> {
    fields(&node_run(&Arc::new(Session::new(limits())), items), items, sources)
}

#[test]
fn fields_count_in_the_order_of_the_items() {
    let fast = "={{ Math.n = (Math.n||0)+1 }}";
    let slow = "={{ (() => { let x=0; for (let i=0;i<4000;i++) x+=i; return Math.n = (Math.n||0)+1 })() }}";
    for sources in [[fast, "={{ Math.n = (Math.n||0)+1 + 0 }}"], [slow, fast]] {
        let expected: Vec<Vec<Value>> = (0..60).map(|i| vec![json!(2 * i + 1), json!(2 * i + 2)]).collect();
        assert_eq!(counted(&sources, 60), expected);
        assert_eq!(counted(&sources, 60), expected, "a second run is the same");
    }
}

#[test]
fn a_pure_expression_sees_what_an_item_before_it_has_changed() {
    let sources = ["={{ Math.max(1, 2) }}", "={{ $itemIndex === 20 ? (Math.max = () => 9, 'changed') : 'as it was' }}"];
    for (i, row) in counted(&sources, 40).iter().enumerate() {
        assert_eq!(row[0], json!(if i > 20 { 9 } else { 2 }), "item {i}");
    }
}

#[test]
fn what_a_session_holds_outlives_its_node_runs() {
    let session = Arc::new(Session::new(limits()));
    let first = node_run(&session, 20);
    assert_eq!(first.evaluate(&"={{ $json.name.toUpperCase() }}".into(), 0, None).unwrap().value, json!("A"));
    fields(&first, 20, &["={{ String.fromCharCode = () => { Math.n = (Math.n||0)+1; return Math.n } }}{{ $json.i }}"]);
    let second = node_run(&session, 20);
    let rows = fields(&second, 20, &["={{ String.fromCharCode(65) }}", "={{ Math.n }}"]);
    assert_eq!(rows, (1..21).map(|n| vec![json!(n), json!(n)]).collect::<Vec<_>>());
}

#[test]
fn every_item_sees_its_own_time() {
    let sources = ["={{ $now.toMillis() }}", "=t{{ $now.toMillis() }} {{ $json.i + 1 }}", "={{ new Date().getTime() }}"];
    let rows = counted(&sources, 40);
    let millis: Vec<i64> = rows.iter().map(|row| row[0].as_i64().unwrap()).collect();
    assert!(millis.is_sorted_by(|a, b| a < b), "{millis:?}");
    for row in &rows {
        let in_text: i64 = row[1].as_str().unwrap()[1..].split(' ').next().unwrap().parse().unwrap();
        assert!(row[0].as_i64().unwrap() < in_text && in_text < row[2].as_i64().unwrap(), "{row:?}");
    }
}

#[test]
fn a_failure_ahead_is_its_own_items() {
    let evaluator = node_run(&Arc::new(Session::new(limits())), 60);
    let source = Expression::from(
        "={{ $json.i === 30 ? 'a'.repeat(-1) : $json.i === 33 ? ['x'].chunk(0) : $json.i === 36 ? new Array(1e8).fill(7).map(x => [x]) : $json.i * 2 }}",
    );
    // The item that fails is evaluated with those before it, and nobody asks for it.
    for i in 0..30 {
        assert_eq!(evaluator.evaluate(&source, i, None).unwrap().value, json!(i * 2), "{i}");
    }
    for i in [31, 32, 34, 35, 37, 38] {
        assert_eq!(evaluator.evaluate(&source, i, None).unwrap().value, json!(i * 2), "{i}");
    }
    assert!(evaluator.evaluate(&source, 30, None).unwrap().swallowed.is_some());
    assert_eq!(evaluator.evaluate(&source, 33, None).unwrap_err().kind, ErrorKind::Extension);
    assert_eq!(evaluator.evaluate(&source, 36, None).unwrap_err().kind, ErrorKind::Memory);
}
