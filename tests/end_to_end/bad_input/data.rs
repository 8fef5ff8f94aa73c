//! `--input` that is no input, and data that is odd but legal.

use serde_json::{Value, json};

use super::{Said, run};
use crate::support::{Folder, action, chain, http, konverte, konverte_with_stdin, set};

#[track_caller]
fn refused(name: &str, content: &str, said: &Said<'_>) {
    let folder = Folder::new();
    let workflow = folder.file("workflow.json", chain(&[]).to_string());
    konverte(&["--log-format", "json", "run", &workflow, "--input", &folder.file(name, content)]).blocked(2, said);
}

#[test]
fn input_that_does_not_parse_has_its_place() {
    let invalid = |at: &'static str| Said { code: "KV0702", at, ..Said::default() };
    refused("in.json", "[{\"a\": 1},\n {\"a\": }]", &invalid("in.json:2:8"));
    refused("in.ndjson", "{\"a\": 1}\n{\"a\": }\n", &invalid("in.ndjson:2:7"));
    refused("in.json", "[{\"a\":\n 1e309}]", &Said { words: &["1e309"], ..invalid("in.json:2:2") });
    refused("in.csv", "a,b\n1,2\n1,2,3\n", &Said { words: &["3 fields"], ..invalid("in.csv:3:1") });
    for levels in [129, 20_000] {
        refused(
            "in.json",
            &format!("{}1{}", "[".repeat(levels), "]".repeat(levels)),
            &Said { words: &["deeper than 128"], ..invalid("in.json:1:129") },
        );
        refused("in.json", &format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels)), &Said { words: &["deeper than 128"], ..Said::default() });
    }
    refused("in.json", "  ", &Said { code: "KV0702", words: &["empty"], help: "[]", ..Said::default() });
    refused("in.json", "7", &Said { code: "KV0702", ..Said::default() });
    let folder = Folder::new();
    let workflow = folder.file("workflow.json", chain(&[]).to_string());
    konverte_with_stdin(&["--log-format", "json", "run", &workflow, "--input", "-"], "{]")
        .blocked(2, &Said { code: "KV0702", words: &["standard input"], ..Said::default() });
    for (spec, words, help) in [("", "--input is empty", "[]"), (" ", "--input is empty", "[]"), ("5", "--input holds neither", "{\"name\"")] {
        run(&chain(&[]), &["--input", spec]).blocked(2, &Said { code: "KV0702", words: &[words], help, ..Said::default() });
    }
    for spec in ["null", "\"x\"", "true"] {
        run(&chain(&[]), &["--input", spec]).blocked(2, &Said { code: "KV0702", words: &["a list of items"], ..Said::default() });
    }
    run(&chain(&[]), &["--input", "[1e309]"]).blocked(2, &Said { code: "KV0702", words: &["1e309"], ..Said::default() });
    let utf16: Vec<u8> = "\u{feff}[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    konverte(&["--log-format", "json", "run", &workflow, "--input", &folder.file("utf16.json", utf16)])
        .blocked(2, &Said { code: "KV0702", help: "looks like UTF-16", ..Said::default() });
    let binary = folder.file("bytes.json", b"[\"\xff\"]");
    konverte(&["--log-format", "json", "run", &workflow, "--input", &binary])
        .blocked(2, &Said { code: "KV0702", words: &["UTF-8"], ..Said::default() });
}

/// The JSON of the first item that `node` put out.
fn first(ran: &crate::support::Ran, node: &str) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()["nodes"][node]["runs"][0]["outputs"][0][0]["json"].clone()
}

