//! HTTP/1.1 on a connection: reading requests, writing answers, and the ways to break it off.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::request::Request;
use crate::shared::Shared;

/// A connection, with TLS or without.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    pub(crate) fn new(tcp: TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Ok(match tls {
            None => Self::Plain(tcp),
            Some(config) => Self::Tls(Box::new(StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, tcp))),
        })
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => &tls.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

/// Answers one request.
pub(crate) type Handler = fn(&mut Exchange<'_>) -> io::Result<()>;

/// Serves one connection until either side has enough.
pub(crate) fn converse(stream: Stream, label: &str, shared: &Shared, answer: Handler) -> io::Result<()> {
    let peer = stream.tcp().peer_addr()?.to_string();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        let number = shared.log.begin(label, &peer, &request);
        if request.method == "CONNECT" {
            return tunnel(reader, &request.target);
        }
        let last = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let whole = request.path_and_query();
        let (path, query) = whole.split_once('?').unwrap_or((&whole, ""));
        let parts = path.trim_matches('/').split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
        let mut exchange = Exchange {
            shared,
            number,
            path,
            query,
            parts,
            stream: reader.get_mut(),
            closes: last,
            head: request.method == "HEAD",
            request: &request,
        };
        answer(&mut exchange)?;
        let closes = exchange.closes;
        shared.log.end(number);
        if closes {
            return reader.get_mut().flush();
        }
    }
    Ok(())
}

fn read_request(reader: &mut BufReader<Stream>) -> io::Result<Option<Request>> {
    let Some(first) = line(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0")) = (words.next(), words.next(), words.next()) else {
        // Not HTTP: TLS, for example, which takes this answer for what it is.
        reader.get_mut().write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")?;
        return Ok(None);
    };
    let mut request = Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    while let Some(text) = line(reader)?.filter(|text| !text.is_empty()) {
        if let Some((name, value)) = text.split_once(':') {
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    if request.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked")) {
        while let Some(size) = line(reader)?.and_then(|text| usize::from_str_radix(text.split(';').next().unwrap_or_default().trim(), 16).ok()) {
            let start = request.body.len();
            request.body.resize(start + size, 0);
            reader.read_exact(&mut request.body[start..])?;
            line(reader)?;
            if size == 0 {
                break;
            }
        }
    } else {
        let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

/// A line without its end, read as Latin-1; `None` at the end of the connection.
fn line(reader: &mut BufReader<Stream>) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(bytes.trim_ascii_end().iter().map(|&byte| char::from(byte)).collect()))
}

/// CONNECT: bytes go through, both ways, to the loopback only.
fn tunnel(reader: BufReader<Stream>, target: &str) -> io::Result<()> {
    let Stream::Plain(mut client) = reader.into_inner() else { return Ok(()) };
    if !target.starts_with("127.0.0.1:") && !target.starts_with("localhost:") {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    }
    let mut peer = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_peer, mut to_client) = (peer.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || {
        let _ = io::copy(&mut from_peer, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    });
    let _ = io::copy(&mut client, &mut peer);
    let _ = peer.shutdown(Shutdown::Write);
    let _ = back.join();
    Ok(())
}

/// A request and the way to answer it.
pub(crate) struct Exchange<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) request: &'a Request,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// The path's pieces, decoded.
    pub(crate) parts: Vec<String>,
    number: usize,
    stream: &'a mut Stream,
    closes: bool,
    head: bool,
}

impl Exchange<'_> {
    /// A piece of the path; "" where there is none.
    pub(crate) fn part(&self, index: usize) -> &str {
        self.parts.get(index).map_or("", String::as_str)
    }

    /// The last value of a name in the query; "" where there is none.
    pub(crate) fn asked(&self, name: &str) -> String {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.filter(|(n, _)| n == name).last().map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// Sends an answer. Header values are written as Latin-1.
    pub(crate) fn send(&mut self, code: u16, content_type: Option<&str>, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
        // The answer ends the request: what follows it on the client must start later.
        self.shared.log.end(self.number);
        let mut head = format!("HTTP/1.1 {code} {}\r\n", phrase(code));
        for (name, value) in content_type.map(|value| ("Content-Type", value)).iter().chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if code != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes: Vec<u8> = head.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        if !self.head {
            bytes.extend_from_slice(body);
        }
        self.raw(&bytes)
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    pub(crate) fn wait(&self, milliseconds: u64) {
        thread::sleep(Duration::from_millis(milliseconds));
    }

    /// Closes the connection after this answer.
    pub(crate) fn close(&mut self) {
        self.closes = true;
    }

    /// Breaks the connection off at once: the other side gets a reset.
    pub(crate) fn reset(&mut self) -> io::Result<()> {
        self.closes = true;
        SockRef::from(self.stream.tcp()).set_linger(Some(Duration::ZERO))
    }
}

/// Reason phrases, as the server says them that the cases were recorded with.
fn phrase(code: u16) -> &'static str {
    match code {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Request Entity Too Large",
        418 => "I'm a Teapot",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
