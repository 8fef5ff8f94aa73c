//! Tables and files in and out, and what comes through standard input.

use serde_json::{Value, json};

use crate::support::{Folder, Ran, chain, http, konverte, konverte_with_stdin, set};

/// A workflow that hands on what it is given.
fn pass(folder: &Folder) -> String {
    folder.workflow(&chain(&[]))
}

#[test]
fn tables_are_read_whatever_stands_between_their_fields() {
    let folder = Folder::new();
    let file = pass(&folder);
    let expected = [json!({"name": "Ana", "price": "3,50"}), json!({"name": "Rui", "price": "4,20"})];
    let given = |name: &str, text: &str, more: &[&str]| {
        konverte(&[&["run", &file, "--output", "ndjson", "--input", &folder.file(name, text)], more].concat())
    };
    for (name, text, more, note) in [
        ("a.csv", "name;price\nAna;3,50\nRui;4,20\n", &[][..], "its fields separated by semicolons"),
        ("a.TSV", "name\tprice\nAna\t3,50\nRui\t4,20\n", &[], ""),
        ("a.txt", "name\tprice\nAna\t3,50\nRui\t4,20\n", &[], "its fields separated by tabs"),
        ("a.csv", "name|price\nAna|3,50\nRui|4,20\n", &["--delimiter", "|"], ""),
    ] {
        let ran = given(name, text, more);
        assert_eq!((ran.code, ran.lines().as_slice()), (0, &expected[..]), "{text}{}", ran.stderr);
        assert!(ran.stderr.contains(note) && note.is_empty() != ran.stderr.contains("input:"), "{}", ran.stderr);
    }
    let index = given("a.csv", ",name,price\n0,Ana,\"3,50\"\n", &[]);
    assert_eq!(index.lines(), [json!({"column_1": "0", "name": "Ana", "price": "3,50"})]);
    assert!(index.stderr.contains("columns without a name are called column_1"), "{}", index.stderr);
    konverte(&["run", &file, "--input", "{}", "--delimiter", "ab"]).refused(2, "one character");
    assert_eq!(konverte_with_stdin(&["eval", "$json.b", "--input", "-", "--delimiter", "|"], "a|b\n1|2\n").stdout, "\"2\"\n");
}

#[test]
fn standard_input_is_a_table_where_it_looks_like_one() {
    let folder = Folder::new();
    let file = pass(&folder);
    let piped = |text: &[u8], more: &[&str]| konverte_with_stdin(&[&["run", &file, "--output", "ndjson", "--input", "-"], more].concat(), text);
    let row = [json!({"a": "1", "b": "[2]"})];
    for text in ["a,b\n1,[2]\n", "a\tb\n1\t[2]\n", "\u{feff}a;b\r\n1;[2]\r\n", r#"{"a": "1", "b": "[2]"}"#, "\n[{\"a\": \"1\",\n\"b\": \"[2]\"}]"] {
        let ran = piped(text.as_bytes(), &[]);
        assert_eq!((ran.code, ran.lines().as_slice()), (0, &row[..]), "{text}{}", ran.stderr);
    }
    assert_eq!(piped(b"name\nAna\n", &["--delimiter", ","]).lines(), [json!({"name": "Ana"})]);
    let column = piped(b"json\nAna\n", &[]);
    assert_eq!(column.lines(), [json!({"json": "Ana"})], "a column is a field, whatever it is called");
    assert!(column.stderr.contains("is read as a table"), "{}", column.stderr);
    piped(b"name", &[]).refused(2, "--delimiter");
    let nothing = piped(b"", &[]);
    assert!(nothing.code == 0 && nothing.stdout.is_empty() && nothing.stderr.contains("there are no items"), "{}", nothing.stderr);
    piped(b"PK\x03\x04\xff", &[]).refused(2, "save the sheet as CSV");
    let latin = piped(b"name;city\nJo\xe3o;Porto\n", &[]);
    latin.refused(2, "in line 2 the byte 0xe3 does not fit");
    assert!(latin.stderr.contains("João;Porto") && latin.stderr.contains("iconv"), "{}", latin.stderr);
}

