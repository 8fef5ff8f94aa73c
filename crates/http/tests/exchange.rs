//! The client against the scripted servers: what it sends, what it reads, and how it says that something failed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http_lab::Lab;
use konverte_http::{Client, Exchange, Network, Outgoing, Policy};
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, Room, TlsChoice, TlsFault};
use serde_json::{Value, json};

fn request(url: String) -> HttpRequest {
    HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: HttpBody::Empty, options: HttpOptions::default() }
}

fn with(url: String, change: impl FnOnce(&mut HttpOptions)) -> HttpRequest {
    let mut request = request(url);
    change(&mut request.options);
    request
}

async fn send(request: HttpRequest) -> Result<HttpResponse, HttpError> {
    Client::default().send(request).await
}

fn json(answer: &HttpResponse) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn sends_what_it_is_given_and_nothing_else() {
    let lab = Lab::start().unwrap();
    let mut request = request(lab.origin("HTTP").to_owned() + "/echo/a|b^?q=[x]'|#f");
    request.method = "PURGE".into();
    request.body = HttpBody::Bytes("hello".into());
    for (name, value) in [("Accept", "a/b"), ("x-two", "1"), ("x-two", "2"), ("x-odd", " gr\u{fc}n\r\n\u{436} "), ("Content-Length", "999")] {
        request.headers.push((name.into(), value.into()));
    }
    send(request).await.unwrap();
    let log = lab.requests();
    assert_eq!(log[0]["method"], "PURGE");
    assert_eq!(log[0]["target"], "/echo/a|b%5E?q=[x]%27|");
    assert_eq!(log[0]["body"], "hello");
    let headers = json!([["Accept", "a/b"], ["X-Two", "1"], ["X-Two", "2"], ["X-Odd", "gr\u{fc}n"], ["Content-Length", "*"]]);
    assert_eq!(log[0]["headers"], headers);
}

#[tokio::test]
async fn a_write_without_a_body_says_that_it_has_none() {
    let lab = Lab::start().unwrap();
    let methods = ["POST", "PUT", "PATCH", "GET", "DELETE", "PURGE"];
    for method in methods {
        let request = HttpRequest { method: method.into(), ..request(lab.origin("HTTP").to_owned() + "/echo") };
        send(request).await.unwrap();
    }
    for (method, entry) in methods.iter().zip(lab.requests()) {
        let lengths = entry["headers"].as_array().unwrap().iter().filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case("content-length"));
        assert_eq!(lengths.count(), usize::from(matches!(*method, "POST" | "PUT" | "PATCH")), "{method}");
    }
}

