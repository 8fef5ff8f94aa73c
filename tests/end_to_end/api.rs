//! The Konverte API as people meet it through the program: what may be left out, what is waited for, what is said of errors.

use serde_json::{Value, json};

use crate::support::{Folder, Server, action, chain, konverte};

/// A `konverte` node's workflow, with a credential for this address.
fn files(folder: &Folder, url: &str, node: &Value) -> (String, String) {
    let mut node = node.clone();
    node["credentials"] = json!({"konverteApi": {"id": "1", "name": "Konverte"}});
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": url, "accessToken": "tok-12345"}}).to_string());
    (folder.workflow(&chain(&[node])), credentials)
}

#[test]
fn a_contact_needs_no_inbox_and_a_conversation_no_source_id() {
    let folder = Folder::new();
    let contact = action("Contacts", "Contact Create", json!({"account_id": 1, "name": "Ana"}));
    let mut talk =
        action("Conversations", "New Conversation", json!({"account_id": 1, "contact_id": "={{ $json.payload.contact.id }}", "inbox_id": "2"}));
    talk["name"] = "Talk".into();
    let mut inbox = action("Inboxes", "Update Inbox", json!({"account_id": 1, "id": 2, "name": "Desk"}));
    inbox["name"] = "Inbox".into();
    let mut snooze = action(
        "Conversations",
        "Toggle Status Of A Conversation",
        json!({"account_id": 1, "conversation_id": 1, "status": "snoozed", "snoozed_until": 1_900_000_000}),
    );
    snooze["name"] = "Snooze".into();
    let workflow = folder.workflow(&chain(&[contact, talk, inbox, snooze]));
    assert_eq!(konverte(&["check", &workflow]).code, 0);
    let ran = konverte(&["run", &workflow, "--sandbox", "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let out = |node: &str| ran.json()["nodes"][node]["runs"][0]["outputs"][0][0]["json"].clone();
    assert_eq!(
        (&out("Action")["payload"]["contact_inbox"], &out("Talk")["inbox_id"], &out("Inbox")["name"]),
        (&Value::Null, &json!(2), &json!("Desk"))
    );
    assert_eq!(out("Snooze")["payload"]["snoozed_until"], 1_900_000_000);

    let alone = folder.workflow(&chain(&[action("Conversations", "New Conversation", json!({"account_id": 1, "contact_id": "3"}))]));
    konverte(&["run", &alone, "--sandbox"]).refused(3, "\"New Conversation\" needs source_id, or contact_id and inbox_id");
    let shown = konverte(&["nodes", "show", "New Conversation"]).stdout;
    assert!(shown.contains("source_id") && shown.contains("or"), "{shown}");
}

/// A limit is waited out, which takes no time where the clock stands still; a line says so once.
#[test]
fn a_limit_of_the_server_is_waited_for_and_a_time_out_ends_it() {
    let folder = Folder::new();
    let search = action("Contacts", "Contact Search", json!({"account_id": 1, "q": "={{ $json.q }}"}));
    let (workflow, credentials) = files(&folder, "http://desk.test", &search);
    let input = folder.file("input.json", json!([{"q": "a"}, {"q": "b"}, {"q": "c"}]).to_string());
    let entries = json!([{"status": 429, "text": "Retry later\n", "times": 1}, {"json": {"payload": []}}]);
    let answers = folder.file("answers.json", entries.to_string());
    let common = ["--credentials", &credentials, "--input", &input, "--output", "json"];
    let still = [&["run", &workflow, "--answers", &answers, "--now", "2026-03-01T00:00:00Z"], &common[..]].concat();
    let ran = konverte(&still);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let line = "[Action] too many requests for the server (account_id=1): waiting 60 s, for it takes 100 requests a minute for each account_id";
    assert_eq!(ran.stderr.matches(line).count(), 1, "{}", ran.stderr);
    assert_eq!(ran.json()["nodes"]["Action"]["runs"][0]["items"]["out"], 3);

    let real = [&["run", &workflow, "--answers", &answers, "--timeout", "300ms"], &common[..]].concat();
    let ran = konverte(&real);
    assert_eq!((ran.code, ran.json()["status"].clone()), (5, json!("canceled")), "{}", ran.stderr);
}

/// The emulator holds the real server's limits, also where waits take no time.
#[test]
fn the_emulators_limits_are_waited_for_on_a_standing_clock() {
    let folder = Folder::new();
    // One at a time: of several that wait side by side each lets the emulator's time pass.
    let search = json!({"account_id": 1, "q": "={{ $json.q }}", "requestOptions": {"concurrency": 1}});
    let workflow = folder.workflow(&chain(&[action("Contacts", "Contact Search", search)]));
    let items: Vec<Value> = (0..350).map(|n| json!({"q": n.to_string()})).collect();
    let input = folder.file("input.json", Value::Array(items).to_string());
    let ran = konverte(&["run", &workflow, "--sandbox", "--limits", "--now", "2026-03-01T00:00:00Z", "--input", &input, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["nodes"]["Action"]["runs"][0]["items"]["out"], 350);
    assert_eq!(ran.stderr.matches("waiting 60 s").count(), 3, "{}", ran.stderr);
}

/// A redirect that makes a GET of a POST does nothing of what was asked for.
#[test]
fn a_post_is_not_lost_on_a_redirect() {
    let folder = Folder::new();
    let server =
        Server::sending("HTTP/1.1 301 Moved\r\nLocation: https://desk.test/new?page=1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    let talk = action("Conversations API", "Create A Conversation", json!({"inbox_identifier": "a", "contact_identifier": "b"}));
    let (workflow, credentials) = files(&folder, &server.url(), &talk);
    let ran = konverte(&["run", &workflow, "--credentials", &credentials, "--output", "json"]);
    ran.says(1, "The server redirects, and the request cannot follow: 301 leads to https://desk.test/new, where the POST would become a GET");
    ran.says(1, "into the credential's URL");
    assert_eq!(ran.json()["error"]["http"]["outcome"], Value::Null, "it was not done, and that is known");
}

/// A request that only reads has done nothing, whatever became of its answer.
#[test]
fn of_what_only_reads_nobody_says_that_it_may_have_been_done() {
    let folder = Folder::new();
    let server = Server::answering(502, "text/html", "<html><head><title>502 Bad Gateway</title></head></html>");
    let once = json!({"retry": {"maxAttempts": 2, "baseDelay": 1}});
    for (operation, mut parameters) in [("Contact Details", json!({"id": 1})), ("Contact Filter", json!({}))] {
        parameters["account_id"] = 1.into();
        parameters["requestOptions"] = once.clone();
        let (workflow, credentials) = files(&folder, &server.url(), &action("Contacts", operation, parameters));
        let ran = konverte(&["run", &workflow, "--credentials", &credentials]);
        ran.says(1, "It was sent 2 times. What stands before the service does not reach it");
        let said = &ran.stderr;
        assert!(!said.contains("may have been done") && !said.contains("not known") && !said.contains("<html"), "{operation}: {said}");
    }
}
