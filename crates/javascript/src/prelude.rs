//! JavaScript of our own: read once for a process, run in each isolate that needs it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{Ctx, Function, Module, Object};

use crate::sync::lock;

/// A file of ours: a function that is handed the host's functions and the global object.
///
/// Tools that parts share are keys of the global `__kv_x`, which the first part of an isolate makes.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Its name: in stacks it is `kv:NAME`. No two parts of a process have the same.
    pub name: &'static str,
    /// The text: an expression that is the function.
    pub source: &'static str,
}

impl Part {
    /// Runs it.
    pub fn run<'js>(&self, ctx: &Ctx<'js>, host: Object<'js>) -> rquickjs::Result<()> {
        let (module, _) = self.module(ctx)?.eval()?;
        let function: Function<'js> = module.get("default")?;
        function.call::<_, ()>((host, ctx.globals()))
    }

    #[allow(unsafe_code)]
    #[expect(clippy::disallowed_methods, reason = "once for each part, which are constants")]
    fn module<'js>(&self, ctx: &Ctx<'js>) -> rquickjs::Result<Module<'js, Declared>> {
        let compiled = || lock(&COMPILED);
        let known = compiled().get(self.name).copied();
        if let Some(Some(bytes)) = known {
            // SAFETY: this process made the bytes, with this engine; they live as long as it does.
            return unsafe { Module::load(ctx.clone(), bytes) };
        }
        let module = Module::declare(ctx.clone(), format!("kv:{}", self.name), format!("export default\n{}", self.source))?;
        match known {
            None => drop(compiled().entry(self.name).or_default()),
            Some(_) => {
                // Nobody is shown the text of our functions.
                let bytes = module.write(WriteOptions { strip_source: true, ..WriteOptions::default() })?;
                compiled().entry(self.name).or_default().get_or_insert_with(|| Vec::leak(bytes));
            }
        }
        Ok(module)
    }
}

/// The compiled parts, for all isolates of the process: reading them takes a fraction of parsing them. A part is written
/// when a second isolate asks for it (`None` till then), so that a process with one isolate does not pay for it.
static COMPILED: Mutex<BTreeMap<&'static str, Option<&'static [u8]>>> = Mutex::new(BTreeMap::new());