#[tokio::test]
async fn reads_status_headers_and_encoded_bodies() {
    let lab = Lab::start().unwrap();
    let url = |path: &str| lab.origin("HTTP").to_owned() + path;
    let answer = send(request(url("/dup_headers"))).await.unwrap();
    assert_eq!((answer.status, answer.status_text.as_str()), (200, "OK"));
    assert!(answer.headers.contains(&("x-utf".into(), "café".into())));
    assert_eq!(answer.headers.iter().filter(|(name, _)| name == "x-dup").count(), 2);
    assert_eq!(send(request(url("/status/418"))).await.unwrap().status_text, "I'm a Teapot");
    for encoding in ["gzip", "deflate", "br"] {
        let answer = send(request(url(&format!("/{encoding}")))).await.unwrap();
        assert_eq!(json(&answer), json!({"ok": encoding}));
    }
    let user = url("/echo").replace("://", "://us%40er:p%C3%BC@");
    let answer = send(request(user)).await.unwrap();
    assert_eq!(json(&answer)["headers"]["authorization"], "Basic dXNAZXI6cMO8");
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    let lab = Lab::start().unwrap();
    let url = |server: &str, path: &str| lab.origin(server).to_owned() + path;
    let short = |options: &mut HttpOptions| options.timeout = Some(Duration::from_millis(150));
    let small = |options: &mut HttpOptions| options.max_response = Some(1000);
    let closed = lab.origin("CLOSED").to_owned();
    let cases: Vec<(HttpRequest, HttpErrorKind, &str, Option<&str>)> = vec![
        (request("nope".into()), HttpErrorKind::InvalidUrl, "Invalid URL", Some("ERR_INVALID_URL")),
        (request("http://127.0.0.1:99999/".into()), HttpErrorKind::InvalidUrl, "Invalid URL", Some("ERR_INVALID_URL")),
        (request(closed.clone() + "/x"), HttpErrorKind::Refused, "connect ECONNREFUSED 127.0.0.1:", Some("ECONNREFUSED")),
        (request(closed.replace("127.0.0.1", "localhost")), HttpErrorKind::Refused, "connect ECONNREFUSED 127.0.0.1:", Some("ECONNREFUSED")),
        (request("http://nobody.invalid/".into()), HttpErrorKind::Dns, "getaddrinfo ENOTFOUND nobody.invalid", Some("ENOTFOUND")),
        (request(url("HTTP", "/reset")), HttpErrorKind::Reset, "read ECONNRESET", Some("ECONNRESET")),
        (request(url("HTTP", "/hangup")), HttpErrorKind::Reset, "socket hang up", Some("ECONNRESET")),
        (request(url("HTTP", "/truncated")), HttpErrorKind::Aborted, "aborted", None),
        (with(url("HTTP", "/slow/2000"), short), HttpErrorKind::Timeout, "timeout of 150ms exceeded", Some("ECONNABORTED")),
        (with(url("HTTP", "/slow_body/2000"), short), HttpErrorKind::BodyTimeout, "timeout of 150ms exceeded", None),
        (with(url("HTTP", "/large/1001"), small), HttpErrorKind::TooLarge, "The answer is larger than 1000 bytes", None),
        (request(url("HTTP", "/badgzip")), HttpErrorKind::Decode, "incorrect header check", None),
        (request(url("HTTPS", "/echo")), HttpErrorKind::Tls(TlsFault::SelfSigned), "self-signed certificate; ", Some("DEPTH_ZERO_SELF_SIGNED_CERT")),
        (request(url("HTTP", "/echo").replace("http:", "https:")), HttpErrorKind::Tls(TlsFault::Protocol), "write EPROTO ", Some("EPROTO")),
        (request(url("HTTP", "/redirect/302/loop")), HttpErrorKind::TooManyRedirects, "Maximum number", Some("ERR_FR_TOO_MANY_REDIRECTS")),
        (
            request(url("HTTP", "/redirect/302/ftp")),
            HttpErrorKind::Redirects,
            "Redirected request failed: Unsupported protocol ftp:",
            Some("ERR_FR_REDIRECTION_FAILURE"),
        ),
        (with(url("HTTP", "/echo"), |o| o.proxy = Some(closed.clone())), HttpErrorKind::Refused, "connect ECONNREFUSED", Some("ECONNREFUSED")),
    ];
    for (request, kind, words, code) in cases {
        let url = request.url.clone();
        let error = send(request).await.unwrap_err();
        assert_eq!(error.kind, kind, "{url}: {error}");
        assert!(error.message.starts_with(words), "{url}: {error}");
        assert_eq!(error.code(), code, "{url}: {error}");
        let before = matches!(kind, HttpErrorKind::InvalidUrl | HttpErrorKind::Refused | HttpErrorKind::Dns);
        assert!(!before || !error.maybe_sent, "{url} was not sent");
    }
}

#[tokio::test]
async fn tls_as_it_is_chosen() {
    let lab = Lab::start().unwrap();
    let url = lab.origin("HTTPS").to_owned() + "/echo";
    assert_eq!(send(with(url.clone(), |options| options.accept_invalid_certificates = true)).await.unwrap().status, 200);
    let ca = |pem: &str| TlsChoice { ca: Some(pem.into()), certificate: None, key: None, passphrase: None };
    assert_eq!(send(with(url.clone(), |options| options.tls = Some(ca(lab.certificate())))).await.unwrap().status, 200);
    let other = Lab::start().unwrap();
    let error = send(with(url.clone(), |options| options.tls = Some(ca(other.certificate())))).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Tls(_)), "{error:?}");
    let error = send(with(url, |options| options.tls = Some(ca("not pem")))).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (HttpErrorKind::Other, "The certificate cannot be used: it is not PEM"));
}

