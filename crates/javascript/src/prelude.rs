//! JavaScript of our own: compiled when the program is built, run in each isolate that needs it.

use rquickjs::module::Declared;
use rquickjs::{Ctx, Function, Module, Object};

/// A file of ours: a function that is handed the host's functions and the global object. [`part!`](crate::part) makes one.
///
/// Tools that parts share are keys of the global `__kv_x`, which the first part of an isolate makes.
#[derive(Debug, Clone, Copy)]
pub struct Part(&'static [u8]);

/// The part that a file of the crate's JavaScript is, by its name: the crate's build script has compiled it.
#[macro_export]
macro_rules! part {
    ($name:literal) => {{
        #[allow(unsafe_code)]
        // SAFETY: the build script has made the file with `bytecode`.
        const PART: $crate::Part = unsafe { $crate::Part::compiled(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bytecode"))) };
        PART
    }};
}

impl Part {
    /// What the build made of a file.
    ///
    /// # Safety
    /// `bytecode` has made it in the build of this program, so with the engine that will read it.
    #[allow(unsafe_code)]
    #[doc(hidden)]
    pub const unsafe fn compiled(bytecode: &'static [u8]) -> Self {
        Self(bytecode)
    }

    /// Runs it.
    pub fn run<'js>(&self, ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
        self.function(ctx)?.call::<_, ()>((host, ctx.globals()))
    }

    /// The function that it is.
    pub fn function<'js>(&self, ctx: &Ctx<'js>) -> rquickjs::Result<Function<'js>> {
        let (module, _) = self.module(ctx)?.eval()?;
        module.get("default")
    }

    #[allow(unsafe_code)]
    fn module<'js>(&self, ctx: &Ctx<'js>) -> rquickjs::Result<Module<'js, Declared>> {
        // SAFETY: whoever made the part says that the engine can read it.
        unsafe { Module::load(ctx.clone(), self.0) }
    }
}
