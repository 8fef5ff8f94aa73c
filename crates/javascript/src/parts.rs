//! What every script needs. Each part names the tools of `__kv_x` that it expects beside [`host_functions`].

use rquickjs::function::Func;
use rquickjs::{Object, Value as Js};

use crate::lazy::is_lazy;
use crate::prelude::Part;
use crate::{bytes, locale, part, zones};

/// `Buffer`, `TextEncoder`, `TextDecoder`, `btoa`, `atob`; `__kv_x.bytes` has what other parts need. Expects `hidden`.
pub const BYTES: &[Part] = &[part!("buffer"), part!("buffer_numbers")];

/// `Intl`, and the methods of numbers, texts and dates that stand on it. Expects `hidden`, `fail`, `withheld`, and `H.now`.
pub const INTL: &[Part] = &[part!("locales"), part!("numbers"), part!("dates")];

/// `Object.freeze` and the like for objects of the data. Expects `hidden`.
pub const DATA: &[Part] = &[part!("data")];

/// Freezes what scripts share, so that nothing one of them does is seen by another. It comes last: no part can be loaded after it.
pub const FREEZE: &[Part] = &[part!("freeze")];

/// `setTimeout` and the like; what is due is asked for by `__kv_x.timers`. Expects `hidden`, and `H.elapsed` in milliseconds.
pub const TIMERS: &[Part] = &[part!("timers")];

/// `console`. Expects `hidden`, `wellFormed`, `shown`, which makes a text of a value, and `H.log`, which gets a level and a line.
pub const CONSOLE: &[Part] = &[part!("console")];

/// Adds the host functions of these parts: bytes, data, languages, time zones.
pub fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("isData", Func::from(|value: Js<'_>| value.as_object().is_some_and(is_lazy)))?;
    h.set("localeData", Func::from(|tag: String| locale::data(&tag)))?;
    bytes::host_functions(h)?;
    zones::host_functions(h)
}