/// A server that demands a client certificate takes it with a plain key and an encrypted one, and each choice has connections of its own.
#[tokio::test]
async fn client_certificates() {
    let (lab, other) = (Lab::start().unwrap(), Lab::start().unwrap());
    let [certificate, key] = lab.client();
    let encrypted = {
        let plain = pkcs8::SecretDocument::from_pem(key).unwrap().1;
        let info = pkcs8::PrivateKeyInfoRef::try_from(plain.as_bytes()).unwrap();
        let parameters = pkcs8::pkcs5::pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(2048, &[7; 16], [9; 16]).unwrap();
        info.encrypt_with_params(parameters, "open sesame").unwrap().to_pem("ENCRYPTED PRIVATE KEY", Default::default()).unwrap()
    };
    let client = Client::default();
    let ask = async |[certificate, key, passphrase]: [&str; 3]| {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let tls = TlsChoice { ca: some(lab.certificate()), certificate: some(certificate), key: some(key), passphrase: some(passphrase) };
        let url = lab.origin("MUTUAL").to_owned() + "/text";
        client.send(with(url, |options| options.tls = Some(tls))).await.map(|answer| answer.status).map_err(|error| error.message)
    };
    assert_eq!(ask([certificate, key, ""]).await, Ok(200));
    assert_eq!(ask([certificate, &encrypted, "open sesame"]).await, Ok(200));
    let refused = |words: &str, answer: Result<u16, String>| assert!(answer.as_ref().is_err_and(|message| message.contains(words)), "{answer:?}");
    refused("CertificateRequired", ask(["", "", ""]).await);
    let [strange, strange_key] = other.client();
    refused("received fatal alert", ask([strange, strange_key, ""]).await);
    refused("The private key cannot be used: the passphrase does not open it", ask([certificate, &encrypted, "x"]).await);
    refused("The client certificate cannot be used", ask([certificate, strange_key, ""]).await);
    refused("The private key cannot be used", ask([certificate, "", ""]).await);
    assert_eq!(lab.requests().len(), 2);
}

