//! The workflows in `workflows/packages/`: they run with the answers beside them, as n8n's own files, and without the package each says what to do.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Folder, konverte, repository};

/// A node, and the JSON of a request of it.
type Sent = (&'static str, &'static str);

/// What the node that runs last puts out, and the requests that count.
fn examples() -> [(&'static str, Value, &'static [Sent]); 3] {
    [
        (
            "unassigned-to-slack",
            json!([{"conversation": 2, "ts": "1773480413.589279"}, {"conversation": 5, "ts": "1773480413.589279"}]),
            &[
                (
                    "Message",
                    r##"{"channel":"#support","text":"Nobody answers Mina Okafor in conversation 2: Where is my parcel?","includeLinkToWorkflow":false}"##,
                ),
                (
                    "Message",
                    r##"{"channel":"#support","text":"Nobody answers Theo Prado in conversation 5: The shop is down!","includeLinkToWorkflow":false}"##,
                ),
            ],
        ),
        (
            "sheet-to-contacts",
            json!([{"email": "rui@example.com", "contact_id": 42}, {"email": "eva@example.com", "contact_id": 43}]),
            &[(
                "Write id",
                r#"{"data":[{"range":"Contacts!D3","values":[[42]]},{"range":"Contacts!D4","values":[[43]]}],"valueInputOption":"USER_ENTERED"}"#,
            )],
        ),
        (
            "urgent-to-notion",
            json!([{"conversation": 5, "page": "https://www.notion.so/2f0c0ffee00000000000000000000002", "message": 77}]),
            &[(
                "Alert",
                r#"{"chat_id":"-1001234567890","text":"Urgent: Theo Prado waits. https://www.notion.so/2f0c0ffee00000000000000000000002","disable_web_page_preview":true,"parse_mode":"HTML"}"#,
            )],
        ),
    ]
}

fn file(name: &str) -> String {
    repository(&format!("workflows/packages/{name}"))
}

#[test]
fn each_workflow_is_one_of_n8n_and_says_which_package_it_needs() {
    let entries = fs::read_dir(file("")).expect("the folder").map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let known = |name: &String| name == "credentials.json" || examples().iter().any(|(known, ..)| name.starts_with(&format!("{known}.")));
    assert_eq!(entries.filter(|name| !known(name)).collect::<Vec<_>>(), Vec::<String>::new(), "each file has a line in the table");
    for (name, ..) in examples() {
        let path = file(&format!("{name}.json"));
        let ran = konverte(&["check", &path]);
        assert_eq!(ran.code, 4, "{name}: {}", ran.stdout);
        assert!(ran.stdout.contains("`konverte packages add n8n-nodes-base`"), "{name}: {}", ran.stdout);
        konverte(&["run", &path]).refused(4, "`konverte packages add n8n-nodes-base`");
        let workflow: Value = serde_json::from_str(&fs::read_to_string(&path).expect("the file")).expect("JSON");
        for node in workflow["nodes"].as_array().expect("nodes") {
            let kind = node["type"].as_str().expect("a type");
            assert!(["n8n-nodes-base.", "@devlikeapro/n8n-nodes-chatwoot."].iter().any(|package| kind.starts_with(package)), "n8n has no {kind}");
        }
    }
}

#[test]
fn they_run_with_the_answers_beside_them() {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says where the package is")]
    let variable = |name: &str| std::env::var(name).ok();
    if variable("KONVERTE_TEST_PACKAGES").as_deref() != Some("1") {
        eprintln!("skipped: KONVERTE_TEST_PACKAGES=1 says that n8n's licence is accepted, for non-commercial use");
        return;
    }
    let (Some(project), Some(cache)) = (variable("KONVERTE_TEST_PROJECT"), variable("KONVERTE_CACHE")) else {
        eprintln!("skipped: KONVERTE_TEST_PROJECT and KONVERTE_CACHE say where n8n-nodes-base is installed");
        return;
    };
    let packages = ["--packages", project.as_str(), "--cache", cache.as_str()];
    for (name, items, sent) in examples() {
        let (path, answers, credentials) = (file(&format!("{name}.json")), file(&format!("{name}.answers.json")), file("credentials.json"));
        let checked = konverte(&[&["check", &path, "--credentials", &credentials][..], &packages].concat());
        assert!(
            checked.code == 0 && checked.stdout.starts_with("KV0122") && !checked.stdout.contains("help:"),
            "{name}: {}{}",
            checked.stdout,
            checked.stderr
        );
        let folder = Folder::new();
        let requests = folder.path().join("requests.ndjson").display().to_string();
        let run = ["run", &path, "--credentials", &credentials, "--answers", &answers, "--requests", &requests, "--now", "2026-03-14T09:26:53Z"];
        let ran = konverte(&[&run[..], &["--strict", "--output", "ndjson"], &packages].concat());
        assert_eq!((ran.code, Value::Array(ran.lines())), (0, items), "{name}: {}", ran.stderr);
        let text = fs::read_to_string(&requests).expect("the requests");
        let requests: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a request")).collect();
        for (node, body) in sent {
            let body: Value = serde_json::from_str(body).expect("JSON");
            assert!(
                requests.iter().any(|request| request["node"] == *node && request["json"] == body),
                "{name}: {node} does not send {body}: {text}"
            );
        }
    }
}
