//! The emulator on a socket: HTTP as clients send it, and what is none.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{ADMIN, Asked};
use konverte_sandbox::{Options, Outcome, Request, Sandbox, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ACCOUNT: &str = "/api/v1/accounts/1";

async fn listen(options: Options) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Arc::new(Sandbox::new(options).unwrap())));
    address
}

/// What comes back for these bytes until the other side closes.
async fn exchange(address: std::net::SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn it_serves_on_a_socket() {
    let address = listen(Options::default()).await;
    let answer =
        exchange(address, "GET /api/v1/profile HTTP/1.1\r\nhost: x\r\napi_access_token: sandbox-admin\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("admin@sandbox.example"), "{answer}");
    let form = "--b\r\ncontent-disposition: form-data; name=\"inbox_id\"\r\n\r\n1\r\n--b\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nRosa\r\n--b\r\ncontent-disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\nPNG\r\n--b--\r\n";
    let head = "POST /api/v1/accounts/1/contacts HTTP/1.1\r\nhost: here:1\r\napi-access-token: sandbox-admin\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=b\r\n";
    let answer = exchange(address, &format!("{head}content-length: {}\r\n\r\n{form}", form.len())).await.unwrap();
    assert!(answer.contains("\"name\":\"Rosa\"") && answer.contains("\"thumbnail\":\"http://here:1/_sandbox/files/1\""), "{answer}");
}

/// A page in a browser reaches this machine too, under a name that leads here or across origins: it gets no tokens to see.
#[tokio::test]
async fn only_local_programs_see_the_state() {
    let address = listen(Options::default()).await;
    let local = ["localhost", "127.0.0.1:80", "[::1]:9"].map(|host| format!("host: {host}\r\n"));
    let foreign = ["host: evil.example", "host: 127.0.0.1.evil.example", "host: localhost\r\norigin: null"].map(|head| format!("{head}\r\n"));
    for (head, status) in local.iter().map(|head| (head, "200")).chain(foreign.iter().map(|head| (head, "403"))) {
        for line in ["GET /_sandbox/state", "POST /_sandbox/reset"] {
            let answer = exchange(address, &format!("{line} HTTP/1.1\r\n{head}connection: close\r\n\r\n")).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{head} {answer:.100}");
            assert_eq!(answer.contains("sandbox-admin"), status == "200");
        }
    }
}

/// What is said about a body is no reason to let others wait, nor is a body that stops in the middle.
#[tokio::test]
async fn who_stalls_keeps_nobody_waiting() {
    let address = listen(Options::default()).await;
    let head = "POST /api/v1/accounts/1/teams HTTP/1.1\r\nhost: x\r\napi-access-token: sandbox-admin\r\nconnection: close\r\n";
    let mut stalled = Vec::new();
    for length in ["transfer-encoding: chunked\r\n\r\n8\r\n{\"na", "content-length: 600000000\r\n\r\n{\"na"].repeat(4) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{head}{length}").as_bytes()).await.unwrap();
        stalled.push(stream);
    }
    let team = r#"{"name":"late"}"#;
    let late = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{team}", team.len());
    let answer = exchange(address, &late).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("late"), "{answer}");
    for stream in stalled {
        let nothing_yet = stream.try_read(&mut [0]).unwrap_err();
        assert_eq!(nothing_yet.kind(), std::io::ErrorKind::WouldBlock);
    }
    let answer = exchange(address, &format!("{head}content-length: 99999999999999\r\n\r\n")).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_reset_closes_the_connection_hard() {
    let address = listen(Options { faults: vec!["*=reset".parse().unwrap()], ..Options::default() }).await;
    let error = exchange(address, "GET /api/v1/profile HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

/// The clock stands in for the time: it runs ahead to the next moment at which something is due.
#[tokio::test(start_paused = true)]
async fn who_stops_in_the_middle_of_a_request_is_let_go() {
    let head = "POST /api/v1/accounts/1/teams HTTP/1.1\r\nhost: x\r\napi-access-token: sandbox-admin\r\n";
    let begun = [
        String::new(),
        "GET / HT".to_owned(),
        head.to_owned(),
        format!("{head}content-length: 20\r\n\r\n{{\"name\":"),
        format!("{head}transfer-encoding: chunked\r\n\r\n8\r\n{{\"name\""),
    ];
    let address = listen(Options::default()).await;
    let began = tokio::time::Instant::now();
    let mut streams = Vec::new();
    for bytes in begun.iter().cycle().take(4 * begun.len()) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        streams.push((bytes, stream));
    }
    // All at once: none waits for the end of another.
    for (bytes, mut stream) in streams {
        let mut answer = String::new();
        let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_string(&mut answer)).await;
        assert!(ended.is_ok(), "{bytes:?} keeps its connection");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{bytes:?}: {answer}");
    }
    assert!((9..=20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_request() {
    let address = listen(Options::default()).await;
    let head = "POST /api/v1/accounts/1/teams HTTP/1.1\r\nhost: x\r\napi-access-token: sandbox-admin\r\n";
    for wrong in [
        "nonsense\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/7.3\r\nhost: x\r\n\r\n".to_owned(),
        "GET /two words HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{0}ab\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("{head}a header\r\n\r\n"),
        format!("{head}content-length: many\r\n\r\n"),
        format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"),
        format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"),
    ] {
        let answer = tokio::time::timeout(Duration::from_secs(60), exchange(address, &wrong)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{wrong:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_one_to_a_request_that_was_done() {
    let faults = vec!["/api/v1/accounts/*/teams=lost".parse().unwrap()];
    let sandbox = Asked::with(Options { faults: faults.clone(), ..Options::default() });
    let body = json!({ "name": "night" });
    assert!(matches!(sandbox.0.handle(&Request::json("POST", &format!("{ACCOUNT}/teams"), ADMIN, Some(&body))), Outcome::Reset));
    assert_eq!(sandbox.0.state()["teams"][1]["name"], "night");
    let address = listen(Options { faults, ..Options::default() }).await;
    let post = format!(
        "POST {ACCOUNT}/teams HTTP/1.1\r\nhost: localhost\r\napi-access-token: sandbox-admin\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{body}"
    );
    assert_eq!(exchange(address, &post).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    let state = exchange(address, "GET /_sandbox/state HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(state.contains("\"night\""), "the team is there");
}
