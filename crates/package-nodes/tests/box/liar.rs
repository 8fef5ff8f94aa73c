//! A worker that lies: frames by hand, over its standard input.

use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use serde_json::{Value, json};

/// Greets as a worker does, waits for a job, and says what the word asks for.
pub(crate) fn run(word: &str) -> ExitCode {
    #[allow(unsafe_code)]
    // SAFETY: the host has put a socket there, and nothing else reads it.
    let mut socket = unsafe { UnixStream::from_raw_fd(0) };
    frame(&mut socket, &json!({"walls": {"walls": [{"name": "seccomp", "holds": true, "says": ""}]}}), &[]);
    loop {
        let Some(head) = hear(&mut socket) else { return ExitCode::SUCCESS };
        if head["is"] == "run" {
            let (session, run) = (head["session"].clone(), head["run"].clone());
            lie(&mut socket, word, &session, &run);
        }
    }
}

fn lie(socket: &mut UnixStream, word: &str, session: &Value, run: &Value) {
    let call = |call: u32, name: &str| json!({"is": "call", "session": session, "run": run, "call": call, "name": name});
    let done = json!({"is": "done", "session": session, "run": run, "ok": true, "goes_on": false});
    let wait = |socket: &mut UnixStream| hear(socket).unwrap_or_default();
    let ask = |socket: &mut UnixStream, name: &str, arguments: &str| {
        say(socket, &call(1, name), &[arguments.as_bytes()]);
        wait(socket)["ok"].clone()
    };
    match word {
        "unknown-call" => assert_eq!(ask(socket, "openFile", r#"["/etc/passwd"]"#), false),
        "no-arguments" => assert_eq!(ask(socket, "parameter", "null"), false),
        "no-json" => assert_eq!(ask(socket, "parameter", "[[[["), false),
        "huge-item" => _ = ask(socket, "parameter", r#"[{"name": "what", "item": 18446744073709551615}]"#),
        "huge-request-item" => {
            _ = ask(socket, "request", r#"[{"family": "request", "options": {"uri": "https://good.example"}, "item": 18446744073709551615}]"#)
        }
        "no-buffer" => assert_eq!(ask(socket, "keepBinary", r#"[{"content": {"$buffer": 7}}]"#), false),
        "no-body" => {
            assert_eq!(ask(socket, "wire", r#"[{"url": "https://good.example/", "method": "POST", "body": {"$buffer": 99999999999}}]"#), false)
        }
        "foreign-file" => assert_eq!(ask(socket, "readBinary", r#"[{"id": "1"}]"#), false),
        "foreign-credential" => assert_eq!(ask(socket, "credentials", r#"[{"type": "slackApi"}]"#), false),
        "evil-host" => assert_eq!(ask(socket, "wire", r#"[{"url": "https://evil.example/", "method": "GET"}]"#), false),
        "other-run" => {
            say(socket, &json!({"is": "call", "session": session, "run": 4_000_000, "call": 9, "name": "credentials"}), &[b"[]"]);
            assert_eq!(wait(socket)["ok"], false);
            say(
                socket,
                &json!({"is": "done", "session": 77, "run": run, "ok": true, "goes_on": false}),
                &[br#"{"outputs": [[{"json": {"got": "forged"}}]]}"#],
            );
        }
        "library" => {
            say(socket, &json!({"is": "call", "session": session, "run": 0, "call": 9, "name": "load"}), &[br#"["../../../etc/passwd"]"#]);
            assert_eq!(wait(socket)["ok"], false);
        }
        "after-the-end" => {
            say(socket, &done, &[br#"{"outputs": [[{"json": {"got": "ended"}}]]}"#]);
            for number in 0..3 {
                say(socket, &call(number, "credentials"), &[br#"[{"type": "mineApi"}]"#]);
            }
        }
        "outputs-text" => say(socket, &done, &[br#"{"outputs": "none"}"#]),
        "outputs-mixed" => say(socket, &done, &[br#"{"outputs": [1, {"a": 2}, [3, null, [4]], "x"]}"#]),
        "deep" => {
            let nested = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
            say(socket, &done, &[format!(r#"{{"outputs": [[{{"json": {{"got": {nested}}}}}]]}}"#).as_bytes()]);
        }
        "no-text" => say(socket, &done, &[&[0xff, 0xfe, 0x00]]),
        "huge-numbers" => say(socket, &json!({"is": "done", "session": 1e99, "run": -1, "ok": true, "goes_on": false}), &[b"{}"]),
        "unfinished-piece" => {
            frame(socket, &json!({"session": session, "handle": 1, "size": 200}), &[&[7; 100]]);
            frame(socket, &json!([done, [[0, 1]]]), &[b""]);
        }
        "huge-piece" => frame(socket, &json!({"session": session, "handle": 1, "size": 1_u64 << 40}), &[&[7; 100]]),
        "foreign-pieces" => {
            for number in 0..50 {
                frame(socket, &json!({"session": 1_000_000 + number, "handle": 1, "size": 200 << 20}), &[&[7; 100]]);
            }
        }
        "no-message" => say(socket, &json!({"is": "obey"}), &[b"{}"]),
        "no-frame" => socket.write_all(&[0xff; 64]).unwrap(),
        "flood" => {
            let mut reads = socket.try_clone().unwrap();
            let reader = std::thread::spawn(move || while hear(&mut reads).is_some() {});
            for number in 0..20_000 {
                say(socket, &call(number, "staticData"), &[br#"[{"kind": "node"}]"#]);
            }
            say(socket, &done, &[br#"{"outputs": [[{"json": {"got": "lied"}}]]}"#]);
            return drop(reader.join());
        }
        "dies" => std::process::abort(),
        "dies-after-sending" => {
            assert_eq!(ask(socket, "wire", r#"[{"url": "https://good.example/", "method": "POST"}]"#), true);
            std::process::abort()
        }
        other => panic!("{other}"),
    }
    say(socket, &done, &[br#"{"outputs": [[{"json": {"got": "lied"}}]]}"#]);
}

fn say(socket: &mut UnixStream, message: &Value, attachments: &[&[u8]]) {
    frame(socket, &json!([message, []]), attachments);
}

fn frame(socket: &mut UnixStream, head: &Value, attachments: &[&[u8]]) {
    let head = head.to_string();
    let number = |value: usize| (value as u32).to_le_bytes();
    let attached: usize = attachments.iter().map(|bytes| bytes.len() + 4).sum();
    let mut frame = Vec::new();
    frame.extend(number(8 + head.len() + attached));
    frame.extend(number(head.len()));
    frame.extend(head.as_bytes());
    frame.extend(number(attachments.len()));
    attachments.iter().for_each(|bytes| frame.extend(number(bytes.len())));
    attachments.iter().for_each(|bytes| frame.extend(*bytes));
    // The host may have had enough.
    _ = socket.write_all(&frame);
}

/// The message of the next frame, which no piece comes before; `None`: the host has gone.
fn hear(socket: &mut UnixStream) -> Option<Value> {
    let mut number = [0; 4];
    socket.read_exact(&mut number).ok()?;
    let mut frame = vec![0; u32::from_le_bytes(number) as usize];
    socket.read_exact(&mut frame).ok()?;
    let head = u32::from_le_bytes(frame[..4].try_into().unwrap()) as usize;
    let said: Value = serde_json::from_slice(&frame[4..4 + head]).ok()?;
    Some(said[0].clone())
}
