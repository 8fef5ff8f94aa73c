//! Rules that the compiler does not know.

mod circles;
mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::shell::{Outcome, cargo, root, succeeds, text, tracked_files};

/// Which crates of the workspace a crate may depend on; each crate is named here or in [`SEES_ALL`].
const MAY_SEE: &[(&str, &[&str])] = &[
    ("node-sdk", &[]),
    ("workflow", &["node-sdk"]),
    ("bytecode", &[]),
    ("javascript", &[]),
    ("node-builtins", &["javascript"]),
    ("expression", &["node-sdk", "javascript"]),
    ("request", &["node-sdk"]),
    ("konverte-http", &["node-sdk"]),
    // Whom TLS trusts is said once, by the crate that speaks HTTP.
    ("konverte-mail", &["node-sdk", "konverte-http"]),
    ("konverte-postgres", &["node-sdk", "konverte-http"]),
    ("credential-types", &["node-sdk", "request"]),
    // A Code node runs user code; no other node crate sees the language.
    ("flow-nodes", &["node-sdk", "request", "expression"]),
    ("konverte-nodes", &["node-sdk", "request"]),
    ("konverte-sandbox", &["node-sdk", "konverte-nodes"]),
    ("engine", &["node-sdk", "workflow", "expression"]),
    ("picture", &["node-sdk", "workflow", "engine"]),
    ("packages", &["node-sdk"]),
    ("walls", &[]),
    ("package-worker", &["javascript", "node-builtins", "walls"]),
    // The worker's crate for what is said to it: the protocol.
    ("package-nodes", &["node-sdk", "packages", "request", "credential-types", "package-worker", "walls"]),
    (
        "host",
        &[
            "node-sdk",
            "workflow",
            "engine",
            "konverte-http",
            "konverte-mail",
            "konverte-postgres",
            "flow-nodes",
            "credential-types",
            "konverte-nodes",
            "konverte-sandbox",
            "packages",
            "package-nodes",
        ],
    ),
    ("node-testkit", &["node-sdk", "engine"]),
    ("http-lab", &["node-sdk"]),
    ("service-lab", &[]),
    ("custom-node", &["konverte", "node-sdk"]),
];

/// Crates that may depend on every other: the program, the project's chores, what measures, and what plays recordings.
const SEES_ALL: &[&str] = &["konverte", "xtask", "bench", "conformance"];

/// Libraries, and the only crates that link them. The scripted server of the tests speaks TLS too; the bench has a
/// plain loop of requests to compare with.
const ONLY: &[(&str, &[&str])] = &[
    ("rquickjs", &["javascript", "bytecode"]),
    ("reqwest", &["konverte-http", "bench"]),
    ("rustls", &["konverte-http", "http-lab", "service-lab", "bench"]),
    ("postgres-protocol", &["konverte-postgres"]),
    ("lettre", &["konverte-mail"]),
    ("clap", &["konverte"]),
    ("miette", &["konverte"]),
    ("indicatif", &["konverte"]),
    ("terminal_size", &["konverte"]),
    ("tracing-subscriber", &["konverte"]),
];

/// Libraries that a crate never links: the contracts know no runtime and no HTTP client.
const NEVER: &[(&str, &[&str])] = &[("node-sdk", &["tokio", "reqwest"])];

pub(crate) fn run() -> Outcome {
    let mut problems = Vec::new();
    dependencies(&mut problems)?;
    machine_paths(&mut problems)?;
    error_pages(&mut problems)?;
    circles::find(&mut problems)?;
    for problem in &problems {
        println!("check: {problem}");
    }
    long_files()?;
    let formatted = succeeds(&mut cargo(&["fmt", "--all", "--check"]))?;
    let linted = succeeds(&mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    println!("check: {} problems, formatting {}, clippy {}", problems.len(), word(formatted), word(linted));
    Ok(problems.is_empty() && formatted && linted)
}

fn word(good: bool) -> &'static str {
    if good { "clean" } else { "complains" }
}

/// Who sees whom, from `cargo metadata`; dependencies of tests do not count.
fn dependencies(problems: &mut Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let metadata: Value = serde_json::from_str(&text(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let members: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let allowed = MAY_SEE.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, allowed)| *allowed);
        if allowed.is_none() && !SEES_ALL.contains(&name) {
            problems.push(format!("{name} has no line in xtask's table of who may see whom"));
        }
        let seen = package["dependencies"].as_array().into_iter().flatten().filter(|dependency| dependency["kind"].is_null());
        for dependency in seen.filter_map(|dependency| dependency["name"].as_str()) {
            if members.contains(dependency) && allowed.is_some_and(|allowed| !allowed.contains(&dependency)) {
                problems.push(format!("{name} may not depend on {dependency}"));
            }
            if let Some((_, homes)) = ONLY.iter().find(|(library, homes)| *library == dependency && !homes.contains(&name)) {
                problems.push(format!("{name} may not link {dependency}: only {} does", homes.join(" or ")));
            }
            if NEVER.iter().any(|(crate_name, libraries)| *crate_name == name && libraries.contains(&dependency)) {
                problems.push(format!("{name} may not link {dependency}"));
            }
        }
    }
    Ok(())
}

/// Nothing in the tree may name the machine that it was written on.
fn machine_paths(problems: &mut Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let needles = [concat!("/wo", "rk/"), concat!(".lib", "rary/"), concat!("/ro", "ot/"), concat!("/home/", "runner")];
    for file in tracked_files()? {
        let content = fs::read(root().join(&file))?;
        let content = String::from_utf8_lossy(&content);
        for needle in needles {
            if let Some(at) = content.find(needle) {
                let line = content[..at].matches('\n').count() + 1;
                problems.push(format!("{file}:{line} names a path of one machine ({needle})"));
            }
        }
    }
    Ok(())
}

/// Every code stands once in the sources and has a page, and every page is of a code in the sources.
fn error_pages(problems: &mut Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    // A test says by itself which code it expects.
    let is_source = |file: &String| file.starts_with("crates/") && file.ends_with(".rs") && file.contains("/src/") && !file.ends_with("/tests.rs");
    for file in tracked_files()?.into_iter().filter(is_source) {
        let content = fs::read_to_string(root().join(&file))?;
        for literal in content.split('"').filter(|literal| is_code(literal)) {
            if let Some(other) = used.insert(literal.to_owned(), file.clone()) {
                problems.push(format!("{literal} stands in {other} and in {file}: a code has one meaning, and its constant is used"));
            }
        }
    }
    let mut pages = BTreeSet::new();
    for entry in fs::read_dir(root().join("docs/errors"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(code) = name.strip_suffix(".md").filter(|code| is_code(code)) {
            pages.insert(code.to_owned());
        }
    }
    problems.extend(used.iter().filter(|(code, _)| !pages.contains(*code)).map(|(code, file)| format!("{code} ({file}) has no page in docs/errors")));
    problems.extend(pages.iter().filter(|code| !used.contains_key(*code)).map(|code| format!("docs/errors/{code}.md is of no code in the sources")));
    Ok(())
}

fn is_code(text: &str) -> bool {
    text.len() == 6 && text.starts_with("KV") && text[2..].bytes().all(|b| b.is_ascii_digit())
}

/// A note, not a failure: is there a second room in them?
fn long_files() -> Result<(), Box<dyn std::error::Error>> {
    for file in tracked_files()?.into_iter().filter(|file| file.ends_with(".rs")) {
        let lines = fs::read_to_string(root().join(&file))?.lines().count();
        if lines > 500 {
            println!("check: note: {file} has {lines} lines");
        }
    }
    Ok(())
}
