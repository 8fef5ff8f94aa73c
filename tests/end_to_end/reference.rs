//! The pages that say what is there are held against the program and against what n8n has.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{konverte, repository};

fn page(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the tables of a page that have so many cells.
fn rows(text: &str, cells: usize) -> Vec<Vec<String>> {
    let split = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    text.lines().filter(|line| line.starts_with("| ")).map(split).filter(|row| row.len() == cells).collect()
}

fn numbers(text: &str) -> Vec<String> {
    text.split(',').map(|number| number.trim().to_owned()).filter(|number| !number.is_empty()).collect()
}

/// Of each type of n8n's: what is built in and what is not are together all versions that n8n 2.41.1 takes, and the guide for people who come from
/// n8n lists the same.
#[test]
fn versions_that_are_not_built_in_are_listed() {
    let n8n: Value = serde_json::from_str(&page("tests/data/n8n/node-versions.json")).expect("JSON");
    let nodes = konverte(&["nodes", "list", "--format", "json"]).json();
    let listed: BTreeMap<String, Vec<String>> = rows(&page("docs/reference/nodes/README.md"), 4)
        .into_iter()
        .filter_map(|row| Some((row[0].split('`').nth(1)?.to_owned(), numbers(&row[2]))))
        .collect();
    let mut absent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut compared = 0;
    for node in nodes.as_array().expect("a list") {
        let name = node["name"].as_str().expect("a name");
        let text = |value: &Value| value.as_array().into_iter().flatten().map(Value::to_string).collect::<Vec<_>>();
        let theirs = &n8n["types"][name];
        assert!(theirs["rule"] != "any" || node["anyVersion"] == true, "{name} takes any version in n8n");
        let ours = text(&node["versions"]);
        let missing: Vec<String> = text(&theirs["versions"]).into_iter().filter(|version| !ours.contains(version)).collect();
        compared += usize::from(!theirs.is_null());
        assert_eq!(listed.get(name).unwrap_or_else(|| panic!("{name} is not listed")), &missing, "{name}");
        if !missing.is_empty() {
            absent.insert(node["displayName"].as_str().expect("a name").to_owned(), missing.clone());
            let shown = konverte(&["nodes", "show", name]).stdout;
            assert!(
                shown.contains(&format!("Not built in: version{} {}.", if missing.len() == 1 { "" } else { "s" }, missing.join(", "))),
                "{shown}"
            );
        }
    }
    assert!(compared > 30 && absent.len() > 3, "{compared}, {absent:?}");
    let in_guide: BTreeMap<String, Vec<String>> = rows(&page("docs/from-n8n.md"), 3)
        .into_iter()
        .filter(|row| row[2].starts_with("from "))
        .map(|row| (row[0].clone(), numbers(&row[1])))
        .collect();
    assert_eq!(in_guide, absent);
}
