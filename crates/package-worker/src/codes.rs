//! The code of modules: what the host gave, each until it is used. What of it is bytecode the host alone says; no JavaScript has a way to.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use javascript::compiled;
use javascript::rquickjs::context::EvalOptions;
use javascript::rquickjs::module::Declared;
use javascript::rquickjs::{self, Ctx, Exception, Module, Value as Js};

use crate::protocol::Code;

/// A code until it is used.
type Given = Option<(Code, Bytes)>;

/// The codes that the host gave, by their numbers.
#[derive(Clone, Default)]
pub(crate) struct Codes(Arc<Mutex<Vec<Given>>>);

impl Codes {
    /// Keeps what came with an answer, and gives the number of the first one.
    pub(crate) fn keep(&self, buffers: &[Bytes]) -> usize {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = codes.len();
        if let Some((kinds, given)) = buffers.split_first() {
            codes.extend(kinds.iter().zip(given).map(|(kind, bytes)| Some((Code::of(*kind), bytes.clone()))));
        }
        first
    }

    /// Lets go of one.
    pub(crate) fn drop(&self, number: usize) -> Given {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(number).and_then(Option::take)
    }

    fn take(&self, ctx: &Ctx<'_>, number: usize) -> rquickjs::Result<(Code, Bytes)> {
        self.drop(number).ok_or_else(|| Exception::throw_message(ctx, "there is no such code"))
    }

    /// A text.
    pub(crate) fn text(&self, ctx: &Ctx<'_>, number: usize) -> rquickjs::Result<String> {
        self.take(ctx, number).map(|(_, code)| String::from_utf8_lossy(&code).into_owned())
    }

    /// The function that a CommonJS file is.
    #[allow(unsafe_code)]
    pub(crate) fn function<'js>(&self, ctx: &Ctx<'js>, id: String, number: usize) -> rquickjs::Result<Js<'js>> {
        match self.take(ctx, number)? {
            // SAFETY: the host says that this engine has made it, and it has checked what it kept.
            (Code::Script, code) => unsafe { compiled::run_script(ctx, &code) },
            (_, code) => {
                let mut options = EvalOptions::default();
                (options.strict, options.filename) = (false, Some(id));
                ctx.eval_with_options(wrapped(&String::from_utf8_lossy(&code)), options)
            }
        }
    }

    /// An ES module.
    #[allow(unsafe_code)]
    pub(crate) fn module<'js>(&self, ctx: &Ctx<'js>, id: &str, number: usize) -> rquickjs::Result<Module<'js, Declared>> {
        match self.take(ctx, number)? {
            // SAFETY: as above.
            (Code::Module, code) => unsafe { compiled::load_module(ctx, &code) },
            (_, code) => Module::declare(ctx.clone(), id, String::from_utf8_lossy(&code).into_owned()),
        }
    }
}

/// Compiles a module; `None`: it is no JavaScript. Nothing of it runs.
pub(crate) fn compile(ctx: &Ctx<'_>, id: &str, is_module: bool, source: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(source);
    let made = if is_module { compiled::compile_module(ctx, id, &text) } else { compiled::compile_script(ctx, id, &wrapped(&text)) };
    if made.is_err() {
        // What the engine has to say of it nobody hears.
        drop(ctx.catch());
    }
    made.ok()
}

/// A CommonJS file as an expression: the function that it is.
fn wrapped(code: &str) -> String {
    let code = code.strip_prefix('\u{feff}').unwrap_or(code);
    let code = if code.starts_with("#!") { code.split_once('\n').map_or("", |(_, rest)| rest) } else { code };
    format!("(function (exports, require, module, __filename, __dirname) {{{code}\n}})")
}
