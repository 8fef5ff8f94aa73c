//! Our own JavaScript: a core that every isolate has, and parts that are loaded when an expression mentions them.

use javascript::rquickjs::{self, Ctx, Object};
use javascript::{Part, parts};

use crate::extensions::Needs;

const CORE: Part = Part { name: "core", source: include_str!("prelude/core.js") };

/// Parts that are wanted together.
struct Group {
    part: Needs,
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
    Group { part: Needs::LOCALES, parts: &[parts::INTL] },
    Group { part: Needs::DATES, parts: &[DATES] },
    Group { part: Needs::EXTENSIONS, parts: &[EXTENSIONS] },
    Group { part: Needs::DATE_METHODS, parts: &[DATE_METHODS] },
    Group { part: Needs::JMESPATH, parts: &[JMESPATH] },
    Group { part: Needs::SORTING, parts: &[SORTING] },
    Group { part: Needs::BYTES, parts: &[parts::BYTES] },
    Group { part: Needs::CODE, parts: &[CODE] },
    Group { part: Needs::TIMERS, parts: &[parts::TIMERS] },
    Group { part: Needs::CONSOLE, parts: &[parts::CONSOLE] },
    Group { part: Needs::DATA, parts: &[parts::DATA] },
    Group { part: Needs::FAULTS, parts: &[FAULTS] },
];

/// Runs the core with the host's functions.
pub(crate) fn core<'js>(ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
    CORE.run(ctx, host)
}

/// Runs the parts that are missing.
pub(crate) fn load<'js>(ctx: &Ctx<'js>, host: &Object<'js>, missing: Needs) -> rquickjs::Result<()> {
    let wanted = GROUPS.iter().filter(|group| missing.has(group.part));
    wanted.flat_map(|group| group.parts.iter().copied().flatten()).try_for_each(|part| part.run(ctx, host.clone()))
}

/// Freezes what all evaluations share. No part can be loaded after that.
pub(crate) fn freeze<'js>(ctx: &Ctx<'js>, host: &Object<'js>) -> rquickjs::Result<()> {
    parts::FREEZE.iter().try_for_each(|part| part.run(ctx, host.clone()))
}
