//! Texts of the engine as texts of the program.

use javascript::Limit;
use javascript::rquickjs::{self, Ctx, Function, Object, Value as Js};

use crate::error::ExpressionError;

/// Text of a JavaScript string; lone surrogates become U+FFFD.
pub(crate) fn string(value: &rquickjs::String<'_>) -> Result<String, ExpressionError> {
    if let Ok(text) = value.to_string() {
        return Ok(text);
    }
    let well_formed = value.as_value().ctx().globals().get::<_, Object<'_>>("__kv_x").and_then(|x| x.get::<_, Function<'_>>("wellFormed"));
    let fixed = well_formed.and_then(|f| f.call::<_, rquickjs::String<'_>>((value.clone(),))).and_then(|s| s.to_string());
    fixed.map_err(|_| Limit::Memory.into())
}

/// Text of any value, as `String(value)` makes it; `None` where that throws.
pub(crate) fn text<'js>(ctx: &Ctx<'js>, value: &Js<'js>) -> Option<String> {
    if let Some(s) = value.as_string() {
        return string(s).ok();
    }
    let convert: Function<'js> = ctx.globals().get::<_, Object<'js>>("__kv_x").ok()?.get("text").ok()?;
    let made = convert.call::<_, rquickjs::String<'js>>((value.clone(),));
    match made {
        Ok(s) => string(&s).ok(),
        Err(_) => {
            ctx.catch();
            None
        }
    }
}
