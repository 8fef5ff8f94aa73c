//! A frozen isolate: blocks that are proven free of effects mean the same in it, and nothing that runs in it changes what all share.

mod scripts;

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use javascript::never;
use javascript::rquickjs::context::EvalOptions;
use javascript::rquickjs::function::Args;
use javascript::rquickjs::{CatchResultExt, Function, Value as Js};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::host::Frame;
use super::isolate::{Request, State, make_variable};
use crate::error::ExpressionError;
use crate::extensions::Needs;
use crate::limits::Limits;
use crate::program::Program;
use crate::scenario::{Defaults, scope};
use crate::view::Scope;

const TIME: Duration = Duration::from_millis(1500);

/// Work on a stack that is large enough for the engine's limit.
fn with_stack(work: fn()) {
    std::thread::Builder::new().stack_size(32 << 20).spawn(work).unwrap().join().unwrap();
}

type Engine = javascript::Isolate<Rc<State>>;

/// An isolate with all that an expression may need, and with a fingerprint.
fn isolate() -> Engine {
    let limits = Limits::default();
    let engine = Engine::new(javascript::Limits::default(), |ctx, deadline| State::new(ctx, deadline, &limits)).unwrap();
    engine.enter(Duration::from_secs(10), &never(), |ctx, state| {
        state.load(ctx, Needs::EXPRESSIONS).unwrap();
        let taken: Js<'_> = ctx.eval(include_str!("fingerprint.js")).catch(ctx).unwrap();
        ctx.globals().prop("__fingerprint", taken).unwrap();
    });
    engine
}

fn fingerprint(engine: &Engine, scope: &Arc<Scope>) -> String {
    engine.enter(Duration::from_secs(10), &never(), |ctx, state| {
        state.host.enter(Some(Frame { scope: scope.clone(), item: 0, extra: None, shares: false }));
        ctx.eval("__fingerprint()").catch(ctx).unwrap_or_else(|error| format!("it is not to be had any more: {error}"))
    })
}

/// The first lines that are not the same.
fn difference(before: &str, after: &str) -> Option<String> {
    let differing = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    let shown = |line: &str| line.chars().take(3000).collect::<String>();
    (before != after).then(|| differing.map_or_else(|| "something more".into(), |(before, after)| format!("{}\n{}", shown(before), shown(after))))
}

fn frozen() -> Engine {
    let engine = isolate();
    engine.enter(Duration::from_secs(10), &never(), |ctx, state| state.freeze(ctx).catch(ctx).map_err(|e| e.to_string())).unwrap();
    engine
}

/// What an evaluation comes to, as text.
fn evaluate(engine: &Engine, program: &Arc<Program>, scope: &Arc<Scope>, item: usize) -> String {
    let shares = program.purity.effect_free && program.purity.read_only;
    let request = Request { program: program.clone(), frame: Frame { scope: scope.clone(), item, extra: None, shares }, marked: true };
    let made: Result<_, ExpressionError> = engine.enter(TIME, &never(), |ctx, state| state.evaluate(ctx, &request));
    match made {
        Ok(answer) => format!("{} {} {:?}", answer.converted.class, answer.converted.value, answer.swallowed),
        Err(error) => format!("{error:?}"),
    }
}

/// The recorded facts: expression, node run, item.
fn facts() -> Vec<(Arc<Program>, Arc<Scope>, usize, String)> {
    let data = |name: &str| fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/expressions").join(name)).unwrap();
    let scenarios: Value = serde_json::from_str(&data("scenarios.json")).unwrap();
    let defaults = Defaults { timezone: "UTC".into(), now: 1_773_578_096_789, limits: Limits::default() };
    let fact = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let mut request = json!({
            "input": row["input"], "timezone": row["timezone"], "vars": {"brand": "Konverte", "limit": "25", "empty": ""},
            "workflow": {"id": "wf-facts-1", "name": "Konverte facts", "active": false}, "execution": {"id": "4711", "mode": "test"},
        });
        if let Some(name) = row["scenario"].as_str() {
            request["context"] = scenarios[name].clone();
        }
        let source = row["expression"].as_str().unwrap();
        (Arc::new(Program::new(source)), Arc::new(scope(&request, &defaults)), row["itemIndex"].as_u64().unwrap_or(0) as usize, source.to_owned())
    };
    data("facts.ndjson").lines().map(fact).collect()
}

#[test]
fn quiet_blocks_mean_the_same() {
    with_stack(compare_facts);
}

fn compare_facts() {
    let (plain, frozen) = (isolate(), frozen());
    let mut differ = Vec::new();
    let mut count = 0;
    let node_run = node_run();
    let before = [&plain, &frozen].map(|engine| fingerprint(engine, &node_run));
    for (program, scope, item, source) in facts() {
        if program.purity.effect_free && program.body.blocks().any(|block| block.path.is_none()) {
            count += 1;
            let [there, here] = [&plain, &frozen].map(|engine| evaluate(engine, &program, &scope, item));
            if there != here {
                differ.push(format!("{source}\n  {there}\n  {here}"));
            }
        } else {
            evaluate(&frozen, &program, &scope, item);
        }
    }
    for (engine, before) in [&plain, &frozen].into_iter().zip(&before) {
        assert_eq!(difference(before, &fingerprint(engine, &node_run)), None);
    }
    assert!(differ.is_empty() && count > 1000, "{count} {}", differ.join("\n"));
}

