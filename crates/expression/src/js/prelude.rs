//! Our own JavaScript: a core that every execution has, and parts that are loaded when an expression mentions them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{Ctx, Function, Module, Object};

use crate::extensions::Needs;

const CORE: &str = include_str!("prelude/core.js");

/// A part: when it is wanted, and its files by name.
struct Part {
    wanted: fn(Needs) -> bool,
    files: &'static [(&'static str, &'static str)],
}

/// The later parts, in the order in which they depend on each other.
const PARTS: &[Part] = &[
    Part {
        wanted: |n| n.locales,
        files: &[
            ("locales", include_str!("prelude/intl/locales.js")),
            ("numbers", include_str!("prelude/intl/numbers.js")),
            ("intl-dates", include_str!("prelude/intl/dates.js")),
        ],
    },
    Part {
        wanted: |n| n.dates,
        files: &[
            ("zone", include_str!("prelude/dates/zone.js")),
            ("duration", include_str!("prelude/dates/duration.js")),
            ("format", include_str!("prelude/dates/format.js")),
            ("parse", include_str!("prelude/dates/parse.js")),
            ("datetime", include_str!("prelude/dates/datetime.js")),
            ("interval", include_str!("prelude/dates/interval.js")),
        ],
    },
    Part {
        wanted: |n| n.extensions,
        files: &[
            ("dispatch", include_str!("prelude/extensions/dispatch.js")),
            ("object", include_str!("prelude/extensions/object.js")),
            ("array", include_str!("prelude/extensions/array.js")),
            ("number", include_str!("prelude/extensions/number.js")),
            ("string", include_str!("prelude/extensions/string.js")),
        ],
    },
    Part { wanted: |n| n.date_methods, files: &[("date", include_str!("prelude/extensions/date.js"))] },
    Part { wanted: |n| n.jmespath, files: &[("jmespath", include_str!("prelude/jmespath.js"))] },
    Part { wanted: |n| n.sorting, files: &[("sort", include_str!("prelude/sort.js"))] },
    Part {
        wanted: |n| n.code,
        files: &[
            ("buffer", include_str!("prelude/buffer.js")),
            ("code", include_str!("prelude/code.js")),
            ("data", include_str!("prelude/data.js")),
            ("faults", include_str!("prelude/faults.js")),
        ],
    },
];

/// Runs the core with the host's functions.
pub(crate) fn core<'js>(ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
    run(ctx, "core", CORE, host)
}

/// Runs the parts that are missing.
pub(crate) fn parts<'js>(ctx: &Ctx<'js>, host: &Object<'js>, missing: Needs) -> rquickjs::Result<()> {
    for Part { wanted, files } in PARTS {
        if wanted(missing) {
            for (name, source) in *files {
                run(ctx, name, source, host.clone())?;
            }
        }
    }
    Ok(())
}

/// The compiled parts, for all engines of the process: reading them takes a fraction of parsing them. A part is written
/// when a second engine asks for it (`None` till then), so that a process with one engine does not pay for it.
static COMPILED: Mutex<BTreeMap<&'static str, Option<&'static [u8]>>> = Mutex::new(BTreeMap::new());

fn run<'js>(ctx: &Ctx<'js>, name: &'static str, source: &str, host: Object<'js>) -> rquickjs::Result<()> {
    let (module, _) = module(ctx, name, source)?.eval()?;
    let function: Function<'js> = module.get("default")?;
    function.call::<_, ()>((host, ctx.globals()))
}

#[allow(unsafe_code)]
fn module<'js>(ctx: &Ctx<'js>, name: &'static str, source: &str) -> rquickjs::Result<Module<'js, Declared>> {
    let compiled = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = compiled().get(name).copied();
    if let Some(Some(bytes)) = known {
        // SAFETY: this process made the bytes, with this engine; they live as long as it does.
        return unsafe { Module::load(ctx.clone(), bytes) };
    }
    let module = Module::declare(ctx.clone(), format!("kv:{name}"), format!("export default\n{source}"))?;
    match known {
        None => drop(compiled().entry(name).or_default()),
        Some(_) => {
            let bytes = module.write(WriteOptions::default())?;
            compiled().entry(name).or_default().get_or_insert_with(|| Vec::leak(bytes));
        }
    }
    Ok(module)
}
