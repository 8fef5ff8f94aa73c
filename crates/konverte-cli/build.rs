//! Puts the pages of `docs/errors/` into the binary.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders by the environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folder = manifest.join("../../docs/errors");
    let mut pages = pages(&folder)?;
    pages.sort();
    let mut source = String::from("const ERROR_PAGES: &[(&str, &str)] = &[\n");
    for (code, path) in pages {
        let _ = writeln!(source, "    ({code:?}, include_str!({:?})),", path.display().to_string());
    }
    source.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("error_pages.rs"), source)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}

/// Code and path of each page.
fn pages(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("KV") && path.extension().is_some_and(|extension| extension == "md") {
            pages.push((name, path.canonicalize()?));
        }
    }
    Ok(pages)
}
