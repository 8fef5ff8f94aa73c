//! Compiles JavaScript of our own while the program is built: parsing it would be half of a small run.
//!
//! The build script of a crate calls [`compile`] for its folder of files, and `javascript::part!` puts what came of one into the program.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cargo tells a build script its folders by the environment, and is told by its output"
)]

use std::error::Error;
use std::ffi::CStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use rquickjs::module::WriteOptions;
use rquickjs::{CatchResultExt, Context, Module, Runtime};

/// Compiles all files of a folder of the calling build script's crate, `NAME.js` to `NAME.bytecode` in the folder for what it makes. A
/// file is an expression, which its module exports; in stacks it is `kv:NAME`. Its text is not kept.
///
/// # Errors
/// A file cannot be read, is no JavaScript, or has the name of another; or the program is for a machine that cannot read bytecode of this one.
pub fn compile(folder: &str) -> Result<(), Box<dyn Error>> {
    let out = begin(folder)?;
    let mut names = Vec::new();
    for file in files(Path::new(folder))? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        fs::write(out.join(format!("{name}.bytecode")), compiled(&name, &fs::read_to_string(&file)?)?)?;
        if names.contains(&name) {
            return Err(format!("two files are called {name}.js").into());
        }
        names.push(name);
    }
    Ok(())
}

/// Compiles a library of CommonJS modules, as it was published: each of its files becomes a function of `exports`, `require` and `module`. What
/// there is stands in `NAME.rs` in the folder for what it makes: a list of the files' paths in the library, with their parts.
///
/// # Errors
/// As [`compile`].
pub fn compile_library(name: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    let out = begin(folder)?;
    let mut list = String::new();
    for file in files(Path::new(folder))? {
        let path = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        let part = format!("{name}.{}", path.replace('/', "."));
        let source = format!("(function (exports, require, module) {{{}\n}})", fs::read_to_string(&file)?);
        fs::write(out.join(format!("{part}.bytecode")), compiled(&part, &source)?)?;
        list += &format!("    ({path:?}, javascript::part!({part:?})),\n");
    }
    Ok(fs::write(out.join(format!("{name}.rs")), format!("&[\n{list}]\n"))?)
}

/// Writes a word for the engine and the form of its bytecode to `engine` in the folder for what it makes: its version, the machine, and what it
/// makes of the files of a folder. What differs in any of them is another engine.
///
/// # Errors
/// As [`compile`].
pub fn engine(folder: &str) -> Result<(), Box<dyn Error>> {
    let out = begin(folder)?;
    let mut hash = DefaultHasher::new();
    // SAFETY: it is a constant text of the engine's.
    #[allow(unsafe_code)]
    let version = unsafe { CStr::from_ptr(rquickjs::qjs::JS_GetVersion()) };
    (version, usize::BITS, cfg!(target_endian = "little")).hash(&mut hash);
    let mut files = files(Path::new(folder))?;
    files.sort();
    for file in files {
        compiled("probe", &fs::read_to_string(file)?)?.hash(&mut hash);
    }
    Ok(fs::write(out.join("engine"), format!("{:016x}", hash.finish()))?)
}

/// The folder for what is made.
fn begin(folder: &str) -> Result<PathBuf, Box<dyn Error>> {
    check_target()?;
    println!("cargo::rerun-if-changed={folder}");
    Ok(PathBuf::from(env::var_os("OUT_DIR").ok_or("only for build scripts")?))
}

/// Bytecode is laid out for the machine that compiles it. On another kind of machine no isolate would start.
fn check_target() -> Result<(), Box<dyn Error>> {
    let target = |name: &str| env::var(name).map_err(|error| format!("{name}, which cargo sets for build scripts: {error}"));
    let target = (target("CARGO_CFG_TARGET_ENDIAN")?, target("CARGO_CFG_TARGET_POINTER_WIDTH")?);
    let host = (if cfg!(target_endian = "little") { "little" } else { "big" }.to_owned(), usize::BITS.to_string());
    if target == host {
        return Ok(());
    }
    Err(format!(
        "JavaScript is compiled to bytecode while the program is built, and bytecode of this machine ({}-endian, {} bits) cannot be read \
         on the target ({}-endian, {} bits): build on a machine of the target's kind",
        host.0, host.1, target.0, target.1
    )
    .into())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            found.push(path);
        }
    }
    Ok(found)
}

fn compiled(name: &str, source: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    Context::full(&Runtime::new()?)?.with(|ctx| {
        let module = Module::declare(ctx.clone(), format!("kv:{name}"), format!("export default\n{source}"));
        let module = module.catch(&ctx).map_err(|error| format!("{name}.js: {error}"))?;
        Ok(module.write(WriteOptions { strip_source: true, ..WriteOptions::default() })?)
    })
}
