//! One engine with its context: its limits, and the state that lives with it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::loader::{Loader, Resolver};
use rquickjs::{Context, Ctx, Persistent, Runtime, Value as Js};

use crate::deadline::{Deadline, Stop};
use crate::fault::Fault;
use crate::memory::{Memory, Pieces};
use crate::{lazy, text_search};

/// What an isolate may take, whatever runs in it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Heap in bytes.
    pub memory: usize,
    /// Stack in bytes. A thread that enters the isolate has room for it and for what runs around it.
    pub stack: usize,
    /// Heap in bytes from which on the engine looks for circles of garbage; it looks again each time the heap is half as large again.
    pub first_collection: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 128 << 20, stack: 1 << 20, first_collection: FIRST_COLLECTION }
    }
}

/// What an isolate is loaded with has no circles of garbage.
const FIRST_COLLECTION: usize = 2 << 20;

/// One engine with its context, and the state `S` of its host functions.
///
/// The state stands before the context, so that it is dropped first: it holds values of the engine.
pub struct Isolate<S> {
    state: S,
    deadline: Rc<Deadline>,
    /// A host function that scripts could let go of: see [`Self::rewind`].
    _held: Persistent<Js<'static>>,
    context: Context,
    /// How many objects of the data there are.
    alive: Cell<usize>,
    /// Its memory, with the image of what it was when it was made.
    memory: Option<Rc<Memory>>,
}

#[allow(unsafe_code)]
// SAFETY: an isolate owns all that the engine allocates and all `Rc`s of its state: they are made inside of `new` and reached through
// `enter` alone, whose work is `Send` and hands out what is `Send`, so no part of them stays behind when it moves (no part of an
// isolate is kept in thread-local variables). It is not `Sync`: one thread at a time is in it. QuickJS keeps nothing by thread but the top
// of its stack, which `enter` sets.
unsafe impl<S> Send for Isolate<S> {}

impl<S> Isolate<S> {
    /// Starts an engine and makes its state.
    pub fn new<E: From<Fault>>(limits: Limits, make: impl FnOnce(&Ctx<'_>, &Rc<Deadline>) -> Result<S, E> + Send) -> Result<Self, E> {
        Self::in_runtime(Runtime::new(), limits, make)
    }

    /// The same for an engine whose scripts import modules: which one a name means, and what it is.
    pub fn importing<E: From<Fault>>(
        limits: Limits,
        (resolver, loader): (impl Resolver + 'static, impl Loader + 'static),
        make: impl FnOnce(&Ctx<'_>, &Rc<Deadline>) -> Result<S, E> + Send,
    ) -> Result<Self, E> {
        let runtime = Runtime::new();
        if let Ok(runtime) = &runtime {
            runtime.set_loader(resolver, loader);
        }
        Self::in_runtime(runtime, limits, make)
    }

    /// The same for an engine that can be put back as it was when it was made, which takes a tenth of making another: see [`Self::rewind`].
    pub fn rewindable<E: From<Fault>>(limits: Limits, make: impl FnOnce(&Ctx<'_>, &Rc<Deadline>) -> Result<S, E> + Send) -> Result<Self, E> {
        let memory = Rc::<Memory>::default();
        let isolate = Self::in_runtime(Runtime::new_with_alloc(Pieces(memory.clone())), limits, make)?;
        memory.keep();
        Ok(Self { memory: Some(memory), ..isolate })
    }

    fn in_runtime<E: From<Fault>>(
        runtime: rquickjs::Result<Runtime>,
        limits: Limits,
        make: impl FnOnce(&Ctx<'_>, &Rc<Deadline>) -> Result<S, E> + Send,
    ) -> Result<Self, E> {
        let cannot_start = |error: rquickjs::Error| Fault::engine(format!("the JavaScript engine does not start: {error}"));
        let runtime = runtime.map_err(cannot_start)?;
        runtime.set_memory_limit(limits.memory);
        runtime.set_max_stack_size(limits.stack);
        runtime.set_gc_threshold(limits.first_collection);
        let deadline = Rc::<Deadline>::default();
        let asked = deadline.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || asked.is_over())));
        let context = Context::full(&runtime).map_err(cannot_start)?;
        let alive = Cell::new(0);
        let make = |ctx: Ctx<'_>| {
            let held = text_search::install(&ctx, deadline.clone()).map_err(cannot_start)?;
            lazy::install(&ctx).map_err(cannot_start)?;
            let state = make(&ctx, &deadline)?;
            while ctx.execute_pending_job() {}
            Ok::<_, E>((state, Persistent::save(&ctx, held)))
        };
        let (state, held) = lazy::counting(&alive, || context.with(make))?;
        Ok(Self { state, deadline, _held: held, context, alive, memory: None })
    }

    /// Whether it was made to be put back as it was.
    pub fn is_rewindable(&self) -> bool {
        self.memory.is_some()
    }

