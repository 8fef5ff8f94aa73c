//! What a shell does to the command line and to what comes out.

use serde_json::json;

use crate::support::{Folder, Server, chain, command, finish, http, konverte, repository, set};

#[test]
fn an_expression_that_the_shell_split_or_robbed_is_told_so() {
    // What `sh` makes of {{ $json.name }} and "{{ $json.name }}": the variable is empty.
    for (args, words) in [
        (&["eval", "{{", ".name", "}}"][..], "it came as 3 arguments"),
        (&["eval", "{{", "$json.name", "}}"], "it came as 3 arguments"),
        (&["eval", ""], "The expression is empty"),
        (&["eval"], "There is no expression"),
    ] {
        let ran = konverte(args);
        ran.refused(2, words);
        ran.refused(2, "konverte eval '{{ $json.name }}'");
        ran.refused(2, "konverte eval \"{{ $json.name }}\"");
    }
    konverte(&["eval", "{{", "1", "-2", "}}"]).refused(2, "konverte eval '{{ 1 -2 }}'");
    for typed in ["{{ .name }}", "={{ .name }}", ".name", "Dear {{ .name }}"] {
        let ran = konverte(&["eval", typed, "--input", r#"{"name": "Ana"}"#]);
        ran.refused(1, "the shell took a name such as `$json` away");
        ran.refused(1, "konverte eval '");
    }
    konverte(&["eval", "Dear {{ .name }}"]).refused(1, "konverte eval 'Dear {{ $json.name }}'");
    // "{{ $json["name"] }}": a list of a name that nobody knows is no error.
    let list = konverte(&["eval", "{{ [name] }}", "--input", r#"{"name": "Ana"}"#]);
    list.says(0, "the shell took a name such as `$json` away");
    list.says(0, r#"konverte eval '{{ $json["name"] }}'"#);
    // "={{ Object.keys($json) }}", "{{ $now.plus({days: 1}) }}", "{{ $("Rows").first() }}", "{{ $json }}", "{{ 'a' + $json.a }}": it may have been any name.
    let lost = [("={{ Object.keys() }}", 0), ("{{ .plus({days: 1}) }}", 1), ("{{ .first() }}", 1), ("{{  }}", 1), ("{{ 'a' +  }}", 1)];
    for (typed, code) in lost {
        let ran = konverte(&["eval", typed]);
        ran.says(code, "the shell took a name such as `$json` away");
        ran.says(code, "cannot be told: type the expression again");
        assert!(!ran.stderr.contains("konverte eval '"), "nothing is invented: {}", ran.stderr);
    }
    let half = konverte(&["eval", "{{ "]);
    assert!(!half.stderr.contains("shell"), "{}", half.stderr);
    let wrong = konverte(&["eval", "{{ $json. }}"]);
    assert!(wrong.code == 1 && !wrong.stderr.contains("shell"), "{}", wrong.stderr);
    assert_eq!(konverte(&["eval", "{{ [.5, ...[1]] }}"]).json(), json!([0.5, 1]));
}

#[test]
fn a_caller_is_a_field_like_any_other_and_the_word_of_functions_is_not() {
    let value = |expression: &str| {
        konverte(&["eval", expression, "--input", r#"{"caller": "+55 11", "call": {"caller": {"name": "Ana"}}, "list": [{"caller": 1}]}"#])
    };
    for (expression, expected) in [
        ("{{ $json.caller }}", json!("+55 11")),
        ("{{ $json['caller'].length }}", json!(6)),
        ("{{ $json.call.caller.name.toUpperCase() + $json.caller }}", json!("ANA+55 11")),
        ("{{ $json.call?.caller?.name.isEmpty() }}", json!(false)),
        ("{{ $json.list.map(one => one.caller)[0] }}", json!(1)),
        ("{{ $json.nobody?.caller ?? 'none' }}", json!("none")),
    ] {
        let ran = value(expression);
        assert_eq!(ran.code, 0, "{expression}: {}", ran.stderr);
        assert_eq!(ran.json(), expected, "{expression}");
    }
    for expression in [
        "{{ $json.call.nobody.caller }}",
        "{{ $json.list.caller }}",
        "{{ (function () {}).caller }}",
        "{{ $json.list.map.caller }}",
        "{{ ({ caller: () => 1 }).caller }}",
        "{{ $json['cal' + 'ler'] }}",
        "{{ caller }}",
    ] {
        value(expression).refused(1, "Cannot access \"caller\" due to security concerns");
    }
}

#[test]
fn a_reader_that_goes_away_ends_every_command_quietly() {
    let folder = Folder::new();
    let flow = folder.workflow(&chain(&[set("A", "x", "1")]));
    let run = |form: &str| ["run", &flow, "--output", form].map(str::to_owned).to_vec();
    let mut all: Vec<Vec<String>> = ["summary", "json", "ndjson", "csv"].map(run).to_vec();
    let (workflows, mistakes) = (repository("workflows"), repository("docs/examples/mistakes.json"));
    for args in [
        &["check", &flow][..],
        &["check", &workflows],
        &["check", &workflows, "--format", "json"],
        &["check", &mistakes],
        &["eval", "1"],
        &["eval", "--batch"],
        &["nodes", "list"],
        &["nodes", "show", "set"],
        &["nodes", "show", "set", "--format", "json"],
        &["nodes", "schema"],
        &["sandbox", "--show-seed"],
        &["graph", &flow],
        &["explain", "KV0302"],
        &["completions", "bash"],
        &["packages", "list"],
        &["--help"],
    ] {
        all.push(args.iter().map(|word| (*word).to_owned()).collect());
    }
    let requests = folder.file("requests.ndjson", "{\"expression\": \"={{ 'a'.repeat(100000) }}\"}\n".repeat(20));
    for args in all {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let stdin = std::fs::File::open(&requests).expect("the file");
        let ran = finish(
            command(&[&["-q"], &args[..]].concat())
                .current_dir(folder.path())
                .env("HOME", folder.path())
                .stdin(stdin)
                .stdout(writer)
                .output()
                .expect("it starts"),
        );
        assert_eq!(ran.stderr, "", "{args:?}");
        assert_eq!(ran.code, if args.contains(&mistakes.as_str()) || args.contains(&workflows.as_str()) { 4 } else { 0 }, "{args:?}");
    }
}

#[test]
fn names_cannot_steer_the_terminal_out_of_a_picture() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("a\u{1b}[2J\u{7}\u{202e}\n\u{2028}b", "x", "1")]));
    let drawn = konverte(&["graph", &file, "--format", "mermaid"]).stdout;
    assert!(drawn.contains("a\\u001b[2J\\u0007\\u202e \\u2028b"), "{drawn}");
    assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
}

#[test]
fn sizes_and_times_are_those_of_people() {
    let folder = Folder::new();
    for nothing in ["0", "0s", "0ms"] {
        konverte(&["run", "flow.json", "--timeout", nothing]).refused(2, "a run needs more time than that");
    }
    let server = Server::answering(200, "text/plain", &"x".repeat(3 << 20));
    let file = folder.workflow(&chain(&[http(&server.url())]));
    for (size, words) in [("2MiB", "larger than 2 MiB"), ("1500", "larger than 1.5 KiB"), ("1000", "larger than 1000 bytes")] {
        konverte(&["run", &file, "--max-response", size]).says(1, words);
    }
}