#[tokio::test]
async fn proxies_for_both_schemes_with_a_login() {
    let lab = Lab::start().unwrap();
    let proxy = lab.origin("PROXY").replace("://", "://pu:pp@");
    let through = |url: String| with(url, |options| (options.proxy, options.accept_invalid_certificates) = (Some(proxy.clone()), true));
    send(through(lab.origin("HTTP").to_owned() + "/echo?a=1")).await.unwrap();
    send(through(lab.origin("HTTPS").to_owned() + "/echo")).await.unwrap();
    let log = lab.requests();
    assert_eq!((&log[0]["on"], &log[0]["target"]), (&json!("proxy"), &json!(lab.origin("HTTP").to_owned() + "/echo?a=1")));
    assert_eq!((&log[1]["on"], &log[1]["method"], &log[2]["on"]), (&json!("proxy"), &json!("CONNECT"), &json!("https")));
    for entry in &log[..2] {
        assert!(entry["headers"].to_string().to_lowercase().contains(r#"["proxy-authorization","basic chu6cha="]"#), "{entry}");
    }
}

#[tokio::test]
async fn redirects_and_what_goes_along() {
    let lab = Lab::start().unwrap();
    let mut post = request(lab.origin("HTTP").to_owned() + "/redirect/302/cross");
    post.method = "POST".into();
    post.body = HttpBody::Bytes("{}".into());
    for (name, value) in [("Content-Type", "application/json"), ("Authorization", "Own"), ("Cookie", "a=1"), ("X-Own", "1")] {
        post.headers.push((name.into(), value.into()));
    }
    let landed = json(&send(post.clone()).await.unwrap());
    assert_eq!((&landed["method"], &landed["bytes"]), (&json!("GET"), &json!(0)));
    assert_eq!(landed["headers"], json!({"x-own": "1", "accept": "*/*"}));
    assert!(send(post.clone()).await.unwrap().redirected);
    // The first address has had the request, even where the second cannot be reached.
    let lost = HttpRequest { url: lab.origin("HTTP").to_owned() + "/redirect/307/closed", ..post.clone() };
    let error = send(lost).await.unwrap_err();
    assert!(error.kind == HttpErrorKind::Refused && error.maybe_sent, "{error}");
    post.options.keep_headers_across_origins = true;
    assert_eq!(json(&send(post.clone()).await.unwrap())["headers"]["authorization"], "Own");
    // What proves who sends it stays with the origin that it was meant for.
    post.options.secret_headers = vec!["authorization".into(), "X-OWN".into()];
    assert_eq!(json(&send(post.clone()).await.unwrap())["headers"], json!({"accept": "*/*"}));
    let plain = post.clone();
    post.options.max_redirects = 0;
    assert_eq!(send(post).await.unwrap().status, 302);
    // Nor does a body that does so go to another one, whatever the status says; within its own it does.
    let asked = lab.requests().len();
    for status in [302, 307, 308] {
        let [mut cross, mut own] =
            ["cross", "rel"].map(|to| HttpRequest { url: format!("{}/redirect/{status}/{to}", lab.origin("HTTP")), ..plain.clone() });
        (cross.options.secret_body, own.options.secret_body) = (true, true);
        let error = send(cross).await.unwrap_err();
        let words = format!("{} sends the request on to {}/echo/crossed,", lab.origin("HTTP"), lab.origin("HTTP2"));
        assert!(error.kind == HttpErrorKind::Redirects && error.message.starts_with(&words), "{error}");
        assert_eq!(json(&send(own).await.unwrap())["bytes"], if status == 302 { 0 } else { 2 });
    }
    assert_eq!(lab.requests().len(), asked + 9, "three were not sent on");
}

#[tokio::test]
async fn connections_are_kept_unless_a_fresh_one_is_asked_for() {
    let lab = Lab::start().unwrap();
    let client = Client::default();
    for fresh in [false, true] {
        for _ in 0..3 {
            let request = with(lab.origin("HTTP").to_owned() + "/text", |options| options.fresh_connection = fresh);
            client.send(request).await.unwrap();
        }
    }
    let peers: Vec<String> = lab.requests().iter().map(|request| request["peer"].to_string()).collect();
    assert!(peers[0] == peers[1] && peers[1] == peers[2], "{peers:?}");
    assert!(peers[3] != peers[4] && peers[4] != peers[5], "{peers:?}");
}

#[tokio::test]
async fn a_policy_that_forbids_private_addresses() {
    let lab = Lab::start().unwrap();
    let client = Client::new(Policy { allow_private: false });
    let port = lab.origin("HTTP").rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "0x7f000001"] {
        let error = client.send(request(format!("http://{host}:{port}/text"))).await.unwrap_err();
        assert_eq!(error.kind, HttpErrorKind::Forbidden, "{host}: {error}");
        let by_proxy = with("http://example.com/".into(), |options| options.proxy = Some(format!("http://{host}:{port}")));
        assert_eq!(client.send(by_proxy).await.unwrap_err().kind, HttpErrorKind::Forbidden, "a proxy at {host}");
    }
    assert!(lab.requests().is_empty());
}

/// A server that answers each request once per connection and resets it a moment later, without saying so.
fn one_answer_a_connection() -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use std::io::{BufRead, BufReader, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}/", listener.local_addr().unwrap());
    let asked = std::sync::Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = count.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                // The second request on the connection is read, and gets nothing.
                for answer in [true, false] {
                    let mut line = String::new();
                    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                        line.clear();
                    }
                    if !line.is_empty() {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                    if answer {
                        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
                    }
                }
            });
        }
    });
    (origin, asked)
}

/// So many requests one after another find a kept connection at last.
const MANY: usize = 200;

