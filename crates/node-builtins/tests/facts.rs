//! What Node.js 20 says: lines of JavaScript with their results, recorded from it, a file for each module.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, CatchResultExt, Ctx, Function, Object, TypedArray};
use javascript::{Deadline, Fault, Isolate, Limits, never};

/// What every line may use: the modules, the globals, and a network that answers with what it was asked.
const SETUP: &str = "
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

fn host<'js>(ctx: &Ctx<'js>, deadline: &Rc<Deadline>, elapsed: &Rc<Cell<f64>>) -> rquickjs::Result<Object<'js>> {
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

fn run(ctx: &Ctx<'_>, line: &str, show: &str, elapsed: &Cell<f64>) -> rquickjs::Result<String> {
    let show: Function<'_> = ctx.eval(show)?;
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

/// Plays the lines of a file in an isolate of their own; gives back what differs.
fn play(ctx: &Ctx<'_>, deadline: &Rc<Deadline>, name: &str, lines: &str) -> rquickjs::Result<String> {
    let elapsed = Rc::new(Cell::new(1000.0));
    let h = host(ctx, deadline, &elapsed)?;
    node_builtins::PARTS.iter().try_for_each(|part| part.run(ctx, h.clone()))?;
    ctx.eval::<(), _>(SETUP)?;
    let mut wrong = String::new();
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let (script, expected) = line.split_once('\t').unwrap_or((line, ""));
        let got = run(ctx, script, include_str!("show.js"), &elapsed).catch(ctx).unwrap_or_else(|error| format!("fails: {error}"));
        if got != expected {
            wrong += &format!("{name}:{}: {script}\n    node: {expected}\n    here: {got}\n", number + 1);
        }
    }
    Ok(wrong)
}

fn check(name: &str, lines: &str) {
    let limits = Limits { memory: 512 << 20, ..Limits::default() };
    let isolate = Isolate::new(limits, |ctx, deadline| {
        let played = play(ctx, deadline, name, lines).catch(ctx);
        played.map_err(|error| Fault::engine(error.to_string()))
    });
    let wrong = isolate.map(|isolate| isolate.enter(Duration::from_secs(1), &never(), |_, wrong| wrong.clone()));
    assert_eq!(wrong.as_deref(), Ok(""), "{}", wrong.as_deref().unwrap_or_default());
}

/// A test for each file of facts.
macro_rules! facts {
    ($($name:ident),*) => { $(
        #[test]
        fn $name() {
            check(stringify!($name), include_str!(concat!("facts/", stringify!($name), ".tsv")));
        }
    )* };
}

facts!(path, events, util, buffer, url, querystring, string_decoder, small, crypto, zlib, stream, web);
