//! How a run ends from outside, and where its results go.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::support::{Folder, chain, command, ending_signals, konverte, konverte_with_stdin, set};

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).expect("an id")), signal).expect("it is there");
}

/// Waits for something that another process does.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_signal_after_the_work_lets_the_result_be_written() {
    let folder = Folder::new();
    let report = folder.path().join("report.html");
    let big = "x".repeat(300_000);
    let stopped = json!({"name": "Stop", "type": "n8n-nodes-base.stopAndError", "typeVersion": 1, "parameters": {"errorMessage": "the run's own"}});
    for (nodes, code) in [(vec![set("A", "x", &big)], 0), (vec![set("A", "x", &big), stopped], 1)] {
        let file = folder.workflow(&chain(&nodes));
        let mut child = command(&["run", &file, "--output", "json", "--report", report.to_str().expect("UTF-8")]);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        // The report is the first that is written; the JSON waits for a reader.
        until("the report is written", || report.exists());
        assert!(std::fs::read_to_string(&report).expect("the report").ends_with("</html>\n"), "the report is there as a whole or not at all");
        send(&child, Signal::SIGTERM);
        std::thread::sleep(Duration::from_millis(100));
        let mut result = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut result).expect("text");
        let ended = child.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{told}");
        assert!(serde_json::from_str::<serde_json::Value>(&result).is_ok() && !told.contains("send them again"), "{told}");
        std::fs::remove_file(&report).expect("it is there");
    }
}

#[test]
fn a_second_signal_after_the_work_says_that_it_is_done() {
    let folder = Folder::new();
    let report = folder.path().join("report.html");
    let file = folder.workflow(&chain(&[set("A", "x", &"x".repeat(300_000))]));
    let mut child = command(&["run", &file, "--output", "json", "--report", report.to_str().expect("UTF-8")]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // Nobody reads it until the end: else the result may be written before the second signal is heard.
    let unread = child.stdout.take();
    until("the report is written", || report.exists());
    send(&child, Signal::SIGTERM);
    std::thread::sleep(Duration::from_millis(300));
    send(&child, Signal::SIGINT);
    let ended = child.wait_with_output().expect("it ends");
    drop(unread);
    let told = String::from_utf8_lossy(&ended.stderr);
    // Of two signals that are there at once, either may be the second.
    assert!(matches!(ended.status.code(), Some(130 | 143)) && told.contains("The run is done") && !told.contains("again"), "{told}");
    assert!(told.contains("second ended that") && !told.contains("Make room"), "{told}");
}

#[test]
fn a_signal_before_that_ends_the_run_with_its_own_code() {
    let folder = Folder::new();
    let endless =
        json!({"name": "Loop", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": "console.log('begun'); while (true) {}"}});
    let file = folder.workflow(&chain(&[endless]));
    for (signal, code) in ending_signals() {
        let child = command(&["run", &file, "--output", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        // Signals are heard before the file is read.
        std::thread::sleep(Duration::from_millis(700));
        send(&child, signal);
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!(ended.status.code(), Some(code), "{signal}: {}", String::from_utf8_lossy(&ended.stderr));
        let result: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("the result is written");
        assert_eq!(result["status"], "canceled");
    }
}

#[test]
fn of_a_loop_without_end_the_result_is_bounded() {
    let folder = Folder::new();
    let mut workflow = chain(&[set("A", "x", "1"), set("B", "y", "2")]);
    workflow["connections"]["B"] = json!({"main": [[{"node": "A", "type": "main", "index": 0}]]});
    let ran = konverte(&["run", &folder.workflow(&workflow), "--output", "json", "--timeout", "3s"]);
    let result = ran.json();
    assert_eq!((ran.code, &result["status"]), (5, &json!("canceled")), "{}", ran.stderr);
    let order = result["executionOrder"].as_array().expect("a list");
    let runs: usize = ["Start", "A", "B"].iter().map(|node| result["nodes"][node]["runs"].as_array().map_or(0, Vec::len)).sum();
    assert!(order.len() == runs && runs <= 10_000, "{runs}");
    // On a slow machine fewer runs fit into the time.
    assert_eq!(result.get("leftOut").is_some(), runs == 10_000, "{}", result["leftOut"]);
}

#[test]
fn no_file_that_is_read_is_written_over() {
    let folder = Folder::new();
    let workflow = chain(&[set("A", "x", "1")]).to_string();
    let file = folder.file("own.json", &workflow);
    let vars = folder.file("vars.txt", "{}");
    let beside = folder.file("sub.json", &workflow);
    std::os::unix::fs::symlink(&file, folder.path().join("link.html")).expect("a link");
    let link = folder.path().join("link.html");
    let link = link.to_str().expect("UTF-8");
    for args in [
        ["graph", &*file, "-o", &file, "", ""],
        ["graph", &file, "-o", link, "", ""],
        ["run", &file, "--report", &file, "", ""],
        ["run", &file, "--report", link, "", ""],
        ["run", &file, "--report", &vars, "--vars", &vars],
        ["run", &file, "--report", &vars, "--input", &vars],
        // The folder's workflows may be called.
        ["run", &file, "--report", &beside, "", ""],
    ] {
        let args: Vec<&str> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
        konverte(&args).refused(2, "which this command reads");
    }
    for (path, content) in [(&file, &*workflow), (&beside, &*workflow), (&vars, "{}")] {
        assert_eq!(std::fs::read_to_string(path).expect("there"), content);
    }
}

#[test]
fn a_dash_is_standard_output() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "1")]));
    let names = || std::fs::read_dir(folder.path()).expect("a folder").count();
    let ran = |args: &[&str]| crate::support::finish(command(args).current_dir(folder.path()).output().expect("the program starts"));
    assert!(ran(&["graph", &file, "-o", "-"]).stdout.starts_with("<svg"));
    ran(&["run", &file, "--report", "-"]).refused(2, "Standard output carries the result");
    assert_eq!(names(), 1, "no file of that name was made");
}