#[tokio::test]
async fn a_server_that_closes_kept_connections_without_a_word_loses_one_request_at_most() {
    use std::sync::atomic::Ordering;
    let posted = |origin: &str| HttpRequest { method: "POST".into(), ..request(origin.to_owned()) };
    let (origin, _) = one_answer_a_connection();
    let client = Client::default();
    // A connection is kept once its task has run, so the first request to find one is not always the second.
    let mut lost = None;
    for _ in 0..MANY {
        if let Err(error) = client.send(posted(&origin)).await {
            lost = Some(error);
            break;
        }
    }
    let lost = lost.expect("what may have done something is not sent again");
    assert_eq!((lost.kind, lost.maybe_sent), (HttpErrorKind::Reset, true));
    for _ in 0..5 {
        client.send(posted(&origin)).await.unwrap();
    }

    let (origin, asked) = one_answer_a_connection();
    let mut sent = 0;
    while asked.load(Ordering::SeqCst) == sent && sent < MANY {
        client.send(request(origin.clone())).await.unwrap();
        sent += 1;
    }
    assert_eq!(asked.load(Ordering::SeqCst), sent + 1, "the one that was lost was sent again");
    for _ in 0..5 {
        client.send(request(origin.clone())).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), sent + 6, "and no other was lost");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_not_one_that_cannot_be_used() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        }
    });
    for (proxy, kind) in [(format!("http://{address}"), HttpErrorKind::ProxyRefused), ("not an address".to_owned(), HttpErrorKind::Proxy)] {
        let mut through = request("https://konverte.invalid/".to_owned());
        through.options.proxy = Some(proxy);
        assert_eq!(Client::default().send(through).await.unwrap_err().kind, kind);
    }
}

/// Keeps what it hands on to the network.
#[derive(Default)]
struct Seen {
    network: Network,
    headers: Mutex<Vec<Vec<(String, String)>>>,
}

#[async_trait]
impl Exchange for Seen {
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        self.headers.lock().unwrap().push(request.headers());
        self.network.exchange(request).await
    }
}

/// The header lines of a request that came, names in lower case.
fn header_lines(stream: &mut TcpStream) -> Vec<(String, String)> {
    let lines = BufReader::new(stream).lines().map(Result::unwrap).skip(1).take_while(|line| !line.is_empty());
    lines.map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap()).collect()
}

#[tokio::test]
async fn an_exchange_sees_every_request_with_the_headers_that_are_sent() {
    let seen = Arc::new(Seen::default());
    let client = Client::over(seen.clone());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://us%40er:pw@{}/a#f", listener.local_addr().unwrap());
    let bodies = [None, Some(""), Some("x")];
    for (method, body) in ["GET", "POST", "DELETE", "OPTIONS", "PURGE"].into_iter().flat_map(|method| bodies.map(|body| (method, body))) {
        let mut request = request(url.clone());
        request.method = method.into();
        request.headers = [("X-Two", "1"), ("x-two", "2"), ("Content-Length", "9")].map(|(name, value)| (name.into(), value.into())).to_vec();
        request.body = body.map_or(HttpBody::Empty, |body| HttpBody::Bytes(body.into()));
        let server = listener.try_clone().unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let lines = header_lines(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            lines
        });
        client.send(request).await.unwrap();
        let (mut came, mut told) = (serving.join().unwrap(), seen.headers.lock().unwrap().pop().unwrap());
        came.sort();
        told.sort();
        assert_eq!(came, told, "{method} {body:?}");
    }
    let lab = Lab::start().unwrap();
    let answer = client.send(request(lab.origin("HTTP").to_owned() + "/redirect/302/chain/3")).await.unwrap();
    assert_eq!((answer.redirected, seen.headers.lock().unwrap().len(), lab.requests().len()), (true, 4, 4));
}

/// One host alone.
#[derive(Debug)]
struct Only(&'static str);

impl node_sdk::ports::Reach for Only {
    fn refusal(&self, host: &str) -> Option<String> {
        (host != self.0).then(|| format!("not to {host}"))
    }
}

/// Leads from each address to another host.
struct Elsewhere(Mutex<Vec<String>>);

#[async_trait]
impl Exchange for Elsewhere {
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        self.0.lock().unwrap().push(request.url.to_string());
        request.answer(302, vec![("location".into(), "https://evil.example/".into())], bytes::Bytes::new())
    }
}

