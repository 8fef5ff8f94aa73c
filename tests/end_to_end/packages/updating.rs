//! What a newer version would change, and names that are nearly another one.

use serde_json::json;

use super::made_up::{LICENCE, Project, node_class};

const NAME: &str = "n8n-nodes-made-up";

/// 1.1.0: another licence, one node more, a host more, the library `d` in the place of `b`.
fn publish_newer(project: &Project) {
    let manifest =
        json!({"license": "GPL-3.0", "dependencies": {"a": "^1.0.0", "d": "1"}, "n8n": {"nodes": ["dist/Made.node.js", "dist/More.node.js"]}});
    let made = format!("require('a'); const at = 'https://new.example/'; {}", node_class("Made"));
    let more = format!("require('d'); {}", node_class("More"));
    project.registry.publish(NAME, "1.1.0", "Other terms.", &manifest, &[("dist/Made.node.js", &made), ("dist/More.node.js", &more)]);
    project.registry.publish("d", "1.0.0", "", &json!({}), &[("index.js", "exports.d = 1")]);
}

#[test]
fn what_a_newer_version_changes_is_said_before_it_is_taken() {
    let project = Project::added();
    assert_eq!(project.run(&["outdated"]).stdout, "Every package of the registry is the newest.\n");
    publish_newer(&project);
    let changes = [
        "version: 1.0.0 -> 1.1.0",
        "licence: SEE LICENSE -> GPL-3.0",
        "licence: its text is another one than was accepted",
        "new node types (1): more",
        "new dependencies (1): d",
        "gone dependencies (1): b",
        "its files name hosts that were not granted (1): new.example",
    ];
    let told = project.run(&["outdated", "--json"]).json();
    assert_eq!(told, json!([{"name": NAME, "version": "1.0.0", "newest": "1.1.0", "changes": changes}]));
    assert!(project.run(&["outdated"]).stdout.starts_with("n8n-nodes-made-up 1.0.0 -> 1.1.0: `konverte packages update n8n-nodes-made-up`"));

    let before = project.lock();
    let ran = project.run(&["update", NAME]);
    ran.refused(2, "KV0812");
    assert!(changes.iter().all(|change| ran.stderr.contains(change)), "{}", ran.stderr);
    assert_eq!(project.lock(), before);
    project.run(&["update", NAME, "--yes"]).says(0, "n8n-nodes-made-up 1.1.0 was added");
    let hosts = project.run(&["list", "--json"]).json()["packages"][0]["hosts"].clone();
    assert_eq!(hosts, json!(["api.made-up.example"]), "what was granted stays, and no more");
    assert_eq!(project.run(&["outdated", "--json"]).json(), json!([]));
    project.run(&["update", "n8n-nodes-other"]).refused(2, "KV0811");

    // Other terms under the text of before are other terms.
    let made = node_class("Made");
    let manifest = json!({"license": "UNLICENSED", "n8n": {"nodes": ["dist/Made.node.js"]}});
    project.registry.publish(NAME, "1.2.0", "Other terms.", &manifest, &[("dist/Made.node.js", &made)]);
    project.run(&["update", NAME]).refused(2, "KV0812");
}

#[test]
fn a_name_one_letter_away_from_a_known_one_is_said() {
    let project = Project::added();
    for (name, known) in [("n8n-nodes-bass", "n8n-nodes-base"), ("n8n-nodes-madeup", NAME)] {
        project.registry.publish_nodes(name, "1.0.0", LICENCE);
        project.run(&["add", name]).refused(2, &format!("{name} is one letter away from {known}: is it the one that you mean?"));
    }
    assert!(!project.run(&["add", NAME]).stderr.contains("one letter away"));
}