#[test]
fn standard_output_takes_one_result_whatever_it_is_called() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "1")]));
    let mut stdout = vec!["/dev/stdout", "/dev/fd/1"];
    if cfg!(target_os = "linux") {
        stdout.push("/proc/self/fd/1");
    }
    for place in stdout {
        konverte(&["run", &file, "--report", place]).refused(2, "Standard output carries the result");
    }
    let report = folder.file("r.html", "");
    let ran = |place: &str, out: &str| {
        let out = std::fs::OpenOptions::new().write(true).open(out).expect("it is there");
        let mut child = command(&["run", &file, "--report", place]);
        crate::support::finish(child.stdout(out).stderr(Stdio::piped()).spawn().and_then(Child::wait_with_output).expect("it ends"))
    };
    ran(&report, &report).says(2, "KV0710");
    assert_eq!(std::fs::read_to_string(&report).expect("there"), "");
    assert_eq!(ran("/dev/null", "/dev/null").code, 0, "two that nobody reads");
    assert_eq!(ran(&report, "/dev/null").code, 0);
    assert!(std::fs::read_to_string(&report).expect("there").ends_with("</html>\n"));
}

#[test]
fn a_batch_of_expressions_heeds_the_options() {
    let lines = "{\"expression\": \"={{ $now.zoneName }}\"}\n{\"expression\": \"={{ $now.zoneName }}\", \"timezone\": \"Asia/Tokyo\"}\n";
    let ran = konverte_with_stdin(&["eval", "--batch", "--timezone", "Europe/Berlin"], lines);
    let zones: Vec<_> = ran.lines().iter().map(|line| line["value"].clone()).collect();
    assert_eq!(zones, ["Europe/Berlin", "Asia/Tokyo"], "{}", ran.stderr);
    assert_eq!(konverte_with_stdin(&["eval", "--batch", "--timezone", "Mars/Olympus"], lines).code, 2);
}