#[tokio::test]
async fn a_request_goes_where_it_may_go_and_its_redirects_too() {
    let exchange = Arc::new(Elsewhere(Mutex::default()));
    let client = Client::over(exchange.clone());
    let only = |url: &str| with(url.into(), |options| options.reach = Some(Arc::new(Only("good.example"))));
    for (method, maybe_done) in [("GET", false), ("POST", true)] {
        let request = HttpRequest { method: method.into(), ..only("https://good.example/") };
        let error = client.send(request).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str(), error.maybe_sent), (HttpErrorKind::NotGranted, "not to evil.example", maybe_done));
    }
    let mut proxied = only("https://good.example/");
    proxied.options.proxy = Some("http://proxy.example:80".into());
    for request in [only("https://evil.example/"), only("https://good.example@evil.example/"), proxied] {
        assert_eq!(client.send(request).await.unwrap_err().kind, HttpErrorKind::NotGranted);
    }
    assert_eq!(*exchange.0.lock().unwrap(), ["https://good.example/"; 2]);
}

#[tokio::test]
async fn nothing_goes_through_a_proxy_that_may_not_be_reached_however_it_is_written() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let written = [
        "localhost:N",
        "localhost:N/?://",
        "127.0.0.1:N/://",
        "//localhost:N/://",
        "http:localhost:N",
        "HTTP://LOCALHOST:N",
        "a:b@localhost:N",
        "http://good.test@localhost:N",
        "http://good.test\\@localhost:N",
        "socks5://localhost:N",
        "http://0x7f.1:N",
        "\thttp://localhost:N",
        "http://[::ffff:7f00:1]:N",
    ];
    for text in written {
        let request = with("http://other.test/a".into(), |options| {
            options.proxy = Some(text.replace('N', &port.to_string()));
            options.reach = Some(Arc::new(Only("other.test")));
        });
        let error = send(request).await.unwrap_err();
        assert!(matches!(error.kind, HttpErrorKind::NotGranted | HttpErrorKind::Proxy), "{text}: {error:?}");
        let request = with("http://93.184.216.34/a".into(), |options| options.proxy = Some(text.replace('N', &port.to_string())));
        let error = Client::new(Policy { allow_private: false }).send(request).await.unwrap_err();
        assert!(matches!(error.kind, HttpErrorKind::Forbidden | HttpErrorKind::Proxy | HttpErrorKind::Dns), "{text}: {error:?}");
    }
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody was there");
}

#[tokio::test]
async fn a_proxy_without_a_scheme_is_reached_by_http() {
    let lab = Lab::start().unwrap();
    let proxy = lab.origin("PROXY").trim_start_matches("http://").to_owned();
    send(with(lab.origin("HTTP").to_owned() + "/echo", |options| options.proxy = Some(proxy))).await.unwrap();
    assert!(lab.requests().iter().any(|seen| seen["on"] == "proxy"), "{:?}", lab.requests());
}

#[tokio::test]
async fn answers_that_share_a_room_are_in_memory_as_far_as_it_goes() {
    use std::io::{Read, Write};
    const BODY: usize = 1 << 20;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {BODY}\r\n\r\n").as_bytes());
                let _ = stream.write_all(&vec![b'x'; BODY]);
            });
        }
    });
    let room = Room::new(2 * BODY);
    let client = Arc::new(Client::default());
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let (client, room, request) = (client.clone(), room.clone(), with(url.clone(), |options| options.room = Some(room.clone())));
            tokio::spawn(async move {
                let answer = client.send(request).await.unwrap();
                assert!(room.taken() <= 3 * BODY, "{}", room.taken());
                tokio::time::sleep(Duration::from_millis(5)).await;
                answer.body.len()
            })
        })
        .collect();
    for asked in asked {
        assert_eq!(tokio::time::timeout(Duration::from_secs(20), asked).await.unwrap().unwrap(), BODY);
    }
    assert_eq!(room.taken(), 0);
}
