//! The emulator's options, for a run and for a server of its own.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Folder, Ran, action, chain, command, http, konverte};

/// Runs one action on the emulator with these options.
fn run(node: Value, options: &[&str]) -> Ran {
    let folder = Folder::new();
    let flow = folder.workflow(&chain(&[node]));
    konverte(&[&["run", &flow, "--sandbox", "--output", "json"], options].concat())
}

#[test]
fn a_run_takes_the_emulators_options() {
    let rule = || action("Automation Rule", "Get Details Of A Single Automation Rule", json!({"account_id": 1, "id": 9}));
    let status = |options: &[&str]| run(rule(), options).json()["error"]["http"]["status"].clone();
    assert_eq!((status(&[]), status(&["--as-server"])), (json!(404), json!(500)));

    let team = |options: &[&str]| run(action("Teams", "Create A Team", json!({"account_id": 1, "name": "night"})), options);
    assert_eq!(team(&[]).code, 0);
    assert_eq!(team(&["--fault", "/api/v1/accounts/*/webhooks=500"]).code, 0);
    let lost = team(&["--fault", "/api/v1/accounts/*/teams=lost"]);
    assert_eq!((lost.code, &lost.json()["error"]["http"]["outcome"]), (1, &json!("unknown")), "{}", lost.stderr);
    team(&["--fault", "*=hot"]).refused(2, "KV0602 × \"*=hot\" is not a fault");

    // In n8n mode nothing waits for the next minute.
    let counts = |options: &[&str]| {
        let parameters = json!({"resource": "Conversations", "operation": "Conversation List Meta", "account_id": 1});
        let node = json!({"name": "Action", "type": "@devlikeapro/n8n-nodes-chatwoot.chatWoot", "typeVersion": 1, "parameters": parameters});
        let items: Value = (0..31).map(|_| json!({})).collect();
        run(node, &[&["--input", &items.to_string()], options].concat())
    };
    assert_eq!(counts(&[]).code, 0, "{}", counts(&[]).stderr);
    assert_eq!(counts(&["--limits"]).json()["error"]["http"]["status"], 429);
}

/// Another world has other tokens: a run is sent with them, and a server says them.
#[test]
fn a_seed_of_ones_own_brings_its_tokens() {
    let folder = Folder::new();
    let seed = json!({
        "accounts": [{"id": 3, "name": "Mine"}], "users": [{"id": 5, "name": "Bo", "email": "bo@example.com", "token": "bos-token"}],
        "account_users": [{"id": 1, "account_id": 3, "user_id": 5, "role": "administrator"}],
    });
    let seed = folder.file("seed.json", seed.to_string());
    let agents = || action("Agents", "Get Account Agents", json!({"account_id": 3}));
    for options in [&["--seed", &seed][..], &["--seed", &seed, "--dry-run"]] {
        let ran = run(agents(), options);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.json()["nodes"]["Action"]["runs"][0]["outputs"][0][0]["json"]["name"], "Bo");
    }
    let mut process = command(&["sandbox", "--seed", &seed]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the emulator starts");
    let mut line = String::new();
    BufReader::new(process.stderr.take().expect("a pipe")).read_line(&mut line).expect("what it says");
    process.kill().expect("it was there");
    process.wait().expect("it ends");
    assert_eq!(line, "tokens: bos-token\n");
}

/// A fault that strikes nothing tries nothing: that is said. Other numbers strike other requests.
#[test]
fn each_fault_says_what_it_struck() {
    let teams = |options: &[&str]| {
        let items: Value = (0..6).map(|n| json!({"n": n})).collect();
        run(
            action("Teams", "List All Teams", json!({"account_id": 1, "requestOptions": {"retry": {"maxAttempts": 1}}})),
            &[&["--input", &items.to_string()], options].concat(),
        )
    };
    let nothing = teams(&["--fault", "/platform/*=500", "--fault", "*=slow:0"]);
    assert!(nothing.stderr.contains("fault /platform/*=500 struck 0 of 0 requests: none went to its route"), "{}", nothing.stderr);
    assert!(nothing.stderr.contains("fault *=slow:0 struck 0 of 6 requests, so nothing was tried: --fault-seed N"), "{}", nothing.stderr);
    let struck = |seed: &str| {
        let ran = teams(&["--fault", "*=reset:0.2", "--fault-seed", seed]);
        ran.stderr.lines().find(|line| line.starts_with("fault ")).expect("a line").to_owned()
    };
    let lines: std::collections::BTreeSet<String> = ["1", "2", "3", "4"].map(struck).into();
    assert!(lines.len() > 1, "{lines:?}");
    assert_eq!(struck("2"), struck("2"));
}

