//! JavaScript of others, compiled once and kept: parsing takes most of the time that loading it takes.

#![allow(unsafe_code)]

use std::ffi::CString;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{Ctx, Error, Exception, Module, Result, Value, qjs};

use crate::{Fault, Isolate, Limits};

/// The engine and the form of its bytecode, in one word: what another one has compiled must not be read by this one.
pub const ENGINE: &str = include_str!(concat!(env!("OUT_DIR"), "/engine"));

/// An engine to compile in. Modules that a module imports it takes for empty ones: the engine wants to have them already when it compiles.
///
/// # Errors
/// It does not start.
pub fn compiler(limits: Limits) -> std::result::Result<Isolate<()>, Fault> {
    Isolate::importing(limits, (Empty, Empty), |_, _| Ok(()))
}

struct Empty;

impl Resolver for Empty {
    fn resolve<'js>(&mut self, _: &Ctx<'js>, _: &str, name: &str, _: Option<ImportAttributes<'js>>) -> Result<String> {
        Ok(name.to_owned())
    }
}

impl Loader for Empty {
    fn load<'js>(&mut self, ctx: &Ctx<'js>, name: &str, _: Option<ImportAttributes<'js>>) -> Result<Module<'js, Declared>> {
        Module::declare(ctx.clone(), name, "")
    }
}

/// Compiles a script whose code is not strict by itself, and runs nothing of it. Texts of functions are left out; places in the source are kept.
///
/// # Errors
/// It is no JavaScript.
pub fn compile_script(ctx: &Ctx<'_>, name: &str, source: &str) -> Result<Vec<u8>> {
    let (source, name) = (CString::new(source)?, CString::new(name)?);
    let flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    // SAFETY: both texts live until the engine has read them, and the length is that of the source.
    let compiled = unsafe {
        let length = source.as_bytes().len() as qjs::size_t;
        let value = qjs::JS_Eval(ctx.as_raw().as_ptr(), source.as_ptr(), length, name.as_ptr(), flags as i32);
        taken(ctx, value)?
    };
    let mut length = 0;
    // SAFETY: the value is alive; what the engine has written is copied and given back.
    unsafe {
        let context = ctx.as_raw().as_ptr();
        let written = qjs::JS_WriteObject(context, &raw mut length, compiled.as_raw(), options().to_flag());
        if written.is_null() {
            return Err(Error::Exception);
        }
        let bytes = std::slice::from_raw_parts(written, usize::try_from(length).unwrap_or_default()).to_vec();
        qjs::js_free(context, written.cast());
        Ok(bytes)
    }
}

/// Compiles an ES module, as [`compile_script`] does a script; in a [`compiler`].
///
/// # Errors
/// It is no JavaScript.
pub fn compile_module(ctx: &Ctx<'_>, name: &str, source: &str) -> Result<Vec<u8>> {
    Module::declare(ctx.clone(), name, source)?.write(options())
}

fn options() -> WriteOptions {
    WriteOptions { strip_source: true, ..WriteOptions::default() }
}

/// Runs a script that was compiled, and gives its value.
///
/// # Errors
/// What it throws.
///
/// # Safety
/// [`compile_script`] of the same [`ENGINE`] has made the bytes, and they are as it made them.
pub unsafe fn run_script<'js>(ctx: &Ctx<'js>, bytecode: &[u8]) -> Result<Value<'js>> {
    let context = ctx.as_raw().as_ptr();
    // SAFETY: the caller says that the engine can read it. Running it takes the value over.
    unsafe {
        let script = qjs::JS_ReadObject(context, bytecode.as_ptr(), bytecode.len() as qjs::size_t, qjs::JS_READ_OBJ_BYTECODE as i32);
        if qjs::JS_VALUE_GET_NORM_TAG(script) == qjs::JS_TAG_EXCEPTION {
            return Err(Error::Exception);
        }
        if qjs::JS_VALUE_GET_NORM_TAG(script) != qjs::JS_TAG_FUNCTION_BYTECODE {
            qjs::JS_FreeValue(context, script);
            return Err(Exception::throw_type(ctx, "not a script"));
        }
        taken(ctx, qjs::JS_EvalFunction(context, script))
    }
}

/// Loads an ES module that was compiled.
///
/// # Errors
/// There is no memory for it.
///
/// # Safety
/// [`compile_module`] of the same [`ENGINE`] has made the bytes, and they are as it made them.
pub unsafe fn load_module<'js>(ctx: &Ctx<'js>, bytecode: &[u8]) -> Result<Module<'js, Declared>> {
    // SAFETY: the caller says that the engine can read it.
    unsafe { Module::load(ctx.clone(), bytecode) }
}

/// A value that the engine gives, unless it has thrown.
///
/// # Safety
/// The value belongs to the context, and nobody else frees it.
unsafe fn taken<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: the caller says so.
    unsafe {
        if qjs::JS_VALUE_GET_NORM_TAG(value) == qjs::JS_TAG_EXCEPTION {
            return Err(Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), value))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rquickjs::{CatchResultExt, Function};

    use super::*;
    use crate::never;

    fn with<T: Send>(work: impl FnOnce(&Ctx<'_>) -> T + Send) -> T {
        compiler(Limits::default()).unwrap().enter(Duration::from_secs(10), &never(), |ctx, ()| work(ctx))
    }

    #[test]
    fn what_is_compiled_runs_in_another_engine() {
        const SCRIPT: &str = "(function (a) {\n  undeclared = a;\n  return [typeof this, /x+/g.source, `${undeclared}`, (() => { try { null.x } catch (e) { return e.stack } })()].join();\n})";
        let bytes = with(|ctx| compile_script(ctx, "p/a.js", SCRIPT).unwrap());
        let said: String = with(|ctx| {
            // SAFETY: they were just made.
            let made = unsafe { run_script(ctx, &bytes) };
            Function::from_value(made.unwrap()).unwrap().call(("1",)).unwrap()
        });
        assert!(said.starts_with("object,x+,1,") && said.contains("(p/a.js:3:"), "{said}");

        let bytes = with(|ctx| compile_module(ctx, "p/m.js", "export const two = 1 + 1; export default import.meta.url").unwrap());
        let two: i32 = with(|ctx| {
            // SAFETY: they were just made.
            let loaded = unsafe { load_module(ctx, &bytes) };
            loaded.unwrap().eval().unwrap().0.get("two").unwrap()
        });
        assert_eq!(two, 2);
    }

    #[test]
    fn what_is_no_javascript_is_not_compiled() {
        for source in ["(function () {", "import x from 'y'", "a\0b"] {
            assert!(with(|ctx| compile_script(ctx, "a.js", source).catch(ctx).is_err()), "{source}");
        }
        assert!(with(|ctx| compile_module(ctx, "a.js", "export").catch(ctx).is_err()));
    }

    #[test]
    fn nothing_runs_while_it_is_compiled() {
        with(|ctx| {
            compile_script(ctx, "a.js", "globalThis.ran = 1").unwrap();
            compile_module(ctx, "b.js", "import 'nowhere'; globalThis.ran = 1").unwrap();
            assert!(ctx.eval::<bool, _>("typeof ran === 'undefined'").unwrap());
        });
    }
}
