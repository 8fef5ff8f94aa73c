//! An HTTP server that answers as it is told: enough of HTTP/1.1 for a client that sends content lengths.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine;
use serde_json::Value;

/// A request as it arrived: method, raw target, body.
pub(super) type Seen = (String, String, String);

/// Recorded exchanges, each answered once.
pub(super) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
}

struct Script {
    todo: Mutex<Vec<Value>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    port: u16,
}

/// Places in recorded texts that stand for the server.
pub(super) fn fill(text: &str, port: u16) -> String {
    text.replace("SERVER", &format!("127.0.0.1:{port}")).replace("PORT", &port.to_string())
}

impl Server {
    /// Listens on a free port; `script` makes the exchanges once the port is known.
    pub(super) fn start(script: impl FnOnce(u16) -> Vec<Value>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let shared = Arc::new(Script { todo: Mutex::new(script(port)), seen: seen.clone(), port });
        let stopped = stop.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let script = shared.clone();
                thread::spawn(move || serve(stream, &script));
            }
        });
        Ok(Self { port, seen, stop })
    }

    /// What has arrived so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers one connection's requests until it closes.
fn serve(stream: TcpStream, script: &Script) {
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        let answer = script.answer(&request);
        if let Ok(mut seen) = script.seen.lock() {
            seen.push(request);
        }
        thread::sleep(Duration::from_millis(answer["afterMs"].as_u64().unwrap_or(0)));
        if answer["reset"].as_bool().unwrap_or(false) {
            let _ = writer.shutdown(Shutdown::Both);
            return;
        }
        if write_answer(&mut writer, &answer, script.port).is_err() {
            return;
        }
    }
}

impl Script {
    /// The recorded answer to the same request, else the next one.
    fn answer(&self, request: &Seen) -> Value {
        let Ok(mut todo) = self.todo.lock() else { return Value::Null };
        let same =
            |recorded: &Value| recorded["m"] == request.0.as_str() && recorded["url"] == request.1.as_str() && recorded["body"] == request.2.as_str();
        let index = todo.iter().position(same).unwrap_or(0);
        if todo.is_empty() {
            return serde_json::json!({"status": 500, "headers": {}, "body": "not recorded"});
        }
        todo.remove(index)["answer"].take()
    }
}

/// A line, whatever its bytes: a header may hold some that are no UTF-8.
fn read_line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&line).into_owned())
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let line = read_line(reader)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let header = read_line(reader)?;
        let header = header.trim_end();
        if header.is_empty() {
            break;
        }
        if let Some((_, value)) = header.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((method, target, String::from_utf8_lossy(&body).into_owned()))
}

fn write_answer(writer: &mut TcpStream, answer: &Value, port: u16) -> std::io::Result<()> {
    let status = answer["status"].as_u64().unwrap_or(500);
    let body = match answer["bodyBase64"].as_str() {
        Some(text) => base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default(),
        None => answer["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    let bodiless = matches!(status, 204 | 304);
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        head.push_str(&format!("{name}: {}\r\n", fill(&value, port)));
    }
    if !bodiless {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    writer.write_all(head.as_bytes())?;
    if bodiless {
        return writer.flush();
    }
    let mut rest = body.as_slice();
    if let (Some(later), Some((first, after))) = (answer["bodyAfterMs"].as_u64(), rest.split_first()) {
        writer.write_all(&[*first])?;
        writer.flush()?;
        thread::sleep(Duration::from_millis(later.saturating_sub(answer["afterMs"].as_u64().unwrap_or(0))));
        rest = after;
    }
    writer.write_all(rest)?;
    writer.flush()
}

fn reason(status: u64) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
