//! Our own JavaScript: a core that every execution has, and parts that are loaded when an expression mentions them.

use rquickjs::{Ctx, Function, Object};

use crate::extensions::Needs;

const CORE: &str = include_str!("prelude/core.js");

/// The later parts, in the order in which they depend on each other.
const PARTS: &[(fn(Needs) -> bool, &[(&str, &str)])] = &[
    (
        |n| n.locales,
        &[
            ("locales", include_str!("prelude/intl/locales.js")),
            ("numbers", include_str!("prelude/intl/numbers.js")),
            ("intl-dates", include_str!("prelude/intl/dates.js")),
        ],
    ),
    (
        |n| n.dates,
        &[
            ("zone", include_str!("prelude/dates/zone.js")),
            ("duration", include_str!("prelude/dates/duration.js")),
            ("format", include_str!("prelude/dates/format.js")),
            ("parse", include_str!("prelude/dates/parse.js")),
            ("datetime", include_str!("prelude/dates/datetime.js")),
            ("interval", include_str!("prelude/dates/interval.js")),
        ],
    ),
    (
        |n| n.extensions,
        &[
            ("dispatch", include_str!("prelude/extensions/dispatch.js")),
            ("object", include_str!("prelude/extensions/object.js")),
            ("array", include_str!("prelude/extensions/array.js")),
            ("number", include_str!("prelude/extensions/number.js")),
            ("string", include_str!("prelude/extensions/string.js")),
        ],
    ),
    (|n| n.date_methods, &[("date", include_str!("prelude/extensions/date.js"))]),
    (|n| n.jmespath, &[("jmespath", include_str!("prelude/jmespath.js"))]),
    (|n| n.code, &[("buffer", include_str!("prelude/buffer.js")), ("code", include_str!("prelude/code.js"))]),
];

/// Runs the core with the host's functions.
pub(crate) fn core<'js>(ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
    run(ctx, "core", CORE, host)
}

/// Runs the parts that are missing.
pub(crate) fn parts<'js>(ctx: &Ctx<'js>, host: &Object<'js>, missing: Needs) -> rquickjs::Result<()> {
    for (wanted, files) in PARTS {
        if wanted(missing) {
            for (name, source) in *files {
                run(ctx, name, source, host.clone())?;
            }
        }
    }
    Ok(())
}

fn run<'js>(ctx: &Ctx<'js>, name: &str, source: &str, host: Object<'js>) -> rquickjs::Result<()> {
    let mut options = rquickjs::context::EvalOptions::default();
    options.strict = false;
    options.filename = Some(format!("kv:{name}"));
    let function: Function<'js> = ctx.eval_with_options(source, options)?;
    function.call::<_, ()>((host, ctx.globals()))
}
