//! Our own JavaScript: a core that every isolate has, and parts that are loaded when an expression mentions them.

use javascript::rquickjs::{self, Ctx, Object};
use javascript::{Part, part, parts};

use crate::extensions::Needs;

const CORE: Part = part!("core");

/// Parts that are wanted together.
struct Group {
    part: Needs,
    parts: &'static [&'static [Part]],
}

const DATES: &[Part] = &[part!("zone"), part!("duration"), part!("format"), part!("parse"), part!("datetime"), part!("interval")];
const EXTENSIONS: &[Part] = &[part!("dispatch"), part!("object"), part!("array"), part!("number"), part!("string")];
const DATE_METHODS: &[Part] = &[part!("date")];
const JMESPATH: &[Part] = &[part!("jmespath")];
const SORTING: &[Part] = &[part!("sort")];
const CODE: &[Part] = &[part!("code")];
const FAULTS: &[Part] = &[part!("faults")];

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