    /// Puts the engine back as it was when it was made: byte for byte, so nothing that has run since is left. False where that cannot be:
    /// it was not made for it, or objects of the data are still alive, whose JSON would never be freed.
    ///
    /// # Safety
    /// The state holds no value of the engine that it did not hold when it was made, and it still holds every host function that `make` has
    /// made, itself and not by way of another object. What the engine frees of these stays freed: they live outside of its memory, and the
    /// memory that is put back would lead to them.
    #[allow(unsafe_code)]
    pub unsafe fn rewind(&self) -> bool {
        let Some(memory) = &self.memory else { return false };
        if self.alive.get() > 0 {
            self.take_stack();
            lazy::counting(&self.alive, || self.context.runtime().run_gc());
        }
        let nothing_left = self.alive.get() == 0;
        if nothing_left {
            // SAFETY: nobody but the state holds values of the engine; rquickjs has classes and their prototypes since the engine was made.
            // What the engine's memory leads to outside of it are host functions, which the state and `_held` keep, and objects of
            // the data, of which there are none.
            unsafe { memory.rewind() };
        }
        nothing_left
    }

    /// Works in the engine for a limited time. The engine looks at the clock between bytecodes only: a long native call does not come
    /// back in time.
    pub fn enter<T: Send>(&self, time: Duration, stop: &Stop, work: impl FnOnce(&Ctx<'_>, &S) -> T + Send) -> T {
        self.take_stack();
        self.deadline.begin(time, stop);
        let done = lazy::counting(&self.alive, || self.context.with(|ctx| work(&ctx, &self.state)));
        self.deadline.end();
        done
    }

    /// Whether the last work ran out of time or was stopped.
    pub fn ran_out(&self) -> bool {
        self.deadline.was_over()
    }

    /// Bytes that the engine holds. Finding out takes as long as going through all its objects.
    pub fn memory(&self) -> usize {
        usize::try_from(self.context.runtime().memory_usage().malloc_size).unwrap_or_default()
    }

    /// The stack of this thread is the one that the engine measures from now on.
    #[allow(unsafe_code)]
    fn take_stack(&self) {
        // SAFETY: the context is alive, and this thread is the only one in it.
        unsafe { rquickjs::qjs::JS_UpdateStackTop(rquickjs::qjs::JS_GetRuntime(self.context.as_raw().as_ptr())) };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{Shared, never};

    type Engine = Isolate<()>;

    const TIME: Duration = Duration::from_secs(10);

    fn engine() -> Engine {
        Engine::rewindable(Limits::default(), |ctx, _| {
            ctx.eval::<(), _>("var kept = { list: [1, 2, 3] }").map_err(|error| Fault::engine(error.to_string()))
        })
        .unwrap()
    }

    fn text(engine: &Engine, script: &str) -> String {
        engine.enter(TIME, &never(), |ctx, ()| ctx.eval(script).unwrap_or_else(|error| error.to_string()))
    }

    #[allow(unsafe_code)]
    fn rewind(engine: &Engine) -> bool {
        // SAFETY: there is no state.
        unsafe { engine.rewind() }
    }

    #[test]
    fn nothing_is_left_after_going_back() {
        const FOUND: &str = "[kept.list, [3, 2, 1].sort(), Math.max(1, 2), typeof left, Object.keys(globalThis), `${Array.prototype.at}`].join()";
        let engine = engine();
        let before = text(&engine, FOUND);
        for script in [
            "kept.list.length = 0; kept = undefined; Math.max = 1; Array.prototype.sort = 2; globalThis.left = [].concat(Array(100000).fill('x'))",
            "delete Array.prototype.at; Object.freeze(Array.prototype); for (let i = 0; i < 1e4; i++) globalThis[`left${i}`] = {i}",
            "Promise.resolve().then(() => { globalThis.left = 1 }); kept.list = [...Array(1e5).keys()]; kept.list.sort(() => { throw 1 })",
            "var left = new Map([[{}, new ArrayBuffer(1e6)]]); left.circle = left; (function f() { f() })()",
        ] {
            text(&engine, script);
            assert_ne!(text(&engine, FOUND), before, "{script}");
            assert!(rewind(&engine));
            assert_eq!(text(&engine, FOUND), before, "{script}");
        }
    }

    /// What is under way, waits, or broke off in the engine when it is put back.
    const UNDER_WAY: &[&str] = &[
        "globalThis.registry = new FinalizationRegistry((held) => { globalThis.left = held }); for (let i = 0; i < 1e3; i++) registry.register({}, i); 1",
        "globalThis.weak = [new WeakRef({}), new WeakMap([[kept, kept]]), new WeakSet([Math.max])]; kept.self = weak; 1",
        "function* f() { try { yield [...Array(1e4).keys()] } finally { globalThis.left = 1 } } globalThis.running = f(); running.next(); 1",
        "(async () => { try { await new Promise(() => {}) } finally { globalThis.left = 1 } })(); Promise.reject(kept); import('nowhere'); 1",
        "globalThis.buffer = new ArrayBuffer(8, { maxByteLength: 1e6 }); new Uint8Array(buffer); buffer.resize(9e5); globalThis.moved = buffer.transfer(5e5); 1",
        "globalThis.revoked = Proxy.revocable(kept, {}); Object.setPrototypeOf(kept, revoked.proxy); revoked.revoke(); 1",
        "for (let i = 0; i < 3e4; i++) { Symbol.for(`s${i}`); kept[`k${i}`] = { [`a${i}`]: i } } 1",
        "Error.stackTraceLimit = 1e9; Error.prepareStackTrace = (_, sites) => { globalThis.left = sites; throw sites }; try { null.x } catch {} 1",
        "globalThis.grown = ['x'.repeat(1e6)]; while (true) grown.push(grown.join('y'))",
        "(function f(a) { return f([a, ...arguments]) })(1)",
        "[...Array(3000).keys()].sort((a, b) => { kept.list.push(a); if (kept.list.length > 900) throw globalThis.left = kept.list; return b - a })",
        "JSON.stringify({ get a() { kept.list.length = 1e5; return { toJSON() { throw kept } } } })",
        "'x'.repeat(3e4).replace(/(x+x+)+y/, () => 1)",
        "Object.defineProperty(Object.prototype, 'get', { get() { throw 1 }, configurable: true }); new Map([[1, 2]]).get(1)",
        "class A { #a = kept; static { globalThis.left = new A() } read() { return this.#a } } left.read() === kept; new Function('while (true) globalThis.left = {}')()",
        "globalThis.big = 3n ** 60000n; globalThis.text = big.toString(); new RegExp('(' + 'a|'.repeat(2e4) + 'b)', 'v').exec(text); 1",
        "Array.prototype[Symbol.iterator] = function* () { yield* [globalThis.left = this] }; Promise.prototype.then = 0; Promise.all([1]); 1",
        "globalThis.shared = new SharedArrayBuffer(1e5); Atomics.notify(new Int32Array(shared), 0); Atomics.wait(new Int32Array(shared), 0, 0, 10)",
        "Object.freeze(globalThis); Object.freeze(kept); Object.preventExtensions(Function.prototype); 1",
        "globalThis.eval('var left = 1'); (0, eval)('let lexical = 1; const other = kept; class Lexical {}'); lexical",
    ];

    #[test]
    fn what_was_under_way_is_gone() {
        const FOUND: &str = "typeof lexical + typeof left + Reflect.ownKeys(globalThis).map(String).join() + JSON.stringify(kept) \
            + Object.isFrozen(globalThis) + Object.isFrozen(kept) + Object.isExtensible(Function.prototype) + Error.stackTraceLimit + Error.prepareStackTrace \
            + [...[1, 2]].sort((a, b) => b - a) + new Map([[1, 2]]).get(1) + ({}).get + Symbol.keyFor(Symbol.for('s1')) + 'aab'.replace(/a+/, 'c')";
        let engine = engine();
        let before = text(&engine, FOUND);
        for round in 0..3 {
            for script in UNDER_WAY {
                let time = Duration::from_millis(300);
                engine.enter(time, &never(), |ctx, ()| drop(ctx.eval::<rquickjs::Value<'_>, _>(*script)));
                // Jobs may be under way too, or wait.
                engine.enter(time, &never(), |ctx, ()| (0..round).all(|_| ctx.execute_pending_job()));
                assert!(rewind(&engine), "{script}");
                assert_eq!(text(&engine, FOUND), before, "{script}");
                assert!(rewind(&engine), "{script}");
            }
        }
    }

    #[test]
    fn objects_of_the_data_that_stay_keep_it_as_it_is() {
        let engine = engine();
        let hand_out = |script: &str| {
            engine.enter(TIME, &never(), |ctx, ()| {
                let data = Shared::new(Arc::new(json!({"inner": {"a": 1}}))).to_js(ctx).unwrap();
                ctx.globals().set("data", data).unwrap();
                ctx.eval::<(), _>(script).unwrap();
            });
        };
        hand_out("data.inner.a = 2; delete globalThis.data");
        assert!(rewind(&engine));
        hand_out("var circle = { data, inner: data.inner }; circle.circle = circle; data.inner.circle = circle; circle = data = undefined");
        assert!(rewind(&engine), "what only garbage leads to does not stay");
        hand_out("");
        assert!(!rewind(&engine));
        assert_eq!(text(&engine, "`${data.inner.a}`"), "1");
        text(&engine, "data = undefined");
        assert!(rewind(&engine));
        assert!(!rewind(&Engine::new(Limits::default(), |_, _| Ok::<_, Fault>(())).unwrap()));
    }
}
