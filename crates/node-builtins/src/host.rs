//! The host functions: what the JavaScript of this crate asks of the program.

use std::rc::Rc;

use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Function, Object};
use javascript::{Deadline, parts};

use crate::modules;

/// Adds the host functions of [`PARTS`](crate::PARTS), those of [`parts`] among them. What takes long heeds the deadline.
pub fn host_functions<'js>(h: &Object<'js>, deadline: &Rc<Deadline>) -> rquickjs::Result<()> {
    parts::host_functions(h)?;
    h.set("nodePart", Func::from(part))?;
    h.set("streamFile", Func::from(|ctx: Ctx<'js>, path: String| modules::of_streams(&path).map(|part| part.function(&ctx)).transpose()))?;
    h.set("isBuiltin", Func::from(|name: String| modules::is_builtin(&name)))?;
    h.set("builtins", modules::BUILTINS.to_vec())?;
    crate::urls::host_functions(h)?;
    crate::text::host_functions(h)?;
    crate::crypto::host_functions(h, deadline)?;
    crate::zlib::host_functions(h, deadline)?;
    crate::punycode::host_functions(h)
}

fn part<'js>(ctx: Ctx<'js>, name: String) -> rquickjs::Result<Option<Function<'js>>> {
    modules::later(&name).map(|part| part.function(&ctx)).transpose()
}
