//! Nodes of a package of our own (tests/data/packages), from `packages add` to what they put out: everything of it runs in the worker.

use serde_json::{Value, json};

use crate::support::{Folder, Ran, command, finish};

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/packages/n8n-nodes-made-up-acts");

/// A folder with the package in its lock.
pub(crate) struct Project(pub(crate) Folder);

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self(Folder::new());
        project.run(&["packages", "add", PACKAGE, "--yes"]).says(0, "n8n-nodes-made-up-acts 1.0.0 was added");
        project
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let mut command = command(args);
        command.arg("--cache").arg(self.0.path().join("cache")).current_dir(self.0.path());
        finish(command.output().expect("the program starts"))
    }

    /// Runs a node of a type with two items, the first with a file: the run of the node, and the requests.
    fn play(&self, name: &str, parameters: Value, settings: Value) -> (Value, Vec<Value>) {
        self.play_with(&json!({"key": "k-1"}), name, parameters, settings)
    }

    /// The same with these fields of the credential.
    fn play_with(&self, fields: &Value, name: &str, parameters: Value, settings: Value) -> (Value, Vec<Value>) {
        let mut node = json!({"id": "n", "name": "N", "type": format!("n8n-nodes-made-up-acts.{name}"), "typeVersion": 1, "position": [200, 0],
            "parameters": parameters, "credentials": {"madeUpApi": {"id": "1", "name": "own"}}});
        node.as_object_mut().expect("an object").extend(settings.as_object().cloned().unwrap_or_default());
        let start =
            json!({"id": "s", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}});
        let file = self.0.workflow(&json!({"id": "w", "name": "w", "nodes": [start, node], "settings": {},
            "connections": {"Start": {"main": [[{"node": "N", "type": "main", "index": 0}]]}}}));
        let answer = |path: &str, status: u16, key: &str, body: Value| json!({"match": format!("https://api.made-up.example/{path}"), "status": status, key: body});
        let answers = [
            answer("open", 200, "json", json!({"is": "open"})),
            answer("closed", 200, "json", json!({"is": "closed"})),
            answer("empty", 204, "text", json!("")),
            answer("refused", 404, "json", json!({"message": "No such act"})),
            answer("", 200, "json", json!({"is": "other"})),
        ];
        let data = json!({"data": {"mimeType": "text/plain", "fileName": "a.txt", "data": "aGVsbG8="}});
        let input = self.0.file("in.json", json!([{"json": {"word": "é"}, "binary": data}, {"json": {"word": "b"}, "binary": data}]).to_string());
        let credentials = self.0.file("credentials.json", json!({"own": fields, "header": {"name": "x-key", "value": "v"}}).to_string());
        let answers = self.0.file("answers.json", json!(answers).to_string());
        let requests = self.0.path().join("requests.ndjson");
        let _ = std::fs::remove_file(&requests);
        let requests_text = requests.display().to_string();
        let ran = self.run(&[
            "run",
            &file,
            "--input",
            &input,
            "--credentials",
            &credentials,
            "--answers",
            &answers,
            "--requests",
            &requests_text,
            "--output",
            "json",
        ]);
        let sent = std::fs::read_to_string(&requests).unwrap_or_default();
        let run = ran.json()["nodes"]["N"]["runs"][0].clone();
        (run, sent.lines().map(|line| serde_json::from_str(line).expect("a request")).collect())
    }

    /// What an operation puts out, with the file's text in the place of its other facts.
    fn items(&self, operation: &str, more: Value) -> Value {
        let mut parameters = json!({"operation": operation, "text": "={{ $json.word }}"});
        parameters.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        self.play("acts", parameters, json!({})).0["outputs"][0].clone()
    }
}

fn item(json: Value, at: usize) -> Value {
    json!({"json": json, "pairedItem": {"item": at}})
}