/// What a lost answer hides can be seen: the record is there, and the next run begins with it.
#[test]
fn what_the_emulator_holds_at_the_end_is_the_seed_of_the_next_run() {
    let folder = Folder::new();
    let in_it = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (first, second) = (in_it("first.json"), in_it("second.json"));
    let note = || action("Messages", "Create A New Message In A Conversation", json!({"account_id": 1, "conversation_id": 1, "content": "psst"}));
    let notes = |file: &str| {
        let state: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("written")).expect("JSON");
        state["messages"].as_array().expect("a list").iter().filter(|message| message["content"] == "psst").count()
    };
    assert_eq!(run(note(), &["--fault", "*=lost", "--sandbox-state", &first]).code, 1);
    assert_eq!(run(note(), &["--seed", &first, "--sandbox-state", &second]).code, 0);
    assert_eq!((notes(&first), notes(&second)), (1, 2));
    run(note(), &["--seed", &first, "--sandbox-state", &first]).says(2, "KV0710");
    run(note(), &["--report", &second, "--sandbox-state", &second]).says(2, "KV0710");
    run(note(), &["--sandbox-state", &in_it("none/x.json")]).says(2, "KV0705");
}

/// The emulator as a server says and writes the same at its end.
#[cfg(unix)]
#[test]
fn a_server_writes_what_it_holds_when_it_is_stopped() {
    use nix::sys::signal::{Signal, kill};
    let folder = Folder::new();
    let state = folder.path().join("state.json");
    let options = ["sandbox", "--fault", "*=slow:0", "--sandbox-state", &state.to_string_lossy()];
    let mut process = command(&options).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the emulator starts");
    let mut address = String::new();
    BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut address).expect("its address");
    let url = format!("{}/api/v1/profile", address.trim());
    assert_eq!(konverte(&["run", &folder.workflow(&chain(&[http(&url)]))]).code, 1, "without a token");
    kill(nix::unistd::Pid::from_raw(process.id().try_into().expect("a pid")), Signal::SIGINT).expect("it is there");
    let ended = process.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("fault *=slow:0 struck 0 of 1 request"), "{said}");
    let state: Value = serde_json::from_str(&std::fs::read_to_string(state).expect("written")).expect("JSON");
    assert_eq!(state["teams"][0]["name"], "support");
}

#[test]
fn what_is_wrong_with_a_seed_is_said_as_that() {
    let folder = Folder::new();
    let profile = || action("Profile", "Fetch Profile", json!({}));
    let broken = folder.file("broken.json", "{\"user\": []}");
    run(profile(), &["--seed", &broken]).says(2, "KV0601");
    run(profile(), &["--seed", "none.json"]).says(2, "KV0601");
    let empty = run(profile(), &["--seed", &folder.file("empty.json", "{}")]);
    assert!(empty.stderr.contains("the seed has no tokens of platform apps, users, bots: the emulator refuses what takes one"), "{}", empty.stderr);
}

#[test]
fn without_sandbox_the_emulators_options_are_refused() {
    let folder = Folder::new();
    let flow = folder.workflow(&chain(&[]));
    for option in [&["--as-server"][..], &["--limits"], &["--fault", "*=500"], &["--seed", "seed.json"], &["--sandbox-state", "s.json"]] {
        for dry in [&[][..], &["--dry-run"]] {
            konverte(&[&["run", &flow], option, dry].concat()).refused(2, &format!("{} goes with --sandbox.", option[0]));
        }
    }
}
