//! `indexOf`, `split`, `replaceAll` and their like, in a time that grows with the text alone.
//!
//! The engine compares the needle at every place of the text, in one native call that nothing interrupts: 100,000 letters in
//! 10,000,000 that almost match took 48 s. So these methods of `String.prototype` are functions that look at the lengths first. A
//! search that cannot take long is the engine's own, and costs a look more. Any other goes window by window, with the two-way
//! algorithm of `memchr` (linear at worst, already part of the program for other crates), and asks between two windows whether
//! the time is over.

mod haystack;

use std::ffi::{CStr, c_int};
use std::rc::Rc;

use rquickjs::function::{Func, Rest, This};
use rquickjs::object::Property;
use rquickjs::{Coerced, Ctx, Error, Function, IntoJs, Object, Result, String as Text, Value as Js, qjs};

use self::haystack::{Haystack, Needle};
use crate::deadline::Deadline;

/// Needles up to this length are left to the engine: it compares few units at a place.
const SHORT: i64 = 4;
/// So many comparisons of two units are left to the engine: they take a few milliseconds.
const WORK: i64 = if cfg!(test) { 0 } else { 4 << 20 };
#[derive(Clone, Copy, PartialEq)]
enum Method {
    IndexOf,
    LastIndexOf,
    Includes,
    Split,
    Replace,
    ReplaceAll,
}

/// The methods, with the `name` and the `length` of their functions.
const METHODS: [(Method, &CStr, c_int); 6] = [
    (Method::IndexOf, c"indexOf", 1),
    (Method::LastIndexOf, c"lastIndexOf", 1),
    (Method::Includes, c"includes", 1),
    (Method::Split, c"split", 2),
    (Method::Replace, c"replace", 2),
    (Method::ReplaceAll, c"replaceAll", 2),
];

/// What a function here carries along: the linear search, the engine's own function, and functions that the linear search needs.
const CARRIED: usize = 4;

/// Puts the methods in the place of the engine's. They end with an exception when `deadline` is over. Gives the host function that they
/// carry along.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, deadline: Rc<Deadline>) -> Result<Js<'js>> {
    let texts: Object<'js> = ctx.globals().get::<_, Object<'js>>("String")?.get("prototype")?;
    let slice: Function<'js> = texts.get("slice")?;
    let join: Function<'js> = ctx.globals().get::<_, Object<'js>>("Array")?.get::<_, Object<'js>>("prototype")?.get("join")?;
    let linear = Func::from(move |ctx: Ctx<'js>, This(this): This<Js<'js>>, given: Rest<Js<'js>>| {
        let given = <[Js<'js>; 6]>::try_from(given.0).map_err(|_| Error::Unknown)?;
        linear(&ctx, &deadline, this, given)
    });
    let linear = linear.into_js(ctx)?;
    for (method, name, length) in METHODS {
        let shown = name.to_str()?;
        let native: Js<'js> = texts.get(shown)?;
        let made = searching(ctx, method, name, length, [&linear, &native, slice.as_value(), join.as_value()])?;
        texts.prop(shown, Property::from(made).writable().configurable())?;
    }
    Ok(linear)
}

