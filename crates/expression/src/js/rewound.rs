//! An isolate that is put back: whatever code did in it, it is as it was, and all of it works again.

use std::rc::Rc;
use std::time::Duration;

use javascript::never;
use javascript::rquickjs::{CatchResultExt, Value as Js};

use super::isolate::State;
use crate::error::ExpressionError;
use crate::extensions::Needs;
use crate::limits::Limits;

const TIME: Duration = Duration::from_secs(10);

/// All that user code can have, and all that expressions can.
fn needs() -> Needs {
    Needs::of_code("globalThis").and(Needs::EXPRESSIONS)
}

/// Takes apart all that the global object leads to; `act` gets an object and a key of it. What cannot be changed stays.
const TAKE_APART: &str = "(() => {
    const { getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Object, { ownKeys, deleteProperty, set } = Reflect;
    const seen = new Set(), open = [globalThis], all = [];
    while (open.length) {
        const object = open.pop();
        if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) continue;
        seen.add(object);
        all.push(object);
        open.push(getPrototypeOf(object));
        for (const key of ownKeys(object)) {
            const { value, get, set } = getOwnPropertyDescriptor(object, key);
            open.push(value, get, set);
        }
        if (object instanceof Map) for (const pair of object) open.push(...pair);
        if (object instanceof Set) for (const entry of object) open.push(entry);
    }
    const keys = all.map((object) => [object, ownKeys(object)]);
    const act = ACT;
    for (const [object, own] of keys) for (const key of own) { try { act(object, key); } catch {} }
})()";

const ACTS: &[&str] = &[
    "(object, key) => deleteProperty(object, key)",
    "(object, key) => set(object, key, 1)",
    "(object, key) => set(object, key, () => ({ ...object }))",
    "(object) => setPrototypeOf(object, null)",
    "(object, key) => { delete object[key]; setPrototypeOf(object, null); }",
];

/// Uses what is ours in every part, and all that the engine's methods carry along.
const USES: &str = "
    const long = 'ab'.repeat(4000), needle = 'ab'.repeat(2000) + 'c';
    [long.indexOf(needle), long.lastIndexOf(needle), long.includes(needle), long.split(needle).length, long.replace(needle, '') === long,
        long.replaceAll(needle, '') === long, `${Buffer.from('hé').toString('base64')}`, new Date(0).toLocaleString('de-DE', { timeZone: 'Europe/Berlin' }),
        (1234.5).toLocaleString('de-DE'), [3, 1, 2].sort().join(), JSON.stringify({ a: [1] }), typeof setTimeout, typeof console.log].join()
";

type Engine = javascript::Isolate<Rc<State>>;

/// `made` makes what else stays in it.
fn isolate(made: &str) -> Engine {
    let limits = Limits::default();
    let engine = Engine::rewindable(javascript::Limits::default(), |ctx, deadline| {
        let state = State::new(ctx, deadline, &limits)?;
        state.load(ctx, needs()).and_then(|()| state.take_leave(ctx)).unwrap();
        let made: Js<'_> = ctx.eval(made).catch(ctx).unwrap();
        ctx.globals().prop("__fingerprint", made).unwrap();
        Ok::<_, ExpressionError>(state)
    });
    engine.unwrap()
}

fn text(engine: &Engine, script: &str) -> String {
    engine.enter(TIME, &never(), |ctx, _| ctx.eval(script).catch(ctx).unwrap_or_else(|error| error.to_string()))
}

#[allow(unsafe_code)]
fn rewind(engine: &Engine) -> bool {
    // Code may leave garbage in circles, which is freed at any time.
    engine.enter(TIME, &never(), |ctx, state| {
        state.leave(ctx, needs()).unwrap();
        ctx.run_gc();
    });
    // SAFETY: the state has let go of what it has compiled, and holds all host functions.
    unsafe { engine.rewind() }
}

#[test]
fn an_isolate_that_was_taken_apart_is_as_it_was() {
    let engine = isolate(include_str!("frozen/fingerprint.js"));
    let fingerprint = text(&engine, "__fingerprint()");
    assert!(rewind(&engine));
    for act in ACTS {
        text(&engine, &TAKE_APART.replace("ACT", act));
        assert!(rewind(&engine), "{act}");
        assert_eq!(text(&engine, "__fingerprint()"), fingerprint, "{act}");
        assert!(rewind(&engine), "{act}");
    }
}

/// A fingerprint holds all that it has seen; here nothing does.
#[test]
fn an_isolate_that_was_taken_apart_works_again() {
    let engine = isolate("0");
    let uses = text(&engine, USES);
    assert!(uses.starts_with("-1,-1,false,1,true,true,aMOp,"), "{uses}");
    assert!(rewind(&engine));
    for act in ACTS {
        text(&engine, &TAKE_APART.replace("ACT", act));
        assert!(rewind(&engine), "{act}");
        assert_eq!(text(&engine, USES), uses, "{act}");
        assert!(rewind(&engine), "{act}");
    }
}