fn node_run() -> Arc<Scope> {
    let input = json!([{"list": [3, 1, 2], "o": {"a": 1, "b": [1]}, "text": "axa"}]);
    let defaults = Defaults { timezone: "UTC".into(), now: 1_773_578_096_789, limits: Limits::default() };
    Arc::new(scope(&json!({"input": input, "timezone": "Europe/Berlin", "vars": {"brand": "Konverte"}}), &defaults))
}

/// Runs a script as the engine would, without the parser that refuses what leads to what all share.
fn run_unchecked(engine: &Engine, script: &str, node_run: &Arc<Scope>) {
    const NAMES: &[&str] = &[
        "$json",
        "$input",
        "$",
        "$node",
        "$execution",
        "$workflow",
        "$vars",
        "$if",
        "$ifEmpty",
        "$jmespath",
        "$fromAI",
        "$now",
        "$today",
        "DateTime",
        "Duration",
        "Interval",
        "process",
    ];
    let frame = Frame { scope: node_run.clone(), item: 0, extra: None, shares: false };
    engine.enter(TIME, &never(), |ctx, state| {
        state.host.enter(Some(frame.clone()));
        let mut args = Args::new(ctx.clone(), NAMES.len());
        for name in NAMES {
            args.push_arg(make_variable(ctx, name, &frame).unwrap()).unwrap();
        }
        let mut options = EvalOptions::default();
        options.strict = false;
        let text = format!("(function ({}) {{ return ({script}\n) }})", NAMES.join(","));
        let made = ctx.eval_with_options::<Function<'_>, _>(text, options).and_then(|function| args.apply::<Js<'_>>(&function));
        _ = made.catch(ctx);
    });
}

/// How many scripts are run between two fingerprints.
const AT_ONCE: usize = 40;
const ROUNDS: usize = 100;

/// Quiet blocks change nothing where nothing is frozen: what is proven of them is true. And they mean the same in a frozen isolate, where
/// nothing at all changes anything, even if nobody looks at it before.
#[test]
fn nothing_changes_what_all_share() {
    with_stack(|| {
        let (plain, frozen, node_run) = (isolate(), frozen(), node_run());
        let [plain_before, frozen_before] = [&plain, &frozen].map(|engine| fingerprint(engine, &node_run));
        let inside = |source: &str| Some(source.strip_prefix("={{")?.strip_suffix("}}")?.trim().to_owned()).filter(|code| !code.contains("}}"));
        let recorded = facts().iter().filter_map(|(.., source)| inside(source)).collect();
        let scripts = scripts::script(recorded);
        let mut runner = TestRunner::deterministic();
        let mut quiet = 0;
        for _ in 0..ROUNDS {
            let some: Vec<String> = (0..AT_ONCE).map(|_| scripts.new_tree(&mut runner).unwrap().current()).collect();
            for script in &some {
                let program = Arc::new(Program::new(&format!("={{{{ {script} }}}}")));
                let here = evaluate(&frozen, &program, &node_run, 0);
                run_unchecked(&frozen, script, &node_run);
                if program.purity.effect_free {
                    quiet += 1;
                    assert_eq!(evaluate(&plain, &program, &node_run, 0), here, "{script}");
                }
            }
            for (engine, before) in [(&plain, &plain_before), (&frozen, &frozen_before)] {
                assert_eq!(difference(before, &fingerprint(engine, &node_run)), None, "after {some:#?}");
            }
        }
        assert!(quiet > ROUNDS * AT_ONCE / 10, "{quiet}");
    });
}

/// Each of these is seen where nothing is frozen.
#[test]
fn the_fingerprint_sees() {
    with_stack(|| {
        let (frozen, node_run) = (frozen(), node_run());
        let frozen_before = fingerprint(&frozen, &node_run);
        for script in [
            "Math.max = () => 9",
            "delete Array.prototype.at",
            "Object.prototype.x = 1",
            "Object.defineProperty(Array.prototype, 0, {set() {}})",
            "Object.setPrototypeOf(Error, Math)",
            "Object.getPrototypeOf([][Symbol.iterator]()).next = 1",
            "Object.getPrototypeOf(function* () {}).x = 1",
            "Object.getPrototypeOf(async () => 1).x = 1",
            "globalThis.x = 1",
            "undeclared = 1",
            "DateTime.x = 1",
            "DateTime.DATE_FULL.x = 1",
            "Object.getPrototypeOf($now).x = 1",
            "$now.zone.x = 1",
            "$now.toUTC().zone.x = 1",
            "$now.diff($now).matrix.years.days = 1",
            "$if.x = 1",
            "$jmespath.x = 1",
            "$execution.customData.set.x = 1",
            "(() => { try { $fromAI() } catch (e) { Object.getPrototypeOf(e).x = 1 } })()",
            "(() => { try { $now.plus({x: 1}) } catch (e) { Object.getPrototypeOf(e).x = 1 } })()",
            "(() => { try { [].average(1) } catch (e) { Object.getPrototypeOf(e).x = 1 } })()",
            "Object.getPrototypeOf($input).x = 1",
            "Object.getPrototypeOf($('Source')).x = 1",
            "Object.getPrototypeOf($node.Source).x = 1",
            "''.indexOf.x = 1",
            "[].map.x = 1",
            "({}).toString.x = 1",
            "Intl.NumberFormat.x = 1",
        ] {
            let plain = isolate();
            let before = fingerprint(&plain, &node_run);
            run_unchecked(&plain, script, &node_run);
            assert!(difference(&before, &fingerprint(&plain, &node_run)).is_some(), "{script} is not seen");
            run_unchecked(&frozen, script, &node_run);
            assert_eq!(difference(&frozen_before, &fingerprint(&frozen, &node_run)), None, "{script}");
        }
    });
}