#[test]
fn a_cut_emoji_becomes_the_replacement_character() {
    let copy = chain(&[set("A", "x", "={{ $json.t }}")]);
    assert_eq!(first(&run(&copy, &["--input", r#"[{"t": "cut \ud83d!"}]"#]), "A")["x"], "cut \u{fffd}!");
    assert_eq!(first(&run(&copy, &["--input", r#"[{"t": "low \ude00"}]"#]), "A")["x"], "low \u{fffd}");
    assert_eq!(first(&run(&copy, &["--input", r#"[{"t": "whole \ud83d\ude00"}]"#]), "A")["x"], "whole 😀");
}

#[test]
fn names_of_prototypes_are_plain_keys() {
    let input = r#"[{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}, "hasOwnProperty": 3}]"#;
    let raw = json!({"name": "A", "type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": {"mode": "raw",
        "jsonOutput": "={{ { same: JSON.stringify($json), none: String({}.polluted), keys: Object.keys($json).length } }}", "options": {}}});
    let made = first(&run(&chain(&[raw]), &["--input", input]), "A");
    assert_eq!(made["none"], "undefined");
    let passed = run(&chain(&[json!({"name": "A", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "parameters": {}})]), &["--input", input]);
    assert_eq!(json!([first(&passed, "A")]), serde_json::from_str::<Value>(input).expect("JSON"));
}

#[test]
fn text_from_data_is_never_evaluated() {
    let twice = chain(&[set("A", "x", "={{ $json.t }}"), set("B", "y", "={{ $json.x }}")]);
    assert_eq!(first(&run(&twice, &["--input", r#"[{"t": "={{ 1 + 1 }}"}]"#]), "B")["y"], "={{ 1 + 1 }}");
}

const LARGE: &str = r#"[{"above": 9007199254740993, "most": 18446744073709551615, "least": -9223372036854775808}]"#;

/// The request that reached the server of an action with this account and these attributes.
fn sent(type_name: &str, account: &str, attributes: &str) -> String {
    let lab = http_lab::Lab::start().expect("the servers start");
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": lab.origin("HTTP"), "accessToken": "t0ken-1234"}}).to_string());
    let mut node = action("Contacts", "Contact Create", json!({"account_id": account, "inbox_id": 1, "custom_attributes": attributes}));
    node["type"] = type_name.into();
    let ran = run(&chain(&[node]), &["--credentials", &credentials, "--input", LARGE]);
    let request = lab.requests().first().cloned().unwrap_or_else(|| panic!("no request: {}", ran.stderr));
    format!("{} {}", request["target"], request["body"])
}

#[test]
fn integers_of_64_bits_stay_exact_where_no_expression_touches_them() {
    let start = run(&chain(&[]), &["--input", LARGE]);
    assert!(
        ["9007199254740993", "18446744073709551615", "-9223372036854775808"].iter().all(|number| start.stdout.contains(number)),
        "{}",
        start.stdout
    );
    let (path, json) = ("={{ $json.above }}", r#"{"most": 18446744073709551615}"#);
    let native = sent("konverte", path, json);
    assert!(native.contains("/accounts/9007199254740993/") && native.contains("18446744073709551615"), "{native}");
    let whole = sent("konverte", "1", "={{ $json }}");
    assert!(whole.contains("9007199254740993") && whole.contains("18446744073709551615") && whole.contains("-9223372036854775808"), "{whole}");
    let touched = sent("konverte", "={{ $json.above + 0 }}", "{}");
    assert!(touched.contains("/accounts/9007199254740992/"), "an expression has JavaScript's numbers: {touched}");
    let n8n = sent("n8n-nodes-chatwoot.chatWoot", path, json);
    assert!(n8n.contains("/accounts/9007199254740992/") && n8n.contains("18446744073709552000"), "as JavaScript has them: {n8n}");
}

#[test]
fn numbers_in_an_answer_are_javascripts_for_n8ns_nodes() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let answer = first(&run(&chain(&[http(&format!("{}/json_bigint", lab.origin("HTTP")))]), &[]), "Fetch");
    assert_eq!(answer["a"].as_f64(), Some(9_007_199_254_740_992.0));
    let numbers = first(&run(&chain(&[http(&format!("{}/json/numbers", lab.origin("HTTP")))]), &[]), "Fetch");
    assert_eq!(numbers["e"], Value::Null, "1E400 is null in an answer");
}
