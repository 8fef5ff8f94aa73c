//! What people get wrong by hand: `check` says it with what was probably meant, a run says it once and goes on as n8n does.

use serde_json::{Value, json};

use crate::support::{Folder, chain, konverte, set};

fn node(name: &str, kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

fn when(operator: Value) -> Value {
    let options = json!({"caseSensitive": true, "leftValue": "", "typeValidation": "loose", "version": 2});
    let condition = json!({"id": "1", "leftValue": "={{ $json.n }}", "rightValue": 1, "operator": operator});
    json!({"options": options, "conditions": [condition], "combinator": "and"})
}

fn switch(operator: Value) -> Value {
    json!({"mode": "rules", "rules": {"values": [{"conditions": when(operator)}]}, "options": {}})
}

/// The file with the ids of nodes in its connections.
fn by_id(mut file: Value) -> Value {
    for node in file["nodes"].as_array_mut().expect("nodes") {
        node["id"] = format!("id of {}", node["name"].as_str().expect("a name")).into();
    }
    let text = file["connections"].to_string();
    file["connections"] = serde_json::from_str(&text.replace("\"Start\"", "\"id of Start\"").replace("\"A\"", "\"id of A\"")).expect("JSON");
    file
}

fn with(mut file: Value, key: &str, value: Value) -> Value {
    file[key] = value;
    file
}

#[test]
fn each_is_said_with_what_was_meant() {
    let a = || chain(&[set("A", "x", "1")]);
    let mut misspelt = a();
    let connections = misspelt.as_object_mut().and_then(|file| file.remove("connections")).expect("connections");
    let mut alone = a();
    alone["nodes"].as_array_mut().expect("nodes").push(node("B", "noOp", 1.0, json!({})));
    let code = json!({"jsCode": "/* $('Gone') */ return $('Strat').all();"});
    let http = json!({"url": "http://127.0.0.1:1", "queryParams": {}, "options": {"timeot": 1}});
    let cases = [
        ("KV0121", 3, chain(&[node("A", "if", 2.2, json!({"conditions": when(json!({"type": "number", "operation": "greaterThan"}))}))]), "\"gt\""),
        (
            "KV0121",
            3,
            chain(&[node("A", "filter", 2.2, json!({"conditions": when(json!({"type": "dateTime", "operation": ">="}))}))]),
            "\"afterOrEquals\"",
        ),
        ("KV0121", 3, chain(&[node("A", "switch", 3.2, switch(json!({"type": "bool", "operation": "true"})))]), "\"boolean\""),
        ("KV0121", 3, chain(&[node("A", "if", 2.0, json!({"conditions": when(json!("equals"))}))]), "\"operation\""),
        ("KV0119", 0, chain(&[set("A", "x", "Hello {{ $json.n }}")]), "\"=Hello {{ $json.n }}\""),
        ("KV0119", 0, chain(&[set("A", "x", "={ $json.n }")]), "\"={{ $json.n }}\""),
        ("KV0120", 0, chain(&[node("A", "httpRequest", 4.2, http.clone())]), "\"queryParameters\""),
        ("KV0120", 0, chain(&[node("A", "httpRequest", 4.2, http)]), "\"timeout\""),
        ("KV0118", 3, with(misspelt, "connection", connections), "\"connections\""),
        ("KV0117", 3, with(a(), "settings", json!({"timezone": "Berlin"})), "\"Europe/Berlin\""),
        ("KV0116", 0, alone, "--start NODE"),
        ("KV0107", 0, chain(&[node("A", "code", 2.0, code)]), "\"Start\""),
        ("KV0109", 3, by_id(a()), "Write \"Start\" for \"id of Start\", \"A\" for \"id of A\"."),
        (
            "KV0109",
            3,
            with(a(), "connections", json!({"Strat": {"main": [[{"node": "B2", "type": "main", "index": 0}]]}})),
            "\"Start\" for \"Strat\"",
        ),
    ];
    let folder = Folder::new();
    for (code, exit, file, meant) in cases {
        let file = folder.workflow(&file);
        let ran = konverte(&["check", &file, "--format", "json"]);
        let found = ran.lines();
        let said = |finding: &&Value| finding["code"] == code && finding["help"].as_str().is_some_and(|help| help.contains(meant));
        assert!(found.iter().any(|finding| said(&finding)), "{code} {meant}: {}", ran.stdout);
        assert!(found.iter().all(|finding| finding["code"] == code && finding["at"].is_string()), "only that, and where: {}", ran.stdout);
        assert_eq!(ran.code, exit, "{code}: {}", ran.stdout);
        let run = konverte(&["run", &file, "--output", "json"]);
        assert!(run.code <= 1 && run.stderr.contains(code), "the run says it and goes on: {}", run.stderr);
    }
}

#[test]
fn what_is_right_is_not_said() {
    let folder = Folder::new();
    let template = "Dear {{name}}, {{ contact.email }} {$5} =";
    let code = "const re = /\\$\\('x'\\)/; return [{json: {a: \"{{ $json.x }}\", b: $('Start').first().json.a ?? `$('No')`}}];";
    let sub = json!({"name": "sub", "nodes": [set("In", "x", "={{ $json.a }}")]}).to_string();
    let mut file = chain(&[
        set("A", "x", template),
        set("B", "y", "=$5 {not one}"),
        node("C", "code", 2.0, json!({"jsCode": code})),
        node("D", "executeWorkflow", 1.2, json!({"source": "parameter", "workflowJson": sub})),
    ]);
    file["settings"]["timezone"] = "America/Argentina/Buenos_Aires".into();
    let note = node("Note", "stickyNote", 1.0, json!({"content": "{{ $json.x }}"}));
    let off = json!({"name": "Off", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "parameters": {}, "disabled": true});
    let model =
        json!({"name": "Memory", "type": "@n8n/n8n-nodes-langchain.memoryBufferWindow", "typeVersion": 1.3, "parameters": {}, "disabled": true});
    file["nodes"].as_array_mut().expect("nodes").extend([note, off, model]);
    let ran = konverte(&["check", &folder.workflow(&file), "--format", "json"]);
    let spoken: Vec<_> = ran.lines().into_iter().filter(|finding| finding["level"] != "note").collect();
    assert_eq!(spoken, Vec::<Value>::new());
}

#[test]
fn a_loop_that_ends_early_says_how_many_items_are_left() {
    let folder = Folder::new();
    let mut file = chain(&[node("Loop", "splitInBatches", 3.0, json!({"batchSize": 2, "options": {}})), set("A", "x", "1")]);
    file["connections"]["Loop"] = json!({"main": [[], [{"node": "A", "type": "main", "index": 0}]]});
    let items = "[{}, {}, {}, {}, {}, {}, {}]";
    konverte(&["run", &folder.workflow(&file), "--input", items]).says(0, "the loop ended with 5 items left over");
    file["connections"]["A"] = json!({"main": [[{"node": "Loop", "type": "main", "index": 0}]]});
    let whole = konverte(&["run", &folder.workflow(&file), "--input", items]);
    assert!(whole.code == 0 && !whole.stderr.contains("left over"), "{}", whole.stderr);
}

#[test]
fn the_schema_lists_the_operators() {
    let schema = std::fs::read_to_string(crate::support::repository("schemas/nodes/filter.schema.json")).expect("the schema");
    assert!(["afterOrEquals", "lengthGte", "notRegex"].iter().all(|operator| schema.contains(operator)));
}

#[test]
fn a_refused_name_is_told_apart_from_a_wrong_node_and_from_wrong_syntax() {
    let folder = Folder::new();
    for (expression, advice) in [
        ("{{ $json.list.map(({caller}) => caller) }}", "read it as one: `item.caller`"),
        ("{{ (() => { const {caller} = $json; return caller })() }}", "read it as one: `item.caller`"),
        ("{{ $json.arguments }}", "Use another key, or a Code node."),
        ("{{ $json['__proto__'] }}", "Use another key, or a Code node."),
        ("{{ $.first() }}", "Call it with the name of a node"),
    ] {
        let file = folder.workflow(&chain(&[set("A", "x", &format!("={expression}"))]));
        for args in
            [&["eval", expression, "--log-format", "json"][..], &["run", &file, "--log-format", "json"], &["check", &file, "--format", "json"]]
        {
            let ran = konverte(args);
            let text = format!("{}{}", ran.stdout, ran.stderr);
            assert!(ran.code != 0 && text.contains(advice) && text.contains("KV0302"), "{args:?}: {text}");
            assert!(!text.contains("runs before this one") && !text.contains("syntax error") && !text.contains("KV0106"), "{args:?}: {text}");
        }
    }
}