#[test]
fn nodes_read_parameters_credentials_modules_and_what_they_keep() {
    let project = Project::new();
    let read = |text: &str, at| item(json!({"text": text, "options": {"limit": 3}, "limit": 3, "node": "N"}), at);
    assert_eq!(project.items("read", json!({"options": {"limit": 3}})), json!([read("é", 0), read("b", 1)]));
    let bare = project.items("read", json!({}));
    assert_eq!(bare[0]["json"], json!({"text": "é", "options": {}, "limit": 50, "node": "N"}), "what is not there has the fallback");
    let secret = project.items("secret", json!({}));
    assert_eq!(secret[0]["json"], json!({"key": "k-1", "own": false, "server": "undefined"}), "a field that is not shown has no default");
    assert_eq!(project.items("module", json!({}))[0]["json"], json!({"double": "éé"}));
    let kept = project.items("remember", json!({}));
    assert_eq!(kept, json!([item(json!({"count": 1}), 0), item(json!({"count": 2}), 1)]));
}

#[test]
fn nodes_send_requests_of_both_families() {
    let project = Project::new();
    let (run, sent) = project.play("acts", json!({"operation": "ask", "text": "={{ $json.word }}"}), json!({}));
    assert_eq!(run["outputs"][0][1], item(json!({"open": {"is": "open"}, "closed": {"is": "closed"}}), 1));
    assert_eq!(sent.len(), 4);
    assert_eq!(sent[0]["url"], "https://api.made-up.example/open?tag[0]=a&tag[1]=b".replace('[', "%5B").replace(']', "%5D"));
    assert_eq!((&sent[0]["headers"]["accept"], &sent[0]["headers"]["x-key"]), (&json!("application/json"), &Value::Null));
    assert_eq!((&sent[1]["method"], &sent[1]["json"]), (&json!("POST"), &json!({"text": "é"})));
    assert!(sent[1]["headers"]["x-key"].is_string(), "the credential's rule was applied");

    let (run, sent) = project.play("acts", json!({"operation": "askOlder", "text": "={{ $json.word }}"}), json!({}));
    assert_eq!(run["outputs"][0][0]["json"], json!({"empty": "undefined", "bare": {"is": "other"}}));
    assert_eq!((&sent[0]["form"], &sent[0]["headers"]["accept"]), (&json!([["text", "é"]]), &json!("*/*")));
    assert_eq!((&sent[1]["json"], &sent[1]["headers"]["content-type"]), (&Value::Null, &Value::Null), "with a credential no GET has an empty body");
    assert_eq!(sent[2]["json"], json!({}));
}

#[test]
fn a_request_tells_its_item_where_that_is_known() {
    let project = Project::new();
    let items = |operation: &str| {
        let (_, sent) = project.play("acts", json!({"operation": operation, "text": "={{ $json.word }}"}), json!({}));
        sent.iter().map(|request| request["item"].as_u64()).collect::<Vec<_>>()
    };
    assert_eq!(items("ask"), [Some(0), Some(0), Some(1), Some(1)]);
    // Each item sends one request for all, and then two at once: the first of them after code went back to the first item.
    assert_eq!(items("together")[..3], [None, None, None]);
}

#[test]
fn a_node_uses_the_credential_type_that_a_parameter_of_it_chooses() {
    let project = Project::new();
    let (own, header) = (json!({"id": "1", "name": "own"}), json!({"id": "2", "name": "header"}));
    let asks = |asked: &str| {
        let parameters = json!({"operation": "chosen", "nodeCredentialType": "httpHeaderAuth", "asked": asked});
        let credentials = json!({"credentials": {"madeUpApi": own, "httpHeaderAuth": header, "httpBasicAuth": header}});
        project.play("acts", parameters, credentials).0
    };
    assert_eq!(asks("httpHeaderAuth")["outputs"][0][0]["json"], json!({"header": "x-key"}));
    let refused = asks("httpBasicAuth")["error"]["message"].clone();
    assert_eq!(refused, "Node type \"n8n-nodes-made-up-acts.acts\" does not have any credentials of type \"httpBasicAuth\" defined");
}

