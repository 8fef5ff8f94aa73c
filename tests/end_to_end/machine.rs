//! Files and commands of the machine: off unless they are allowed, and as little as is allowed.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Folder, Ran, chain, command, finish, konverte};

fn node(name: &str, kind: &str, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 1, "parameters": parameters})
}

/// A file of this text in an item, written to `path`.
fn writes(text: &str, path: &str, options: Value) -> Value {
    let code = format!("return [{{json: {{}}, binary: {{data: await this.helpers.prepareBinaryData(Buffer.from('{text}'), 'a.txt')}}}}]");
    let parameters = json!({"operation": "write", "fileName": path, "dataPropertyName": "data", "options": options});
    let mut code = node("Make", "code", json!({"jsCode": code}));
    code["typeVersion"] = json!(2);
    chain(&[code, node("Write", "readWriteFile", parameters)])
}

#[test]
fn nothing_is_touched_that_was_not_allowed() {
    let folder = Folder::new();
    let path = folder.path().join("out.txt");
    let workflow = folder.workflow(&writes("x", path.to_str().expect("UTF-8"), json!({})));
    let elsewhere = Folder::new();
    konverte(&["run", &workflow, "--output", "json"]).says(1, "Say with --allow-files DIR which folder the run may read and write.");
    let ran = konverte(&["run", &workflow, "--output", "json", "--allow-files", elsewhere.path().to_str().expect("UTF-8")]);
    ran.says(1, "Access to the file is not allowed.");
    ran.says(1, "is not in a folder that --allow-files names");
    assert!(!path.exists());
    konverte(&["run", &workflow, "--allow-files", "no/such/folder"]).refused(2, "The folder no/such/folder cannot be opened");
    let workflow = folder.workflow(&chain(&[node("Run", "executeCommand", json!({"command": format!("touch {}", path.display())}))]));
    konverte(&["run", &workflow, "--output", "json"]).says(1, "Allow them with --allow-exec");
    assert!(!path.exists());
}

#[test]
fn a_dry_run_plans_and_does_nothing() {
    let folder = Folder::new();
    let (allowed, path) = (folder.path().to_str().expect("UTF-8"), folder.path().join("out.txt"));
    let mut workflow = writes("four", path.to_str().expect("UTF-8"), json!({"append": true}));
    let exec = node("Run", "executeCommand", json!({"command": format!("touch {}", path.display())}));
    workflow["nodes"].as_array_mut().expect("nodes").push(exec);
    workflow["connections"]["Write"] = json!({"main": [[{"node": "Run", "type": "main", "index": 0}]]});
    let ran = konverte(&["run", &folder.workflow(&workflow), "--dry-run", "--output", "json", "--allow-files", allowed, "--allow-exec"]);
    let plan = ran.json()["plan"].clone();
    let path_text = path.display();
    let expected = json!([
        {"node": "Write", "item": 0, "method": "APPEND", "url": path_text.to_string(), "body": "4 bytes", "answered": "skipped"},
        {"node": "Run", "item": 0, "method": "EXECUTE", "url": format!("touch {path_text}"), "body": null, "answered": "ended"},
    ]);
    assert_eq!((ran.code, plan, path.exists()), (0, expected, false));
}

/// The limit on the size of files stands for a full disk: the old file is as it was.
#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = Folder::new();
    let path = folder.file("out.txt", "old");
    let workflow = folder.workflow(&writes(&"x".repeat(4000), &path, json!({})));
    let program = env!("CARGO_BIN_EXE_konverte");
    let line = format!("trap '' XFSZ; ulimit -f 1; exec {program} run {workflow} --output json --allow-files {}", folder.path().display());
    let ran = finish(std::process::Command::new("sh").args(["-c", &line]).output().expect("sh"));
    ran.says(1, "cannot be used");
    assert_eq!(fs::read_to_string(&path).expect("the file"), "old");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 2, "nothing is left beside it");
}

