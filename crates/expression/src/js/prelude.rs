//! Our own JavaScript: a core that every isolate has, and parts that are loaded when an expression mentions them.

use javascript::rquickjs::{self, Ctx, Object};
use javascript::{Part, parts};

use crate::extensions::Needs;

const CORE: Part = Part { name: "core", source: include_str!("prelude/core.js") };

/// Parts that are wanted together.
struct Group {
    wanted: fn(Needs) -> bool,
    parts: &'static [&'static [Part]],
}

const DATES: &[Part] = &[
    Part { name: "zone", source: include_str!("prelude/dates/zone.js") },
    Part { name: "duration", source: include_str!("prelude/dates/duration.js") },
    Part { name: "format", source: include_str!("prelude/dates/format.js") },
    Part { name: "parse", source: include_str!("prelude/dates/parse.js") },
    Part { name: "datetime", source: include_str!("prelude/dates/datetime.js") },
    Part { name: "interval", source: include_str!("prelude/dates/interval.js") },
];
const EXTENSIONS: &[Part] = &[
    Part { name: "dispatch", source: include_str!("prelude/extensions/dispatch.js") },
    Part { name: "object", source: include_str!("prelude/extensions/object.js") },
    Part { name: "array", source: include_str!("prelude/extensions/array.js") },
    Part { name: "number", source: include_str!("prelude/extensions/number.js") },
    Part { name: "string", source: include_str!("prelude/extensions/string.js") },
];
const DATE_METHODS: &[Part] = &[Part { name: "date", source: include_str!("prelude/extensions/date.js") }];
const JMESPATH: &[Part] = &[Part { name: "jmespath", source: include_str!("prelude/jmespath.js") }];
const SORTING: &[Part] = &[Part { name: "sort", source: include_str!("prelude/sort.js") }];
const CODE: &[Part] = &[Part { name: "code", source: include_str!("prelude/code.js") }];
const FAULTS: &[Part] = &[Part { name: "faults", source: include_str!("prelude/faults.js") }];

/// The later parts, in the order in which they depend on each other.
const GROUPS: &[Group] = &[
    Group { wanted: |n| n.locales, parts: &[parts::INTL] },
    Group { wanted: |n| n.dates, parts: &[DATES] },
    Group { wanted: |n| n.extensions, parts: &[EXTENSIONS] },
    Group { wanted: |n| n.date_methods, parts: &[DATE_METHODS] },
    Group { wanted: |n| n.jmespath, parts: &[JMESPATH] },
    Group { wanted: |n| n.sorting, parts: &[SORTING] },
    Group { wanted: |n| n.code, parts: &[parts::BYTES, CODE, parts::TIMERS, parts::CONSOLE, parts::DATA, FAULTS] },
];

/// Runs the core with the host's functions.
pub(crate) fn core<'js>(ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
    CORE.run(ctx, host)
}

/// Runs the parts that are missing.
pub(crate) fn load<'js>(ctx: &Ctx<'js>, host: &Object<'js>, missing: Needs) -> rquickjs::Result<()> {
    let wanted = GROUPS.iter().filter(|group| (group.wanted)(missing));
    wanted.flat_map(|group| group.parts.iter().copied().flatten()).try_for_each(|part| part.run(ctx, host.clone()))
}

/// Freezes what all evaluations share. No part can be loaded after that.
pub(crate) fn freeze<'js>(ctx: &Ctx<'js>, host: &Object<'js>) -> rquickjs::Result<()> {
    parts::FREEZE.iter().try_for_each(|part| part.run(ctx, host.clone()))
}