#[test]
fn nodes_read_and_make_files() {
    let project = Project::new();
    let made = project.items("file", json!({}))[0].clone();
    assert_eq!((&made["json"], &made["pairedItem"]), (&json!({"same": true}), &json!({"item": 0})));
    let facts = ["mimeType", "fileName", "directory", "fileExtension", "fileSize", "text"].map(|key| made["binary"]["made"][key].clone());
    assert_eq!(json!(facts), json!(["text/csv", "made.csv", "folder", "csv", "6 B", "hello!"]));
    assert_eq!((&made["binary"]["old"]["fileName"], &made["binary"]["old"]["text"]), (&json!("a.txt"), &json!("hello")));
}

#[test]
fn what_fails_says_why_and_goes_on_where_it_may() {
    let project = Project::new();
    let fails = |operation: &str| project.play("acts", json!({"operation": operation}), json!({})).0["error"].clone();
    let failed = fails("fail");
    assert_eq!((&failed["message"], &failed["description"], &failed["item"]), (&json!("It failed"), &json!("On purpose"), &json!(0)));
    let refused = fails("refused");
    assert_eq!(refused["message"], "The resource you are requesting could not be found");
    assert_eq!((&refused["description"], &refused["http"]["status"]), (&json!("No such act"), &json!(404)));
    assert_eq!(fails("nothing")["message"], "Cannot read properties of undefined (reading 'length')");

    let (run, _) = project.play("acts", json!({"operation": "fail"}), json!({"onError": "continueRegularOutput"}));
    assert_eq!(run["outputs"][0], json!([item(json!({"error": "It failed"}), 0), item(json!({"error": "It failed"}), 1)]));
    let (run, _) = project.play("acts", json!({"operation": "fail"}), json!({"onError": "continueErrorOutput"}));
    assert_eq!(run["outputs"][0], json!([]));
    assert_eq!(run["outputs"][1][1]["json"], json!({"word": "b", "error": "It failed"}), "the input item, and the error");
}

#[test]
fn a_node_that_throws_at_load_fails_alone_and_says_what_it_threw() {
    let project = Project::new();
    let (run, _) = project.play("broken", json!({}), json!({}));
    assert!(run["error"]["message"].as_str().is_some_and(|said| said.contains("This node cannot be loaded")), "{run}");
    let (run, _) = project.play("broken", json!({}), json!({"onError": "continueRegularOutput"}));
    assert_eq!(run["outputs"][0][1]["json"], json!({"word": "b"}), "the input items go on");
}

#[test]
fn what_nobody_threw_on_purpose_says_where_and_what_to_do() {
    let project = Project::new();
    for (operation, message, help) in [
        (
            "missing",
            "Cannot find module 'made-up-missing': n8n-nodes-made-up-acts@1.0.0 was installed without it",
            "`dependencies` in its package.json",
        ),
        ("addon", "Cannot find module './fast.node': it is an addon, machine code that packages cannot load here", "A package has its own files"),
        (
            "machine",
            "fs.readFileSync cannot be used: packages run in a box without sockets, files and processes",
            "use another operation or another node",
        ),
        ("notThere", "json.word.nowhere is not a function", "n8n-nodes-made-up-acts@1.0.0/nodes/Acts.node.js:"),
    ] {
        let error = project.play("acts", json!({"operation": operation}), json!({})).0["error"].clone();
        let said = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        assert!(said("message").ends_with(message) && said("help").contains(help), "{operation}: {error}");
    }
}

#[test]
fn a_credential_without_its_fields_is_named_where_its_node_fails() {
    let project = Project::new();
    let (run, _) = project.play_with(&json!({}), "acts", json!({"operation": "refused"}), json!({}));
    let help = run["error"]["help"].as_str().unwrap_or_default().to_owned();
    assert!(help.contains("The credential of type \"madeUpApi\" is not whole") && help.contains("key"), "{run}");
    let (run, _) = project.play("acts", json!({"operation": "refused"}), json!({}));
    assert!(!run["error"]["help"].as_str().unwrap_or_default().contains("is not whole"), "{run}");
}