#[test]
fn a_workflow_comes_through_standard_input() {
    let folder = Folder::new();
    let workflow = chain(&[set("A", "x", "={{ $json.a }}")]).to_string();
    let ran = konverte_with_stdin(&["run", "-", "--input", r#"{"a": "7"}"#, "--output", "ndjson"], &workflow);
    assert_eq!((ran.code, ran.lines()), (0, vec![json!({"x": "7"})]), "{}", ran.stderr);
    assert_eq!(konverte_with_stdin(&["check", "-"], &workflow).code, 0);
    let broken = workflow.replace("$json.a", "$json.");
    let ran = konverte_with_stdin(&["check", "-", "--format", "json"], &broken);
    assert!(ran.code == 3 && ran.lines()[0]["at"].as_str().is_some_and(|at| at.starts_with("standard input:1:")), "{}", ran.stdout);
    konverte_with_stdin(&["run", "-"], "{\n \"nodes\": }").refused(3, "standard input:2:11");
    konverte(&["run", "-", "--input", "-"]).refused(2, "Standard input can be read once");
    konverte(&["check", "-", "-"]).refused(2, "Standard input can be read once");
    // A file of that name has another one too.
    std::fs::write(folder.path().join("-"), &workflow).expect("written");
    assert_eq!(konverte(&["check", &format!("{}/-", folder.path().display())]).code, 0);
}

fn run(workflow: &Value, args: &[&str]) -> Ran {
    let folder = Folder::new();
    konverte(&[&["run", &folder.workflow(workflow)], args].concat())
}

#[test]
fn the_last_items_come_out_as_a_table() {
    let items = r#"[{"b": 1, "a": null}, {"c": {"x": [1]}, "b": "x, \"y\""}]"#;
    let table = "b,a,c\n1,,\n\"x, \"\"y\"\"\",,\"{\"\"x\"\":[1]}\"\n";
    let ran = run(&chain(&[]), &["--input", items, "--output", "csv"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, table), "{}", ran.stderr);
    assert!(ran.stderr.contains("status: success"), "{}", ran.stderr);
    let folder = Folder::new();
    let again = konverte_with_stdin(&["run", &pass(&folder), "--input", "-", "--output", "csv"], table);
    assert_eq!(again.stdout, table, "what comes out can be read again: {}", again.stderr);
    let two = chain(&[set("A", "x", "1"), set("B", "y", "2")]);
    assert_eq!(run(&two, &["--output", "csv", "--destination", "A"]).stdout, "x\n1\n");
    let empty = run(&chain(&[]), &["--input", "[]", "--output", "csv"]);
    assert!(empty.stdout.is_empty() && empty.stderr.contains("the table is empty"), "{}", empty.stderr);
    let file = run(&chain(&[]), &["--input", r#"[{"json": {"a": 1}, "binary": {"d": {"text": "x", "mimeType": "text/plain"}}}]"#, "--output", "csv"]);
    assert!(file.stdout == "a\n1\n" && file.stderr.contains("--save-files"), "{}", file.stderr);
}

#[test]
fn files_of_the_last_items_are_saved_and_none_over_another() {
    let file = |name: &str, text: &str| json!({"json": {}, "binary": {"d": {"text": text, "mimeType": "text/plain", "fileName": name}}});
    let items = json!([file("a.txt", "1"), file("a.txt", "2"), file("../../out.txt", "3"), file(".bashrc", "4")]).to_string();
    let folder = Folder::new();
    folder.file("a.txt", "mine");
    let place = folder.path().to_str().expect("UTF-8");
    let ran = run(&chain(&[]), &["--input", &items, "--save-files", place, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let saved = ran.json()["savedFiles"].clone();
    let names: Vec<String> =
        saved.as_array().expect("a list").iter().map(|saved| saved["path"].as_str().expect("a path").replace(place, "")).collect();
    assert_eq!(names, ["/a-2.txt", "/a-3.txt", "/out.txt", "/bashrc"]);
    assert_eq!((&saved[1]["item"], &saved[1]["name"]), (&json!(1), &json!("d")));
    for (name, content) in [("a.txt", "mine"), ("a-2.txt", "1"), ("a-3.txt", "2"), ("out.txt", "3"), ("bashrc", "4")] {
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).expect(name), content);
    }
    let lab = http_lab::Lab::start().expect("the servers start");
    let mut fetch = http(&format!("{}/file/octet", lab.origin("HTTP")));
    fetch["parameters"]["options"] = json!({"response": {"response": {"responseFormat": "file", "outputPropertyName": "data"}}});
    let below = folder.path().join("new/below");
    let ran = run(&chain(&[fetch]), &["--save-files", below.to_str().expect("UTF-8"), "--output", "ndjson"]);
    assert!(ran.code == 0 && ran.stderr.contains("saved: 1 file"), "{}", ran.stderr);
    let path = std::fs::read_dir(&below).expect("a folder").next().expect("a file").expect("a file").path();
    assert_eq!(std::fs::read(path).expect("there"), [0, 1, 2, 255]);
    run(&chain(&[]), &["--save-files", &folder.file("x", "")]).refused(2, "cannot be written");
    let lost = chain(&[set("A", "x", "1")]);
    let none = run(&lost, &["--input", &items, "--save-files", below.to_str().expect("UTF-8"), "--output", "ndjson"]);
    assert!(none.code == 0 && none.stderr.contains("--destination NODE takes"), "{}", none.stderr);
}