#[test]
fn a_command_ends_with_the_run_and_sees_no_secret_of_its_environment() {
    let folder = Folder::new();
    let mark = folder.path().join("mark");
    let line = format!("(sleep 2; touch {0}) & sleep 2; touch {0}", mark.display());
    let workflow = folder.workflow(&chain(&[node("Run", "executeCommand", json!({ "command": line }))]));
    let began = Instant::now();
    konverte(&["run", &workflow, "--allow-exec", "--timeout", "500ms", "--output", "json"]).says(5, "");
    std::thread::sleep(Duration::from_millis(2500).saturating_sub(began.elapsed()));
    assert!(!mark.exists());
    let workflow = folder.workflow(&chain(&[node("Run", "executeCommand", json!({"command": "echo ${SECRET-none} ${SHOWN-none}"}))]));
    let args = ["run", &workflow, "--allow-exec", "--allow-env", "SHOWN", "--output", "ndjson"];
    let ran = finish(command(&args).envs([("SECRET", "s"), ("SHOWN", "yes")]).output().expect("the program starts"));
    assert_eq!(ran.lines(), [json!({"exitCode": 0, "stderr": "", "stdout": "none yes"})]);
}

/// Runs a command.
fn executed(line: &str) -> Ran {
    let folder = Folder::new();
    let workflow = folder.workflow(&chain(&[node("Run", "executeCommand", json!({ "command": line }))]));
    konverte(&["run", &workflow, "--allow-exec", "--output", "ndjson"])
}

#[test]
fn commands_end_as_a_shell_says() {
    assert_eq!(executed("cat; echo out; echo err >&2").lines(), [json!({"exitCode": 0, "stdout": "out", "stderr": "err"})]);
    for (line, code) in [("exit 3", 3), ("kill -9 $$", 137), ("exec >&- 2>&-; sleep 0.2; exit 4", 4)] {
        executed(line).says(1, &format!("The command ended with exit code {code}."));
    }
    let folder = Folder::new();
    let mark = folder.path().join("mark");
    let begun = Instant::now();
    let left = executed(&format!("(sleep 1; touch {}) >/dev/null 2>&1 & echo done", mark.display()));
    assert_eq!((left.lines(), begun.elapsed() < Duration::from_secs(1)), (vec![json!({"exitCode": 0, "stdout": "done", "stderr": ""})], true));
    std::thread::sleep(Duration::from_millis(1300));
    assert!(mark.exists(), "what a command leaves in the background goes on, as in n8n");
    executed("yes").says(1, "more than 64 MiB");
}

/// A session of its own, a parent that is gone, a konverte that is killed: nothing of a command is left.
#[test]
#[cfg(target_os = "linux")]
fn nothing_of_a_command_is_left() {
    let folder = Folder::new();
    let mark = folder.path().join("mark");
    let late = format!("sh -c 'sleep 2; touch {}'", mark.display());
    let line = format!("setsid {late} & (setsid setsid {late} >/dev/null 2>&1 &); setsid -f env -i PATH=/usr/bin:/bin {late}; echo begun; {late}");
    let workflow = folder.workflow(&chain(&[node("Run", "executeCommand", json!({ "command": line }))]));
    let begun = Instant::now();
    konverte(&["run", &workflow, "--allow-exec", "--timeout", "500ms", "--output", "json"]).says(5, "");
    let mut killed = command(&["run", &workflow, "--allow-exec"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    std::thread::sleep(Duration::from_millis(700));
    killed.kill().expect("it is killed");
    killed.wait().expect("it has ended");
    std::thread::sleep(Duration::from_millis(3500).saturating_sub(begun.elapsed()));
    assert!(!mark.exists());
}

/// What konverte was given for itself, though it lies in an allowed folder.
#[test]
fn the_lock_and_the_credentials_are_kept_back() {
    let folder = Folder::new();
    let allowed = folder.path().to_str().expect("UTF-8");
    let lock = folder.file("packages.lock.json", r#"{"version": 1, "packages": {}}"#);
    let credentials = folder.file("credentials.json", "{}");
    let environment = folder.file(".env", "A=b");
    for path in [&lock, &credentials, &environment] {
        let before = fs::read_to_string(path).expect("the file");
        let read = chain(&[node("Read", "readWriteFile", json!({"operation": "read", "fileSelector": path, "options": {}}))]);
        for workflow in [read, writes("x", path, json!({})), writes("x", path, json!({"append": true}))] {
            let workflow = folder.workflow(&workflow);
            let args = ["run", &workflow, "--allow-files", allowed, "--credentials", &credentials, "--env-file", &environment, "--output", "json"];
            konverte(&args).says(1, "it was given to konverte alone");
        }
        assert_eq!(fs::read_to_string(path).expect("the file"), before);
    }
}
