//! Ctrl-C, SIGTERM, SIGHUP and `--timeout`: the exit code, and what was done is reported.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::{Said, canceled, pretty, run};
use crate::support::{Folder, Ran, Server, action, chain, command, ending_signals, finish, http, konverte, pipe, set};

/// Starts a run and waits until it says that it begins.
fn started(folder: &Folder, workflow: &Value, form: &str) -> (Child, impl FnOnce(Child) -> Ran + use<>) {
    let file = folder.file("workflow.json", pretty(workflow));
    let mut child =
        command(&["--verbose", "run", &file, "--output", form]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut before = String::new();
    // The node that hangs is the second to start.
    while before.matches("node started").count() < 2 && lines.read_line(&mut before).expect("a line") > 0 {}
    let end = move |child: Child| {
        let mut after = String::new();
        let output = std::thread::spawn(move || child.wait_with_output().expect("the program ends"));
        let _ = lines.read_to_string(&mut after);
        let mut ran = finish(output.join().expect("the program ends"));
        ran.stderr = before + &after;
        ran
    };
    (child, end)
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), signal).expect("the signal is sent");
}

/// One long call inside of the JavaScript engine, which nothing can interrupt.
const NATIVE: &str = "={{ [].join.call({ length: 9e15 }, '') }}";

/// Workflows that do not end by themselves for a while.
fn endless(lab: &http_lab::Lab) -> [Value; 3] {
    let request = http(&format!("{}/slow/20000", lab.origin("HTTP")));
    [request, set("A", "x", "={{ (() => { while (true) {} })() }}"), set("A", "x", NATIVE)].map(|node| chain(&[node]))
}

/// Waits for the end, which comes soon, and gives the exit code.
fn exit_code(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    while child.try_wait().expect("a state").is_none() {
        assert!(start.elapsed() < Duration::from_secs(30), "still there");
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait().expect("a state").code()
}

#[test]
fn a_signal_ends_the_run_and_what_was_done_is_reported() {
    let lab = http_lab::Lab::start().expect("the servers start");
    for (sent, code) in ending_signals() {
        for workflow in endless(&lab) {
            let folder = Folder::new();
            let (child, end) = started(&folder, &workflow, "json");
            signal(&child, sent);
            let ran = end(child);
            canceled(&ran, code, "KV0204");
        }
    }
}

#[test]
fn two_signals_after_the_run_end_a_program_that_nobody_reads() {
    let folder = Folder::new();
    let (mut child, _end) = started(&folder, &chain(&[set("A", "x", "={{ 'x'.repeat(1e6) }}")]), "json");
    let mut output = child.stdout.take().expect("a pipe");
    // It writes its result, which is more than a pipe holds, so it cannot end by itself.
    output.read_exact(&mut [0]).expect("the result begins");
    signal(&child, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().expect("a state").is_none(), "the first one lets the result be written");
    signal(&child, Signal::SIGINT);
    assert_eq!(exit_code(&mut child), Some(130));
}

/// Starts a run that reads its items and waits for more of them; nothing but the end of the process helps it out of there.
fn deaf(folder: &Folder) -> (Child, ChildStdin) {
    let file = folder.workflow(&chain(&[]));
    let mut child = command(&["--log-format", "json", "run", &file, "--input", "-"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut items = child.stdin.take().expect("a pipe");
    // More than a pipe holds: when all is written, the program reads.
    items.write_all(&[b' '; 1 << 20]).expect("the program reads");
    (child, items)
}

#[test]
fn a_second_signal_ends_a_program_that_does_not_stop() {
    let folder = Folder::new();
    let (mut child, _items) = deaf(&folder);
    signal(&child, Signal::SIGINT);
    // Of two that come at once nobody can say which was the first.
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, Signal::SIGTERM);
    assert_eq!(exit_code(&mut child), Some(130));
    let ran = finish(child.wait_with_output().expect("it has ended"));
    ran.told("ERROR", &Said { code: "KV0204", words: &["The run was interrupted"], help: "again", ..Said::default() });
    assert!(ran.stdout.is_empty() && !ran.stderr.contains("did not stop"), "{}", ran.stderr);
}

#[test]
fn a_program_that_does_not_stop_after_a_signal_is_given_up() {
    let folder = Folder::new();
    let (mut child, _items) = deaf(&folder);
    signal(&child, Signal::SIGINT);
    assert_eq!(exit_code(&mut child), Some(130));
    let ran = finish(child.wait_with_output().expect("it has ended"));
    ran.told("ERROR", &Said { code: "KV0204", words: &["did not stop"], ..Said::default() });
}

#[test]
fn the_time_out_ends_a_run_whatever_it_does_and_the_report_is_written() {
    let lab = http_lab::Lab::start().expect("the servers start");
    for workflow in endless(&lab) {
        let folder = Folder::new();
        let report = folder.file("report.html", "");
        let ran = run(&workflow, &["--timeout", "300ms", "--report", &report]);
        canceled(&ran, 5, "KV0203");
        assert!(std::fs::read_to_string(&report).expect("a report").contains("canceled"));
    }
    assert_eq!(run(&chain(&[]), &["--timeout", "30s"]).code, 0, "a run that ends in time is not touched");
}

#[test]
fn the_time_out_holds_while_files_are_read() {
    let folder = Folder::new();
    let path = folder.path().join("pipe");
    pipe(&path);
    let ran = konverte(&["--log-format", "json", "run", path.to_str().expect("UTF-8"), "--timeout", "100ms"]);
    ran.blocked(5, &Said { code: "KV0203", words: &["did not stop"], ..Said::default() });
}

#[test]
fn the_smaller_of_the_files_time_out_and_the_option_holds() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let within = |seconds: f64, args: &[&str]| {
        let [_, mut workflow, _] = endless(&lab);
        workflow["settings"]["executionTimeout"] = json!(seconds);
        canceled(&run(&workflow, args), 5, "KV0203");
    };
    within(0.3, &[]);
    within(0.3, &["--timeout", "1h"]);
    for none in [-1.0, 0.0, 3600.0] {
        within(none, &["--timeout", "300ms"]);
    }
}

#[test]
fn a_batch_that_ends_with_an_error_says_what_it_had_done() {
    let rows = json!([{"m": "a@example.com"}, {"m": "b@example.com"}, {"m": "no address"}, {"m": "d@example.com"}]).to_string();
    let user = json!({"name": "Ana", "email": "={{ $json.m }}", "password": "Secret-123!", "requestOptions": {"concurrency": 1}});
    let workflow = chain(&[action("Users", "Create A User", user)]);
    let error = run(&workflow, &["--sandbox", "--input", &rows]).failed(&Said::default());
    assert!(error["description"].as_str().is_some_and(|text| text.ends_with("requests that were done before the node ended: 2.")), "{error}");
}

#[test]
fn a_request_that_a_gateway_answered_is_open_when_the_run_is_stopped() {
    let server = Server::answering(502, "text/plain", "Bad Gateway");
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": server.url(), "accessToken": "t"}}).to_string());
    let parameters = json!({"account_id": 1, "id": 1, "requestOptions": {"retry": {"baseDelay": 20000}}});
    let mut node = action("Contacts", "Contact Delete", parameters);
    node["credentials"] = json!({"konverteApi": {"name": "Konverte"}});
    let ran = run(&chain(&[node]), &["--credentials", &credentials, "--timeout", "600ms"]);
    canceled(&ran, 5, "KV0203");
    let error = ran.json()["nodes"]["Action"]["runs"][0]["error"].clone();
    assert!(error["description"].as_str().is_some_and(|text| text.ends_with("not known what they did: 1.")), "{error}");
}
