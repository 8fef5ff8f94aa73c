//! The program runs a workflow that uses its node, and `docs/add-a-node.md` shows the code as it is.
#![allow(clippy::expect_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// The root of the repository: paths and commands of the guide are written from there.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn program(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_custom-node")).args(args).current_dir(root()).output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const WORKFLOW: &str = "examples/custom-node/workflow.json";

#[test]
fn the_node_runs_in_a_workflow_beside_the_others() {
    let (code, stdout, stderr) = program(&["run", WORKFLOW, "--sandbox", "--output", "json"]);
    assert_eq!(code, Some(0), "{stderr}");
    let run: Value = serde_json::from_str(&stdout).expect("JSON");
    let items = |node: &str| run["nodes"][node]["runs"][0]["items"].clone();
    assert_eq!(items("Phone number"), json!({"in": 3, "out": 3}));
    assert_eq!(items("Create contact"), json!({"in": 2, "out": 2}));
    assert_eq!(items("Ask again"), json!({"in": 1, "out": 1}));
    assert_eq!(run["nodes"]["Phone number"]["runs"][0]["outputs"][0][0]["json"]["phone_number"], "+5511987654321");
}

#[test]
fn it_is_checked_and_shown_like_the_others() {
    let (code, stdout, _) = program(&["nodes", "show", "example.phoneNumber"]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("Country code of numbers that are written without one."), "{stdout}");

    let text = fs::read_to_string(root().join(WORKFLOW)).expect("the workflow");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-phone.json");
    fs::write(&file, text.replace("={{ $json.tel }}", "")).expect("written");
    let (code, stdout, stderr) = program(&["check", file.to_str().expect("UTF-8")]);
    assert_eq!(code, Some(3), "a required parameter is empty: {stdout}{stderr}");
}

/// The blocks of the guide that name a file of this crate, in their order and with a line between them, are that whole file: who pastes them all has this
/// crate, which builds. What the program prints there it prints.
#[test]
fn who_pastes_the_guide_has_this_crate() {
    let guide = fs::read_to_string(root().join("docs/add-a-node.md")).expect("the guide");
    let (_, items, _) = program(&["run", WORKFLOW, "--sandbox", "--destination", "Phone number", "--output", "ndjson"]);
    assert!(!items.is_empty() && guide.contains(&items), "the guide shows other items than these:\n{items}");
    let blocks: Vec<(&str, &str)> = guide.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect();
    for file in ["src/phone_number.rs", "src/countries.rs", "src/carrier.rs", "src/main.rs", "workflow.json"] {
        let label = format!(" examples/custom-node/{file}");
        let pasted: Vec<&str> = blocks.iter().filter(|(info, _)| info.ends_with(&label)).map(|(_, code)| *code).collect();
        let whole = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file of the crate");
        assert_eq!(pasted.join("\n"), whole, "{file}");
    }
    let code = blocks.iter().filter(|(info, _)| info.starts_with("rust") || info.starts_with("json"));
    assert!(code.clone().all(|(info, _)| info.contains("examples/custom-node/")), "code that belongs to no file");
    // The crates that it needs, and where they are from the folder beside the clone.
    let (_, manifest) = blocks.iter().find(|(info, _)| *info == "toml").expect("its Cargo.toml");
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("this crate's");
    assert_eq!(dependencies(manifest), dependencies(&own));
    let paths: Vec<&str> = manifest.split("\"../konverte/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(paths.len() == 3 && paths.iter().all(|path| root().join(path).join("Cargo.toml").exists()), "{paths:?}");
}

/// The names below `[dependencies]` and `[dev-dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let behind = manifest.split_once("[dependencies]").expect("dependencies").1;
    let behind = behind.split("[profile").next().unwrap_or_default();
    behind
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter(|line| line.contains('='))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .collect()
}