#[allow(unsafe_code)]
fn searching<'js>(ctx: &Ctx<'js>, method: Method, name: &CStr, length: c_int, carried: [&Js<'js>; CARRIED]) -> Result<Js<'js>> {
    let mut carried = carried.map(|value| value.as_raw());
    // SAFETY: the engine copies the name and takes references of its own to the values, all of this context. It gives back a value
    // that is ours, or the sign of an exception, which is no object.
    let made = unsafe {
        let made = qjs::JS_NewCFunctionData2(
            ctx.as_raw().as_ptr(),
            Some(search),
            name.as_ptr(),
            length,
            method as c_int,
            CARRIED as c_int,
            carried.as_mut_ptr(),
        );
        Js::from_raw(ctx.clone(), made)
    };
    if made.is_function() { Ok(made) } else { Err(Error::Exception) }
}

/// Decides who searches.
///
/// # Safety
/// The engine calls it: `argv` has at least one value, two where the function's `length` or `argc` says so, and `carried` has
/// [`CARRIED`].
#[allow(unsafe_code)]
unsafe extern "C" fn search(
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    argc: c_int,
    argv: *mut qjs::JSValue,
    method: c_int,
    carried: *mut qjs::JSValue,
) -> qjs::JSValue {
    // SAFETY: see above. The values are lent, and handed on as such.
    unsafe {
        let needle = *argv;
        let may_be_long = if qjs::JS_IsString(this) {
            if qjs::JS_IsString(needle) { is_long(length_of(ctx, this), length_of(ctx, needle)) } else { is_text_like(needle) }
        } else {
            qjs::JS_IsObject(this)
        };
        let [linear, native, slice, join] = [0, 1, 2, 3].map(|at| *carried.add(at));
        if !may_be_long {
            return qjs::JS_Call(ctx, native, this, argc, argv);
        }
        let second = if argc > 1 { *argv.add(1) } else { qjs::JS_UNDEFINED };
        let mut given = [qjs::JS_MKVAL(qjs::JS_TAG_INT, method), native, slice, join, needle, second];
        qjs::JS_Call(ctx, linear, this, given.len() as c_int, given.as_mut_ptr())
    }
}

/// Whether a needle that is no text becomes one of any length: an object that is no pattern.
#[allow(unsafe_code)]
unsafe fn is_text_like(needle: qjs::JSValue) -> bool {
    // SAFETY: the caller has a live value.
    unsafe { qjs::JS_IsObject(needle) && !qjs::JS_IsRegExp(needle) }
}

/// The units of a text.
#[allow(unsafe_code)]
unsafe fn length_of(ctx: *mut qjs::JSContext, text: qjs::JSValue) -> i64 {
    let mut length = 0;
    // SAFETY: the caller has a text; asking one for its length runs no code.
    unsafe { qjs::JS_GetLength(ctx, text, &raw mut length) };
    length
}

#[allow(unsafe_code)]
fn units(text: &Text<'_>) -> usize {
    // SAFETY: it is a live text of its context.
    let length = unsafe { length_of(text.ctx().as_raw().as_ptr(), text.as_raw()) };
    length as usize
}

/// Whether the engine's own search may take long.
fn is_long(text: i64, needle: i64) -> bool {
    needle > SHORT && needle <= text && text.saturating_mul(needle) > WORK
}

/// The method, with `this` and what [`search`] hands over: method, native function, `slice`, `join`, needle, second argument.
/// What is no text becomes one, in the order in which JavaScript does it.
fn linear<'js>(ctx: &Ctx<'js>, deadline: &Deadline, this: Js<'js>, given: [Js<'js>; 6]) -> Result<Js<'js>> {
    let [method, native, slice, join, needle, mut second] = given;
    let method = METHODS.get(method.as_int().unwrap_or_default() as usize).map_or(Method::IndexOf, |known| known.0);
    let native: Function<'js> = native.get()?;
    if answers_itself(&needle)? {
        return native.call((This(this), needle, second));
    }
    let Coerced(text) = this.get::<Coerced<Text<'js>>>()?;
    if !needle.is_object() && !needle.is_string() {
        return native.call((This(text), needle, second));
    }
    if method == Method::Split && second.is_object() {
        second = second.get::<Coerced<f64>>()?.0.into_js(ctx)?;
    }
    let Coerced(needle) = needle.get::<Coerced<Text<'js>>>()?;
    let (text_length, needle_length) = (units(&text), units(&needle));
    if !is_long(text_length as i64, needle_length as i64) {
        return native.call((This(text), needle, second));
    }
    let haystack = Haystack { ctx: ctx.clone(), text, length: text_length, slice: slice.get()?, deadline };
    let needle = Needle::new(ctx, needle, needle_length)?;
    match method {
        Method::IndexOf => Ok(position(ctx, haystack.find(&needle, from_start(second, text_length)?)?)),
        Method::Includes => Ok(Js::new_bool(ctx.clone(), haystack.find(&needle, from_start(second, text_length)?)?.is_some())),
        Method::LastIndexOf => Ok(position(ctx, haystack.find_last(&needle, last_start(second, text_length - needle_length)?)?)),
        Method::Split => haystack.split(&needle, limit(second)?),
        Method::Replace => haystack.replace(&needle, second, 1, &join.get()?),
        Method::ReplaceAll => haystack.replace(&needle, second, usize::MAX, &join.get()?),
    }
}

