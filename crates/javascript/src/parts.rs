//! What every script needs. Each part names the tools of `__kv_x` that it expects beside [`host_functions`].

use rquickjs::function::Func;
use rquickjs::{Object, Value as Js};

use crate::lazy::is_lazy;
use crate::prelude::Part;
use crate::{locale, zones};

/// `Buffer`, `TextEncoder`, `TextDecoder`, `btoa`, `atob`; `__kv_x.bytes` has what other parts need. Expects `hidden`.
pub const BYTES: &[Part] = &[Part { name: "buffer", source: include_str!("prelude/buffer.js") }];

/// `Intl`, and the methods of numbers, texts and dates that stand on it. Expects `hidden`, `fail`, `withheld`, and `H.now`.
pub const INTL: &[Part] = &[
    Part { name: "locales", source: include_str!("prelude/intl/locales.js") },
    Part { name: "numbers", source: include_str!("prelude/intl/numbers.js") },
    Part { name: "intl-dates", source: include_str!("prelude/intl/dates.js") },
];

/// `Object.freeze` and the like for objects of the data. Expects `hidden`.
pub const DATA: &[Part] = &[Part { name: "data", source: include_str!("prelude/data.js") }];

/// Freezes what scripts share, so that nothing one of them does is seen by another. It comes last: no part can be loaded after it.
pub const FREEZE: &[Part] = &[Part { name: "freeze", source: include_str!("prelude/freeze.js") }];

/// `setTimeout` and the like; what is due is asked for by `__kv_x.timers`. Expects `hidden`, and `H.elapsed` in milliseconds.
pub const TIMERS: &[Part] = &[Part { name: "timers", source: include_str!("prelude/timers.js") }];

/// `console`. Expects `hidden`, `wellFormed`, `shown`, which makes a text of a value, and `H.log`, which gets a level and a line.
pub const CONSOLE: &[Part] = &[Part { name: "console", source: include_str!("prelude/console.js") }];

/// Adds the host functions of these parts: data, languages, time zones.
pub fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("isData", Func::from(|value: Js<'_>| value.as_object().is_some_and(is_lazy)))?;
    h.set("localeData", Func::from(|tag: String| locale::data(&tag)))?;
    zones::host_functions(h)
}
