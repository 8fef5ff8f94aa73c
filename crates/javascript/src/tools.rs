//! The tools that our parts share: a global while an isolate is loaded, and where scripts may not have them, none afterwards.

use rquickjs::{Ctx, Error, JsLifetime, Object, Result};

/// The global that the tools are while an isolate is loaded.
const NAME: &str = "__kv_x";

/// The tools of an isolate whose scripts may not have them.
struct Tools<'js>(Object<'js>);

#[allow(unsafe_code)]
// SAFETY: the only lifetime is that of the JavaScript value inside.
unsafe impl<'js> JsLifetime<'js> for Tools<'js> {
    type Changed<'to> = Tools<'to>;
}

/// Takes the global away from scripts that come later. Our parts keep what they hold of it; [`tools`] has it from now on.
///
/// # Errors
/// There is no such global.
pub fn withdraw_tools(ctx: &Ctx<'_>) -> Result<()> {
    let found: Object<'_> = ctx.globals().get(NAME)?;
    ctx.globals().remove(NAME)?;
    ctx.store_userdata(Tools(found)).map(drop).map_err(|_| Error::Unknown)
}

/// The tools that were taken away.
///
/// # Errors
/// [`withdraw_tools`] was not called.
pub fn tools<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    ctx.userdata::<Tools<'js>>().map(|tools| tools.0.clone()).ok_or(Error::Unknown)
}