/// Whether an object says itself how it is searched for, as patterns do.
fn answers_itself(needle: &Js<'_>) -> Result<bool> {
    use rquickjs::atom::PredefinedAtom::{SymbolMatch, SymbolReplace, SymbolSplit};
    let Some(needle) = needle.as_object() else { return Ok(false) };
    for symbol in [SymbolMatch, SymbolReplace, SymbolSplit] {
        let found: Js<'_> = needle.get(symbol)?;
        if !found.is_undefined() && !found.is_null() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn position<'js>(ctx: &Ctx<'js>, found: Option<usize>) -> Js<'js> {
    Js::new_int(ctx.clone(), found.map_or(-1, |at| at as i32))
}

/// Where a search begins: the argument as a whole number inside the text; without one at its start.
fn from_start(given: Js<'_>, length: usize) -> Result<usize> {
    let Coerced(from) = given.get::<Coerced<f64>>()?;
    Ok((from as usize).min(length))
}

/// The last place where a match may begin: without a number the last one at all.
fn last_start(given: Js<'_>, last: usize) -> Result<usize> {
    let Coerced(from) = given.get::<Coerced<f64>>()?;
    Ok(if from.is_nan() { last } else { (from as usize).min(last) })
}

/// How many pieces a split text may have, as `ToUint32` says.
fn limit(given: Js<'_>) -> Result<usize> {
    const RANGE: f64 = 4_294_967_296.0;
    if given.is_undefined() {
        return Ok(usize::MAX);
    }
    let Coerced(limit) = given.get::<Coerced<f64>>()?;
    Ok(if limit.is_finite() { limit.trunc().rem_euclid(RANGE) as usize } else { 0 })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use rquickjs::{CatchResultExt, Context, Runtime};

    use super::*;
    use crate::deadline::never;

    /// Says where the functions of the engine, in `native`, and those in their place differ.
    const COMPARE: &str = r"(text, needle, from, by) => {
        const shown = (f, args) => { try { return JSON.stringify(f.apply(text, [needle, ...args])) } catch (error) { return `${error}` } };
        const positions = [[], [undefined], [from], [-from], [from + 0.7], [`${from}`], [Infinity], [-Infinity], [NaN], [{valueOf: () => from}], [1n]];
        const limits = [[], [undefined], [0], [1], [2], [-1], [2 ** 32 + 1], [{valueOf: () => from % 4}]];
        const called = (...args) => args.slice(0, 2).join() + args[2].length;
        const values = [[by], [`<${by}$&|$$${by}>`], ['$`' + by], [`$'$1$<a>$`], ['$$&$'], [called], [undefined], [() => {}], [{toString: () => by}]];
        const given = {indexOf: positions, lastIndexOf: positions, includes: positions, split: limits, replace: values, replaceAll: values};
        for (const [name, all] of Object.entries(given)) {
            for (const args of all) {
                const [theirs, ours] = [shown(native[name], args), shown(String.prototype[name], args)];
                if (theirs !== ours) return `${name} ${String(args)}: ${theirs} and ${ours}`;
            }
        }
        return '';
    }";

    fn with_methods<T>(over: bool, work: impl FnOnce(&Ctx<'_>) -> T) -> T {
        let deadline = Rc::<Deadline>::default();
        if over {
            deadline.begin(Duration::ZERO, &never());
        }
        let runtime = Runtime::new().unwrap();
        Context::full(&runtime).unwrap().with(|ctx| {
            ctx.eval::<(), _>(
                "globalThis.native = Object.fromEntries(Object.getOwnPropertyNames(String.prototype).map(k => [k, String.prototype[k]]))",
            )
            .unwrap();
            install(&ctx, deadline).unwrap();
            work(&ctx)
        })
    }

    fn literal(units: &[u16]) -> String {
        let codes: Vec<String> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("'{}'", codes.concat())
    }

    fn picks(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), length)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_the_engine(
            alphabet in prop::sample::select(vec![&[0x61, 0x62][..], &[0x61, 0xe9, 0x80], &[0x61, 0x20ac, 0xd83d, 0xde00, 0x24]]),
            (before, needle, after) in (picks(0..200), picks(5..40), picks(0..200)),
            (times, from, change) in (0_usize..4, 0_usize..400, prop::option::of(0_usize..40)),
            by in picks(0..4),
        ) {
            let of = |picks: &[u8], alphabet: &[u16]| -> Vec<u16> { picks.iter().map(|pick| alphabet[*pick as usize % alphabet.len()]).collect() };
            let mut needle = of(&needle, alphabet);
            let whole = [of(&before, alphabet), needle.repeat(times), of(&after, alphabet), needle.repeat(times / 2)].concat();
            if let Some(at) = change.filter(|at| *at < needle.len()) {
                needle[at] = 0x62;
            }
            let by = of(&by, &[0x24, 0x26, 0x61, 0xdc00]);
            let differs = with_methods(false, |ctx| {
                let call = format!("({COMPARE})({}, {}, {from}, {})", literal(&whole), literal(&needle), literal(&by));
                ctx.eval::<String, _>(call).catch(ctx).unwrap()
            });
            prop_assert_eq!(differs, "");
        }
    }

    #[test]
    fn they_look_and_fail_as_the_engines_own() {
        let script = r"
            const log = [];
            const noisy = (name, value) => ({toString() { log.push(name); return value }, valueOf() { log.push(name + '#'); return 1 } });
            const attempt = f => { try { return f() } catch (error) { return `${error}` } };
            const all = kind => Object.entries({indexOf: 1, lastIndexOf: 1, includes: 1, split: 2, replace: 2, replaceAll: 2}).map(([name, length]) => {
                const f = kind(name), long = 'abcdefgh'.repeat(4);
                return [f.name, f.length, Object.getOwnPropertyNames(f), `${f}`, attempt(() => new f('a')), attempt(() => f.call(null, 'a')),
                    attempt(() => f.call('a', Symbol('x'))), attempt(() => f.call(long, /c/)), attempt(() => f.call(long, /c/g, 'x')),
                    attempt(() => f.call(noisy('this', long), noisy('needle', 'abcdefgh'), noisy('second', 'x'))), log.splice(0),
                    attempt(() => f.call(new String('abc'))), attempt(() => f.call(long, ['abcdefgh'], 1)), attempt(() => f.call(12345678, 234567)),
                    attempt(() => f.call(long + 'x', {[Symbol.split]: () => 'S', [Symbol.replace]: () => 'R'}, 1)),
                    Object.getOwnPropertyDescriptor(String.prototype, name).enumerable];
            });
            JSON.stringify([all(name => native[name]), all(name => String.prototype[name])])";
        let both: String = with_methods(false, |ctx| ctx.eval(script).catch(ctx).unwrap());
        let both: Vec<serde_json::Value> = serde_json::from_str(&both).unwrap();
        assert_eq!(both[0], both[1]);
    }

    #[test]
    fn a_needle_that_almost_matches_takes_no_longer_and_the_deadline_is_heeded() {
        let searches = [
            "'a'.repeat(6e6).indexOf('a'.repeat(3e6) + 'b')",
            "'\\u20ac'.repeat(2e6).lastIndexOf('b' + '\\u20ac'.repeat(1e6))",
            "'ab'.repeat(2e6).includes('ab'.repeat(1e6) + 'b')",
            "'a'.repeat(6e6).split('a'.repeat(3e6) + 'b').length - 2",
            "'a'.repeat(6e6).replaceAll('a'.repeat(3e6) + 'b', 'x').length - 6000001",
            "'a'.repeat(3e6).replaceAll('a'.repeat(30), 'x').length - 100001",
        ];
        let since = Instant::now();
        for search in searches {
            let found = with_methods(false, |ctx| ctx.eval::<Coerced<i32>, _>(search).catch(ctx).unwrap().0);
            assert!([-1, 0].contains(&found), "{search}: {found}");
        }
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
        for search in searches {
            let message = format!("try {{ {search}; 'done' }} catch (error) {{ error.message }}");
            assert_eq!(with_methods(true, |ctx| ctx.eval::<String, _>(message).unwrap()), "interrupted", "{search}");
        }
    }
}
