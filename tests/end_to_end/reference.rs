//! The pages that say what is there are held against the program and against what n8n has.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{konverte, konverte_with_stdin, repository};

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

/// The answers of `eval --batch` as the guide writes them: what JSON cannot say, and the classes.
#[test]
fn answers_of_a_batch_are_as_the_guide_says() {
    let guide = page("docs/expressions.md");
    let cases = [
        ("undefined", "undefined", r#"{"undefined": true}"#),
        ("0 / 0", "number", r#"{"number": "NaN"}"#),
        ("1n", "bigint", r#"{"bigint": "1"}"#),
        ("/a/g", "RegExp", r#"{"regexp": "/a/g"}"#),
        ("new Map([['a', 1]])", "Map", r#"{"map": [["a", 1]]}"#),
        ("new Set([1])", "Set", r#"{"set": [1]}"#),
        ("new Error('no')", "Error", r#"{"errorValue": "Error: no"}"#),
        ("new Uint8Array([1, 2])", "object", r#"{"typedArray": "Uint8Array", "values": [1, 2]}"#),
    ];
    let requests: Vec<String> =
        cases.iter().map(|(expression, _, _)| json!({"expression": format!("={{{{ {expression} }}}}")}).to_string()).collect();
    let answers = konverte_with_stdin(&["eval", "--batch"], requests.join("\n")).lines();
    for ((expression, kind, marker), answer) in cases.iter().zip(&answers) {
        assert_eq!((&answer["value"], &answer["type"]), (&serde_json::from_str(marker).expect("JSON"), &json!(kind)), "{expression}");
        assert!(guide.contains(&format!("`{marker}`")), "the guide does not show {marker}");
    }
    // The classes that it lists, and the keys of a request: one that is not known would be passed over.
    let told = |expression: &str| konverte_with_stdin(&["eval", "--batch"], json!({"expression": expression}).to_string()).lines()[0]["type"].clone();
    for (expression, kind) in [
        ("={{ $now }}", "DateTime"),
        ("={{ new Date(0) }}", "Date"),
        ("={{ Duration.fromMillis(5) }}", "Duration"),
        ("={{ Interval.after($now, 5) }}", "Interval"),
    ] {
        assert_eq!(told(expression), kind);
        assert!(guide.contains(&format!("`{kind}`")), "the guide does not list {kind}");
    }
    let request = json!({
        "expression": "={{ [$json.a, $itemIndex, $now.toISO(), $vars.v, $env.E, $workflow.name, $execution.id, Math.x] }}", "before": ["={{ Math.x = 3 }}"],
        "input": [{"a": 1}, {"a": 2}], "itemIndex": 1, "timezone": "Europe/Berlin", "now": "2026-03-15T12:00:00Z", "vars": {"v": 4}, "env": {"E": "e"},
        "workflow": {"id": "1", "name": "Flow", "active": true}, "execution": {"id": "9", "mode": "test"},
    });
    let answer = konverte_with_stdin(&["eval", "--batch"], request.to_string()).lines()[0]["value"].clone();
    assert_eq!(answer, json!([2, 1, "2026-03-15T13:00:00.000+01:00", 4, "e", "Flow", "9", 3]));
    assert!(request.as_object().expect("an object").keys().all(|key| guide.contains(&format!("`{key}`"))));
}

#[test]
fn a_node_that_a_package_brings_is_said_by_each_of_its_names() {
    for name in ["Slack", "slack", "n8n-nodes-base.slack", "google sheets", "GitHub"] {
        konverte(&["nodes", "show", name]).refused(2, "`konverte packages add n8n-nodes-base` brings the package n8n-nodes-base.");
    }
    let agent = konverte(&["nodes", "show", "@n8n/n8n-nodes-langchain.agent"]);
    agent.refused(2, "n8n has it, konverte does not");
    assert!(!agent.stderr.contains("packages add"), "{}", agent.stderr);
}
