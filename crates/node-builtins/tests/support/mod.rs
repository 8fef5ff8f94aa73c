//! An isolate with all modules, a clock that jumps, chance that repeats itself, and a network that answers with what it was asked.

#![allow(missing_docs, unreachable_pub, dead_code, reason = "shared by tests")]

use std::cell::Cell;
use std::rc::Rc;

use javascript::Deadline;
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Function, Object, TypedArray};

/// What every line may use: the modules, the globals, and a network that answers with what it was asked.
pub const SETUP: &str = "
    __kv_x.nodeGlobals(globalThis);
    var require = (name) => __kv_x.builtin(name);
    __kv_x.wire = async (request) => {
      if (request.url.includes('refused')) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      const { method, url, headers, body, redirect } = request;
      const said = { method, url, headers, body: body && Buffer.from(body).toString('latin1'), redirect };
      const status = Number(/status=(\\d+)/.exec(url)?.[1] ?? 200);
      return { status, statusText: 'OK', headers: [['Content-Type', 'application/json'], ['Set-Cookie', 'a=1'], ['set-cookie', 'b=2']], body: Buffer.from(JSON.stringify(said)), url };
    };
    var settled;
    var say = (text, show) => {
      settled = undefined;
      (async () => (0, eval)(`(async () => (${text}\\n))()`))().then((value) => { settled = show(value); }, (error) => { settled = show({ thrown: error }); });
    };
    var due = () => __kv_x.timers.due();
    var answer = () => settled;";

pub fn host<'js>(ctx: &Ctx<'js>, deadline: &Rc<Deadline>, elapsed: &Rc<Cell<f64>>) -> rquickjs::Result<Object<'js>> {
    let h = Object::new(ctx.clone())?;
    node_builtins::host_functions(&h, deadline)?;
    let clock = elapsed.clone();
    h.set("elapsed", Func::from(move || clock.get()))?;
    h.set("now", Func::from(|| 1_700_000_000_000_f64))?;
    h.set("log", Func::from(|_: String, _: String| ()))?;
    let state = Cell::new(1_u32);
    let random = move |ctx: Ctx<'js>, count: usize| {
        let next = || {
            state.set(state.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            (state.get() >> 24) as u8
        };
        TypedArray::new_copy(ctx, (0..count).map(|_| next()).collect::<Vec<u8>>())
    };
    h.set("random", Func::from(random))?;
    Ok(h)
}

pub fn run(ctx: &Ctx<'_>, line: &str, elapsed: &Cell<f64>) -> rquickjs::Result<String> {
    let show: Function<'_> = ctx.eval(include_str!("../show.js"))?;
    let (say, due, answer): (Function<'_>, Function<'_>, Function<'_>) =
        (ctx.globals().get("say")?, ctx.globals().get("due")?, ctx.globals().get("answer")?);
    say.call::<_, ()>((line, show))?;
    loop {
        while ctx.execute_pending_job() {}
        if let Some(answer) = answer.call::<_, Option<String>>(())? {
            return Ok(answer);
        }
        let wait: f64 = due.call(())?;
        if wait < 0.0 {
            return Ok("never settles".into());
        }
        elapsed.set(elapsed.get() + wait);
    }
}

/// Makes an isolate's scripts ready.
pub fn begin(ctx: &Ctx<'_>, deadline: &Rc<Deadline>, elapsed: &Rc<Cell<f64>>) -> rquickjs::Result<()> {
    let h = host(ctx, deadline, elapsed)?;
    node_builtins::PARTS.iter().try_for_each(|part| part.run(ctx, h.clone()))?;
    ctx.eval::<(), _>(SETUP)
}
