//! What Node.js 20 says: lines of JavaScript with their results, recorded from it, a file for each module. `wire` is of our own making: what leaves
//! the isolate for a request.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use javascript::rquickjs::{self, CatchResultExt, Ctx};
use javascript::{Deadline, Fault, Isolate, Limits, never};

/// Plays the lines of a file in an isolate of their own; gives back what differs.
fn play(ctx: &Ctx<'_>, deadline: &Rc<Deadline>, name: &str, lines: &str) -> rquickjs::Result<String> {
    let elapsed = Rc::new(Cell::new(1000.0));
    support::begin(ctx, deadline, &elapsed)?;
    let mut wrong = String::new();
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let (script, expected) = line.split_once('\t').unwrap_or((line, ""));
        let got = support::run(ctx, script, &elapsed).catch(ctx).unwrap_or_else(|error| format!("fails: {error}"));
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

facts!(path, events, util, buffer, url, querystring, string_decoder, small, crypto, zlib, stream, web, wire);
