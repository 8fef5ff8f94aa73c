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

/// Every block of Rust, TOML or JSON in the guide stands in a file of this crate, line for line; what the program prints there it prints.
#[test]
fn the_guide_shows_this_code() {
    let guide = fs::read_to_string(root().join("docs/add-a-node.md")).expect("the guide");
    let (_, items, _) = program(&["run", WORKFLOW, "--sandbox", "--destination", "Phone number", "--output", "ndjson"]);
    assert!(!items.is_empty() && guide.contains(&items), "the guide shows other items than these:\n{items}");
    let files = ["Cargo.toml", "src/main.rs", "src/phone_number.rs", "src/countries.rs", "src/carrier.rs", "workflow.json"];
    let sources = files.map(|file| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file of the crate"));
    let mut shown = 0;
    for block in guide.split("```").skip(1).step_by(2) {
        let (language, code) = block.split_once('\n').expect("a language");
        if ["rust", "toml", "json"].contains(&language) {
            assert!(sources.iter().any(|source| source.contains(code)), "this is in none of {files:?}:\n{code}");
            shown += 1;
        }
    }
    assert!(shown >= 7, "the guide shows {shown} blocks of code");
}
