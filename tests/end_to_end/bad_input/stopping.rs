//! Ctrl-C, SIGTERM and `--timeout`: the exit code, and what was done is reported.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::{pretty, run};
use crate::support::{Folder, Ran, chain, command, finish, http, set};

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
        let _ = std::io::Read::read_to_string(&mut lines, &mut after);
        let mut ran = finish(output.join().expect("the program ends"));
        ran.stderr = before + &after;
        ran
    };
    (child, end)
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), signal).expect("the signal is sent");
}

/// Workflows that do not end by themselves for a while.
fn endless(lab: &http_lab::Lab) -> [Value; 2] {
    [chain(&[http(&format!("{}/slow/20000", lab.origin("HTTP")))]), chain(&[set("A", "x", "={{ (() => { while (true) {} })() }}")])]
}

#[test]
fn a_signal_ends_the_run_and_what_was_done_is_reported() {
    let lab = http_lab::Lab::start().expect("the servers start");
    for sent in [Signal::SIGINT, Signal::SIGTERM] {
        for workflow in endless(&lab) {
            let folder = Folder::new();
            let (child, end) = started(&folder, &workflow, "json");
            let start = Instant::now();
            signal(&child, sent);
            let ran = end(child);
            assert_eq!(ran.code, 130, "{}", ran.stderr);
            assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
            let result = ran.json();
            assert_eq!((&result["status"], &result["error"]["code"]), (&json!("canceled"), &json!("KV0204")));
            assert_eq!(result["executionOrder"][0], "Start");
            assert_eq!(result["nodes"]["Start"]["runs"][0]["items"]["out"], 1);
        }
    }
}

#[test]
fn a_second_signal_does_not_wait() {
    let folder = Folder::new();
    let hangs = chain(&[set("A", "x", "={{ 'a'.repeat(4e5).indexOf('a'.repeat(2e5) + 'b') }}")]);
    let (child, end) = started(&folder, &hangs, "summary");
    signal(&child, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, Signal::SIGINT);
    let ran = end(child);
    assert_eq!(ran.code, 130, "{}", ran.stderr);
    assert!(ran.stderr.contains("interrupted"), "{}", ran.stderr);
}

#[test]
fn the_time_out_ends_a_request_that_hangs() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let start = Instant::now();
    let ran = run(&endless(&lab)[0], &["--timeout", "300ms"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!((&ran.json()["status"], &ran.json()["error"]["code"]), (&json!("canceled"), &json!("KV0203")));
    assert_eq!(run(&chain(&[]), &["--timeout", "30s"]).code, 0, "a run that ends in time is not touched");
}
